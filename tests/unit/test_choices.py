"""What a chat can choose, as buttons carry it and as people type it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.speech.catalogue import MODELS, find
from bot.telegram.writing.button_data import Choose, ShowPage, read
from handlers.choices import Choices
from handlers.pages import overview, page_of
from handlers.transcribing import PAGE
from storage.chats import ChatSettings
from storage.words import Answers
from tests.english import ENGLISH

CHOICES = Choices(find("nova-2-general"), "auto", 1.0)
SETTINGS = CHOICES.by_name.values()
OF_VALUES = [each for each in SETTINGS if each.name != "vocabulary"]
BY_MODEL = [ChatSettings(), *(ChatSettings(model.name) for model in MODELS), ChatSettings("nova-1-retired", "xx")]
ODD = ChatSettings("nova-1-retired", "tlh", None, 77, Answers.FOLD, 123)


@pytest.mark.parametrize("chosen", [*BY_MODEL, ODD], ids=str)
@pytest.mark.parametrize("setting", OF_VALUES, ids=lambda setting: setting.name)
def test_every_value_that_is_offered_can_be_chosen_and_holds_then(setting, chosen):
    offered = setting.offered(chosen)
    assert len(set(offered)) == len(offered)
    assert setting.current(chosen) in offered
    for value in offered:
        after = setting.with_value(chosen, value)
        assert setting.current(after) == value
        assert setting.with_value(after, value) == after
        assert setting.label(value, ENGLISH)


@pytest.mark.parametrize("chosen", [*BY_MODEL, ODD], ids=str)
@pytest.mark.parametrize("setting", SETTINGS, ids=CHOICES.by_name)
def test_every_button_carries_what_it_says(setting, chosen):
    seen = []
    for number in range(9):
        page = page_of(setting, chosen, ENGLISH, number)
        buttons = [button for row in page.keyboard for button in row]
        carried = [read(button.data) for button in buttons]
        assert carried[-1] == ShowPage(setting.shown_on)
        seen += [each.value for each in carried if isinstance(each, Choose)]
        assert len(page.text) < 1000
        if ShowPage(setting.name, number + 1) not in carried:
            break
    assert tuple(seen) == tuple(setting.offered(chosen))


@pytest.mark.parametrize("number", [-(10**17), -1, 99, 10**17])
def test_a_page_that_there_is_not_is_the_nearest_one(number):
    setting = CHOICES.by_name["language"]
    nearest = page_of(setting, ChatSettings(), ENGLISH, 0 if number < 0 else 2)
    assert page_of(setting, ChatSettings(), ENGLISH, number) == nearest


def test_two_pages_lead_to_every_setting_and_to_each_other():
    first, second = (overview(CHOICES, ChatSettings(), ENGLISH, name) for name in ("", PAGE))
    *to_settings, to_second = [read(row[0].data) for row in first.keyboard]
    *to_more, to_first = [read(row[0].data) for row in second.keyboard]
    assert [*to_settings, *to_more] == [ShowPage(name) for name in CHOICES.by_name]
    assert (to_second, to_first) == (ShowPage(PAGE), ShowPage())


@pytest.mark.parametrize(("minutes", "said"), [(3, "From 3 minutes on"), (0.5, "From 1 minute on"), (0, "Off")])
def test_when_texts_have_times_without_a_choice_is_said(minutes, said):
    times = Choices(find("nova-2-general"), "auto", 1.0, None, minutes).by_name["times"]
    assert times.line(ChatSettings(), ENGLISH) == f"Times in texts: {said}"


WITH_EVERYTHING = ChatSettings("whisper-base", "en", profanity_filter=True, speakers=True, vocabulary=("Kafka",))


@pytest.mark.parametrize("name", ["profanity", "vocabulary"])
def test_what_the_model_of_a_chat_does_not_take_is_said_wherever_it_is_shown(name):
    setting = CHOICES.by_name[name]
    assert "whisper-base cannot do this" in page_of(setting, WITH_EVERYTHING, ENGLISH).text
    assert "whisper-base cannot do this" in setting.caution(WITH_EVERYTHING, ENGLISH)
    assert setting.line(WITH_EVERYTHING, ENGLISH).endswith("(not with this model)")


@pytest.mark.parametrize("name", ["speakers", "formatting", "fillers", "numerals"])
def test_of_what_the_model_takes_nothing_of_that_is_said(name):
    setting = CHOICES.by_name[name]
    assert "whisper" not in page_of(setting, WITH_EVERYTHING, ENGLISH).text
    assert "model" not in setting.line(WITH_EVERYTHING, ENGLISH)
    assert not setting.caution(WITH_EVERYTHING, ENGLISH)


@pytest.mark.parametrize(
    ("days", "said"), [(1.0, "1 day"), (7, "7 days"), (0.5, "As the operator decided"), (90, "As the operator decided")]
)
def test_how_long_texts_are_kept_without_a_choice_is_said(days, said):
    choices = Choices(find("nova-2-general"), "auto", days)
    assert said in overview(choices, ChatSettings(), ENGLISH).keyboard[-2][0].text


@pytest.mark.parametrize("setting", SETTINGS, ids=CHOICES.by_name)
@given(words=st.text(max_size=200) | st.text("add remove:", max_size=40))
def test_whatever_somebody_types_is_a_value_or_is_refused_in_a_sentence(setting, words):
    value = setting.typed(words)
    if value is None:
        assert setting.refusal(words, ChatSettings(), ENGLISH)
    elif (after := setting.with_value(ChatSettings(), value)) is not None:
        assert setting.with_value(after, value) == after
    else:
        assert setting.name == "language"  # of another model
        assert "nova-2-general" in setting.refusal(value, ChatSettings(), ENGLISH)


@given(st.sampled_from(sorted(CHOICES.by_name)), st.text(max_size=40))
def test_no_invented_value_of_a_button_does_harm(name, value):
    setting = CHOICES.by_name[name]
    after = setting.with_value(ChatSettings(), value)
    assert after is None or setting.with_value(after, value) == after
