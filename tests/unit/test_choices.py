"""What a chat can choose, as buttons carry it and as people type it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.speech.catalogue import MODELS, find
from bot.telegram.writing.button_data import Choose, ShowPage, read
from handlers.choices import LONGEST_TYPED, Choices
from handlers.pages import overview, page_of
from storage.words import Answers, ChatSettings
from tests.english import ENGLISH

CHOICES = Choices(find("nova-2-general"), "auto", 1.0)
SETTINGS = CHOICES.by_name.values()
BY_MODEL = [ChatSettings(), *(ChatSettings(model.name) for model in MODELS), ChatSettings("nova-1-retired", "xx")]
ODD = ChatSettings("nova-1-retired", "tlh", None, 77, Answers.FOLD, 123)


@pytest.mark.parametrize("chosen", [*BY_MODEL, ODD], ids=str)
@pytest.mark.parametrize("setting", SETTINGS, ids=CHOICES.by_name)
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
        assert carried[-1] == ShowPage()
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


def test_the_overview_leads_to_every_page():
    page = overview(CHOICES, ChatSettings(), ENGLISH)
    assert [read(row[0].data) for row in page.keyboard] == [ShowPage(name) for name in CHOICES.by_name]


@pytest.mark.parametrize(
    ("days", "said"), [(1.0, "1 day"), (7, "7 days"), (0.5, "As the operator decided"), (90, "As the operator decided")]
)
def test_how_long_texts_are_kept_without_a_choice_is_said(days, said):
    choices = Choices(find("nova-2-general"), "auto", days)
    assert said in overview(choices, ChatSettings(), ENGLISH).keyboard[-1][0].text


@pytest.mark.parametrize("setting", SETTINGS, ids=CHOICES.by_name)
@given(words=st.text(max_size=LONGEST_TYPED))
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
