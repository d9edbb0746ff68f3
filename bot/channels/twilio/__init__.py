"""SMS and WhatsApp, through an account at Twilio."""
