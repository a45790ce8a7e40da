"""A link to a recording becomes its text: the provider fetches it, and this machine asks nobody about it."""

import socket

import pytest

from bot.playground.speech import Recognition
from storage.apology import Notice, Reason
from storage.words import State
from tests.english import ENGLISH
from tests.unit.workbench import reading_lines
from tests.world import ASKED_LANGUAGE, audio, texts

URL = "https://example.com/talks/sample.mp3"


@pytest.fixture
def alice(stopped_world):
    return stopped_world.telegram.user("Alice")


@pytest.fixture
def chat(stopped_world, alice):
    stopped_world.speech.links[URL] = audio()
    stopped_world.speech.says("said behind a link")
    return stopped_world.telegram.private(alice)


def creates(world):
    """What was asked of the provider, refused or not."""
    return [call.asked for call in world.speech.calls if call.path == "/v1/stt/create"]


def links(world):
    return [upload.url for upload in world.speech.uploads]


@pytest.mark.parametrize("text", [URL, f"  {URL}\n", "HTTPS://EXAMPLE.COM/talks/sample.mp3", f"{URL}#t=5"])
async def test_a_private_message_that_is_a_link_to_a_recording_becomes_its_text(chat, alice, world, text):
    sent = chat.say(alice, text)
    await world.turn()
    assert texts(chat) == [ENGLISH.waiting.placeholder(Notice.NONE)]
    await world.settle()
    assert texts(chat) == ["said behind a link"]
    assert chat.bot_messages[0]["reply_to_message"]["message_id"] == sent["message_id"]
    wanted = {"model": "#g1_nova-2-general", "smart_format": "true", "punctuate": "true"} | ASKED_LANGUAGE
    assert creates(world) == [wanted | {"url": URL}]
    assert world.telegram.calls_of("getFile") == []
    assert [(job.kind, job.state) for job in await world.jobs()] == [("link", State.DELIVERED)]


async def test_a_short_one_is_answered_soon_although_nobody_knows_its_length(chat, alice, world):
    started = world.clock()
    chat.say(alice, URL)
    await world.settle()
    assert texts(chat) == ["said behind a link"]
    assert world.clock() - started < 5


@pytest.mark.parametrize(
    "text",
    [
        f"look at this: {URL}",
        f"{URL} {URL}",
        f"{URL}\n{URL}",
        "https://example.com/page.html",
        "https://example.com/",
        "https://example.mp3",
        "example.com/sample.mp3",
        "ftp://example.com/sample.mp3",
        "good morning",
    ],
)
async def test_another_text_in_a_private_chat_gets_a_hint(chat, alice, world, text):
    chat.say(alice, text)
    await world.settle()
    assert texts(chat) == [ENGLISH.hints.link() if "http" in text else ENGLISH.hints.text()]
    assert await world.jobs() == []


async def test_a_text_that_leads_elsewhere_than_it_shows_means_nothing(chat, alice, world):
    hidden = {"type": "text_link", "url": "https://example.org/other.mp3"}
    for entities in ([hidden], [{"type": "bold"}, hidden]):
        whole = [{"offset": 0, "length": len(URL)} | entity for entity in entities]
        world.telegram.queue_update("message", chat.stamp() | {"from": alice.as_json(), "text": URL, "entities": whole})
    await world.settle()
    assert await world.jobs() == []


async def test_a_link_in_a_message_that_is_edited_means_nothing(chat, alice, world):
    chat.edit_text(chat.say(alice, "hello"), URL)
    command = chat.say(alice, "hello")
    chat.edit_text(command, f"/transcribe {URL}")
    await world.settle()
    assert texts(chat) == [ENGLISH.hints.text()]
    assert await world.jobs() == []


async def test_the_command_takes_a_link_anywhere_and_to_anything(chat, alice, world):
    telegram, url = world.telegram, "https://files.example.org/stream?id=7&sig=A1"
    world.speech.links[url] = audio()
    group, channel = telegram.group("Group", [alice]), telegram.channel("Channel")
    forum = telegram.supergroup("Forum", [alice], topics=True)
    topic = forum.topic("Talks")
    chat.say(alice, f"/transcribe {url}")
    group.say(alice, f"/transcribe@{telegram.state.bot.username} {url}")
    channel.say(None, f"/transcribe {url}")
    asked = forum.say(alice, f"/transcribe\n{url}", thread=topic)
    await world.settle()
    assert [texts(each) for each in (chat, group, channel, forum)] == [["said behind a link"]] * 4
    assert forum.bot_messages[0]["message_thread_id"] == asked["message_thread_id"] == topic
    assert links(world) == [url]


async def test_a_post_that_a_group_of_its_channel_gets_too_is_answered_once(chat, alice, world):
    group = world.telegram.supergroup("Talk", [alice], privacy=False)
    channel = world.telegram.channel("Channel", linked_group=group)
    channel.say(None, f"/transcribe {URL}")
    await world.settle()
    assert (texts(channel), texts(group)) == (["said behind a link"], [])


async def test_in_a_group_a_link_without_the_command_means_nothing(chat, alice, world):
    group = world.telegram.group("Group", [alice], privacy=False)
    group.say(alice, URL)
    group.say(alice, f"/transcribe@somebody_else_bot {URL}")
    await world.settle()
    assert texts(group) == []


@pytest.mark.parametrize(
    "behind", ["", " ", " this one please", f" {URL} please", " sample.mp3", " ftp://example.com/a.mp3"]
)
async def test_the_command_without_a_link_says_in_a_sentence_how_it_is_used(chat, alice, world, behind):
    chat.say(alice, f"/transcribe{behind}")
    await world.settle()
    (answer,) = texts(chat)
    assert "/transcribe" in answer
    assert "https://" in answer
    assert await world.jobs() == []


@pytest.mark.parametrize("before", ["", "/transcribe "])
@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("http://127.0.0.1/a.mp3", "IP address"),
        ("http://2130706433/a.mp3", "IP address"),
        ("https://[::1]/a.mp3", "IP address"),
        ("https://localhost/a.mp3", "public"),
        ("https://printer.local/a.mp3", "public"),
        ("https://user:password@example.com/a.mp3", "password"),
        ("https://example.com:8080/a.mp3", "port"),
        ("https://exam%70le.com/a.mp3", "name"),
        ("https://example.com\\@example.org/a.mp3", "backslash"),
        (f"https://example.com/{'a' * 2048}.mp3", "2,048"),
    ],
)
async def test_a_link_that_is_not_taken_is_answered_with_the_reason_and_nothing_is_paid(
    chat, alice, world, before, link, why
):
    chat.say(alice, before + link)
    await world.settle()
    (answer,) = texts(chat)
    assert why in answer
    assert answer.count(". ") == 0
    assert (await world.jobs(), world.speech.calls) == ([], [])


async def test_a_name_of_another_alphabet_is_sent_and_shown_as_it_is_written_in_ascii(chat, alice, world):
    url = "https://xn--80ak6aa92e.com/%D0%B0.mp3"
    world.speech.links[url] = audio()
    chat.say(alice, "https://аррӏе.com/а.mp3")
    await world.turn()
    assert texts(chat) == ["Transcribing the recording at xn--80ak6aa92e.com…"]
    await world.settle()
    assert (links(world), texts(chat)) == ([url], ["said behind a link"])


async def test_nobody_is_asked_about_the_address_on_this_machine(chat, alice, world, monkeypatch):
    asked = []

    def look_up(host, *_more, **_named):
        asked.append(host)
        raise OSError(host)

    chat.say(alice, URL)
    await world.app.receiver.turn(0)  # from here on every name is known
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    await world.settle()
    assert (texts(chat), asked) == (["said behind a link"], [])


async def test_the_same_link_is_paid_for_once_while_it_is_in_flight_and_while_it_is_kept(chat, alice, world):
    bob = world.telegram.user("Bob")
    his = world.telegram.private(bob)
    chat.say(alice, URL)
    his.say(bob, "https://EXAMPLE.com:443/talks/sample.mp3#later")
    await world.settle()
    his.say(bob, f"/transcribe {URL}")
    await world.settle()
    assert (texts(chat), texts(his)) == (["said behind a link"], ["said behind a link"] * 2)
    assert links(world) == [URL]


@pytest.mark.parametrize(
    "other", [f"{URL}?v=2", "http://example.com/talks/sample.mp3", "https://example.com/talks/Sample.mp3"]
)
async def test_another_link_is_another_recording(chat, alice, world, other):
    world.speech.links[other] = audio()
    chat.say(alice, URL)
    chat.say(alice, other)
    await world.settle()
    assert sorted(links(world)) == sorted([URL, other])


async def test_another_model_is_another_generation(chat, alice, world):
    chat.say(alice, URL)
    await world.settle()
    chat.say(alice, "/model whisper-tiny")
    chat.say(alice, URL)
    await world.settle()
    assert [upload.model for upload in world.speech.uploads] == ["#g1_nova-2-general", "#g1_whisper-tiny"]


async def test_a_recording_that_its_answer_says_is_too_long_is_not_shown_and_paid_for_once(stopped_world, chat, alice):
    stopped_world.speech.says(Recognition("an endless talk", duration=3601.0))
    async with stopped_world.running(max_audio_minutes=60) as world:
        for _ in range(2):
            chat.say(alice, URL)
        await world.settle()
        chat.say(alice, URL)
        await world.settle()
        sorry = ENGLISH.apologies.apology(Reason.TOO_LONG, {"minutes": 61, "limit_minutes": 60})
        assert (texts(chat), links(world)) == ([sorry] * 3, [URL])


async def test_a_recording_whose_length_no_answer_says_is_shown(stopped_world, chat, alice):
    stopped_world.speech.dialect = "text"
    async with stopped_world.running(max_audio_minutes=1) as world:
        chat.say(alice, URL)
        await world.settle()
        assert texts(chat) == ["said behind a link"]


async def test_until_its_answer_a_link_counts_as_long_as_is_set(stopped_world, chat, alice):
    async with stopped_world.running(link_minutes=7) as world:
        chat.say(alice, URL)
        await world.turn()
        assert [job.audio_seconds for job in await world.jobs()] == [420.0]
        await world.settle()


@pytest.mark.parametrize("style", ["old", "problem"])
async def test_a_link_that_the_provider_cannot_fetch_is_told_as_the_links_fault(chat, alice, world, style):
    world.speech.error_style = style
    with reading_lines() as lines:
        chat.say(alice, "https://example.com/lost.mp3?token=secret-token")
        await world.settle()
    assert texts(chat) == [ENGLISH.apologies.apology(Reason.LINK_UNREACHABLE, {"host": "example.com"})]
    assert len(creates(world)) == 1
    assert "example.com" in str(lines)
    assert not any(secret in str(lines) for secret in ("secret-token", "lost.mp3"))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"err_code": "REMOTE_CONTENT_ERROR", "err_msg": "The remote server said no."}),
        (422, {"message": ["url must be a URL address"], "statusCode": "422"}),
        (400, {"message": f"Could not fetch {URL}?key=secret-token: 404"}),
        (400, {"title": "Bad Request", "error": {"name": "DownloadFailed", "data": {"kind": "err_download"}}}),
    ],
)
async def test_every_wording_of_a_failed_fetch_is_told_as_the_links_fault(chat, alice, world, status, body):
    world.speech.fault("create", status=status, body=body)
    with reading_lines() as lines:
        chat.say(alice, f"{URL}?key=secret-token")
        await world.settle()
    assert texts(chat) == [ENGLISH.apologies.apology(Reason.LINK_UNREACHABLE, {"host": "example.com"})]
    assert "secret-token" not in str(lines)


async def test_another_refusal_is_told_as_ever(chat, alice, world):
    world.speech.fault("create", status=400, body={"message": "Invalid payload", "path": "/v1/stt/create"})
    chat.say(alice, URL)
    await world.settle()
    assert texts(chat) == [ENGLISH.apologies.apology(Reason.REFUSED, {})]


async def test_a_generation_that_ends_because_of_the_link_is_not_made_again(chat, alice, world):
    error = {"name": "FetchError", "message": f"could not fetch {URL}?key=secret-token"}
    world.speech.links[f"{URL}?key=secret-token"] = audio()
    world.speech.fail_generation("next", error)
    with reading_lines() as lines:
        chat.say(alice, f"{URL}?key=secret-token")
        await world.settle()
    assert texts(chat) == [ENGLISH.apologies.apology(Reason.LINK_UNREACHABLE, {"host": "example.com"})]
    assert len(world.speech.uploads) == 1
    assert "secret-token" not in str(lines)


async def test_a_generation_that_fails_for_another_reason_is_made_again(chat, alice, world):
    world.speech.fail_generation("next")
    chat.say(alice, URL)
    await world.settle()
    assert (texts(chat), links(world)) == (["said behind a link"], [URL, URL])


async def test_trouble_with_the_provider_is_waited_for(chat, alice, world):
    world.speech.fault("create", status=503, times=3)
    chat.say(alice, URL)
    await world.settle()
    assert (texts(chat), links(world)) == (["said behind a link"], [URL])


async def test_a_link_can_be_cancelled_by_its_sender_and_by_nobody_else(chat, alice, world):
    bob = world.telegram.user("Bob")
    group = world.telegram.group("Group", [alice, bob])
    group.say(alice, f"/transcribe {URL}")
    await world.turn()
    (waiting,) = group.bot_messages
    group.press(bob, waiting, ENGLISH.cancelling.button())
    await world.turn()
    assert texts(group) == [ENGLISH.waiting.placeholder(Notice.NONE)]
    group.press(alice, waiting, ENGLISH.cancelling.button())
    await world.settle()
    assert texts(group) == [ENGLISH.apologies.apology(Reason.CANCELLED, {})]


async def test_links_count_among_the_open_recordings_of_a_chat(stopped_world, chat, alice):
    async with stopped_world.running(max_open_jobs_per_chat=2) as world:
        for number in range(5):
            world.speech.links[f"{URL}?{number}"] = audio()
            chat.say(alice, f"{URL}?{number}")
        await world.settle()
        assert (len(await world.jobs()), texts(chat).count(ENGLISH.waiting.too_many(2))) == (2, 1)


async def test_a_chat_that_is_not_allowed_gets_no_link_transcribed(stopped_world, chat, alice):
    async with stopped_world.running(allowed_chats="1") as world:
        chat.say(alice, URL)
        chat.say(alice, f"/transcribe {URL}")
        await world.settle()
        assert (await world.jobs(), len(texts(chat))) == ([], 1)


async def test_a_link_that_is_delivered_again_is_one_job(chat, alice, world):
    message = chat.say(alice, URL)
    await world.settle()
    world.telegram.queue_update("message", message)
    await world.settle()
    assert (len(await world.jobs()), texts(chat)) == (1, ["said behind a link"])


async def test_where_links_are_off_both_a_link_and_the_command_say_so(stopped_world, chat, alice):
    async with stopped_world.running(links="OFF") as world:
        chat.say(alice, URL)
        chat.say(alice, "https://127.0.0.1/a.mp3")
        await world.settle()
        assert texts(chat) == [ENGLISH.links.off()]
        chat.say(alice, f"/transcribe {URL}")
        chat.say(alice, "/help")
        await world.settle()
        _, told, helped = texts(chat)
        assert told == ENGLISH.links.off()
        assert "link" not in helped
        assert await world.jobs() == []


async def test_the_help_tells_of_the_command(chat, alice, world):
    chat.say(alice, "/help")
    await world.settle()
    assert "/transcribe" in texts(chat)[0]
