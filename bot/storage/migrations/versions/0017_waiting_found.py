"""waiting found: all that waits, in its order, and who waits for an agent

Revision: 0017
Follows: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

INDEXES = (
    ('ix_inbox_waiting_id', 'inbox', 'id', "state = 'waiting' AND id > 0"),
    ('ix_desk_waiting', 'desk', 'conversation_id', "mode = 'waiting'"),
)


def upgrade() -> None:
    for name, table, column, condition in INDEXES:
        waiting = sa.text(condition)
        op.create_index(name, table, [column], sqlite_where=waiting, postgresql_where=waiting)


def downgrade() -> None:
    for name, table, *_ in INDEXES:
        op.drop_index(name, table_name=table)
