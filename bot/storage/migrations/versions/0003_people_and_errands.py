"""people and what is done for them: errands, cases, consents, files, codes

Revision: 0003
Follows: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table('people',
    sa.Column('id', ROW_ID, autoincrement=True, nullable=False),
    sa.Column('record_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('version', sa.Integer(), server_default='0', nullable=False),
    sa.Column('link_tries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('link_tries_since', sa.Float(), server_default='0', nullable=False),
    sa.Column('created_at', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people'))
    )
    _give_conversations_a_person()
    op.add_column('inbox', sa.Column('kind', sa.String(length=8), server_default='message', nullable=False))
    op.create_table('errands',
    sa.Column('id', ROW_ID, autoincrement=True, nullable=False),
    sa.Column('person_id', ROW_ID, nullable=False),
    sa.Column('conversation_id', ROW_ID, nullable=False),
    sa.Column('address_id', ROW_ID, nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('key', sa.String(length=43), nullable=False),
    sa.Column('request_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(length=16), server_default='waiting', nullable=False),
    sa.Column('due_at', sa.Float(), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('told', sa.Integer(), server_default='0', nullable=False),
    sa.Column('claimed_by', sa.String(length=64), nullable=True),
    sa.Column('claimed_until', sa.Float(), nullable=True),
    sa.Column('created_at', sa.Float(), nullable=False),
    sa.Column('done_at', sa.Float(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_errands_person_id')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_errands_conversation_id')),
    sa.ForeignKeyConstraint(['address_id'], ['addresses.id'], name=op.f('fk_errands_address_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_errands')),
    sa.UniqueConstraint('key', name=op.f('uq_errands_key'))
    )
    op.create_index(op.f('ix_errands_person_id'), 'errands', ['person_id'], unique=False)
    op.create_index('ix_errands_waiting', 'errands', ['due_at'], unique=False, sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_table('cases',
    sa.Column('id', ROW_ID, autoincrement=True, nullable=False),
    sa.Column('folio', sa.String(length=16), nullable=False),
    sa.Column('person_id', ROW_ID, nullable=True),
    sa.Column('conversation_id', ROW_ID, nullable=True),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('content_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('state', sa.String(length=16), server_default='open', nullable=False),
    sa.Column('due_at', sa.Float(), nullable=True),
    sa.Column('created_at', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_cases_person_id')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_cases_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cases')),
    sa.UniqueConstraint('folio', name=op.f('uq_cases_folio'))
    )
    op.create_index(op.f('ix_cases_person_id'), 'cases', ['person_id'], unique=False)
    op.create_table('consents',
    sa.Column('id', ROW_ID, autoincrement=True, nullable=False),
    sa.Column('person_id', ROW_ID, nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('notice_version', sa.String(length=16), nullable=False),
    sa.Column('extent', sa.String(length=16), nullable=False),
    sa.Column('at', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_consents_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consents'))
    )
    op.create_index(op.f('ix_consents_person_id'), 'consents', ['person_id'], unique=False)
    op.create_table('files',
    sa.Column('id', sa.String(length=43), nullable=False),
    sa.Column('person_id', ROW_ID, nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('content_type', sa.String(length=64), nullable=False),
    sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_files_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_files'))
    )
    op.create_index(op.f('ix_files_person_id'), 'files', ['person_id'], unique=False)
    op.create_table('link_codes',
    sa.Column('code_index', sa.String(length=64), nullable=False),
    sa.Column('person_id', ROW_ID, nullable=False),
    sa.Column('valid_until', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_link_codes_person_id')),
    sa.PrimaryKeyConstraint('code_index', name=op.f('pk_link_codes'))
    )
    op.create_index(op.f('ix_link_codes_person_id'), 'link_codes', ['person_id'], unique=False)


def _give_conversations_a_person() -> None:
    """One for each conversation that is there, with its number."""
    op.execute('INSERT INTO people (id, created_at) SELECT id, created_at FROM conversations')
    if op.get_bind().dialect.name == 'sqlite':
        op.execute('ALTER TABLE conversations ADD COLUMN person_id INTEGER CONSTRAINT fk_conversations_person_id REFERENCES people (id)')
    else:
        op.execute("SELECT setval(pg_get_serial_sequence('people', 'id'), coalesce(max(id), 0) + 1, false) FROM people")
        op.add_column('conversations', sa.Column('person_id', ROW_ID, nullable=True))
        op.create_foreign_key(op.f('fk_conversations_person_id'), 'conversations', 'people', ['person_id'], ['id'])
    op.execute('UPDATE conversations SET person_id = id')
    op.create_index(op.f('ix_conversations_person_id'), 'conversations', ['person_id'], unique=False)


def downgrade() -> None:
    for table in ('link_codes', 'files', 'consents', 'cases', 'errands'):
        op.drop_table(table)
    op.execute("DELETE FROM outbox WHERE inbox_id IN (SELECT id FROM inbox WHERE kind = 'event')")
    op.execute("DELETE FROM inbox WHERE kind = 'event'")
    op.drop_column('inbox', 'kind')
    op.drop_index(op.f('ix_conversations_person_id'), table_name='conversations')
    if op.get_bind().dialect.name == 'sqlite':
        # SQLite drops no column that a foreign key holds.
        op.execute('UPDATE conversations SET person_id = NULL')
        _rebuild_conversations()
    else:
        op.drop_column('conversations', 'person_id')
    op.drop_table('people')


def _rebuild_conversations() -> None:
    """The table as it was, under its name. Others refer to it, so they are asked to look away until
    the end of the transaction."""
    op.execute('PRAGMA defer_foreign_keys = ON')
    op.execute('PRAGMA legacy_alter_table = ON')
    op.execute('CREATE TABLE conversations_before (id INTEGER NOT NULL, created_at FLOAT NOT NULL, last_position INTEGER DEFAULT \'0\' NOT NULL, CONSTRAINT pk_conversations PRIMARY KEY (id))')
    op.execute('INSERT INTO conversations_before SELECT id, created_at, last_position FROM conversations')
    op.execute('DROP TABLE conversations')
    op.execute('ALTER TABLE conversations_before RENAME TO conversations')
    op.execute('PRAGMA legacy_alter_table = OFF')
