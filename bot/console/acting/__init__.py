"""Acting: the queue of people waiting, and what an agent does in a conversation."""
