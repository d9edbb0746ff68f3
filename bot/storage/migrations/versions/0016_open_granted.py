"""the next to send is looked for in its order, whatever was counted

Revision: 0016
Follows: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

NAME = 'ix_outbox_open_due'
# In words of which PostgreSQL believes that every row meets them.
GRANTED = sa.text(
    "nullif(state IN ('waiting', 'sending'), false) IS NOT NULL AND due_at IS NOT NULL"
)
DUE = sa.text("state IN ('waiting', 'sending') AND due_at IS NOT NULL")


def upgrade() -> None:
    _create_again(GRANTED, statistics=-1)


def downgrade() -> None:
    _create_again(DUE, statistics=0)


def _create_again(where: sa.sql.elements.TextClause, statistics: int) -> None:
    op.drop_index(NAME, table_name='outbox')
    op.create_index(NAME, 'outbox', ['due_at', 'id'], sqlite_where=where, postgresql_where=where)
    if op.get_context().dialect.name == 'postgresql':
        op.execute(f'ALTER TABLE outbox ALTER COLUMN state SET STATISTICS {statistics}')
