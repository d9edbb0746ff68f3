"""Custom actions: slots in, a call of a rule, the name of a response out. `rasa run actions` serves
the same."""
