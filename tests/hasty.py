"""Let a process wait a tenth as long where a test would do nothing but wait, too; imported before the engine.

No test looks at how long these waits are, and what comes after them does not depend on it. The unit tests do.
"""

from bot.engine import patience

patience.DATABASE_LOOK_EVERY /= 10
patience.DOUBT_WAIT /= 10
patience.FIRST_CREDITS_LOOK /= 10
patience.MAINTENANCE_EVERY /= 10
patience.PAUSE /= 10
patience.SUSPECT_WAIT /= 10
patience.TROUBLE_LOOK_EVERY /= 10

if __name__ == "__main__":
    from bot.__main__ import program

    program()
