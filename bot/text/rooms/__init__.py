"""The sentences, each room for one occasion."""
