"""The fake Bot API held against two real client libraries: what it answers, they must understand."""

from importlib import import_module

import pytest
import telegram as ptb
from pydantic import BaseModel

from bot.playground.telegram import FakeTelegram
from bot.playground.telegram.methods import METHODS
from bot.playground.telegram.updates import KINDS

PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x09\x00\x00\x00\x09"


@pytest.fixture(scope="session")
def library():
    """aiogram, imported only where it is used: that takes seconds, and every worker of a run reads this file."""
    import_module("aiogram.client.session.aiohttp")
    return import_module("aiogram")


@pytest.fixture
async def telegram():
    async with FakeTelegram() as server:
        yield server
        assert server.violations == []


@pytest.fixture
async def aiogram(telegram, library):
    server = library.client.telegram.TelegramAPIServer.from_base(telegram.url)
    session = library.client.session.aiohttp.AiohttpSession(api=server)
    bot = library.Bot(telegram.state.token, session=session)
    yield bot
    await session.close()


@pytest.fixture
async def bot(telegram):
    bot = ptb.Bot(telegram.state.token, base_url=f"{telegram.url}/bot", base_file_url=f"{telegram.url}/file/bot")
    async with bot:
        yield bot


@pytest.fixture
def alice(telegram):
    return telegram.user("Alice", username="alice", last_name="Adams")


@pytest.fixture
def chat(telegram, alice):
    return telegram.private(alice)


def unknown_fields(value, path=""):
    """Fields that the answer has and the library's model of the Bot API does not."""
    if isinstance(value, (list, tuple)):
        return [field for index, item in enumerate(value) for field in unknown_fields(item, f"{path}[{index}]")]
    if not isinstance(value, BaseModel):
        return []
    own = [f"{path}.{name}" for name in value.model_extra or {}]
    known = {f"{path}.{name}": getattr(value, name) for name in type(value).model_fields}
    return own + [field for inner, content in known.items() for field in unknown_fields(content, inner)]


def test_no_method_takes_a_parameter_that_the_bot_api_does_not_have(library):
    for method in METHODS.values():
        model = getattr(library.methods, method.name[0].upper() + method.name[1:])
        assert method.parameters <= set(model.model_fields)


def test_every_kind_of_update_exists(library):
    assert set(library.types.Update.model_fields) >= KINDS


async def do_everything(telegram, alice):
    """Every kind of message, chat and change that the playground can make."""
    telegram.state.updates.allow(KINDS)
    chat = telegram.private(alice)
    bob = telegram.user("Bob")
    said = chat.say(alice, "/start https://x.org")
    chat.say(alice, "hello", reply_to=said)
    chat.edit_text(said, "/stop")
    voice = chat.send_voice(alice, b"x", caption="a #b")
    chat.edit_caption(voice, "c")
    chat.send_audio(alice, b"x", media_group_id="1")
    chat.send_video(alice, b"x")
    chat.send_video_note(alice, b"x")
    chat.send_document(alice, b"x")
    photo = chat.send_photo(alice, b"x", caption="a")
    chat.send_sticker(alice)
    contact = chat.share_contact(alice, bob)
    chat.share_location(alice)
    for one in (voice, photo, contact):
        chat.forward(alice, one)
    for author in (bob, "Hidden", telegram.channel("Else"), telegram.group("Other")):
        chat.send_voice(alice, b"x", forwarded_from=author)
    chat.block()
    chat.unblock()
    group = telegram.group("Team", members=[alice], admins=[bob], privacy=False)
    group.say(alice, "hello")
    group.say(group, "anonymous")
    group.kick_bot(bob)
    group.add_bot(bob, admin=True)
    group.upgrade(bob)
    forum = telegram.supergroup("Forum", members=[alice], topics=True, username="forum", privacy=False)
    forum.say(alice, "x", thread=forum.topic("Topic"))
    forum.restrict_bot(bob, documents=False)
    forum.promote_bot(bob)
    forum.promote(alice, bob, anonymous=True)
    forum.say(alice, "psst")
    forum.restrict(telegram.user("Mallory"), bob)
    forum.limit_reactions("👍")
    group.say(alice, "x", reply_to=voice, quote="c")
    forum.say(alice, "x", reply_to=photo)
    telegram.open_link(alice, "https://t.me/verbatim_bot?start=x")
    channel = telegram.channel("News", linked_group=forum, username="news", owner=bob)
    post = channel.send_voice(None, b"x", caption="c")
    channel.edit_caption(post, "d")
    telegram.direct_messages(channel, [alice]).send_voice(alice, b"x")


async def test_aiogram_reads_every_update_without_a_field_it_does_not_know(telegram, aiogram, alice):
    await do_everything(telegram, alice)
    updates = await aiogram.get_updates(timeout=5)
    assert len(updates) == len(telegram.pending_updates)
    assert {update.event_type for update in updates} == {
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "my_chat_member",
        "chat_member",
    }
    assert unknown_fields(updates) == []


async def test_python_telegram_bot_reads_every_update(telegram, bot, alice):
    await do_everything(telegram, alice)
    updates = await bot.get_updates(timeout=5)
    assert len(updates) == len(telegram.pending_updates)
    assert not any(extra for update in updates for extra in (update.api_kwargs, update.effective_chat.api_kwargs))


async def test_aiogram_drives_a_whole_conversation(telegram, aiogram, library, chat, alice):
    types = library.types
    voice = chat.send_voice(alice, b"OggS")
    [update] = await aiogram.get_updates(timeout=5)
    assert await aiogram.download(update.message.voice.file_id) is not None
    keyboard = types.InlineKeyboardMarkup(
        inline_keyboard=[[types.InlineKeyboardButton(text="Cancel", callback_data="c")]]
    )
    answers = [await aiogram.get_me(), await aiogram.get_webhook_info()]
    reply = types.ReplyParameters(message_id=voice["message_id"])
    sent = await aiogram.send_message(alice.id, "…", reply_parameters=reply, reply_markup=keyboard)
    answers.append(sent)
    chat.press(alice, sent.message_id, "Cancel")
    [pressed] = await aiogram.get_updates(offset=update.update_id + 1, timeout=5)
    answers += [pressed, await aiogram.edit_message_text("done", chat_id=alice.id, message_id=sent.message_id)]
    assert await pressed.callback_query.answer("ok")
    file = types.BufferedInputFile(b"1", "a.srt")
    answers.append(await aiogram.send_document(alice.id, file, caption="<b>bold</b>", parse_mode="HTML"))
    media = types.InputMediaDocument(media=types.BufferedInputFile(b"2", "b.txt"), caption="x")
    answers.append(await aiogram.edit_message_media(media, chat_id=alice.id, message_id=sent.message_id))
    answers.append(await aiogram.get_file(answers[-1].document.file_id))
    assert await aiogram.set_message_reaction(alice.id, voice["message_id"], [types.ReactionTypeEmoji(emoji="👌")])
    answers.append(await aiogram.send_photo(alice.id, types.BufferedInputFile(PICTURE, "a.png"), caption="30 days"))
    answers += [await aiogram.get_my_description(), await aiogram.get_my_short_description()]
    scope = types.BotCommandScopeChat(chat_id=alice.id)
    assert await aiogram.set_my_commands([types.BotCommand(command="a", description="b")], scope=scope)
    answers += await aiogram.get_my_commands(scope=scope)
    assert await aiogram.delete_my_commands(scope=scope)
    assert await aiogram.get_chat_member_count(alice.id) == 2
    assert await aiogram.send_chat_action(alice.id, "typing")
    assert await aiogram.set_my_commands([types.BotCommand(command="model", description="Choose")])
    answers += await aiogram.get_my_commands()
    assert unknown_fields(answers) == []


async def test_aiogram_reads_chats_and_members(telegram, aiogram, chat, alice):
    bob = telegram.user("Bob")
    group = telegram.supergroup("Team", members=[alice], admins=[bob], owner=telegram.user("Carol"), username="team")
    channel = telegram.channel("News", linked_group=group)
    answers = [await aiogram.get_chat(one.id) for one in (chat, group, channel)]
    answers += [await aiogram.get_chat_member(group.id, person.id) for person in (alice, bob, telegram.user("Eve"))]
    answers += await aiogram.get_chat_administrators(group.id)
    group.kick_bot(bob)
    answers += await aiogram.get_updates()
    assert unknown_fields(answers) == []


async def test_aiogram_recognizes_refusals(telegram, aiogram, library, chat, alice):
    group = telegram.group("Team", members=[alice])
    new = group.upgrade()
    with pytest.raises(library.exceptions.TelegramMigrateToChat) as moved:
        await aiogram.send_message(group.id, "x")
    assert moved.value.migrate_to_chat_id == new.id
    telegram.fault("sendMessage", 429, retry_after=3)
    with pytest.raises(library.exceptions.TelegramRetryAfter):
        await aiogram.send_message(alice.id, "x")
    chat.block()
    with pytest.raises(library.exceptions.TelegramForbiddenError):
        await aiogram.send_message(alice.id, "x")
    with pytest.raises(library.exceptions.TelegramBadRequest):
        await aiogram.send_message(404, "x")


async def test_python_telegram_bot_drives_a_whole_conversation(telegram, bot, chat, alice):
    chat.send_voice(alice, b"OggS")
    [update] = await bot.get_updates(timeout=5, allowed_updates=["message", "callback_query"])
    file = await update.message.voice.get_file()
    assert bytes(await file.download_as_bytearray()) == b"OggS"
    keyboard = ptb.InlineKeyboardMarkup.from_button(ptb.InlineKeyboardButton("Cancel", callback_data="c"))
    sent = await update.message.reply_text("<i>…</i>", parse_mode="HTML", do_quote=True, reply_markup=keyboard)
    chat.press(alice, sent.message_id, "Cancel")
    [pressed] = await bot.get_updates(offset=update.update_id + 1, timeout=5)
    assert await pressed.callback_query.answer("ok")
    assert (await sent.edit_text("done")).text == "done"
    with pytest.raises(ptb.error.BadRequest, match="Message is not modified"):
        await sent.edit_text("done")
    media = ptb.InputMediaDocument(b"2", filename="b.txt", caption="x")
    edited = await bot.edit_message_media(media, chat_id=alice.id, message_id=sent.message_id)
    assert telegram.file_bytes(edited.document.file_id) == b"2"
    assert (await edited.edit_caption("y")).caption == "y"
    document = await bot.send_document(alice.id, b"1", filename="a.srt", caption="c")
    assert document.document.file_name == "a.srt"
    assert await bot.set_message_reaction(alice.id, update.message.message_id, "👀")
    assert await bot.set_my_commands([("model", "Choose")])
    assert (await bot.get_chat(alice.id)).first_name == "Alice"
    assert await document.delete()


async def test_python_telegram_bot_recognizes_refusals(telegram, bot, chat, alice):
    group = telegram.group("Team", members=[alice])
    new = group.upgrade()
    with pytest.raises(ptb.error.ChatMigrated) as moved:
        await bot.send_message(group.id, "x")
    assert moved.value.new_chat_id == new.id
    telegram.fault("sendMessage", drop=True)
    with pytest.raises(ptb.error.NetworkError):
        await bot.send_message(alice.id, "x")
    chat.block()
    with pytest.raises(ptb.error.Forbidden, match="bot was blocked by the user"):
        await bot.send_message(alice.id, "x")
    stranger = ptb.Bot("123456:WRONG", base_url=f"{telegram.url}/bot")
    with pytest.raises(ptb.error.InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()
