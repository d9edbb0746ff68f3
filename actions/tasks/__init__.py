"""What the assistant does with somebody step by step, and the form that leads through it."""
