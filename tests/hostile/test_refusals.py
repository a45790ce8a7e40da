"""Chats that refuse everything: few calls, nothing paid, and a log that says why."""

import pytest

from tests.patience import promised

MOST_CALLS = 5


def calls_to(scene, chat):
    return [call for call in scene.telegram.calls if str(call.params.get("chat_id")) == str(chat.id)]


@pytest.mark.parametrize("wording", ["CHAT_SEND_PLAIN_FORBIDDEN", "CHAT_GUEST_SEND_FORBIDDEN", "SOMETHING_NEW"])
async def test_twenty_recordings_cost_a_chat_that_refuses_a_handful_of_calls_and_nothing_else(scene, wording):
    group = scene.telegram.supergroup("Choir of the silent", [scene.telegram.user("Bartholomew")], privacy=False)
    for method in ("sendMessage", "sendDocument"):
        scene.telegram.refuse(method, wording, times=None)
    for _ in range(8):  # as many as have room in the pace of a group at once, then and when it is asked again
        scene.voice(group)
    await scene.start()
    async with promised(15, scene.life.describe):
        await scene.life.says("chat.refuses")
        for _ in range(12):
            scene.voice(group)
        await scene.until_stored(20, "refused = 1")
        assert await scene.life.stop() == 0
    assert len(calls_to(scene, group)) <= MOST_CALLS
    assert scene.speech.uploads == []
    assert wording in scene.life.output


async def test_a_refusal_that_nobody_knows_is_told_without_the_secret_in_it(scene):
    scene.telegram.refuse("sendMessage", f"NEW_ONE for /bot{scene.telegram.state.token}/sendMessage", times=None)
    scene.voice()
    await scene.start()
    await scene.until_stored(1, "refused = 1")
    assert "NEW_ONE" in scene.life.output
    assert scene.telegram.state.token.partition(":")[2][:8] not in scene.life.output
