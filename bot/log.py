"""The log: lines of JSON or for a console, from which every secret is removed after they are rendered."""

import json
import logging
import sys
from collections.abc import Iterable
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

REDACTED = "[redacted]"


class RedactingRenderer:
    """A renderer that replaces every secret in the lines of another one."""

    def __init__(self, render: Processor, secrets: Iterable[str]) -> None:
        self._render = render
        self._secrets = _spellings(secrets)

    def __call__(self, logger: WrappedLogger, name: str, event: EventDict) -> str:
        line = str(self._render(logger, name, event))
        for secret in self._secrets:
            line = line.replace(secret, REDACTED)
        return line


def _spellings(secrets: Iterable[str]) -> list[str]:
    """Return each secret as it is and as JSON spells it, the longest first, as one may be a part of another."""
    plain = {secret for secret in secrets if secret}
    return sorted(plain | {json.dumps(secret)[1:-1] for secret in plain}, key=len, reverse=True)


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
