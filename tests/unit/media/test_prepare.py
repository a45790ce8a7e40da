import wave
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from bot.errors import PermanentError, TemporaryError
from bot.media.ffmpeg import Bench, SureError, source
from bot.media.prepare import Limits
from bot.media.prepare import prepare as prepare_for
from bot.media.probe import probe
from bot.sizes import MEGABYTE
from bot.speech.aimlapi.formats import UPLOAD_FORMATS
from bot.uploads import Upload, UploadFormats
from storage.apology import Reason
from tests.levels import level_of
from tests.long import lecture

AUDIO = Path(__file__).parents[2] / "audio"
LIMITS = Limits(max_seconds=600, split_seconds=300, most_work=1e9)


async def prepare(
    path: Path, bench: Bench, *, formats: UploadFormats = UPLOAD_FORMATS, **options
) -> tuple[Upload, ...]:
    return await prepare_for(path, bench, formats=formats, **options)


async def refusal(path: Path, bench: Bench, kind: str = "document", limits: Limits = LIMITS) -> PermanentError:
    with pytest.raises(PermanentError) as caught:
        await prepare(path, bench, kind=kind, limits=limits)
    return caught.value


async def test_a_voice_note_goes_up_as_it_came_without_a_process(idle_bench, bench):
    path = AUDIO / "voice.ogg"
    (upload,) = await prepare(path, idle_bench, kind="voice", limits=LIMITS)
    assert upload == Upload(path, "audio/ogg", "audio.ogg", 0.0, pytest.approx(3.84, abs=0.01))
    assert bench.scratch.used() == 0


@pytest.mark.parametrize(
    ("name", "content_type", "file_name"),
    [
        ("voice_short.ogg", "audio/ogg", "audio.ogg"),
        ("truncated.ogg", "audio/ogg", "audio.ogg"),
        ("chained.ogg", "audio/ogg", "audio.ogg"),
        ("speech_vorbis.ogg", "audio/ogg", "audio.ogg"),
        ("speech.mp3", "audio/mpeg", "audio.mp3"),
        ("cover.mp3", "audio/mpeg", "audio.mp3"),
        ("speech.m4a", "audio/mp4", "audio.m4a"),
        ("truncated.m4a", "audio/mp4", "audio.m4a"),
        ("speech.wav", "audio/wav", "audio.wav"),
        ("speech.flac", "audio/flac", "audio.flac"),
        ("speech.webm", "audio/webm", "audio.webm"),
    ],
)
async def test_what_the_provider_reads_goes_up_as_it_came(name, content_type, file_name, bench):
    path = AUDIO / name
    (upload,) = await prepare(path, bench, kind="document", limits=LIMITS)
    assert (upload.path, upload.content_type, upload.file_name) == (path, content_type, file_name)
    assert bench.scratch.used() == 0


async def test_two_channels_that_lose_nothing_go_up_as_they_came(tmp_path, bench):
    song = tmp_path / "song.mp3"
    both = ("-af", "asplit[a][b];[b]adelay=20[c];[a][c]amerge,pan=stereo|c0=c0|c1=c1", "-f", "mp3", f"file:{song}")
    await bench.run(*source(AUDIO / "speech.mp3", "mp3"), *both)
    (upload,) = await prepare(song, bench, kind="audio", limits=LIMITS)
    assert upload.path == song


@pytest.mark.parametrize("name", ["silence.ogg", "silent_stereo.ogg", "silent.mp3", "silent_video.mp4"])
async def test_nothing_goes_up_of_silence(name, bench):
    assert await prepare(AUDIO / name, bench, kind="document", limits=LIMITS) == ()


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("speech.amr", 3.85),
        ("speech.3gp", 3.85),
        ("antiphase_video.mp4", 3.0),
        ("second_track.ts", 2.0),
        ("speech.wma", 3.84),
        ("speech.ts", 3.88),
        ("speech.aiff", 1.0),
    ],
)
async def test_everything_else_becomes_ogg_opus(name, seconds, bench):
    (upload,) = await prepare(AUDIO / name, bench, kind="document", limits=LIMITS)
    assert (upload.content_type, upload.file_name, upload.start) == ("audio/ogg", "audio.ogg", 0.0)
    assert upload.duration == pytest.approx(seconds, abs=0.05)
    assert (await probe(upload.path, bench)).codec == "opus"


@pytest.mark.parametrize(
    ("name", "file_name", "seconds"),
    [
        ("video.mp4", "audio.m4a", 3.0),
        ("video_note.mp4", "audio.m4a", 3.0),
        ("two_tracks_first_silent.mp4", "audio.m4a", 3.0),
        ("speech.aac", "audio.m4a", 3.9),
        ("speech.m2ts", "audio.m4a", 2.0),
        ("speech.mka", "audio.ogg", 2.0),
        ("second_default.mkv", "audio.ogg", 2.0),
        ("speech.flv", "audio.mp3", 2.06),
        ("speech.avi", "audio.mp3", 2.06),
    ],
)
async def test_of_what_it_does_not_read_the_sound_is_copied_if_it_reads_that(name, file_name, seconds, bench):
    (upload,) = await prepare(AUDIO / name, bench, kind="document", limits=LIMITS)
    assert (upload.file_name, upload.start) == (file_name, 0.0)
    assert upload.duration == pytest.approx(seconds, abs=0.1)
    found = await probe(upload.path, bench)
    assert (found.codec, found.has_video, found.is_all) == ((await probe(AUDIO / name, bench)).codec, False, True)
    assert found.duration == pytest.approx(seconds, abs=0.1)


@pytest.mark.parametrize(
    "formats",
    [
        UploadFormats({}, max_bytes=1_000_000),
        replace(UPLOAD_FORMATS, max_bytes=1000),
        replace(UPLOAD_FORMATS, by_container={"ogg": replace(UPLOAD_FORMATS.by_container["ogg"], codecs=frozenset())}),
    ],
    ids=["no container", "few bytes", "no codec"],
)
async def test_what_another_provider_would_not_read_becomes_ogg_opus(formats, bench):
    path = AUDIO / "voice.ogg"
    (upload,) = await prepare(path, bench, kind="voice", limits=LIMITS, formats=formats)
    assert upload.path != path
    assert (upload.content_type, upload.file_name) == ("audio/ogg", "audio.ogg")


async def test_a_file_over_the_limit_becomes_a_small_one(tmp_path, bench):
    path = tmp_path / "received"
    tone = b"\0\x20\0\x20" * 48 + b"\0\xe0\0\xe0" * 48
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(96_000)
        sound.writeframes(tone * (4 * MEGABYTE // len(tone) + 1))
    assert (await prepare(path, bench, kind="document", limits=LIMITS))[0].path == path
    formats = replace(UPLOAD_FORMATS, max_bytes=4 * MEGABYTE)
    (upload,) = await prepare(path, bench, kind="document", limits=LIMITS, formats=formats)
    assert upload.content_type == "audio/ogg"
    assert upload.path.stat().st_size < 1_000_000


async def test_a_long_recording_is_cut_in_its_pauses(bench):
    limits = Limits(max_seconds=600, split_seconds=7, most_work=1e9)
    uploads = await prepare(AUDIO / "talk.ogg", bench, kind="audio", limits=limits)
    starts = [upload.start for upload in uploads]
    assert len(uploads) == 3
    assert starts[0] == 0.0
    assert 3.04 < starts[1] < 4.54
    assert 7.57 < starts[2] < 9.07
    assert sum(upload.duration for upload in uploads) == pytest.approx(12.26, abs=0.1)
    assert all(upload.duration <= 7 for upload in uploads)


@pytest.mark.parametrize("codec", [("-c:a", "aac", "-f", "mp4"), ("-c:a", "libopus", "-f", "ogg"), ("-f", "wav")])
async def test_parts_share_seconds_around_each_pause_where_speakers_are_told_apart(tmp_path, bench, codec):
    path = tmp_path / "received"
    path.write_bytes(lecture(80, *codec))
    limits = Limits(max_seconds=600, split_seconds=40, most_work=1e9, speakers=True)
    first, *others = await prepare(path, bench, kind="audio", limits=limits)
    assert len(others) == 3
    assert (first.start, first.overlap) == (0.0, 0.0)
    for before, after in pairwise([first, *others]):
        assert after.overlap == pytest.approx(5, abs=0.01)
        assert after.start + after.overlap == pytest.approx(before.start + before.duration, abs=0.2)
    assert all(each.duration <= 40 for each in (first, *others))
    assert others[-1].start + others[-1].duration == pytest.approx(80, abs=0.2)
    assert [level_of(each.path).seconds for each in (first, *others)] == pytest.approx(
        [each.duration for each in (first, *others)], abs=0.2
    )


@pytest.mark.parametrize("speakers", [False, True])
async def test_the_same_recording_gives_the_same_parts_again(bench, speakers):
    limits = Limits(max_seconds=600, split_seconds=2.5, most_work=1e9, speakers=speakers)
    made = []
    for _ in range(2):
        uploads = await prepare(AUDIO / "speech.mp3", bench, kind="audio", limits=limits)
        made.append([(upload.start, upload.duration, upload.path.read_bytes()) for upload in uploads])
    assert len(made[0]) > 1
    assert made[0] == made[1]


@pytest.mark.parametrize("output", [("-c:a", "aac", "-f", "mp4"), ("-f", "wav")])
async def test_a_part_after_one_that_is_left_out_shares_nothing(tmp_path, bench, output):
    path = tmp_path / "received"
    path.write_bytes(lecture(200, "-af", "volume=0:enable='between(t,50,150)'", *output))
    limits = Limits(max_seconds=600, split_seconds=40, most_work=1e9, speakers=True)
    uploads = await prepare(path, bench, kind="audio", limits=limits)
    apart = [after.start > before.start + before.duration for before, after in pairwise(uploads)]
    assert apart.count(True) == 1
    assert [each.overlap for each in uploads[1:]] == pytest.approx([0.0 if each else 5.0 for each in apart], abs=0.01)


async def test_a_part_without_sound_is_left_out(tmp_path, bench):
    path = tmp_path / "received"
    with wave.open(str(AUDIO / "speech.wav"), "rb") as speech, wave.open(str(path), "wb") as sound:
        sound.setparams(speech.getparams())
        said = speech.readframes(speech.getnframes())
        sound.writeframes(said + bytes(2 * 8_000 * 24) + said)
    uploads = await prepare(path, bench, kind="audio", limits=Limits(max_seconds=600, split_seconds=8, most_work=1e9))
    assert [upload.start for upload in uploads] == [0.0, pytest.approx(24, abs=4)]
    assert all(level_of(upload.path).mean > -25 for upload in uploads)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("empty.ogg", Reason.EMPTY),
        ("random.bin", Reason.NOT_AUDIO),
        ("text.mp3", Reason.NOT_AUDIO),
        ("playlist.mp3", Reason.NOT_AUDIO),
        ("concat.ogg", Reason.NOT_AUDIO),
        ("broken.mp3", Reason.NOT_AUDIO),
        ("truncated.mp4", Reason.NOT_AUDIO),
        ("subtitles.mp4", Reason.NOT_AUDIO),
        ("video_silent.mp4", Reason.NO_SOUND),
    ],
)
async def test_what_holds_no_sound_is_refused_with_its_reason(name, reason, bench):
    assert (await refusal(AUDIO / name, bench)).reason is reason


async def test_what_telegram_calls_a_video_lacks_its_sound_even_if_no_picture_is_found(bench):
    assert (await refusal(AUDIO / "subtitles.mp4", bench, kind="video")).reason is Reason.NO_SOUND


@pytest.mark.parametrize(("name", "is_sure"), [("video_silent.mp4", True), ("subtitles.mp4", False)])
async def test_an_ffmpeg_that_finds_pictures_and_no_sound_is_believed(name, is_sure, bench):
    assert isinstance(await refusal(AUDIO / name, bench, kind="video"), SureError) is is_sure


async def test_a_playlist_behind_the_tag_of_an_mp3_is_refused(tmp_path, bench):
    hidden = tmp_path / "hidden.mp3"
    hidden.write_bytes(b"ID3\x04\0\0\0\0\0\0" + (AUDIO / "playlist.mp3").read_bytes())
    assert (await refusal(hidden, bench)).reason is Reason.NOT_AUDIO


async def test_sound_that_cannot_be_decoded_is_refused(tmp_path, bench):
    video = (AUDIO / "video.mp4").read_bytes()
    begin, end = video.index(b"mdat") + 4, video.index(b"moov") - 4
    ruined = tmp_path / "ruined.mp4"
    ruined.write_bytes(video[:begin] + bytes(end - begin) + video[end:])
    assert (await refusal(ruined, bench)).reason is Reason.NOT_AUDIO


@pytest.mark.parametrize(("name", "kind"), [("talk.ogg", "voice"), ("video.mp4", "video")])
async def test_a_recording_over_the_limit_is_refused_before_any_of_it_is_converted(name, kind, bench):
    limits = Limits(max_seconds=2.5, split_seconds=1, most_work=1e9)
    refused = await refusal(AUDIO / name, bench, kind, limits)
    assert bench.scratch.used() == 0
    assert refused.reason is Reason.TOO_LONG
    assert refused.facts["minutes"] > refused.facts["limit_minutes"] == 2.5 / 60


async def test_too_slow_a_conversion_is_tried_again(idle_bench):
    with pytest.raises(TemporaryError) as failure:
        await prepare(AUDIO / "speech.amr", idle_bench, kind="document", limits=LIMITS)
    assert failure.value.reason in {Reason.TOO_DEMANDING, Reason.MACHINE}
