"""The audio files that the AI/ML API reads as they are."""

from bot.sizes import MEGABYTE
from bot.uploads import AudioFormat, UploadFormats

UPLOAD_FORMATS = UploadFormats(
    by_container={
        "ogg": AudioFormat("audio/ogg", "audio.ogg", frozenset({"opus", "vorbis"})),
        "mp3": AudioFormat("audio/mpeg", "audio.mp3", frozenset({"mp3"})),
        "mp4": AudioFormat("audio/mp4", "audio.m4a", frozenset({"aac"})),
        "webm": AudioFormat("audio/webm", "audio.webm", frozenset({"opus", "vorbis"})),
        "wav": AudioFormat("audio/wav", "audio.wav", frozenset({"pcm_s16le", "pcm_u8", "pcm_s24le", "pcm_f32le"})),
        "flac": AudioFormat("audio/flac", "audio.flac", frozenset({"flac"})),
    },
    # The AI/ML API documents no limit. Deepgram, which is behind its models, takes 2 GB.
    max_bytes=1900 * MEGABYTE,
)
