"""The check of what an upload is, by its first bytes alone, as the provider's decoder does it."""


def looks_like_audio(data: bytes) -> bool:
    """Recognise Ogg, FLAC, Matroska/WebM, MP3 or AAC frames, MP3 behind an ID3 tag, WAV, and MP4/M4A."""
    return (
        data.startswith((b"OggS", b"fLaC", b"\x1a\x45\xdf\xa3", b"ID3"))
        or (len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0)
        or (data.startswith(b"RIFF") and data[8:12] == b"WAVE")
        or data[4:8] == b"ftyp"
    )
