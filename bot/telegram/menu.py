"""The menus of commands: one for each audience and language, set where Telegram shows another one."""

import asyncio
from itertools import product

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
)

from bot.errors import VerbatimError
from bot.log import get_logger
from bot.telegram.application import Telegram
from bot.telegram.failures import translated
from bot.text.languages import ENGLISH, LANGUAGES
from bot.text.menu import Audience
from bot.text.texts import Texts

log = get_logger(__name__)

AFTER = 1.0  # seconds, for all but the first; at a start there are recordings that wait
AGAIN_AFTER = 3600.0  # seconds; nobody waits for a menu
_SCOPES: dict[Audience, BotCommandScope] = {
    Audience.PRIVATE: BotCommandScopeAllPrivateChats(),
    Audience.GROUPS: BotCommandScopeAllGroupChats(),
    Audience.ADMINS: BotCommandScopeAllChatAdministrators(),
}


async def offer_menus(telegram: Telegram, after: float = AFTER) -> None:
    """Bring every menu up to date, each with one question; when Telegram is in trouble, again after an hour."""
    await _offer_until_taken(telegram, ENGLISH, Audience.PRIVATE, BotCommandScopeDefault())
    await asyncio.sleep(after)
    for language, audience in product(LANGUAGES, Audience):
        await _offer_until_taken(telegram, language, audience, _SCOPES[audience])


async def _offer_until_taken(telegram: Telegram, language: str, audience: Audience, scope: BotCommandScope) -> None:
    while True:
        try:
            with translated():
                return await _offer(telegram, language, audience, scope)
        except VerbatimError as error:
            log.warning("commands.later", error=str(error))
            await asyncio.sleep(AGAIN_AFTER)


async def _offer(telegram: Telegram, language: str, audience: Audience, scope: BotCommandScope) -> None:
    """Set one menu, if it is not as it should be. English is for everybody who has none of the other languages."""
    menu = [BotCommand(*each) for each in Texts(language).commands.menu(audience)]
    code = None if language == ENGLISH else language.partition("_")[0]
    if list(await telegram.bot.get_my_commands(scope, code)) != menu:
        await telegram.bot.set_my_commands(menu, scope, code)
