"""The demuxers of ffmpeg that may read a file from a stranger whose first bytes tell nothing sure.

ffmpeg chooses one by the content, and refuses the file if the chosen one is not listed here. Listed is what reads
sound out of one file. Left out are playlists and descriptions that open other files or addresses (hls, dash, concat,
sdp, imf), pictures, subtitles, devices, and formats without any mark, which take all bytes for sound (s16le, mulaw).
An ffmpeg that lacks one of these passes over its name.
"""

_OF_BROWSERS_AND_PHONES = (
    "aac",
    "amr",
    "amrnb",
    "amrwb",
    "caf",
    "flac",
    "loas",
    "matroska",
    "mov",
    "mp3",
    "ogg",
    "qcp",
)
_OF_COMPUTERS = (
    "aiff",
    "asf",
    "au",
    "avi",
    "flv",
    "ircam",
    "mmf",
    "nut",
    "rm",
    "sox",
    "voc",
    "w64",
    "wav",
    "wtv",
    "xwma",
)
_OF_DISCS_AND_CAMERAS = ("ac3", "dsf", "dts", "dtshd", "dv", "eac3", "mlp", "mpeg", "mpegts", "mxf", "oma", "truehd")
_OF_TELEPHONES_AND_DICTATION = ("codec2", "dss", "g723_1", "gsm", "ilbc", "nistsphere")
_OF_MUSIC = ("adx", "aea", "ape", "mpc", "mpc8", "shn", "tak", "tta", "vqf", "wv")

TRUSTED = (
    *_OF_BROWSERS_AND_PHONES,
    *_OF_COMPUTERS,
    *_OF_DISCS_AND_CAMERAS,
    *_OF_TELEPHONES_AND_DICTATION,
    *_OF_MUSIC,
)


def whitelist(demuxer: str | None) -> str:
    """Return the names of the demuxers that may be used: this one, or without one all that are trusted."""
    return demuxer or ",".join(TRUSTED)
