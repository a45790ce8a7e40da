"""Posts of channels and their automatic forwards, in whatever order they come and end: each is answered once."""

import asyncio
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.outcomes import Ended, Hopeless
from storage.sqlite.engine import open_store
from storage.words import State
from tests.contract.stored import APOLOGY, NOW, claim_all, message
from tests.migrated import migrated

CHANNEL, GROUP = -1001, -1002
POSTS = 4  # of two names: what a channel forwards twice has one name
EVERYTHING = [(number, chat_id) for number in range(1, POSTS + 1) for chat_id in (CHANNEL, GROUP)]
WORKING = st.sampled_from([{CHANNEL, GROUP}, {CHANNEL}, {GROUP}, set()])  # where the bot may write
STEPS = st.lists(st.one_of(st.sampled_from(EVERYTHING), st.none()), max_size=20)  # None: what is due has its turn


async def answered(steps, working):
    """The chats of the answers, when all of the steps are done and everything else has come, too."""
    answers = []
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(migrated(Path(folder) / "verbatim.db"), lambda: NOW)
        for step in [*steps, *EVERYTHING, *[None] * 4, *EVERYTHING, None]:
            if step is None:
                answers += await turn(store, working)
                continue
            number, chat_id = step
            name, file = f"name {number % 2}", f"file {number % 2}"
            await store.accept(message(number, chat_id=chat_id, post=name, file=file), NOW)
        await store.close()
    return answers


async def turn(store, working):
    """Let each job that is due get one step further, and tell which chats got an answer."""
    answers = []
    for job in await claim_all(store):
        if job.chat_id not in working:
            await store.record(job, Ended(State.FAILED), NOW)
        elif job.state is State.QUEUED:
            await store.record(job, Hopeless(APOLOGY), NOW)
        else:
            await store.record(job, Ended(State.DELIVERED), NOW)
            answers.append(job.chat_id)
    return answers


@settings(max_examples=20)
@given(steps=STEPS, working=WORKING)
def test_each_post_is_answered_once_where_that_is_possible(steps, working):
    answers = asyncio.run(answered(steps, working))
    assert len(answers) == (POSTS if working else 0)
    assert set(answers) <= working
