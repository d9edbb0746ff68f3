"""calls: those that go on in writing, and those that the assistant answers

Revision: 0012
Follows: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('handoffs',
    sa.Column('id', ROW_ID, autoincrement=True, nullable=False),
    sa.Column('call_index', sa.String(length=64), nullable=False),
    sa.Column('body_index', sa.String(length=64), nullable=False),
    sa.Column('code_index', sa.String(length=64), nullable=False),
    sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('answer_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('person_id', ROW_ID, nullable=True),
    sa.Column('valid_until', sa.Float(), nullable=False),
    sa.Column('used_at', sa.Float(), nullable=True),
    sa.Column('created_at', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_handoffs_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handoffs')),
    sa.UniqueConstraint('call_index', name=op.f('uq_handoffs_call_index')),
    sa.UniqueConstraint('code_index', name=op.f('uq_handoffs_code_index'))
    )
    op.create_index(op.f('ix_handoffs_person_id'), 'handoffs', ['person_id'], unique=False)
    op.create_table('signatures',
    sa.Column('signature_index', sa.String(length=64), nullable=False),
    sa.Column('at', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('signature_index', name=op.f('pk_signatures'))
    )
    op.create_table('voice_calls',
    sa.Column('call_index', sa.String(length=64), nullable=False),
    sa.Column('conversation_id', ROW_ID, nullable=False),
    sa.Column('state_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_voice_calls_conversation_id')),
    sa.PrimaryKeyConstraint('call_index', name=op.f('pk_voice_calls'))
    )
    op.create_index(op.f('ix_voice_calls_conversation_id'), 'voice_calls', ['conversation_id'], unique=False)
    op.create_table('voice_steps',
    sa.Column('call_index', sa.String(length=64), nullable=False),
    sa.Column('step', sa.String(length=16), nullable=False),
    sa.Column('answer_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['call_index'], ['voice_calls.call_index'], name=op.f('fk_voice_steps_call_index')),
    sa.PrimaryKeyConstraint('call_index', 'step', name=op.f('pk_voice_steps'))
    )


def downgrade() -> None:
    for table in ('voice_steps', 'voice_calls', 'signatures', 'handoffs'):
        op.drop_table(table)
