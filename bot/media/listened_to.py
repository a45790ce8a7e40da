"""What is listened to: the one table of names and types of recordings, and of what is plainly something else.

A document is taken for a recording, or left alone, without a look at it only where its name and its type agree, or
where one of them says so and the other one says nothing. Of all other documents the first bytes are looked at.
"""

import re
from enum import Enum

from bot.media.sniff import sniff
from bot.media.something_else import has_another_signature, is_text


class Says(Enum):
    """What a name, a type, both together, or the first bytes of a file say it is."""

    RECORDING = "a recording"
    SOMETHING_ELSE = "something else"
    EITHER = "one or the other"
    NOTHING = "nothing"


def _words(*lists: str) -> frozenset[str]:
    return frozenset(word for words in lists for word in words.split())


# Extensions and types of which the program reads every usual file. Each has a file in tests/audio that is read.
RECORDING_EXTENSIONS = _words(
    "mp3 mp2 mpga aac adts latm loas m4a m4b m4r mp4 m4v f4v mov qt qta 3gp 3gpp 3ga 3g2 3gpp2 amr awb",
    "ogg oga ogx ogv opus wav wave w64 flac webm weba mkv mka wma wmv asf aif aiff aifc caf au snd",
    "m2ts mpg mpeg vob avi flv ac3 eac3 ec3 dts voc ra rm wv tta gsm mxf adx mmf",
)
RECORDING_TYPES = _words(
    "application/ogg application/x-ogg application/mp4 application/x-matroska application/vnd.ms-asf",
    "application/vnd.rn-realmedia application/mxf application/vnd.smaf",
)
_RECORDING_KINDS = ("audio/", "video/")  # but for those below

_VIDEO_EXTENSIONS = _words("mp4 m4v f4v mov ogv mkv wmv avi flv m2ts mpg mpeg vob")  # unless the type says otherwise

# Names and types that video of cameras and television shares with programs in TypeScript.
EITHER_EXTENSIONS = _words("ts mts")
EITHER_TYPES = _words("video/mp2t video/vnd.dlna.mpeg-tts")

ELSE_EXTENSIONS = _words(
    # Texts, documents, books, subtitles, playlists
    "txt text md rst log nfo diz rtf tex csv tsv pdf ps eps djvu djv xps oxps doc docx docm dot dotx odt ott pages wpd",
    "xls xlsx xlsm xlsb ods numbers ppt pptx pptm pps ppsx odp key odg odf vsd vsdx pub msg eml mbox ics vcf",
    "epub mobi azw azw3 kfx fb2 lit chm cbr cbz srt vtt ass ssa sub idx sbv ttml m3u m3u8 pls xspf cue asx wax wvx wpl",
    # Images, fonts, models
    "png jpg jpeg jpe jfif gif webp bmp dib tif tiff ico cur icns svg svgz heic heif avif jxl jp2 j2k psd psb xcf ai",
    "indd sketch fig dng cr2 cr3 nef arw orf rw2 raf dds tga exr hdr wmf emf tgs ttf otf ttc woff woff2 eot",
    "stl obj fbx gltf glb dwg dxf blend 3ds step stp skp",
    # Archives, images of disks, programs
    "zip rar 7z tar gz tgz bz2 tbz2 xz txz zst lz lz4 lzma cab arj ace iso img dmg vhd vhdx vmdk ova torrent",
    "apk apks xapk aab ipa exe msi msix scr dll sys so dylib deb rpm appimage snap flatpak jar war pkg app class",
    "dex wasm swf crx xpi vsix whl egg gem nupkg",
    # Code, data, settings, keys
    "py pyc pyw ipynb js mjs cjs jsx tsx cts java kt kts scala groovy cc cpp cxx hpp hh cs vb fs go rs rb php pl",
    "lua jl swift dart sh bash zsh fish bat cmd ps1 psm1 sql html htm xhtml css scss sass less xml xsl xsd json jsonl",
    "json5 geojson yaml yml toml ini cfg conf env properties plist reg lock diff patch ovpn desktop lnk url",
    "db sqlite sqlite3 mdb accdb dbf parquet npy npz pkl h5 hdf5 pem crt cer csr p12 pfx gpg pgp asc sig kdbx pcap",
    # Notes and modules, which hold no recorded sound
    "mid midi kar rmi mus musicxml mxl gp3 gp4 gp5 gpx imy rtttl mod xm s3m sf2 als flp cpr ptx",
)
ELSE_TYPES = _words(
    "audio/midi audio/mid audio/x-midi audio/x-mid audio/sp-midi audio/mobile-xmf audio/imelody audio/x-imelody",
    "audio/mpegurl audio/x-mpegurl audio/scpls audio/x-scpls audio/x-ms-wax audio/x-ms-asx video/x-ms-asx audio/mod",
    "audio/x-mod audio/xm audio/x-xm audio/x-s3m audio/x-it audio/x-soundfont audio/soundfont video/x-ms-wvx",
    "video/x-ms-wmx video/x-ms-wax video/vnd.mpegurl video/x-mpegurl",
)
_ELSE_APPLICATIONS = _words(  # types that begin with "application/"
    "pdf postscript rtf msword x-mspublisher x-abiword illustrator x-indesign vnd.visio xps oxps x-cbr x-cbz",
    "x-mobipocket-ebook x-fictionbook vnd.comicbook-rar x-chm vnd.amazon.ebook vnd.amazon.mobi8-ebook json xml",
    "javascript x-javascript ecmascript typescript x-typescript x-httpd-php x-php x-python x-python-code x-ruby",
    "x-perl x-sh x-csh x-shellscript x-bat x-powershell sql x-sql toml yaml x-yaml x-tex x-latex x-subrip x-sami",
    "x-ass x-ssa x-mpegurl vnd.ms-wpl x-cue x-bittorrent zip x-zip x-zip-compressed gzip x-gzip x-bzip x-bzip2 x-xz",
    "zstd x-lzma x-lzip x-compress x-compressed x-compressed-tar x-tar x-gtar vnd.rar x-rar x-rar-compressed",
    "x-7z-compressed x-ace x-arj x-cpio x-archive x-stuffit vnd.ms-cab-compressed x-iso9660-image x-cd-image",
    "x-apple-diskimage x-raw-disk-image vnd.android.package-archive java-archive x-java-archive java-vm x-java-applet",
    "vnd.debian.binary-package x-deb x-debian-package x-rpm x-redhat-package-manager vnd.appimage x-msdownload",
    "x-msdos-program x-dosexec x-msi x-ms-installer vnd.microsoft.portable-executable x-executable x-elf x-sharedlib",
    "x-mach-binary x-object wasm x-shockwave-flash vnd.adobe.flash.movie x-chrome-extension x-xpinstall x-tgsticker",
    "x-tgtheme-android x-tgtheme-ios x-tgtheme-tdesktop x-tgwallpattern x-font-ttf x-font-otf x-font-woff font-woff",
    "font-woff2 font-sfnt vnd.ms-fontobject vnd.ms-opentype x-font-type1 x-photoshop photoshop x-xcf acad dxf x-dwg",
    "x-blender sla vnd.ms-pki.stl step vnd.sqlite3 x-sqlite3 x-msaccess msaccess vnd.ms-access x-hdf5 x-hdf x-parquet",
    "x-dbf pgp-keys pgp-signature pgp-encrypted pkcs8 pkcs10 x-pkcs12 pkcs7-mime pkix-cert x-x509-ca-cert x-pem-file",
    "x-keepass2 vnd.tcpdump.pcap x-ole-storage ics x-midi x-desktop x-ms-shortcut mbox vnd.ms-outlook",
)
_ELSE_KINDS = (
    *("text/", "image/", "font/", "model/", "message/", "chemical/", "inode/", "x-font/", "x-epoc/"),
    *("application/vnd.openxmlformats-officedocument", "application/vnd.oasis.opendocument", "application/vnd.sun.xml"),
    *("application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/vnd.ms-word", "application/vnd.apple."),
)
_ELSE_ENDINGS = ("+xml", "+json", "+zip", "+gzip", "+yaml")

# Beginnings of recordings that `sniff` does not name, because they are never uploaded as they are.
_CONVERTED = re.compile(
    rb"ID3|APETAGEX|(RIFX|RF64|BW64)....WAVE|riff\x2e\x91\xcf\x11|wvpk|TTA[12]|MAC |MPCK|MP\+|OFR |tBaK|NIST_1A|ajkg"
    rb"|DSD |FRM8|\.RMF|\.ra\xfd|Creative Voice File\x1a|MMMD|DSS|[\x02\x03\x06]dss|ea3|\x80\0..\x03\x12\x04"
    rb"|\x64\xa3[\0-\x04]\0|\x0b\x77.{3}|\x7f\xfe\x80\x01|\xff\x1f\0\xe8|\x56[\xe0-\xff].{2}"
    rb"|\x06\x0e\x2b\x34\x02\x05\x01\x01|\xff[\xf4\xf5\xfc\xfd][\x10-\xef]",
    re.DOTALL,
)
_EXTENSION = re.compile(r"\.([^\W_]+)[\W_]*\Z")  # the last one, whatever white space or marks stand behind it


def document_says(name: str | None, type_: str | None) -> Says:
    """Return what the name and the type of a document say together."""
    said = {_name_says(name or ""), _type_says(type_ or "")} - {Says.NOTHING}
    if not said:
        return Says.NOTHING
    if said == {Says.RECORDING, Says.EITHER}:
        return Says.RECORDING
    return said.pop() if len(said) == 1 else Says.EITHER


def is_video(name: str | None, type_: str | None) -> bool:
    """Tell whether a document that is a recording, by its name or its type, is a video by them."""
    essence = (type_ or "").partition("/")[0].strip().lower()
    return essence == "video" or (essence != "audio" and _extension(name or "") in _VIDEO_EXTENSIONS)


def bytes_say(head: bytes) -> Says:
    """Return what the first bytes of a file say: a recording, something else, or nothing."""
    if has_another_signature(head):
        return Says.SOMETHING_ELSE
    if sniff(head) is not None:
        return Says.RECORDING
    if is_text(head):
        return Says.SOMETHING_ELSE
    return Says.RECORDING if _CONVERTED.match(head) else Says.NOTHING


def _name_says(name: str) -> Says:
    extension = _extension(name)
    if extension in RECORDING_EXTENSIONS:
        return Says.RECORDING
    if extension in EITHER_EXTENSIONS:
        return Says.EITHER
    return Says.SOMETHING_ELSE if extension in ELSE_EXTENSIONS else Says.NOTHING


def _extension(name: str) -> str:
    found = _EXTENSION.search(name)
    return found[1].lower() if found else ""


def _type_says(type_: str) -> Says:
    essence = type_.partition(";")[0].strip().lower()
    if essence in EITHER_TYPES:
        return Says.EITHER
    if essence in RECORDING_TYPES:
        return Says.RECORDING
    if essence in ELSE_TYPES or essence.removeprefix("application/") in _ELSE_APPLICATIONS:
        return Says.SOMETHING_ELSE
    if essence.startswith(_ELSE_KINDS) or essence.endswith(_ELSE_ENDINGS):
        return Says.SOMETHING_ELSE
    return Says.RECORDING if essence.startswith(_RECORDING_KINDS) else Says.NOTHING
