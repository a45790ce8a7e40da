from bot.steps.failing import FEW
from tests.world import audio, texts


async def test_a_provider_that_never_knows_its_generations_is_not_paid_for_ever(world):
    alice = world.telegram.user("Alice")
    chat = world.telegram.private(alice)
    world.speech.first_fetches_404 = 1_000_000
    chat.send_voice(alice, audio())
    await world.settle()
    assert "could not transcribe" in texts(chat)[0]
    assert len(world.speech.uploads) == FEW
