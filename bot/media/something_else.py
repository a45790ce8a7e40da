"""The recognition of what is no recording, by its first bytes: texts, documents, images, archives, programs, fonts."""

import re

_SIGNATURES = re.compile(
    b"|".join(
        (
            # Documents and books
            rb"%PDF-",
            rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",  # of the older Office, and installers
            rb".{60}(BOOKMOBI|TEXtREAd)",
            rb"AT&TFORM",  # DjVu
            rb"ITSF\x03|ITOLITLS",
            rb"\x03\xd9\xa2\x9a",  # KeePass
            rb"SQLite format 3\0|\0\x01\0\0Standard (Jet|ACE) DB",
            # Texts, whatever stands behind these beginnings
            rb"\s*(?i:<!doctype|<html|<\?xml|<svg)|\{\\rtf|(\xef\xbb\xbf)?#EXTM3U|ffconcat version",
            # Archives; a ZIP is also the newer Office, EPUB, APK, JAR and more
            rb"PK(\x03\x04|\x05\x06|\x07\x08)",
            rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\xfd7zXZ\0|BZh[1-9]1AY&SY|MSCF\0{4}|!<arch>\n",
            rb"\x1f\x8b\x08|\x1f\x9d[\x89-\x90]|\x28\xb5\x2f\xfd|\x04\x22\x4d\x18|LZIP\x01|\xed\xab\xee\xdb|xar!\0",
            rb".{257}ustar[\0 ]",
            rb"d\d+:(announce|comment|created by|creation date|encoding|info|nodes|publisher|url-list)",  # torrents
            # Images
            rb"\x89PNG\r\n|\xff\xd8\xff[\xc0-\xfe]|GIF8[79]a|RIFF....WEBP|8BPS\0\x01|gimp xcf|DDS \x7c\0\0\0",
            rb"II[\*+]\0|MM\0[\*+]|IIRO|BM....\0{4}|\0\0[\x01\x02]\0.\0.{3}\0|\xff\x4f\xff\x51|\xff\x0a..",
            rb"\0\0\0\x0c(jP  |JXL )\r\n\x87\n|\xd7\xcd\xc6\x9a\0\0|\x01\0\0\0.{36} EMF",
            rb"....ftyp(hei[cfmsx]|hev[cmsx]|mif[12]|msf1|avi[fos]|crx |j[px]|jxl )",
            # Programs, code that a machine reads, and fonts
            rb"\x7fELF|MZ.{58}..\0\0|\xca\xfe\xba\xbe|\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe|dex\n0|\0asm\x01|\x1bLua",
            rb"L\0\0\0\x01\x14\x02\0|[FCZ]WS[\x01-\x40]....",  # links of Windows, Flash
            rb"\0\x01\0\0\0[\x01-\x40]..|OTTO\0|ttcf\0|wOF[F2](\0\x01\0\0|OTTO|true)",
            # Notes without sound, and keys
            rb"MThd\0\0\0\x06|XMF_|\x85\x01.\x03|\x99\x01.\x04",
        )
    ),
    re.DOTALL,
)
_WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff")  # the marks of UTF-16 and UTF-32
_CONTROLS = frozenset({*range(32), 127} - {*b"\t\n\f\r\x1b"})  # which no text has; an escape is in that of terminals
_TEXT = bytes(byte for byte in range(256) if byte not in _CONTROLS)


def has_another_signature(head: bytes) -> bool:
    """Tell whether a file begins like one that never is a recording, although some hold one, as an archive may."""
    return _SIGNATURES.match(head) is not None


def is_text(head: bytes) -> bool:
    """Tell whether all of `head` is text, in whatever encoding: sound soon has a byte that no text has."""
    if head.startswith(_WIDE_TEXT):
        return _is_wide_text(head)
    return bool(head) and not head.translate(None, _TEXT)


def _is_wide_text(head: bytes) -> bool:
    encoding = "utf-32" if head.startswith(b"\xff\xfe\0\0") else "utf-16"
    try:
        text = head[: len(head) // 4 * 4].decode(encoding)
    except UnicodeDecodeError:
        return False
    return all(ord(character) not in _CONTROLS for character in text)
