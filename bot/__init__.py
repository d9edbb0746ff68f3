"""The assistant: everything but the custom actions, which Rasa looks for in `actions`."""
