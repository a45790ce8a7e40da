"""The log: lines of JSON or for a console, from which every secret is removed after they are rendered."""

import json
import logging
import re
import sys
from collections.abc import Iterable
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

REDACTED = "[redacted]"
LONGEST_VALUE = 8_000  # characters; a traceback has fewer, and what a server says may have millions
AS_SHORT_AS_A_WORD = 12  # characters of a secret that may stand in other words by chance, where it is left

_SEVERAL_LINES = frozenset({"exception", "stack"})


class RedactingRenderer:
    """A renderer that replaces every secret in the lines of another one, and leaves out the middle of long values."""

    def __init__(self, render: Processor, secrets: Iterable[str]) -> None:
        self._render = render
        self._secrets = _pattern(secrets)

    def __call__(self, logger: WrappedLogger, name: str, event: EventDict) -> str:
        short = {key: self._shortened(value) for key, value in event.items()}
        return self._redacted(str(self._render(logger, name, short)))

    def _shortened(self, value: object) -> object:
        """Shorten a long text once its secrets are out, as half of one could not be found any more."""
        if not isinstance(value, str) or len(value) <= LONGEST_VALUE:
            return value
        text, half = self._redacted(value), LONGEST_VALUE // 2
        left_out = len(text) - 2 * half
        return f"{text[:half]} [{left_out} characters left out] {text[-half:]}" if left_out > 0 else text

    def _redacted(self, text: str) -> str:
        return self._secrets.sub(REDACTED, text) if self._secrets else text


def _pattern(secrets: Iterable[str]) -> re.Pattern[str] | None:
    """Match each secret as it is, as JSON spells it, and as it is printed.

    The longest comes first, as one may be a part of another.
    """
    plain = {secret for secret in secrets if secret}
    spelled = plain | {json.dumps(secret)[1:-1] for secret in plain} | {printable(secret) for secret in plain}
    found = "|".join(map(_wherever_it_stands, sorted(spelled, key=len, reverse=True)))
    return re.compile(found) if found else None


def _wherever_it_stands(secret: str) -> str:
    """Match a secret, but one that is as short as a word only where it is a word of its own."""
    exactly = re.escape(secret)
    if len(secret) >= AS_SHORT_AS_A_WORD or not secret.isalnum():
        return exactly
    return rf"(?<![^\W_]){exactly}(?![^\W_])"


def printable(text: str) -> str:
    """Return a text with everything that a terminal obeys or does not show spelled as an escape.

    These are control characters of both kinds, marks that turn the direction of writing, and separators of lines.
    """
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else _escaped(each) for each in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def _make_printable(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Make all texts of an event fit for a console. Tracebacks keep their lines, each behind a margin."""
    return {
        printable(str(key)): _on_lines(value) if key in _SEVERAL_LINES else _on_one_line(value)
        for key, value in event.items()
    }


def _on_one_line(value: object) -> object:
    if value is None or isinstance(value, int | float):
        return value
    return printable(value if isinstance(value, str) else repr(value))


def _on_lines(value: object) -> str:
    return "\n".join(f"  {printable(line)}" for line in str(value).split("\n"))


def configure(level: str, style: str, secrets: Iterable[str], stream: TextIO | None = None) -> None:
    """Send the lines of the bot and of every library through one redacting handler to `stream`, or stderr."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *([] if style == "json" else [_make_printable]),
                RedactingRenderer(_renderer(style), secrets),
            ],
        )
    )
    # The logging module would print a line that cannot be formatted to standard error, with its secrets.
    logging.raiseExceptions = False
    logging.captureWarnings(capture=True)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for chatty in ("httpx", "httpcore", "aiosqlite", "telegram", "asyncio", "aiohttp.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _renderer(style: str) -> Processor:
    if style == "json":
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)


def get_logger(name: str) -> Any:
    """Return the logger of a module; an event about a job carries its id."""
    return structlog.get_logger(name)
