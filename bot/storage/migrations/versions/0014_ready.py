"""ready: which waiting messages are the first of their conversation

Revision: 0014
Follows: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")
READY = sa.text("state = 'waiting' AND behind = 0")


def upgrade() -> None:
    op.add_column('inbox', sa.Column('behind', sa.Integer(), server_default='0', nullable=False))
    op.create_index('ix_inbox_ready', 'inbox', ['id'], sqlite_where=READY, postgresql_where=READY)
    op.drop_index('ix_inbox_waiting_id', table_name='inbox')


def downgrade() -> None:
    op.create_index('ix_inbox_waiting_id', 'inbox', ['id'], sqlite_where=WAITING, postgresql_where=WAITING)
    op.drop_index('ix_inbox_ready', table_name='inbox')
    op.drop_column('inbox', 'behind')
