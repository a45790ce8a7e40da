"""Durable state: the words, what the Store promises, and the engine that keeps the promises."""
