"""the audit log: where its chain ends, and nothing in it can be changed or deleted

Revision: 0006
Follows: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
SQLITE = """
CREATE TRIGGER audit_no_{deed} BEFORE {deed} ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
"""
POSTGRESQL = """
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()
"""


def upgrade() -> None:
    op.create_table('audit_head',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('entries', ROW_ID, nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('seal', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_head'))
    )
    op.create_index('ix_audit_before_hash', 'audit', ['before_hash'], unique=True)
    # The first entry follows nothing; its seal is empty because a migration has no key.
    op.execute("INSERT INTO audit_head (id, entries, hash, seal) VALUES (1, 0, '', '')")
    if op.get_bind().dialect.name == 'sqlite':
        for deed in ('UPDATE', 'DELETE'):
            op.execute(SQLITE.format(deed=deed))
    else:
        op.execute(POSTGRESQL)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        for deed in ('UPDATE', 'DELETE'):
            op.execute(f'DROP TRIGGER audit_no_{deed}')
    else:
        op.execute('DROP TRIGGER audit_append_only ON audit; DROP FUNCTION audit_append_only()')
    op.drop_index('ix_audit_before_hash', table_name='audit')
    op.drop_table('audit_head')
