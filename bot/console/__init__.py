"""The agents' web application: read, review, take over. On an inner port; never imports rasa."""
