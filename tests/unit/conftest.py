import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import structlog

from tests.unit.workbench import Lines, reading_lines

NOBODY = 65534  # the user and the group


@pytest.fixture
def stranger() -> Iterator[tuple[Path, Callable[[Path, int], AbstractContextManager[int]]]]:
    """A folder that anybody can reach, and a way to be somebody who may not read a place in it meanwhile."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder), _who_may_not


@contextmanager
def _who_may_not(place: Path, mode: int) -> Iterator[int]:
    """Be another user while a place has this mode: root, who may read everything, becomes nobody."""
    is_root, group, groups = os.geteuid() == 0, os.getegid(), os.getgroups()
    place.chmod(mode)
    if is_root:
        os.setgroups([])
        os.setegid(NOBODY)
        os.seteuid(NOBODY)
    try:
        yield os.geteuid()
    finally:
        if is_root:
            os.seteuid(0)
            os.setegid(group)
            os.setgroups(groups)
        place.chmod(0o700)


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
