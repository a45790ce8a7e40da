import logging
from collections.abc import Iterator

import pytest
import structlog

from tests.unit.workbench import Lines, reading_lines


@pytest.fixture
def lines() -> Iterator[Lines]:
    with reading_lines() as read:
        yield read


@pytest.fixture
def logging_as_it_was() -> Iterator[None]:
    """For tests that configure logging, which belongs to the whole process."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level, raising = root.handlers, root.level, logging.raiseExceptions
    yield
    logging.raiseExceptions, root.handlers = raising, handlers
    root.setLevel(level)
    structlog.configure(**before)
