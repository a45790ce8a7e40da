"""The AI/ML API as a provider: its client, its answers, what its failures mean, and the options that it takes."""
