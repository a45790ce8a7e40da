"""Updates from Telegram: received, stored at the door, and only then confirmed."""
