"""Whose fault a refusal is, where a link was given: the link's, if it could not be fetched."""

import re

# No document says how the API puts it. These are the words of the vendors behind it, such as Deepgram's
# REMOTE_CONTENT_ERROR, of those that check the fields of a request, and of the HTTP libraries that they use.
_UNREACHABLE = re.compile(
    r"(?:\b|_)(?:ur[li]|link)s?(?:\b|_)|fetch|download|retriev|remote|\breach|reachable|inaccessible|not accessible"
    r"|(?:could not|cannot|unable to|failed to) (?:access|connect|get|load|open|read from|resolve)\b"
    r"|\bdns\b|no such host|enotfound|eai_again|econn(?:refused|reset|aborted)|etimedout|status code [45]\d\d",
    re.IGNORECASE,
)


def blames_link(said: str) -> bool:
    """Tell whether these words of the provider's say that it could not get the recording by its link."""
    return _UNREACHABLE.search(said) is not None
