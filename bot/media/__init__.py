"""What people send besides text: what it is, fetching it safely, and what is in it."""
