import io
import json
import logging

import pytest

from bot.log import LONGEST_VALUE, REDACTED, configure, get_logger

TOKEN = "123456:TEST-token"
KEY = 'key-with-"quote"-é'

pytestmark = pytest.mark.usefixtures("logging_as_it_was")


def logging_to_text(style, level="INFO", secrets=(TOKEN, KEY, "")) -> io.StringIO:
    stream = io.StringIO()
    configure(level, style, secrets, stream)
    return stream


def test_a_json_line_is_one_object_with_the_event_its_facts_and_a_moment():
    stream = logging_to_text("json")
    get_logger("bot.engine.poller").info("job.ready", job=7, was="submitted")
    line = json.loads(stream.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "job.ready", "job": 7, "was": "submitted", "level": "info"}


def test_a_console_line_is_for_people():
    stream = logging_to_text("console")
    get_logger("bot.engine.poller").warning("job.ready", job=7)
    (line,) = stream.getvalue().splitlines()
    assert "warning" in line
    assert "job.ready" in line
    assert "job=7" in line
    assert "\x1b" not in line


@pytest.mark.parametrize("style", ["json", "console"])
def test_no_secret_is_in_a_line_wherever_it_stands(style):
    stream = logging_to_text(style)
    log = get_logger("bot")
    log.error("%s failed", TOKEN, url=f"https://api.telegram.org/bot{TOKEN}/getMe", keys=[KEY, {"key": KEY}])
    text = stream.getvalue()
    assert TOKEN not in text
    assert "key-with" not in text
    assert text.count(REDACTED) == 4


@pytest.mark.parametrize("style", ["json", "console"])
def test_no_secret_is_in_a_traceback(style):
    stream = logging_to_text(style)
    error = RuntimeError(f"Bearer {KEY}")
    error.__cause__ = ValueError(f"no route to /bot{TOKEN}/getMe")
    get_logger("bot").error("step.bug", exc_info=error)
    text = stream.getvalue()
    assert "RuntimeError" in text
    assert "no route to" in text
    assert TOKEN not in text
    assert "key-with" not in text


@pytest.mark.parametrize("style", ["json", "console"])
def test_lines_of_libraries_go_the_same_way(style):
    stream = logging_to_text(style)
    logger = logging.getLogger("some.library")
    error = OSError(f"cannot reach {TOKEN}")
    logger.error("GET %s", f"/file/bot{TOKEN}/voice.oga", exc_info=error, extra={"key": KEY})
    logger.debug("too quiet to be seen")
    text = stream.getvalue()
    assert "GET /file/bot" in text
    assert "OSError" in text
    assert TOKEN not in text
    assert "too quiet" not in text


@pytest.mark.parametrize("style", ["json", "console"])
def test_a_secret_that_is_part_of_another_leaves_nothing_of_it(style):
    stream = logging_to_text(style, secrets=("abc", "abcdef"))
    get_logger("bot").info("abcdef")
    assert "def" not in stream.getvalue()


@pytest.mark.parametrize("secret", ["k", "info", "0123456"])
@pytest.mark.parametrize("style", ["json", "console"])
def test_a_secret_as_short_as_a_word_takes_no_letters_out_of_others(style, secret):
    stream = logging_to_text(style, secrets=(secret,))
    get_logger("bot").warning("kick.information", url=f"https://example.org/{secret}?x={secret}", number=10123456789)
    text = stream.getvalue()
    assert "kick.information" in text
    assert "10123456789" in text
    assert text.count(REDACTED) == 2


ORDERS = "\x1b[2J\x1b]0;title\x07\r\b\x00\x7f\x9b31m\x85\u202e\u2066\u2028\u2029\u200b\n"


class Loud:
    def __repr__(self):
        return ORDERS


def say_loudly():
    get_logger("bot").warning(f"an{ORDERS}event", value=f"a{ORDERS}value", parts=[ORDERS, {ORDERS: 1}], one=Loud())
    logging.getLogger("some.library").warning("from %s", ORDERS)


@pytest.mark.parametrize("style", ["json", "console"])
def test_nothing_that_a_terminal_obeys_reaches_it(style):
    stream = logging_to_text(style)
    say_loudly()
    assert len(stream.getvalue().split("\n")) == 3
    for line in stream.getvalue().splitlines():
        assert line.isprintable()
        assert "[2J" in line


def test_a_console_line_spells_what_it_does_not_show():
    stream = logging_to_text("console")
    get_logger("bot").info("said", words="é🙂\x1b[31m\u202e\ud800")
    assert stream.getvalue().endswith(" words=é🙂\\x1b[31m\\u202e\\ud800\n")


def test_a_traceback_keeps_its_lines_and_can_forge_none():
    stream = logging_to_text("console")
    error = RuntimeError("\x1b[2J\n2026-01-01T00:00:00Z [info     ] all.is_well")
    get_logger("bot").error("step.bug", exc_info=error)
    first, *others = stream.getvalue().splitlines()
    assert "step.bug" in first
    assert all(line.isprintable() and line.startswith("  ") for line in others)


def test_a_line_of_a_library_that_cannot_be_formatted_says_no_secret_either(capsys):
    stream = logging_to_text("console")
    logging.getLogger("some.library").warning("%d", TOKEN)
    assert TOKEN not in stream.getvalue() + capsys.readouterr().err


def test_the_level_holds_for_our_lines_and_for_those_of_libraries():
    stream = logging_to_text("console", level="ERROR")
    for logger in (get_logger("bot"), logging.getLogger("some.library")):
        logger.warning("not.this")
        logger.error("but.this")
    assert "not.this" not in stream.getvalue()
    assert stream.getvalue().count("but.this") == 2


def test_chatty_libraries_are_heard_from_warnings_on():
    stream = logging_to_text("console", level="DEBUG")
    get_logger("bot").debug("our.own")
    for name in ("httpx", "telegram.ext", "aiosqlite", "asyncio", "aiohttp.access"):
        logging.getLogger(name).info("chatter")
        logging.getLogger(name).warning("trouble")
    assert "our.own" in stream.getvalue()
    assert "chatter" not in stream.getvalue()
    assert stream.getvalue().count("trouble") == 5


def test_lines_go_to_standard_error_by_default(capsys):
    configure("INFO", "console", [])
    get_logger("bot").info("hello")
    printed = capsys.readouterr()
    assert "hello" in printed.err
    assert printed.out == ""


def test_configuring_again_does_not_double_the_lines():
    logging_to_text("console")
    stream = logging_to_text("console")
    get_logger("bot").info("once")
    assert stream.getvalue().count("once") == 1


@pytest.mark.parametrize("style", ["json", "console"])
def test_the_middle_of_a_very_long_value_is_left_out_and_no_secret_is_cut_in_two(style):
    stream, half = logging_to_text(style), LONGEST_VALUE // 2
    get_logger("here").info("said", error="a" * (half - 5) + TOKEN + "b" * 1_000_000, detail="short")
    line = stream.getvalue()
    assert len(line) < 2 * LONGEST_VALUE
    assert "characters left out" in line
    assert TOKEN[:5] not in line
    assert "short" in line


def test_a_long_value_that_is_short_without_its_secrets_is_told_whole():
    stream = logging_to_text("json")
    get_logger("here").info("said", error=TOKEN * LONGEST_VALUE)
    assert "left out" in stream.getvalue()
    get_logger("here").info("said", error="a" * (LONGEST_VALUE - 100) + "123456:TEST-token" * 8)
    assert stream.getvalue().splitlines()[1].count(REDACTED) == 8
