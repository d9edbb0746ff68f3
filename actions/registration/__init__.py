"""The registration in the chat, from the privacy notice to the institute's answer."""
