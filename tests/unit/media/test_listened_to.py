"""What names, types and first bytes say of a document."""

import gzip
import io
import tarfile
import zipfile

import pytest

from bot.media.listened_to import Says, bytes_say, document_says
from tests.world import AUDIO, audio

RECORDING, SOMETHING_ELSE, EITHER, NOTHING = Says.RECORDING, Says.SOMETHING_ELSE, Says.EITHER, Says.NOTHING


@pytest.mark.parametrize(
    ("name", "type_", "says"),
    [
        (None, None, NOTHING),
        ("", "", NOTHING),
        ("rec", None, NOTHING),
        ("mp3", None, NOTHING),
        ("voice.mp3 (1)", "application/octet-stream", NOTHING),
        ("WhatsApp Audio 2026-11-28 at 5.41.23 PM", "binary/octet-stream", NOTHING),
        ("Mr. C", "Application/Binary", NOTHING),
        (".mp3", "", RECORDING),
        ("rec.m4a \n", None, RECORDING),
        ("REC.M4A", "application/octet-stream", RECORDING),
        ("rec.m4a.", None, RECORDING),
        ("\u202brec.m4a\u202c", None, RECORDING),
        ("an interview. part 1.m4a", None, RECORDING),
        ("voice.OGG", "application/octet-stream", RECORDING),
        (None, "audio/ogg; codecs=opus", RECORDING),
        (None, " Audio/OGG ", RECORDING),
        (None, "application/ogg", RECORDING),
        (None, "Application/MP4", RECORDING),
        ("x.oga", "application/ogg", RECORDING),
        ("rec.m2ts", "video/mp2t", RECORDING),
        ("rec.mp3", "video/mp2t", RECORDING),
        ("lesson.ts", None, EITHER),
        ("00001.MTS", "video/MP2T", EITHER),
        ("lesson.ts", "text/plain", EITHER),
        ("song.pdf", "audio/mpeg", EITHER),
        ("song.mp3", "application/pdf", EITHER),
        ("notes.txt", "AUDIO/OGG", EITHER),
        ("cat.gif", "image/gif", SOMETHING_ELSE),
        ("song.mp3.pdf", "application/octet-stream", SOMETHING_ELSE),
        ("report.PDF ", None, SOMETHING_ELSE),
        (None, "text/plain; charset=utf-8", SOMETHING_ELSE),
        ("words.srt", "application/octet-stream", SOMETHING_ELSE),
        ("x", "application/vnd.oasis.opendocument.text", SOMETHING_ELSE),
        ("x", "application/something+xml", SOMETHING_ELSE),
        ("song.mid", "audio/midi", SOMETHING_ELSE),
        ("list.m3u", "audio/x-mpegurl", SOMETHING_ELSE),
    ],
)
def test_what_a_name_and_a_type_say_together(name, type_, says):
    assert document_says(name, type_) is says


def zipped():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    return file.getvalue()


def tarred():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.add(AUDIO / "voice.ogg", "voice.ogg")
    return file.getvalue()


def ftyp(brand):
    return b"\0\0\0\x20ftyp" + brand + bytes(200)


ELSE = {
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(100),
    "zip": zipped(),
    "tar": tarred(),
    "gzip": gzip.compress(bytes(100)),
    "rar": b"Rar!\x1a\x07\x01\0" + bytes(50),
    "7z": b"7z\xbc\xaf\x27\x1c\0\x04" + bytes(50),
    "png": b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + bytes(50),
    "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(50),
    "gif": b"GIF89a\x01\0\x01\0" + bytes(50),
    "webp": b"RIFF\x24\0\0\0WEBPVP8 " + bytes(50),
    "bmp": b"BM\x36\0\x0c\0\0\0\0\0\x36\0\0\0" + bytes(50),
    "tiff": b"II*\0\x08\0\0\0" + bytes(50),
    "ico": b"\0\0\x01\0\x01\0\x10\x10\0\0\x01\0" + bytes(50),
    "heic": ftyp(b"heic"),
    "avif": ftyp(b"avif"),
    "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504),
    "exe": b"MZ\x90\0" + bytes(56) + b"\x80\0\0\0" + bytes(64),
    "elf": b"\x7fELF\x02\x01\x01" + bytes(50),
    "dex": b"dex\n035\0" + bytes(50),
    "ttf": b"\0\x01\0\0\0\x12\x01\0\0\x04\0\x20" + bytes(50),
    "otf": b"OTTO\0\x0c\0\x80" + bytes(50),
    "woff2": b"wOF2\0\x01\0\0" + bytes(50),
    "sqlite": b"SQLite format 3\0" + bytes(84),
    "torrent": b"d8:announce35:udp://tracker.example:80" + bytes(range(256)),
    "mobi": b"A book" + bytes(54) + b"BOOKMOBI" + bytes(50),
    "flash": b"CWS\x09\x01\x02\x03\x04" + bytes(50),
    "midi": b"MThd\0\0\0\x06\0\x01\0\x02" + bytes(50),
    "words": b"plain words",
    "utf-8": "слова\r\n".encode() * 20_000,
    "cp1251": "слова\r\n".encode("cp1251") * 50,
    "shift-jis": "言葉".encode("shift_jis") * 50,
    "utf-16": "слова\r\n".encode("utf-16"),
    "utf-32": "слова\r\n".encode("utf-32"),
    "svg": b"\xef\xbb\xbf<?xml version='1.0'?><svg/>",
    "rtf": b"{\\rtf1\\ansi hello}",
    "playlist": b"#EXTM3U\n#EXTINF:3.0,\nspeech.ts\n",
    "terminal": b"\x1b[1mcoloured\x1b[0m\n" * 40,
}


@pytest.mark.parametrize("head", ELSE.values(), ids=ELSE)
def test_what_is_plainly_no_recording(head):
    assert bytes_say(head[:65_536]) is SOMETHING_ELSE


NO_RECORDINGS = {"random.bin", "text.mp3", "empty.ogg", "playlist.mp3", "concat.ogg"}


@pytest.mark.parametrize(
    "name",
    sorted(
        file.name for file in AUDIO.iterdir() if file.suffix not in {".md", ".sh"} and file.name not in NO_RECORDINGS
    ),
)
def test_no_recording_is_taken_for_something_else(name):
    assert bytes_say(audio(name)[:65_536]) is not SOMETHING_ELSE


@pytest.mark.parametrize("before", [bytes(5000), b"Title: a song\n" * 100, b"APETAGEX\xd0\x07\0\0" + bytes(24)])
def test_what_stands_before_a_recording_makes_it_nothing_else(before):
    assert bytes_say(before + audio("speech.mp3")) is not SOMETHING_ELSE


@pytest.mark.parametrize("head", [audio("random.bin"), bytes(1000), b"\xff" * 10 + bytes(10), b""])
def test_of_some_first_bytes_nobody_knows(head):
    assert bytes_say(head) is NOTHING


def test_what_has_a_mark_is_known_where_nobody_says_what_it_is():
    unknown = {file.name for file in AUDIO.iterdir() if bytes_say(file.read_bytes()[:65_536]) is NOTHING}
    without_a_mark = {"mp3_cut_in_frame.mp3", "mp3_zeros_first.mp3", "noise.gsm"}
    assert unknown == {"empty.ogg", "random.bin", *without_a_mark}
