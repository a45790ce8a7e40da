"""The pages of the settings: what the one message says that shows them, and its buttons."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.telegram.writing.button_data import Choose, ChooseHere, ShowPage
from bot.telegram.writing.buttons import Button, Keyboard, button
from bot.text.texts import Texts
from handlers.choices import Choices
from handlers.setting import Setting
from handlers.transcribing import PAGE
from storage.chats import ChatSettings

MOST_ROWS = 16  # of values on one page, which a phone shows with a little scrolling


class Page(NamedTuple):
    """A message and its keyboard."""

    text: str
    keyboard: Keyboard


def overview(choices: Choices, chosen: ChatSettings, texts: Texts, page: str = "") -> Page:
    """Return the first page, or the one of transcribing: its settings with their values."""
    shown = [each for each in choices.by_name.values() if each.shown_on == page]
    rows = [[button(each.line(chosen, texts), ShowPage(each.name))] for each in shown]
    if page:
        return Page(texts.settings.title_of_transcribing(), [*rows, [button(texts.settings.back(), ShowPage())]])
    return Page(texts.settings.title(), [*rows, [button(texts.settings.transcribing(), ShowPage(PAGE))]])


def page_of(setting: Setting, chosen: ChatSettings, texts: Texts, number: int | None = None) -> Page:
    """Return a page of one setting; without a number, the one with the value that holds."""
    values, current, size = setting.offered(chosen), setting.current(chosen), MOST_ROWS * setting.in_a_row
    if number is None:
        number = values.index(current) // size if current in values else 0
    number = min(max(number, 0), max(len(values) - 1, 0) // size)
    shown = values[number * size : (number + 1) * size]
    buttons = [_value(setting, value, texts, is_current=value == current) for value in shown]
    rows = [buttons[at : at + setting.in_a_row] for at in range(0, len(buttons), setting.in_a_row)]
    around = _around(setting, number, len(values) > (number + 1) * size, texts)
    better, caution = setting.better(chosen), setting.caution(chosen, texts)
    offer = [] if better is None else [[value_button(setting, better, texts, Choose)]]
    back = [button(texts.settings.back(), ShowPage(setting.shown_on))]
    above = f"{caution}\n\n{setting.above(chosen, texts)}" if better else setting.above(chosen, texts)
    return Page(above, [*offer, *rows, *([around] if around else []), back])


def value_button(setting: Setting, value: str, texts: Texts, carried: type[Choose | ChooseHere]) -> Button:
    """Return a button that offers a value for itself."""
    return button(texts.settings.offered(setting.label(value, texts)), carried(setting.name, value))


def _value(setting: Setting, value: str, texts: Texts, *, is_current: bool) -> Button:
    label = setting.label(value, texts)
    return button(texts.settings.marked(label) if is_current else label, Choose(setting.name, value))


def _around(setting: Setting, number: int, has_more: bool, texts: Texts) -> Sequence[Button]:  # noqa: FBT001
    earlier = [button(texts.settings.earlier(), ShowPage(setting.name, number - 1))] if number else []
    more = [button(texts.settings.more(), ShowPage(setting.name, number + 1))] if has_more else []
    return [*earlier, *more]
