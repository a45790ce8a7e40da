"""The command `verbatim repair`: it saves what can be read of a damaged database, and says what that was."""

import time
from collections.abc import Callable

from bot.config import Settings
from storage.sqlite.repair import repair as repair_database


def repair(settings: Settings, say: Callable[[str], None]) -> None:
    """Repair the operator's database; the store's errors where that cannot be done now."""
    repair_database(settings.database_path, time.time(), say)
