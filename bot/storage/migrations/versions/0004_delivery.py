"""delivery: what became of each reply, who wants no messages, when a person last wrote

Revision: 0004
Follows: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('waiting', 'sending')")
OUTBOX = (
    sa.Column('uuid', sa.String(length=32), nullable=True),
    sa.Column('provider_id', sa.String(length=64), nullable=True),
    sa.Column('parts_sent', sa.Integer(), server_default='0', nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('due_at', sa.Float(), nullable=True),
    sa.Column('claimed_by', sa.String(length=64), nullable=True),
    sa.Column('claimed_until', sa.Float(), nullable=True),
    sa.Column('error', sa.String(length=32), nullable=True),
    sa.Column('despite_stop', sa.Integer(), server_default='0', nullable=False),
)
ADDRESSES = (
    sa.Column('stopped_at', sa.Float(), nullable=True),
    sa.Column('last_heard_at', sa.Float(), nullable=True),
)


def upgrade() -> None:
    for column in OUTBOX:
        op.add_column('outbox', column.copy())
    for column in ADDRESSES:
        op.add_column('addresses', column.copy())
    # Until now there were only channels whose page comes for its messages.
    op.execute("UPDATE outbox SET state = 'kept'")
    op.create_index('uq_outbox_uuid', 'outbox', ['uuid'], unique=True)
    op.create_index('ix_outbox_open', 'outbox', ['conversation_id', 'position'], unique=False, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index('ix_outbox_open_due', 'outbox', ['due_at'], unique=False, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    for index in ('ix_outbox_open_due', 'ix_outbox_open', 'uq_outbox_uuid'):
        op.drop_index(index, table_name='outbox')
    op.execute("UPDATE inbox SET state = 'set_aside' WHERE state = 'stopped'")
    op.execute("UPDATE outbox SET state = 'waiting' WHERE state IN ('kept', 'sending')")
    for column in ADDRESSES:
        op.drop_column('addresses', column.name)
    for column in OUTBOX:
        op.drop_column('outbox', column.name)
