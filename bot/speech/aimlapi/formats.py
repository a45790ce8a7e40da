"""The audio files that the AI/ML API reads as they are."""

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
    # No limit is documented. A file of more than 25 MiB takes longer to upload than to convert to Opus.
    max_bytes=25 * 1024 * 1024,
)
