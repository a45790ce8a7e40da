"""What is listed can be read: one real file for each extension and each type of the table."""

from bot.media import listened_to
from tests.world import audio

FILES = {
    "speech.mp3": "mp3",
    "speech.mp2": "mp2 mpga",
    "speech.aac": "aac adts",
    "speech.latm": "latm loas",
    "speech.m4a": "m4a m4b m4r application/mp4",
    "video.mp4": "mp4 m4v f4v",
    "speech.mov": "mov qt",
    "plain.qta": "qta",
    "speech.3gp": "3gp 3gpp 3ga",
    "speech.3g2": "3g2 3gpp2",
    "speech.amr": "amr",
    "noise.awb": "awb",
    "voice.ogg": "ogg ogx ogv opus application/ogg application/x-ogg",
    "speech_vorbis.ogg": "oga",
    "speech.wav": "wav wave",
    "speech.w64": "w64",
    "speech.flac": "flac",
    "speech.webm": "webm weba",
    "speech.mka": "mkv mka application/x-matroska",
    "speech.wma": "wma wmv asf application/vnd.ms-asf",
    "speech.aiff": "aif aiff",
    "speech.aifc": "aifc",
    "speech.caf": "caf",
    "speech.au": "au snd",
    "speech.ts": "ts video/mp2t video/vnd.dlna.mpeg-tts",
    "speech.m2ts": "mts m2ts",
    "speech.mpg": "mpg mpeg vob",
    "speech.avi": "avi",
    "speech.flv": "flv",
    "speech.ac3": "ac3",
    "speech.eac3": "eac3 ec3",
    "speech.dts": "dts",
    "speech.voc": "voc",
    "speech.ra": "ra",
    "speech.rm": "rm application/vnd.rn-realmedia",
    "speech.wv": "wv",
    "speech.tta": "tta",
    "noise.gsm": "gsm",
    "speech.mxf": "mxf application/mxf",
    "speech.adx": "adx",
    "speech.mmf": "mmf application/vnd.smaf",
}
LISTED = {listed: file for file, names in FILES.items() for listed in names.split()}


def test_there_is_a_file_for_all_that_is_listed():
    extensions = listened_to.RECORDING_EXTENSIONS | listened_to.EITHER_EXTENSIONS
    assert LISTED.keys() == extensions | listened_to.RECORDING_TYPES | listened_to.EITHER_TYPES


async def test_each_of_these_files_but_videos_is_transcribed_in_a_group_by_its_name_alone(world):
    alice = world.telegram.user("Alice")
    group = world.telegram.group("Team", [alice], privacy=False)
    sent = {}
    for file, names in FILES.items():
        name = f"rec.{names.split()[0]}"
        message = group.send_document(alice, audio(file), file_name=name, mime_type="application/octet-stream")
        sent[message["message_id"]] = name
    world.speech.says("hello")
    await world.settle()
    answered = {message["reply_to_message"]["message_id"]: message["text"] for message in group.bot_messages}
    expected = {name: None if listened_to.is_video(name, None) else "hello" for name in sent.values()}
    assert {name: answered.get(number) for number, name in sent.items()} == expected
