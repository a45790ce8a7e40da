"""The menu of commands that Telegram shows beside the field where people type."""

import pytest

from bot.telegram.menu import offer_menus
from bot.text.languages import LANGUAGES
from bot.text.menu import COMMANDS, Audience

pytestmark = pytest.mark.only_english  # they have languages of their own


async def offered(world):
    await offer_menus(world.app.telegram, after=0)
    return world.telegram.commands


def names(menu):
    return [command["command"] for command in menu]


async def test_everybody_finds_the_commands_in_their_own_language(world):
    menus = await offered(world)
    assert len(menus) == len(LANGUAGES) * len(Audience) + 1
    assert menus["default", ""] == menus["all_private_chats", ""]
    described = {
        menus["all_private_chats", code][0]["description"] for code in ("", "de", "es", "fr", "ru", "uk", "tr", "ar")
    }
    assert len(described) == 8
    assert menus["all_private_chats", "pt"][0]["command"] == "start"


async def test_in_a_group_only_admins_find_what_only_admins_change(world):
    menus = await offered(world)
    members, admins = (names(menus[scope, ""]) for scope in ("all_group_chats", "all_chat_administrators"))
    assert set(members) < set(admins) < {command.name for command in COMMANDS}
    assert "model" in set(admins) - set(members)


async def test_a_menu_that_is_as_it_should_be_is_not_set_again(world):
    await offered(world)
    before = len(world.telegram.calls_of("setMyCommands"))
    world.telegram.commands["all_group_chats", "ru"] = [{"command": "old", "description": "Gone"}]
    await offered(world)
    assert len(world.telegram.calls_of("setMyCommands")) == before + 1
    assert "old" not in names(world.telegram.commands["all_group_chats", "ru"])
