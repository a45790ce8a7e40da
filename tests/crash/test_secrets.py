"""Whatever goes wrong, no log tells a secret, a name or a word of anybody's."""

import json

import pytest

from tests.crash.scene import FILE_NAME
from tests.world import KEY

CONFIDENTIAL = "these are the confidential words"


@pytest.mark.parametrize("log_format", ["json", "console"])
async def test_the_output_keeps_every_secret_when_everything_goes_wrong_once(scene, log_format):
    telegram, speech = scene.telegram, scene.speech
    for method in ("getUpdates", "getFile", "sendMessage", "editMessageText"):
        telegram.fault(method, drop=True)
    telegram.fault("file", 500)
    telegram.queue_update("message", {"message_id": CONFIDENTIAL, "document": {"file_name": FILE_NAME}})
    speech.fault("create", status=503, body={"message": f"Bearer {KEY} has to wait"})
    speech.fault("fetch", body={"status": "completed", "result": {"unheard of": CONFIDENTIAL}})
    scene.named_audio()
    for _ in range(4):
        scene.voice()
    await scene.start(LOG_FORMAT=log_format)
    await scene.finish()
    said = scene.life.output
    for event in ("job.ended", "step.failed", "placeholder.later", "receiver.failed", "update.unreadable"):
        assert event in said
    assert "Traceback" not in said
    for secret in (telegram.state.token, KEY, FILE_NAME, CONFIDENTIAL, scene.alice.first_name):
        assert secret not in said
    if log_format == "json":
        assert all(json.loads(line)["event"] for line in said.splitlines())
