"""How answers get their figures and their source."""
