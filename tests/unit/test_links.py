"""Which addresses are taken as links to recordings, by their letters alone."""

import ipaddress
import re
import socket

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.links import LONGEST, Flaw, Link, foreign_host, host_of, leads_to, read_link, without

MEDIA = frozenset({"mp3", "ogg", "mp4"})


def url(text):
    link = read_link(text)
    assert isinstance(link, Link), link
    return link.url


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/sample.mp3",
        "http://files.example.org/a/b.c/sample.MP3?token=a%20b&x=[1]#",
        "https://example.net/",
        "https://files.example/voice.ogg",
        "http://example.com:443/a.mp3",
        "https://example.com:80/a.mp3",
        "https://my_bucket.s3.eu-west-1.amazonaws.com/a.mp3",
        "https://r3---sn-4g5e6.googlevideo.com/videoplayback?id=1",
        "https://1.2.3.4.nip.example.com/a.mp3",
        "https://123.com/a.mp3",
        "https://xn--e1afmkfd.xn--p1ai/a.mp3",
        "https://example.com/?q=a@b.c:80\u002f/d",
        "https://example.com/a;b=c,d!$&'()*+=:@~-._",
        "https://internal.example.com/a.mp3",
        "https://local.host.com/",
    ],
)
def test_a_link_to_a_public_name_is_passed_on_as_it_is(text):
    assert url(text) == text.removesuffix("#")


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("HTTPS://EXAMPLE.com/A.mp3", "https://example.com/A.mp3"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("http://example.com:80/a", "http://example.com/a"),
        ("http://example.com:/a", "http://example.com/a"),
        ("https://example.com./a", "https://example.com/a"),
        ("https://example.com/a#t=1?x", "https://example.com/a"),
        ("https://example.com", "https://example.com/"),
        ("https://example.com?a", "https://example.com/?a"),
        (
            "https://пример.рф/запись.mp3?й",
            "https://xn--e1afmkfd.xn--p1ai/%D0%B7%D0%B0%D0%BF%D0%B8%D1%81%D1%8C.mp3?%D0%B9",
        ),
        ("https://аррӏе.com/", "https://xn--80ak6aa92e.com/"),
        ("https://faß.de/", "https://xn--fa-hia.de/"),
        ("https://ｅｘａｍｐｌｅ。com/", "https://example.com/"),
        ('https://example.com/"<>^`{|}', "https://example.com/%22%3C%3E%5E%60%7B%7C%7D"),
    ],
)
def test_every_spelling_of_a_link_becomes_one(text, same):
    assert url(text) == same
    assert read_link(text).key == read_link(same).key


def test_another_link_has_another_key_of_which_nobody_can_read_it():
    one, other = (read_link(f"https://example.com/a.mp3?{token}") for token in ("secret", "other"))
    assert one.key != other.key
    assert "example" not in one.key


@pytest.mark.parametrize(
    ("flaw", "texts"),
    [
        (
            Flaw.NO_LINK,
            ["", "hello", "example.com/a.mp3", "ftp://example.com/a", "file:///etc/passwd", "https:example.com"],
        ),
        (Flaw.NO_LINK, ["https:/example.com", "data:audio/mp3,a", "httpſ://example.com", "//example.com/a", "http"]),
        (Flaw.TOO_LONG, [f"https://example.com/{'a' * LONGEST}", f"https://example.com/{'ю' * 400}"]),
        (
            Flaw.CHARACTERS,
            [f"https://example.com/{odd}" for odd in "\t\n\r\0\x7f\x85 \u00a0\u2028\u200b\u202e\ufeff\\"],
        ),
        (Flaw.CHARACTERS, ["https://example.com\\@example.org/a", "https://exam\nple.com/", "https://exam\tple.com/"]),
        (
            Flaw.CREDENTIALS,
            ["https://a@example.com/", "https://a:b@example.com/", "https://@example.com/", "http://a@b@c.de"],
        ),
        (Flaw.CREDENTIALS, ["https://example.com:80@127.0.0.1/", "https://example.org@localhost"]),
        (
            Flaw.PORT,
            [
                f"https://example.com:{port}/"
                for port in ("8080", "0", "22", "0443", "+80", "８０", "80a", "-1", "99999")
            ],
        ),
        (Flaw.IP_ADDRESS, ["http://127.0.0.1/", "http://127.0.0.1./", "http://127.0.0.1:80/", "http://8.8.8.8/"]),
        (
            Flaw.IP_ADDRESS,
            ["http://2130706433/", "http://017700000001/", "http://0x7f000001/", "http://0X7F.1/", "http://127.1/"],
        ),
        (
            Flaw.IP_ADDRESS,
            ["http://0/", "http://0x7f.0.0.0x1/", "http://1.2.3.0xff/", "http://example.1/", "http://256.1.1.1/"],
        ),
        (
            Flaw.IP_ADDRESS,
            [
                "http://[::1]/",
                "http://[::ffff:127.0.0.1]/",
                "http://[fe80::1%25eth0]:80/",
                "http://::1/",
                "http://[v1.a]/",
            ],
        ),
        (
            Flaw.IP_ADDRESS,
            [
                "http://１２７．０．０．１/",
                "http://127。0｡0.1/",
                "http://①②⑦.0.0.1/",
                "http://𝟏𝟐𝟕.1/",
            ],
        ),
        (
            Flaw.NOT_PUBLIC,
            ["http://localhost/", "http://LOCALHOST./", "http://a.localhost/", "http://ⓛocalhost/", "http://router/"],
        ),
        (
            Flaw.NOT_PUBLIC,
            [f"http://printer.{name}/a.mp3" for name in ("local", "internal", "lan", "home.arpa", "onion", "test")],
        ),
        (
            Flaw.NOT_PUBLIC,
            [f"http://printer.{name}/a.mp3" for name in ("invalid", "home", "corp", "LOCAL.", "ｌocal", "localdomain")],
        ),
        (
            Flaw.NO_NAME,
            [
                "http://",
                "http:///a",
                "https://:80/",
                "http://?a",
                "http://./",
                "http://example..com/",
                "http://.example.com/",
            ],
        ),
        (
            Flaw.NO_NAME,
            [
                "http://exam%70le.com/",
                "http://127.0.0.1%2f.example.com/",
                "http://%31%32%37.example.com/",
                "http://example.com../",
            ],
        ),
        (
            Flaw.NO_NAME,
            [
                "http://-a.com/",
                "http://a-.com/",
                f"http://{'a' * 64}.com/",
                f"http://{'a.' * 130}com/",
                "http://a.c_m/",
            ],
        ),
        (
            Flaw.NO_NAME,
            [
                f"http://{'ю' * 300}.com/",
                "http://i❤.ws/",
                "http://a＠example.com/",
                "http://a：80.example.com/",
                "http://a,b.com/",
            ],
        ),
        (
            Flaw.NO_NAME,
            ["http://example.com;a.com/", "http://exa$mple.com/", "http://example.xn--local-/", "http://a.b/"],
        ),
    ],
)
def test_another_text_has_a_flaw(flaw, texts):
    assert {text: read_link(text) for text in texts} == dict.fromkeys(texts, flaw)


def test_a_link_may_have_2048_characters():
    longest = "https://example.com/".ljust(2048, "a")
    assert url(longest) == longest
    assert read_link(longest + "a") is Flaw.TOO_LONG


def understood(host):
    """Whether programs take a host for an IP address in any notation."""
    bare = host.removesuffix(".").removeprefix("[").removesuffix("]")
    for read in (ipaddress.ip_address, socket.inet_aton):
        for name in (host, bare):
            try:
                read(name)
            except (ValueError, OSError):
                continue
            return True
    return False


numbers = st.one_of(st.integers(0, 2**32 + 1), st.integers(0, 255)).flatmap(
    lambda number: st.sampled_from(
        [str(number), hex(number), f"{number:#X}".replace("0X", "0X"), f"0{number:o}", f"000{number}"]
    )
)
digits = st.sampled_from(["0123456789", "０１２３４５６７８９", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "⓪①②③④⑤⑥⑦⑧⑨"])
dots = st.sampled_from([".", "．", "。", "｡"])


@st.composite
def notations(draw):
    """IP addresses as people and programs have written them."""
    plain = ".".join(draw(st.lists(numbers, min_size=1, max_size=4)))
    spelt = "".join(draw(digits)[int(each)] if each.isdigit() and draw(st.booleans()) else each for each in plain)
    return spelt.replace(".", draw(dots)) + draw(st.sampled_from(["", ".", "。"]))


addresses = st.one_of(
    notations(),
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=4).map(lambda address: str(int(address))),
    st.ip_addresses(v=6).map(lambda address: f"[{address}]"),
    st.ip_addresses(v=4).map(lambda address: f"[::ffff:{address}]"),
)


@given(host=addresses, port=st.sampled_from(["", ":80", ":443"]))
@example(host="0x7f.1", port="")
@example(host="127.0.0.1.", port=":80")
def test_no_notation_of_an_ip_address_is_a_name(host, port):
    assert isinstance(read_link(f"http://{host}{port}/a.mp3"), Flaw)


hosts = st.one_of(
    st.text("0123456789abcdefxX.:-_%[]@\\ ０１．。", max_size=30),
    st.text(max_size=30),
    st.lists(
        st.sampled_from(["127", "0x7f", "1", "local", "localhost", "example", "com", "xn--", "ß", "。", "０"]),
        max_size=5,
    ).map(".".join),
)


@given(scheme=st.sampled_from(["http", "HTTPS"]), host=hosts, rest=st.text(max_size=40))
def test_whatever_is_written_what_goes_out_is_ascii_and_leads_to_a_public_name(scheme, host, rest):
    link = read_link(f"{scheme}://{host}/{rest}")
    if isinstance(link, Link):
        assert re.fullmatch(r"https?://([a-z0-9_-]+\.)+[a-z][a-z0-9-]*(:80|:443)?/[!-~]*", link.url)
        assert not set(link.url) & set('\\"<>^`{|}#')
        assert not understood(link.host)
        assert link.host.rpartition(".")[2] not in {"local", "localhost", "internal"}
        assert read_link(link.url) == link
        assert host_of(link.url) == link.host


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/a.mp3",
        "HTTP://example.com/b/A.Mp4?x=1.txt#y",
        "http://127.0.0.1/a.ogg",
        "https://a@b/c.d.ogg#/",
    ],
)
def test_a_text_that_is_a_link_to_a_recording_is_known_by_its_path_good_or_not(text):
    assert leads_to(text, MEDIA)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "a.mp3",
            "ftp://example.com/a.mp3",
            "https://example.mp3",
            "https://example.com/a.mp3/",
            "https://example.com/mp3",
        ),
        *(
            "https://example.com/a?b.mp3",
            "https://example.com/a#b.mp3",
            "https://example.com/a.mp3x",
            "https://example.com/a.html",
        ),
        *(
            "https://example.com/a b.mp3",
            "https://example.com/a.mp3 https://example.com/b.mp3",
            "https://example.com/a\u2028.mp3",
        ),
    ],
)
def test_another_text_is_none(text):
    assert not leads_to(text, MEDIA)


def test_a_host_of_another_alphabet_is_told_from_others():
    assert foreign_host("https://xn--80ak6aa92e.com/a") == "xn--80ak6aa92e.com"
    assert foreign_host("https://www.xn--e1afmkfd.xn--p1ai:80/a") == "www.xn--e1afmkfd.xn--p1ai"
    assert foreign_host("https://example.com/xn--a") is None


@given(before=st.text(max_size=10), cut=st.integers(0, 80))
def test_what_is_said_of_a_link_is_told_without_what_is_secret_in_it(before, cut):
    secret = "https://example.com/private/talk.mp3?key=s3cret-token"
    told = without(f"{before} {secret[: len(secret) - cut]}", secret)
    assert not any(part in told for part in ("s3cret", "private", "talk.mp3") if part not in before)


def test_the_words_around_a_link_stay():
    assert without("Could not fetch https://example.com/a?b=c1d2 (404)", "https://example.com/a?b=c1d2") == (
        "Could not fetch [hidden] (404)"
    )
