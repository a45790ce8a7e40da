"""What the bot is in its chats: it introduces itself in a group, says what it sees there, and notices its removal."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from telegram import (
    ChatMember,
    ChatMemberRestricted,
    ChatMemberUpdated,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ChatType
from telegram.ext import ContextTypes, ExtBot

from bot.engine import patience
from bot.errors import ChatMovedError, RateLimitedError, TemporaryError, VerbatimError
from bot.log import get_logger
from bot.telegram.answers import OutOfOrderError
from bot.telegram.failures import translated
from bot.telegram.pace import Urgency
from bot.telegram.receiving.door import Door
from bot.telegram.refusing import Refusing
from bot.telegram.writing.button_data import ChooseHere, write
from bot.text.languages import fitting
from bot.text.texts import Texts
from storage.chats import Mode
from storage.errors import StorageUnavailableError
from storage.memberships import Membership, MembershipChange, Saying
from storage.retry import repeat_until_stored
from storage.store import Store

log = get_logger(__name__)

GROUPS = frozenset({ChatType.GROUP, ChatType.SUPERGROUP})
ADMINS = frozenset({ChatMember.OWNER, ChatMember.ADMINISTRATOR})
HERE = "here"  # what Telegram writes behind /start in a group to which a link of the bot's has led


@dataclass(frozen=True, slots=True)
class Joining:
    """Stores what the bot is in a chat before Telegram is told that this is known, and says it a moment later.

    So of several changes at once, and of a group that moves, the last one counts. A channel is told nothing, as that
    would be a post, and neither is a person who blocks the bot.
    """

    door: Door
    store: Store
    refusing: Refusing
    bot: ExtBot[str]
    now: Callable[[], float]
    is_shared: bool = False  # other processes hear of changes, too

    async def __call__(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        changed = update.my_chat_member
        if changed is None:
            return
        change = self._read(changed)
        log.info("membership.changed", chat=change.chat_id, present=change.is_present, admin=change.is_admin)
        if change.is_present:
            self.refusing.come_back(change.chat_id)
        settle = partial(self._settle_later, change.chat_id)
        self.door.keep(lambda: self.store.change_membership(change, self.now()), lambda _: settle())

    async def resume(self) -> None:
        """Go on, at a start, with what is to be said, and know again where the bot is not any more."""
        for membership in await repeat_until_stored(lambda: self.store.unsettled_memberships(self.now()), _report):
            if not membership.is_present:
                self._leave(membership.chat_id)
            elif membership.saying is not Saying.NOTHING:
                self._settle_later(membership.chat_id)

    async def greet(self, chat_id: int) -> None:
        """Introduce the bot in a group that may use it from now on, if it was added there before."""
        try:
            with translated():
                chat = await self.bot.get_chat(chat_id)
                member = await self.bot.get_chat_member(chat_id, self.bot.id)
        except ChatMovedError as error:  # it moved after the owner was asked, and takes its place along
            greet = partial(self.greet, error.new_chat_id)
            self.door.replies.put_later(error.new_chat_id, greet, patience.MEMBERSHIP_SETTLES)
            raise
        except VerbatimError as error:
            log.info("introduction.failed", chat=chat_id, reason=str(error))
            return
        if chat.type in GROUPS:
            sees, is_admin = self._sees(member), member.status in ADMINS
            change = MembershipChange(
                chat_id,
                was_present=False,
                saw=False,
                is_present=True,
                may_write=True,
                is_admin=is_admin,
                sees=sees,
                is_group=True,
                is_let_in=True,
            )
            await self.store.change_membership(change, self.now())
            await self._settle(chat_id)

    def _read(self, changed: ChatMemberUpdated) -> MembershipChange:
        before, after = changed.old_chat_member, changed.new_chat_member
        language = fitting(changed.from_user.language_code)
        return MembershipChange(
            chat_id=changed.chat.id,
            was_present=_is_present(before),
            saw=_is_present(before) and self._sees(before),
            is_present=_is_present(after),
            may_write=not isinstance(after, ChatMemberRestricted) or after.can_send_messages,
            is_admin=after.status in ADMINS,
            sees=_is_present(after) and self._sees(after),
            is_group=changed.chat.type in GROUPS,
            interface=None if language is None else language.replace("_", "-"),
        )

    def _sees(self, member: ChatMember) -> bool:
        return member.status in ADMINS or bool(self.bot.bot.can_read_all_group_messages)

    def _settle_later(self, chat_id: int, seconds: float = patience.MEMBERSHIP_SETTLES) -> None:
        self.door.replies.put_later(chat_id, partial(self._settle, chat_id), seconds)

    async def _settle(self, chat_id: int) -> None:
        """Act upon what the bot is in the chat by now."""
        membership = await self.store.membership(chat_id)
        if membership is None:
            return
        if not membership.is_present:
            self._leave(chat_id)
        elif not membership.may_write:
            self.refusing.mute(chat_id)
        elif membership.saying is not Saying.NOTHING:
            sees = membership.is_admin or await self._sees_all()
            self.door.replies.put(chat_id, partial(self._say, chat_id, sees=sees), counts=True)

    def _leave(self, chat_id: int) -> None:
        """Know that the bot is not in a chat. Where another process may hear of its return, only for a while."""
        (self.refusing.mute if self.is_shared else self.refusing.leave)(chat_id)

    async def _sees_all(self) -> bool:
        """Ask whether privacy mode is off; the operator may have changed that since the start."""
        try:
            with translated():
                me = await self.bot.get_me()
        except VerbatimError as error:
            log.info("privacy.unknown", reason=str(error))
            me = self.bot.bot
        return bool(me.can_read_all_group_messages)

    async def _say(self, chat_id: int, *, sees: bool) -> None:
        """Say what is to be said, once. After a call of which nobody knows whether it arrived it counts as said."""
        begun = await self.store.begin_saying(chat_id, sees=sees)
        if begun is None:
            return
        texts = Texts((await self.store.settings(chat_id)).interface)
        is_out_of_order = False
        try:
            with translated():
                try:
                    await self._send(begun, texts, sees=sees)
                except OutOfOrderError:
                    is_out_of_order = True
                    raise
        except VerbatimError as error:
            await self._failed(chat_id, error, in_doubt=_is_in_doubt(error) and not is_out_of_order)
        else:
            await self._ended(chat_id, said=True)

    async def _send(self, begun: Membership, texts: Texts, *, sees: bool) -> None:
        if begun.saying is Saying.INTRODUCTION:
            text, rows = texts.joining.introduction(sees=sees), _modes(texts)
        else:
            text, rows = texts.joining.sees_now() if sees else texts.joining.sees_no_longer(), []
        if not sees:
            url = f"https://t.me/{self.bot.username}?startgroup={HERE}&admin=manage_chat"
            rows = [*rows, [InlineKeyboardButton(texts.joining.make_admin(), url=url)]]
        await self.bot.send_message(
            begun.chat_id,
            text,
            reply_markup=InlineKeyboardMarkup(rows) if rows else None,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            rate_limit_args=Urgency.PLACEHOLDER,
        )

    async def _failed(self, chat_id: int, error: VerbatimError, *, in_doubt: bool) -> None:
        """Try again where waiting helps. Where the chat refuses it, it is said when the bot may write there."""
        log.info("introduction.failed", chat=chat_id, reason=str(error))
        await self._ended(chat_id, said=in_doubt)
        match error:
            case _ if in_doubt:
                pass
            case ChatMovedError():
                self._settle_later(error.new_chat_id)
                raise error
            case RateLimitedError(retry_after=seconds):
                self._settle_later(chat_id, seconds or patience.INTRODUCTION_AGAIN_AFTER)
            case TemporaryError():
                self._settle_later(chat_id, patience.INTRODUCTION_AGAIN_AFTER)

    async def _ended(self, chat_id: int, *, said: bool) -> None:
        left = await self.store.end_saying(chat_id, self.now(), said=said)
        if said and left is not None and left.saying is not Saying.NOTHING:
            self._settle_later(chat_id)


def _report(error: StorageUnavailableError) -> None:
    log.error("storage.unavailable", error=str(error))


def _is_in_doubt(error: VerbatimError) -> bool:
    return isinstance(error, TemporaryError) and not error.sure


def _is_present(member: ChatMember) -> bool:
    return member.status not in {ChatMember.LEFT, ChatMember.BANNED}


def _modes(texts: Texts) -> list[list[InlineKeyboardButton]]:
    """Return the buttons with which an admin chooses what becomes text."""
    labels = {
        Mode.AUTO: texts.joining.every(),
        Mode.ASK: texts.joining.when_asked(),
        Mode.OFF: texts.joining.none(),
    }
    return [
        [InlineKeyboardButton(label, callback_data=write(ChooseHere("mode", mode)))] for mode, label in labels.items()
    ]
