"""what agents did about callbacks and complaints

Revision: 0008
Follows: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
CASES = (
    sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('account_id', BIG, nullable=True),
    sa.Column('handled_at', sa.Float(), nullable=True),
)


def upgrade() -> None:
    for column in CASES:
        op.add_column('cases', column.copy())
    op.create_index('ix_cases_state_due_at', 'cases', ['state', 'due_at'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_cases_state_due_at', table_name='cases')
    for column in CASES:
        op.drop_column('cases', column.name)
    op.execute("UPDATE inbox SET state = 'set_aside' WHERE state = 'with_agent'")
