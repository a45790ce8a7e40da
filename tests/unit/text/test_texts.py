"""What a user reads."""

import re

import pytest

from bot.links import Flaw
from bot.text.languages import LANGUAGES
from bot.text.layout import MESSAGE_LIMIT, utf16_length
from bot.text.menu import COMMANDS, Audience, commands_for
from bot.text.texts import Texts
from storage.apology import Notice, Reason
from tests.english import ENGLISH

FACTS = {"limit_mb": 20, "minutes": 245.55, "limit_minutes": 120.0, "host": "example.com"}
ADVICE = re.compile(r"\b[Pp]lease\b")
AGAIN = re.compile(r"not try (it )?again|have stopped|will not go on")


@pytest.mark.parametrize("notice", Notice)
def test_every_notice_has_a_calm_placeholder_of_its_own(notice):
    others = {ENGLISH.waiting.placeholder(other) for other in Notice if other is not notice}
    assert ENGLISH.waiting.placeholder(notice) not in others


def test_an_ordinary_wait_is_one_word():
    assert ENGLISH.waiting.placeholder(Notice.NONE) == "Transcribing…"


def test_a_retry_says_that_nothing_is_to_be_done():
    assert "by myself" in ENGLISH.waiting.placeholder(Notice.RETRYING)
    assert "nothing you need to do" in ENGLISH.waiting.placeholder(Notice.RETRYING)


def test_a_hold_names_neither_key_nor_credits():
    text = ENGLISH.waiting.placeholder(Notice.PAUSED)
    assert "operator" in text
    assert "no need to send this again" in text
    assert not re.search("key|credit|bill|money", text)


@pytest.mark.parametrize("facts", [{}, FACTS], ids=["without facts", "with facts"])
@pytest.mark.parametrize("reason", sorted({*Reason} - {Reason.CANCELLED}))
def test_every_apology_says_in_one_sentence_why_and_in_another_what_to_do(reason, facts):
    text = ENGLISH.apologies.apology(reason, facts)
    why, *advice = re.split(r"\. (?=[A-Z])", text)
    assert len(why) > 20
    assert len(advice) == 1
    assert ADVICE.search(advice[0])
    assert not AGAIN.search(text)
    assert "{" not in text
    assert "!" not in text
    assert utf16_length(text) <= 300


def test_a_cancelled_recording_says_so_in_a_word():
    assert ENGLISH.apologies.apology(Reason.CANCELLED, {}) == "Cancelled."


def test_no_two_reasons_sound_the_same():
    assert len({ENGLISH.apologies.apology(reason, {}) for reason in Reason}) == len(Reason)


@pytest.mark.parametrize(("fact", "whose"), [("limit_mb", "operator of this bot"), ("telegram_limit_mb", "Telegram")])
def test_too_big_names_the_limit_and_whose_it_is(fact, whose):
    text = ENGLISH.apologies.apology(Reason.TOO_BIG, {fact: 20.0})
    assert "up to 20 MB" in text
    assert whose in text


def test_too_long_names_both_lengths():
    text = ENGLISH.apologies.apology(Reason.TOO_LONG, FACTS)
    assert "recording of 246 minutes is too long: the operator of this bot lets me take up to 120 minutes." in text


def test_too_long_names_the_limit_alone_if_that_is_all_it_knows():
    text = ENGLISH.apologies.apology(Reason.TOO_LONG, {"limit_minutes": 120})
    assert "up to 120 minutes" in text
    assert "recording of" not in text


@pytest.mark.parametrize("fact", ["x" * 5000, "a\nb", 10**50, 1e300, float("nan"), -1])
def test_an_odd_fact_does_not_blow_up_an_apology(fact):
    text = ENGLISH.apologies.apology(Reason.TOO_LONG, {"minutes": fact, "limit_minutes": fact})
    assert utf16_length(text) <= 300
    assert "\n" not in text


def test_silence_is_answered_with_something_to_try():
    assert "no speech" in ENGLISH.answers.no_speech()
    assert "/models" in ENGLISH.answers.no_speech()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("audience", Audience)
def test_every_menu_is_one_that_telegram_accepts(audience, language):
    menu = Texts(language).commands.menu(audience)
    assert 0 < len(menu) == len(dict(menu)) <= 100
    assert all(re.fullmatch("[a-z]{1,32}", name) and 1 <= len(description) <= 256 for name, description in menu)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_usage_of_a_command_begins_with_its_name(command):
    assert command.usage.split()[0] == f"/{command.name}"


def test_the_greeting_says_what_to_send_and_names_the_model():
    text = ENGLISH.commands.start("nova-2-general")
    assert "voice note" in text
    assert "nova-2-general" in text
    assert "/help" in text


def test_the_help_covers_media_limits_commands_and_groups():
    text = ENGLISH.commands.help(Audience.PRIVATE, 20, 120, links=True)
    for word in (
        "voice note",
        "audio",
        "video",
        "20 MB",
        "120 minutes",
        "/model ",
        "/models",
        "admin",
        "privacy mode",
        "/transcribe",
    ):
        assert word in text
    assert utf16_length(text) <= MESSAGE_LIMIT


def test_the_help_of_a_bot_that_takes_no_links_asks_for_none():
    assert "send me the link" in ENGLISH.commands.help(Audience.PRIVATE, 20, 120, links=True)
    assert "link" not in ENGLISH.commands.help(Audience.PRIVATE, 20, 120, links=False)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("audience", Audience)
def test_the_help_fits_a_message_and_lists_the_commands_of_its_menu(audience, language):
    text = Texts(language).commands.help(audience, 20, 120, links=True)
    assert utf16_length(text) <= MESSAGE_LIMIT
    assert all(command.usage in text for command in commands_for(audience))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", Reason)
def test_every_apology_has_at_most_300_characters_in_every_language(reason, language):
    facts = {"limit_mb": 1234.5, "minutes": 1234, "limit_minutes": 1233, "host": "long." * 50 + "example.com"}
    for known in ({}, facts, {"telegram_limit_mb": 20.0}, {"limit_minutes": 120}):
        assert utf16_length(Texts(language).apologies.apology(reason, known)) <= 300


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_toast_fits_the_200_characters_telegram_takes(language):
    words = Texts(language).cancelling
    toasts = [words.done(), words.not_yours(), words.admin_unknown(), words.too_late()]
    toasts += [words.orphan_removed(), words.no_answer_removed()]
    assert all(0 < utf16_length(toast) <= 200 for toast in toasts)


@pytest.mark.parametrize("told", [*map(ENGLISH.links.flaw, Flaw), ENGLISH.links.off()])
def test_what_is_wrong_with_a_link_is_one_sentence(told):
    assert re.fullmatch(r"[A-Z][^.!?]+(?:https?://[^.!?]*)*\.", told)


def test_every_flaw_of_a_link_has_words_of_its_own():
    assert len(set(map(ENGLISH.links.flaw, Flaw))) == len(Flaw)


def test_the_placeholder_of_a_link_shows_its_host_only_while_nothing_else_is_to_be_told():
    host = "xn--80ak6aa92e.com"
    assert host in ENGLISH.waiting.placeholder(Notice.NONE, host)
    assert ENGLISH.waiting.placeholder(Notice.RETRYING, host) == ENGLISH.waiting.placeholder(Notice.RETRYING)


def test_a_link_that_cannot_be_reached_is_told_with_its_host_and_what_to_do():
    text = ENGLISH.apologies.apology(Reason.LINK_UNREACHABLE, {"host": f"{'long.' * 50}example.com"})
    assert re.search(r" to …[\w.]{59}\. Please", text)
    assert "long.example.com. Please" in text
    assert "opens without a login" in text
    assert utf16_length(text) <= 300


def test_the_current_model_is_shown_with_what_it_knows():
    text = ENGLISH.models.shown("nova-2-finance", 1)
    about = "Earnings calls and other talk about finance."
    assert text == f"This chat uses the model nova-2-finance (English only).\n{about}"


def test_a_model_that_was_set_is_confirmed():
    text = ENGLISH.models.chosen("whisper-base")
    assert text == "From now on this chat uses the model whisper-base.\nQuick, for clear speech."


@pytest.mark.parametrize(("known", "told"), [(1, "English only"), (2, "about 5 languages"), (33, "about 35 languages")])
def test_how_many_languages_a_model_knows_is_told_as_a_round_number(known, told):
    assert ENGLISH.models.languages(known) == told


def test_an_unknown_model_changes_nothing_and_offers_others():
    text = ENGLISH.models.unknown("wisper", ["whisper-tiny", "whisper-base"])
    assert "“wisper”, so nothing was changed" in text
    assert "Did you mean one of these: whisper-tiny, whisper-base?" in text
    assert "/models" in text


def test_an_unknown_model_without_any_like_it_points_to_the_list():
    text = ENGLISH.models.unknown("gpt", [])
    assert "Did you mean" not in text
    assert "/models" in text


def test_a_hostile_model_name_is_one_short_printable_line():
    text = ENGLISH.models.unknown("evil\n\x00\u202e\ud83d " + "x" * 5000, [])
    quoted = re.search("“(.*)”", text)
    assert quoted
    assert quoted[1].isprintable()
    assert quoted[1].startswith("evil x")
    assert quoted[1].endswith("x…")
    assert len(quoted[1]) == 40


def test_a_model_name_of_nothing_readable_is_not_quoted():
    assert "“" not in ENGLISH.models.unknown("\u202e\n", [])


def test_only_a_handful_of_models_is_suggested():
    text = ENGLISH.models.unknown("x", [f"model-{number}" for number in range(50)])
    assert "model-4" in text
    assert "model-5" not in text


def test_the_list_of_models_says_what_each_is_for():
    text = ENGLISH.models.listed([("nova-2-medical", 1), ("whisper-next", 99)])
    assert text.endswith(
        ":\n\n• nova-2-medical (English only): Medical vocabulary.\n• whisper-next (about 100 languages)"
    )
    assert "/model " in text


def test_a_list_too_long_for_a_message_falls_back_to_names():
    text = ENGLISH.models.listed([("nova-2-conversationalai", 1)] * 100 + [("model-98", 1), ("model-99", 1)])
    assert text.endswith("• model-98\n• model-99")
    assert utf16_length(text) <= MESSAGE_LIMIT


def test_even_the_names_of_countless_models_fit_a_message():
    text = ENGLISH.models.listed([(f"model-{number}", 1) for number in range(10_000)])
    assert re.search(r"• model-\d+\n…$", text)
    assert utf16_length(text) <= MESSAGE_LIMIT


def test_a_model_that_is_gone_is_named_with_the_one_that_replaces_it():
    text = ENGLISH.models.replaced("old-one", "new-one")
    assert "old-one, no longer exists" in text
    assert "I use new-one now" in text


def test_a_stranger_learns_which_chat_id_to_ask_for():
    assert "-100123" in ENGLISH.access.not_allowed(-100123)


def test_less_than_a_minute_is_told_in_seconds():
    text = ENGLISH.apologies.apology(Reason.TOO_LONG, {"minutes": 1.01, "limit_minutes": 0.5})
    assert "recording of 2 minutes is" in text
    assert "up to 30 seconds." in text


def test_a_command_with_its_words_is_read_from_left_to_right_in_a_sentence_that_is_not():
    assert "\u2068/answers fold 1000\u2069" in Texts("ar").settings.wrong("answers")
    assert "\u2068/interface de\u2069" in Texts("ar").settings.wrong("interface")
    assert "\u2068" not in ENGLISH.settings.wrong("answers")
