"""Reading conversations: the list, one conversation, export."""
