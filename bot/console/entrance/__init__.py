"""Coming in and going out: password, second step, the first login's new password, proving again."""
