"""which replies nobody waits for, and which go out with nothing to tap

Revision: 0010
Follows: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

NEW = ('plain', 'unasked')


def upgrade() -> None:
    for name in NEW:
        op.add_column('outbox', sa.Column(name, sa.Integer(), server_default='0', nullable=False))


def downgrade() -> None:
    for name in NEW:
        op.drop_column('outbox', name)
