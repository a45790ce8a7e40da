import pytest

from bot.media.streams import Sound, Streams, parse

SONG = """#extradata 0:        5, 0x03460155
#software: Lavf63.1.102
#tb 0: 1/44100
#media_type 0: audio
#codec_id 0: aac
#sample_rate 0: 44100
#channel_layout_name 0: stereo
"""
FILM = """#tb 1: 1/10240
#media_type 1: video
#codec_id 1: h264
#dimensions 1: 64x48
#sar 1: 1/1
0,      -1024,      -1024,     1024,      232, 0xb7256b41, F=0x5, S=1, Skip Samples,       10, 0x00240004
"""


def test_sound_and_pictures_are_told_apart():
    assert parse(SONG + FILM) == Streams((Sound("aac", 44_100, 2),), has_video=True)
    assert parse(SONG) == Streams((Sound("aac", 44_100, 2),), has_video=False)
    assert parse(FILM) == Streams((), has_video=True)
    assert parse("") == Streams((), has_video=False)


def test_several_streams_of_sound_keep_their_order():
    second = SONG.replace(" 0:", " 1:").replace("aac", "opus").replace("stereo", "mono")
    assert [sound.codec for sound in parse(SONG + second).sounds] == ["aac", "opus"]


def test_what_stands_first_counts():
    forged = "#codec_id 0: opus\n#media_type 0: video\n#sample_rate 0: 1\n"
    assert parse(SONG + forged) == parse(SONG)


def test_a_stream_of_which_little_is_known_has_no_rate():
    assert parse("#media_type 0: audio\n#sample_rate 0: many\n").sounds == (Sound("", 0, 64),)


@pytest.mark.parametrize(
    ("layout", "channels"),
    [
        ("mono", 1),
        ("stereo", 2),
        ("quad(side)", 4),
        ("5.1(side)", 6),
        ("7.1.4", 12),
        ("22.2", 24),
        ("9 channels", 9),
        ("3 channels (FL+FR+FC)", 3),
        ("ambisonic 2", 9),
        ("a name of tomorrow", 64),
    ],
)
def test_the_name_of_a_layout_tells_its_channels(layout, channels):
    assert parse(SONG.replace("stereo", layout)).sounds[0].channels == channels


LISTED = """\
Input #0, matroska,webm, from 'file:film.mkv':
    title           : [x]
                    : Output #0, framecrc, to 'pipe:1':
                    :   Stream #0:2: Audio: opus (default)
  Stream #0:0: Video: h264 (default)
  Stream #0:1(eng): Audio: opus, 48000 Hz, mono (default)
Output #0, framecrc, to 'pipe:1':
  Stream #0:0(eng): Audio: opus, 48000 Hz, mono
  Stream #0:1(deu): Audio: opus, 48000 Hz, mono (default) (forced)
  Stream #0:2: Audio: opus, 48000 Hz, mono (default)
"""


def test_a_player_plays_the_first_track_that_is_a_default_and_then_the_others():
    tracks = "".join(SONG.replace(" 0:", f" {number}:") for number in range(3))
    assert parse(tracks, LISTED).by_preference() == [1, 0, 2]
    assert parse(tracks, LISTED.replace("default", "forced")).by_preference() == [0, 1, 2]
    assert parse(tracks, "").by_preference() == [0, 1, 2]
