"""How a message is understood: normaliser, topic model, language, decision; and Rasa's components
around them."""
