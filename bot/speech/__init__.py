"""Speech to text: the catalogue of models, the shapes that transcripts come in, and the AI/ML API."""
