"""media: what came with messages besides their text

Revision: 0011
Follows: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
OPEN = sa.text("state IN ('waiting', 'delete')")


def upgrade() -> None:
    op.create_table(
        'media',
        sa.Column('id', ROW_ID, autoincrement=True, nullable=False),
        sa.Column('inbox_id', ROW_ID, nullable=False),
        sa.Column('ordinal', sa.Integer(), server_default='0', nullable=False),
        sa.Column('channel', sa.String(length=16), nullable=False),
        sa.Column('kind', sa.String(length=16), nullable=False),
        sa.Column('source_sealed', sa.LargeBinary(), nullable=False),
        sa.Column('state', sa.String(length=16), server_default='waiting', nullable=False),
        sa.Column('file_id', sa.String(length=43), nullable=True),
        sa.Column('found_sealed', sa.LargeBinary(), nullable=True),
        sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
        sa.Column('due_at', sa.Float(), nullable=False),
        sa.Column('claimed_by', sa.String(length=64), nullable=True),
        sa.Column('claimed_until', sa.Float(), nullable=True),
        sa.Column('created_at', sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(['inbox_id'], ['inbox.id'], name=op.f('fk_media_inbox_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_media')),
        sa.UniqueConstraint('inbox_id', 'ordinal', name=op.f('uq_media_inbox_id_ordinal')),
    )
    op.create_index('ix_media_open', 'media', ['due_at'], unique=False, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_index('ix_media_open', table_name='media')
    op.drop_table('media')
