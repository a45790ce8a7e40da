"""What others have written, made fit for use inside a sentence."""

_HOST_LIMIT = 60  # characters


def one_line(text: str, limit: int) -> str:
    """Make any text printable, on one line, and at most `limit` characters long."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    words = " ".join(printable.split())
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def short_host(host: str) -> str:
    """Cut a long host short at its beginning: whose it is, its end says."""
    return host if len(host) <= _HOST_LIMIT else "…" + host[1 - _HOST_LIMIT :]


def lines(*parts: str) -> str:
    """Put whole lines below each other, without those that are empty."""
    return "\n".join(part for part in parts if part)
