"""Whether anything in a recording could be speech, in every container, and what that costs."""

import pytest

from bot.media.opus import sound_in
from bot.media.prepare import Limits, prepare
from bot.speech.aimlapi.formats import UPLOAD_FORMATS
from tests.sounds import AUDIO, VOICE, WORD, made, noise

LIMITS = Limits(max_seconds=600, split_seconds=300, most_work=1e9)
OPUS = ("-c:a", "libopus", "-ac", "1")
NOTE = (*OPUS, "-b:a", "24k", "-application", "voip")
PICTURE = ("-f", "lavfi", "-i", "color=size=16x16:rate=1:duration=4")

CONTAINERS = {
    "note.ogg": ("anull", NOTE),
    "music.ogg": ("anull", (*OPUS, "-b:a", "64k")),
    "constant.ogg": ("anull", (*OPUS, "-b:a", "64k", "-vbr", "off")),
    "slow.opus": ("anull", (*OPUS, "-b:a", "8k", "-frame_duration", "60")),
    "vorbis.ogg": ("anull", ("-c:a", "libvorbis")),
    "sound.mp3": ("anull", ()),
    "sound.m4a": ("anull", ("-c:a", "aac")),
    "sound.flac": ("anull", ()),
    "sound.webm": ("anull", OPUS),
    "sound.amr": ("anull", ("-ar", "8000", "-ac", "1", "-c:a", "libopencore_amrnb")),
    "opposed.wav": ("pan=stereo|c0=c0|c1=-1*c0", ()),
    "left.m4a": ("pan=stereo|c0=c0|c1=0*c0", ("-c:a", "aac")),
    "opposed.ogg": ("pan=stereo|c0=c0|c1=-1*c0", ("-c:a", "libopus")),
}
FAR = "volume=-30dB"
LONE = f"{FAR},adelay=9000,apad=whole_dur=20"


async def uploads(path, bench, kind="document"):
    return await prepare(path, bench, kind=kind, limits=LIMITS, formats=UPLOAD_FORMATS)


@pytest.mark.parametrize("name", CONTAINERS)
async def test_noise_below_70_db_is_not_uploaded(name, tmp_path, bench):
    channels, options = CONTAINERS[name]
    assert await uploads(made(tmp_path / name, noise(-70.5), "-af", channels, *options), bench) == ()


@pytest.mark.parametrize("name", CONTAINERS)
async def test_one_word_in_20_seconds_is_uploaded_also_30_db_below_normal(name, tmp_path, bench):
    channels, options = CONTAINERS[name]
    assert len(await uploads(made(tmp_path / name, WORD, "-af", f"{LONE},{channels}", *options), bench)) == 1


@pytest.mark.parametrize("name", ["constant.ogg", "sound.mp3", "left.m4a"])
async def test_a_voice_30_db_below_normal_is_uploaded_and_not_faint(name, tmp_path, bench):
    channels, options = CONTAINERS[name]
    (upload,) = await uploads(made(tmp_path / name, VOICE, "-af", f"{FAR},{channels}", *options), bench)
    assert not upload.is_faint


@pytest.mark.parametrize(("level", "uploaded"), [(-76, 0), (-60, 1)])
async def test_a_video_is_listened_to_as_well(level, uploaded, tmp_path, bench):
    path = made(tmp_path / "video.mp4", (*PICTURE, *noise(level)), "-c:v", "mpeg4", "-c:a", "aac")
    assert len(await uploads(path, bench, "video")) == uploaded


@pytest.mark.parametrize(("level", "faint"), [(-67, True), (-52, True), (-45, False)])
@pytest.mark.parametrize("options", [NOTE, (*OPUS, "-b:a", "64k")])
async def test_noise_that_may_hide_a_voice_is_uploaded_and_known_to_be_faint(level, faint, options, tmp_path, bench):
    (upload,) = await uploads(made(tmp_path / "noise.ogg", noise(level), *options), bench)
    assert upload.is_faint is faint


@pytest.mark.parametrize("name", ["voice.ogg", "voice_short.ogg", "talk.ogg", "truncated.ogg"])
async def test_a_usual_voice_note_takes_no_process(name, idle_bench):
    (upload,) = await uploads(AUDIO / name, idle_bench, "voice")
    assert not upload.is_faint


@pytest.mark.parametrize("rate", ["8k", "24k", "64k"])
@pytest.mark.parametrize("volume", [0, -30])
def test_the_packets_of_a_voice_tell_it_at_every_rate_and_level(rate, volume, tmp_path):
    options = (*OPUS, "-b:a", rate, "-af", f"volume={volume}dB")
    with made(tmp_path / "voice.ogg", VOICE, *options).open("rb") as file:
        sound = sound_in(file)
    assert sound is not None
    assert sound.is_heard


async def test_a_part_of_a_long_recording_that_has_only_noise_is_left_out(tmp_path, bench):
    """It is opposed, so that it has to be converted."""
    sound = (*VOICE, *noise(-76, 24))
    graph = "[0]volume=1[v];[v][1]concat=n=2:v=0:a=1,pan=stereo|c0=c0|c1=-1*c0"
    path = made(tmp_path / "long.flac", sound, "-filter_complex", graph)
    limits = Limits(max_seconds=600, split_seconds=15, most_work=1e9)
    (upload,) = await prepare(path, bench, kind="audio", limits=limits, formats=UPLOAD_FORMATS)
    assert upload.start == 0
