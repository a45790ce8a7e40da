"""The demo as `python -m bot demo` runs it, but with shorter waits, of which a test only awaits the end.

Its faults last as long as anywhere: on a busy machine a person needs these seconds to press a button meanwhile.
"""

from functools import partial

from bot.__main__ import program
from bot.playground.demo import demo
from bot.playground.demo.process import DIE_WITH_PARENT, BotProcess
from bot.playground.sim import fault_switches

vars(demo).update(BotProcess=partial(BotProcess, program=(*DIE_WITH_PARENT, "-m", "tests.hasty", "run")))
vars(fault_switches).update(RETRY_AFTER=1)

if __name__ == "__main__":
    program()
