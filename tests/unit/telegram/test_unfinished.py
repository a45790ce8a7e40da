"""Updates that are kept until they are finished: what is written of them, and read again."""

import json

from telegram import Update

from bot.telegram.receiving.unfinished import written
from bot.telegram.receiving.updates import read

CHAT = {"id": -1001, "type": "supergroup"}
BOB = {"id": 42, "is_bot": False, "first_name": "Robert"}
ME = {"id": 5, "is_bot": True, "first_name": "Verbatim"}
VOICE = {"file_id": "file", "file_unique_id": "unique", "duration": 3}


def message(number, person, **parts):
    return {"message_id": number, "chat": CHAT, "date": 1_800_000_000, "from": person} | parts


def again(raw):
    update = read(raw, None)
    return update, Update.de_json(json.loads(written(update)), None)


def test_a_command_is_read_again_without_the_text_that_it_replies_to():
    bold = [{"type": "bold", "offset": 0, "length": 6}]
    text = message(7, ME, text="Secret words that were said.", entities=bold)
    command = [{"type": "bot_command", "offset": 0, "length": 7}]
    raw = message(8, BOB, text="/export srt", entities=command, reply_to_message=text)
    before, after = again({"update_id": 3, "message": raw})
    assert after.update_id == 3
    assert after.message.text == "/export srt"
    assert after.message.entities == before.message.entities
    assert after.message.reply_to_message.from_user.id == ME["id"]
    assert after.message.reply_to_message.message_id == 7
    assert "Secret words" not in written(before)


def test_a_tap_is_read_again_with_the_recording_that_its_message_replies_to():
    button = [[{"text": ".srt", "callback_data": "data"}]]
    text = message(7, ME, reply_to_message=message(6, BOB, voice=VOICE), reply_markup={"inline_keyboard": button})
    tap = {"id": "9", "from": BOB, "chat_instance": "1", "data": "data", "message": text}
    before, after = again({"update_id": 3, "callback_query": tap})
    assert after.callback_query.to_dict() == before.callback_query.to_dict()
    assert after.callback_query.message.reply_to_message.voice.file_id == "file"
    assert after.callback_query.message.is_accessible


def test_a_tap_on_a_message_that_is_too_old_to_be_shown_is_read_again_as_one():
    old = {"message_id": 7, "chat": CHAT, "date": 0}
    tap = {"id": "9", "from": BOB, "chat_instance": "1", "data": "data", "message": old}
    _, after = again({"update_id": 3, "callback_query": tap})
    assert (after.callback_query.data, after.callback_query.message.is_accessible) == ("data", False)
