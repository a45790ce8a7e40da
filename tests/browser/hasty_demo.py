"""The demo as `python -m bot demo` runs it, but with shorter faults and waits, of which a test only awaits the end."""

from functools import partial

from bot.__main__ import program
from bot.playground.demo import demo
from bot.playground.demo.process import DIE_WITH_PARENT, BotProcess
from bot.playground.sim import Playground, fault_switches

MIDDLE_SECONDS = 10.0  # in which the provider accepts a note even on a busy machine

vars(demo).update(
    BotProcess=partial(BotProcess, program=(*DIE_WITH_PARENT, "-m", "tests.hasty", "run")),
    Playground=partial(Playground, flood_control_seconds=5.0, middle_seconds=MIDDLE_SECONDS),
)
vars(fault_switches).update(RETRY_AFTER=1, SLOWER_SECONDS=4.0)

if __name__ == "__main__":
    program()
