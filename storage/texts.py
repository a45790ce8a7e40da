"""Texts as every database can keep them, whatever strangers send."""

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def storable(text: str) -> str:
    """Return a text without what PostgreSQL keeps in none: the character NUL, and halves of characters."""
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", _REPLACEMENT)
