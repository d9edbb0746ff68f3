"""the console's list: the task under way, conversations by topic

Revision: 0007
Follows: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('desk', sa.Column('task', sa.String(length=32), nullable=True))
    op.create_index('ix_turns_topic_conversation_id', 'turns', ['topic', 'conversation_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_turns_topic_conversation_id', table_name='turns')
    op.drop_column('desk', 'task')
