"""The AI/ML API: its client, the catalogue of models, and reading its answers into a Transcript."""
