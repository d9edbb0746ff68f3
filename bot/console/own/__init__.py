"""One's own account: password, second step, language, sessions."""
