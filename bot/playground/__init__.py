"""A Bot API and an AI/ML API that run on this machine and refuse what the real ones refuse."""
