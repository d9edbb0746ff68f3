"""the agents' console: accounts, sessions, audit, desk, turns, search, notes, reviews

Revision: 0005
Follows: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
# Conversations from before the console are on the list too.
OLDER_CONVERSATIONS = """
INSERT INTO desk (conversation_id, first_at, last_at, heard_at, channel)
SELECT c.id, c.created_at, max(i.received_at), max(i.received_at), min(i.channel)
FROM conversations c JOIN inbox i ON i.conversation_id = c.id
GROUP BY c.id, c.created_at
"""


def upgrade() -> None:
    op.create_table('accounts',
    sa.Column('id', ROW_ID, autoincrement=True, nullable=False),
    sa.Column('login', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('password_hash', sa.String(length=128), nullable=False),
    sa.Column('must_change_password', sa.Integer(), server_default='0', nullable=False),
    sa.Column('totp_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('totp_used', sa.Integer(), server_default='0', nullable=False),
    sa.Column('language', sa.String(length=2), server_default='es', nullable=False),
    sa.Column('state', sa.String(length=8), server_default='active', nullable=False),
    sa.Column('created_at', sa.Float(), nullable=False),
    sa.Column('seen_at', sa.Float(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts')),
    sa.UniqueConstraint('login', name=op.f('uq_accounts_login'))
    )
    op.create_table('login_failures',
    sa.Column('id', ROW_ID, autoincrement=True, nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('at', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_login_failures'))
    )
    op.create_index('ix_login_failures_subject_at', 'login_failures', ['subject', 'at'], unique=False)
    op.create_table('review_queues',
    sa.Column('id', ROW_ID, autoincrement=True, nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('rule', sa.String(length=16), nullable=False),
    sa.Column('threshold', sa.Float(), nullable=True),
    sa.Column('blind', sa.Integer(), server_default='0', nullable=False),
    sa.Column('active', sa.Integer(), server_default='1', nullable=False),
    sa.Column('created_at', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_queues')),
    sa.UniqueConstraint('name', name=op.f('uq_review_queues_name'))
    )
    op.create_table('audit',
    sa.Column('id', ROW_ID, autoincrement=True, nullable=False),
    sa.Column('at', sa.Float(), nullable=False),
    sa.Column('account_id', ROW_ID, nullable=True),
    sa.Column('deed', sa.String(length=32), nullable=False),
    sa.Column('object', sa.String(length=64), nullable=False),
    sa.Column('detail', sa.String(length=1000), server_default='{}', nullable=False),
    sa.Column('before_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_audit_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit')),
    sa.UniqueConstraint('hash', name=op.f('uq_audit_hash'))
    )
    op.create_index(op.f('ix_audit_account_id'), 'audit', ['account_id'], unique=False)
    op.create_index(op.f('ix_audit_deed'), 'audit', ['deed'], unique=False)
    op.create_table('canned_answers',
    sa.Column('id', ROW_ID, autoincrement=True, nullable=False),
    sa.Column('short', sa.String(length=32), nullable=False),
    sa.Column('text_es', sa.String(length=1000), nullable=False),
    sa.Column('text_en', sa.String(length=1000), nullable=False),
    sa.Column('account_id', ROW_ID, nullable=True),
    sa.Column('changed_at', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_canned_answers_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_canned_answers')),
    sa.UniqueConstraint('short', name=op.f('uq_canned_answers_short'))
    )
    op.create_table('console_sessions',
    sa.Column('token_index', sa.String(length=64), nullable=False),
    sa.Column('account_id', ROW_ID, nullable=False),
    sa.Column('complete', sa.Integer(), server_default='0', nullable=False),
    sa.Column('created_at', sa.Float(), nullable=False),
    sa.Column('seen_at', sa.Float(), nullable=False),
    sa.Column('proved_at', sa.Float(), nullable=False),
    sa.Column('revoked_at', sa.Float(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_console_sessions_account_id')),
    sa.PrimaryKeyConstraint('token_index', name=op.f('pk_console_sessions'))
    )
    op.create_index(op.f('ix_console_sessions_account_id'), 'console_sessions', ['account_id'], unique=False)
    op.create_table('saved_views',
    sa.Column('id', ROW_ID, autoincrement=True, nullable=False),
    sa.Column('account_id', ROW_ID, nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('query_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_saved_views_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_views')),
    sa.UniqueConstraint('account_id', 'name', name=op.f('uq_saved_views_account_id_name'))
    )
    op.create_index(op.f('ix_saved_views_account_id'), 'saved_views', ['account_id'], unique=False)
    op.create_table('desk',
    sa.Column('conversation_id', ROW_ID, autoincrement=False, nullable=False),
    sa.Column('first_at', sa.Float(), nullable=False),
    sa.Column('last_at', sa.Float(), nullable=False),
    sa.Column('heard_at', sa.Float(), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('language', sa.String(length=2), server_default='es', nullable=False),
    sa.Column('preview_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('topic', sa.String(length=48), nullable=True),
    sa.Column('lowest_confidence', sa.Float(), nullable=True),
    sa.Column('fallbacks', sa.Integer(), server_default='0', nullable=False),
    sa.Column('delivery_failures', sa.Integer(), server_default='0', nullable=False),
    sa.Column('unread', sa.Integer(), server_default='0', nullable=False),
    sa.Column('mode', sa.String(length=8), server_default='bot', nullable=False),
    sa.Column('mode_since', sa.Float(), nullable=True),
    sa.Column('waiting_reason', sa.String(length=16), nullable=True),
    sa.Column('urgency', sa.Integer(), server_default='0', nullable=False),
    sa.Column('holder_id', ROW_ID, nullable=True),
    sa.Column('close_reason', sa.String(length=32), nullable=True),
    sa.Column('quota_at', sa.Float(), nullable=True),
    sa.Column('registered_at', sa.Float(), nullable=True),
    sa.Column('line_at', sa.Float(), nullable=True),
    sa.Column('handed_over_at', sa.Float(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_desk_conversation_id')),
    sa.ForeignKeyConstraint(['holder_id'], ['accounts.id'], name=op.f('fk_desk_holder_id')),
    sa.PrimaryKeyConstraint('conversation_id', name=op.f('pk_desk'))
    )
    op.create_index('ix_desk_channel_last_at', 'desk', ['channel', 'last_at'], unique=False)
    op.create_index(op.f('ix_desk_holder_id'), 'desk', ['holder_id'], unique=False)
    op.create_index('ix_desk_last_at', 'desk', ['last_at'], unique=False)
    op.create_index('ix_desk_mode_last_at', 'desk', ['mode', 'last_at'], unique=False)
    op.create_index('ix_desk_topic_last_at', 'desk', ['topic', 'last_at'], unique=False)
    op.create_table('message_words',
    sa.Column('word', sa.String(length=16), nullable=False),
    sa.Column('conversation_id', ROW_ID, autoincrement=False, nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_message_words_conversation_id')),
    sa.PrimaryKeyConstraint('word', 'conversation_id', 'position', name=op.f('pk_message_words'))
    )
    op.create_index('ix_message_words_conversation_id_position', 'message_words', ['conversation_id', 'position'], unique=False)
    op.create_table('notes',
    sa.Column('id', ROW_ID, autoincrement=True, nullable=False),
    sa.Column('conversation_id', ROW_ID, nullable=False),
    sa.Column('account_id', ROW_ID, nullable=False),
    sa.Column('text_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_notes_account_id')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_notes_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notes'))
    )
    op.create_index(op.f('ix_notes_conversation_id'), 'notes', ['conversation_id'], unique=False)
    op.create_table('tags',
    sa.Column('conversation_id', ROW_ID, nullable=False),
    sa.Column('tag', sa.String(length=32), nullable=False),
    sa.Column('account_id', ROW_ID, nullable=False),
    sa.Column('at', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_tags_account_id')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_tags_conversation_id')),
    sa.PrimaryKeyConstraint('conversation_id', 'tag', name=op.f('pk_tags'))
    )
    op.create_index('ix_tags_tag', 'tags', ['tag'], unique=False)
    op.create_table('review_items',
    sa.Column('id', ROW_ID, autoincrement=True, nullable=False),
    sa.Column('queue_id', ROW_ID, nullable=False),
    sa.Column('inbox_id', ROW_ID, nullable=False),
    sa.Column('conversation_id', ROW_ID, nullable=False),
    sa.Column('state', sa.String(length=8), server_default='open', nullable=False),
    sa.Column('settled_topic', sa.String(length=48), nullable=True),
    sa.Column('created_at', sa.Float(), nullable=False),
    sa.Column('settled_at', sa.Float(), nullable=True),
    sa.Column('proposed_for', sa.String(length=8), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_review_items_conversation_id')),
    sa.ForeignKeyConstraint(['inbox_id'], ['inbox.id'], name=op.f('fk_review_items_inbox_id')),
    sa.ForeignKeyConstraint(['queue_id'], ['review_queues.id'], name=op.f('fk_review_items_queue_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_items')),
    sa.UniqueConstraint('queue_id', 'inbox_id', name=op.f('uq_review_items_queue_id_inbox_id'))
    )
    op.create_index('ix_review_items_queue_id_state', 'review_items', ['queue_id', 'state'], unique=False)
    op.create_table('satisfaction',
    sa.Column('inbox_id', ROW_ID, autoincrement=False, nullable=False),
    sa.Column('conversation_id', ROW_ID, nullable=False),
    sa.Column('task', sa.String(length=32), nullable=False),
    sa.Column('score', sa.Integer(), nullable=True),
    sa.Column('spared_a_call', sa.Integer(), nullable=True),
    sa.Column('at', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_satisfaction_conversation_id')),
    sa.ForeignKeyConstraint(['inbox_id'], ['inbox.id'], name=op.f('fk_satisfaction_inbox_id')),
    sa.PrimaryKeyConstraint('inbox_id', name=op.f('pk_satisfaction'))
    )
    op.create_table('turns',
    sa.Column('inbox_id', ROW_ID, autoincrement=False, nullable=False),
    sa.Column('conversation_id', ROW_ID, nullable=False),
    sa.Column('at', sa.Float(), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('topic', sa.String(length=48), nullable=True),
    sa.Column('confidence', sa.Float(), nullable=True),
    sa.Column('decision', sa.String(length=16), nullable=False),
    sa.Column('milliseconds', sa.Integer(), nullable=False),
    sa.Column('model', sa.String(length=64), nullable=False),
    sa.Column('understood_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('done_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_turns_conversation_id')),
    sa.ForeignKeyConstraint(['inbox_id'], ['inbox.id'], name=op.f('fk_turns_inbox_id')),
    sa.PrimaryKeyConstraint('inbox_id', name=op.f('pk_turns'))
    )
    op.create_index('ix_turns_at', 'turns', ['at'], unique=False)
    op.create_index('ix_turns_conversation_id_inbox_id', 'turns', ['conversation_id', 'inbox_id'], unique=False)
    op.create_index('ix_turns_topic_at', 'turns', ['topic', 'at'], unique=False)
    op.create_table('reviews',
    sa.Column('id', ROW_ID, autoincrement=True, nullable=False),
    sa.Column('item_id', ROW_ID, nullable=False),
    sa.Column('account_id', ROW_ID, nullable=False),
    sa.Column('verdict', sa.String(length=16), nullable=False),
    sa.Column('topic', sa.String(length=48), nullable=True),
    sa.Column('quality', sa.Integer(), nullable=True),
    sa.Column('comment_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('at', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_reviews_account_id')),
    sa.ForeignKeyConstraint(['item_id'], ['review_items.id'], name=op.f('fk_reviews_item_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reviews')),
    sa.UniqueConstraint('item_id', 'account_id', name=op.f('uq_reviews_item_id_account_id'))
    )
    op.add_column('outbox', sa.Column('account_id', ROW_ID, nullable=True))
    op.execute(OLDER_CONVERSATIONS)


def downgrade() -> None:
    op.drop_column('outbox', 'account_id')
    op.drop_table('reviews')
    op.drop_index('ix_turns_topic_at', table_name='turns')
    op.drop_index('ix_turns_conversation_id_inbox_id', table_name='turns')
    op.drop_index('ix_turns_at', table_name='turns')
    op.drop_table('turns')
    op.drop_table('satisfaction')
    op.drop_index('ix_review_items_queue_id_state', table_name='review_items')
    op.drop_table('review_items')
    op.drop_index('ix_tags_tag', table_name='tags')
    op.drop_table('tags')
    op.drop_index(op.f('ix_notes_conversation_id'), table_name='notes')
    op.drop_table('notes')
    op.drop_index('ix_message_words_conversation_id_position', table_name='message_words')
    op.drop_table('message_words')
    op.drop_index('ix_desk_topic_last_at', table_name='desk')
    op.drop_index('ix_desk_mode_last_at', table_name='desk')
    op.drop_index('ix_desk_last_at', table_name='desk')
    op.drop_index(op.f('ix_desk_holder_id'), table_name='desk')
    op.drop_index('ix_desk_channel_last_at', table_name='desk')
    op.drop_table('desk')
    op.drop_index(op.f('ix_saved_views_account_id'), table_name='saved_views')
    op.drop_table('saved_views')
    op.drop_index(op.f('ix_console_sessions_account_id'), table_name='console_sessions')
    op.drop_table('console_sessions')
    op.drop_table('canned_answers')
    op.drop_index(op.f('ix_audit_deed'), table_name='audit')
    op.drop_index(op.f('ix_audit_account_id'), table_name='audit')
    op.drop_table('audit')
    op.drop_table('review_queues')
    op.drop_index('ix_login_failures_subject_at', table_name='login_failures')
    op.drop_table('login_failures')
    op.drop_table('accounts')
