"""The settings in every language: what Telegram cuts or refuses is short enough."""

import pytest

from bot.speech.catalogue import find
from bot.text.languages import LANGUAGES
from bot.text.layout import MESSAGE_LIMIT, utf16_length
from bot.text.texts import Texts
from handlers.choices import Choices
from handlers.pages import overview, page_of
from handlers.transcribing import PAGE
from handlers.vocabulary import LONGEST_WORD, MOST_WORDS
from storage.chats import ChatSettings

ALERT = 200  # UTF-16 units, as Telegram counts them
LABEL = 64  # of a button, of which a phone shows less
CHOICES = Choices(find("nova-2-general"), "auto", 1.0)


@pytest.fixture(params=LANGUAGES)
def texts(request):
    return Texts(request.param)


def test_alerts_are_no_longer_than_telegram_takes(texts):
    words = texts.settings
    for said in (
        words.saved(),
        words.value_gone(),
        words.not_shown(),
        words.outdated(),
        words.admins_only(),
        words.admin_unknown(),
        words.no_effect("nova-2-conversationalai"),
    ):
        assert utf16_length(said) <= ALERT


def test_buttons_are_short_and_tell_their_values_apart(texts):
    every = [ChatSettings(), ChatSettings("whisper-large", profanity_filter=True, vocabulary=("x",))]
    pages = [overview(CHOICES, chosen, texts, name) for chosen in every for name in ("", PAGE)]
    pages += [page_of(setting, ChatSettings(), texts) for setting in CHOICES.by_name.values()]
    for page in pages:
        labels = [button.text for row in page.keyboard for button in row]
        assert len(set(labels)) == len(labels)
        assert max(map(utf16_length, labels)) <= LABEL


def test_the_longest_vocabulary_fits_a_message(texts):
    words = tuple(f"{n:03}".ljust(LONGEST_WORD, "w") for n in range(MOST_WORDS))
    chosen = ChatSettings("whisper-medium", vocabulary=words)
    setting = CHOICES.by_name["vocabulary"]
    for said in (page_of(setting, chosen, texts).text, setting.told(chosen, texts) + setting.caution(chosen, texts)):
        assert utf16_length(said) < MESSAGE_LIMIT
        assert all(word in said for word in words)


@pytest.mark.parametrize("name", [name for name in CHOICES.by_name if name not in {"model", "language"}])
def test_wrong_words_are_answered_with_an_example_on_one_line(texts, name):
    said = texts.settings.wrong(name)
    assert f"/{name}" in said
    assert "\n" not in said
