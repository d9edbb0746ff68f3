"""figures: how long people waited beside what else is counted, and what did not arrive

Revision: 0013
Follows: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

COUNTED = ['at', 'decision', 'topic', 'channel', 'language', 'conversation_id', 'waited']
FAILED = sa.text("state = 'failed'")
# The first reply of the assistant, where no clock was put back between.
WAITED = """
UPDATE turns SET waited = (
  SELECT outbox.created_at - inbox.received_at
  FROM inbox JOIN outbox ON outbox.inbox_id = inbox.id AND outbox.ordinal = 0
  WHERE inbox.id = turns.inbox_id AND outbox.author = 'bot'
    AND outbox.created_at >= inbox.received_at
)
"""


def upgrade() -> None:
    op.add_column('turns', sa.Column('waited', sa.Float(), nullable=True))
    op.execute(WAITED)
    op.create_index('ix_turns_counted', 'turns', COUNTED)
    op.drop_index('ix_turns_at', table_name='turns')
    op.create_index('ix_outbox_failed', 'outbox', ['created_at'], sqlite_where=FAILED, postgresql_where=FAILED)


def downgrade() -> None:
    op.drop_index('ix_outbox_failed', table_name='outbox')
    op.create_index('ix_turns_at', 'turns', ['at'])
    op.drop_index('ix_turns_counted', table_name='turns')
    op.drop_column('turns', 'waited')
