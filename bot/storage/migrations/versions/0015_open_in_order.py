"""what is still to be sent, in the order in which it is

Revision: 0015
Follows: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

NAME = 'ix_outbox_open_due'
OPEN = sa.text("state IN ('waiting', 'sending')")
DUE = sa.text("state IN ('waiting', 'sending') AND due_at IS NOT NULL")


def upgrade() -> None:
    op.drop_index(NAME, table_name='outbox')
    op.create_index(NAME, 'outbox', ['due_at', 'id'], sqlite_where=DUE, postgresql_where=DUE)
    # Counted while next to nothing is open, the states say that nothing ever is: then any way to
    # find the next one looks as good as another, and the one taken reads all that waits, again and
    # again. So they are not counted. That the type is set again forgets what was counted before.
    if op.get_context().dialect.name == 'postgresql':
        op.execute('ALTER TABLE outbox ALTER COLUMN state SET STATISTICS 0')
        op.execute('ALTER TABLE outbox ALTER COLUMN state TYPE VARCHAR(16)')


def downgrade() -> None:
    op.drop_index(NAME, table_name='outbox')
    op.create_index(NAME, 'outbox', ['due_at'], sqlite_where=OPEN, postgresql_where=OPEN)
    if op.get_context().dialect.name == 'postgresql':
        op.execute('ALTER TABLE outbox ALTER COLUMN state SET STATISTICS -1')
