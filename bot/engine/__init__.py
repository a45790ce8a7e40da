"""The engine: it takes jobs in, moves them on by steps, and shows their answers."""
