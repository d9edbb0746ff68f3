"""reviewing: how far queues were filled, steps of registrations, what agents wrote

Revision: 0009
Follows: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('review_queues', sa.Column('filled_until', sa.Float(), nullable=True))
    op.create_table(
        'registration_steps',
        sa.Column('conversation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
        sa.Column('step', sa.String(length=32), nullable=False),
        sa.Column('at', sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id']),
        sa.PrimaryKeyConstraint('conversation_id', 'step'),
    )
    op.create_index('ix_registration_steps_at', 'registration_steps', ['at'])
    op.create_index(
        'ix_outbox_agents', 'outbox', ['created_at'],
        sqlite_where=sa.text("author = 'agent'"), postgresql_where=sa.text("author = 'agent'"),
    )


def downgrade() -> None:
    op.drop_index('ix_outbox_agents', table_name='outbox')
    op.drop_index('ix_registration_steps_at', table_name='registration_steps')
    op.drop_table('registration_steps')
    op.drop_column('review_queues', 'filled_until')
