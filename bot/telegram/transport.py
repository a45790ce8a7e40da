"""What the bot does in Telegram, one method each, with failures in this project's words."""

import asyncio
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
)
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.errors import PermanentError, Reason, TemporaryError, VerbatimError
from bot.telegram.failures import NotModifiedError, ThreadGoneError, failure
from bot.telegram.pace import Pace, Urgency
from bot.text.layout import Document, Page, utf16_length
from bot.text.sentences import CANCEL_BUTTON

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
CHUNK = 64 * 1024
CANCEL_DATA = re.compile(r"cancel:([0-9]{1,18})")  # a job's id, which fits 64 bits
MEGABYTE = 1024 * 1024


@contextmanager
def translated() -> Iterator[None]:
    """Let nothing of the library, or of the network below it, past this point."""
    try:
        yield
    except TelegramError as error:
        raise failure(error) from None
    except (aiohttp.ClientError, TimeoutError) as error:
        raise TemporaryError(f"Telegram's file server: {type(error).__name__}", reason=Reason.TELEGRAM_DOWN) from None


class Transport:
    """Sends, edits, deletes and downloads. Writes beyond the pace raise RateLimitedError."""

    def __init__(self, bot: ExtBot[str], session: aiohttp.ClientSession, pace: Pace, max_file_bytes: int) -> None:
        self._bot = bot
        self._pace = pace
        self._session = session
        self._max_bytes = max_file_bytes

    def check_pace(self, chat_id: int) -> None:
        """RateLimitedError if a placeholder could not be sent to the chat now."""
        self._pace.check(chat_id, Urgency.PLACEHOLDER)

    async def send_placeholder(
        self, chat_id: int, text: str, *, job_id: int, thread_id: int | None, reply_to: int | None, urgency: Urgency
    ) -> int:
        """A message with a cancel button; its id. A topic that is gone sends it to the chat itself."""

        async def send(thread: int | None) -> int:
            with translated():
                message = await self._bot.send_message(
                    chat_id,
                    text,
                    message_thread_id=thread,
                    reply_parameters=_reply(reply_to),
                    reply_markup=_cancel_button(job_id),
                    link_preview_options=NO_PREVIEW,
                    disable_notification=True,
                    rate_limit_args=urgency,
                )
            return message.message_id

        try:
            return await send(thread_id)
        except ThreadGoneError:
            return await send(None)

    async def edit_placeholder(self, chat_id: int, message_id: int, text: str, *, job_id: int) -> None:
        """Let the placeholder say something else, its button staying."""
        await self._edit(chat_id, message_id, Page(text, collapsed=False), _cancel_button(job_id), Urgency.PLACEHOLDER)

    async def show(self, chat_id: int, message_id: int, answer: Page | Document) -> None:
        """Turn a message into (a page of) the answer; doing it again changes nothing."""
        if isinstance(answer, Page):
            await self._edit(chat_id, message_id, answer, None, Urgency.ANSWER)
            return
        media = InputMediaDocument(answer.content, filename=answer.file_name, caption=answer.caption)
        with translated():
            await self._bot.edit_message_media(media, chat_id, message_id, rate_limit_args=Urgency.ANSWER)

    async def _edit(
        self, chat_id: int, message_id: int, page: Page, button: InlineKeyboardMarkup | None, urgency: Urgency
    ) -> None:
        try:
            with translated():
                await self._bot.edit_message_text(
                    page.text,
                    chat_id,
                    message_id,
                    entities=_entities(page),
                    reply_markup=button,
                    link_preview_options=NO_PREVIEW,
                    rate_limit_args=urgency,
                )
        except NotModifiedError:
            pass

    async def say(self, chat_id: int, text: str) -> None:
        """A message of its own, such as news about the chat's settings."""
        with translated():
            await self._bot.send_message(chat_id, text, rate_limit_args=Urgency.ANSWER)

    async def delete(self, chat_id: int, message_id: int) -> None:
        with translated():
            await self._bot.delete_message(chat_id, message_id)

    async def download(self, file_id: str, claimed_bytes: int | None, target: Path) -> None:
        """Stream a file to `target`, never more of it than allowed.

        PermanentError(TOO_BIG) when it is, or claims to be, larger than allowed.
        """
        if claimed_bytes is not None and claimed_bytes > self._max_bytes:
            raise self._too_big()
        try:
            with translated():
                file = await self._bot.get_file(file_id)
        except PermanentError as error:
            raise (self._too_big() if error.reason is Reason.TOO_BIG else error) from None
        if file.file_path is None:
            raise TemporaryError("Telegram gave no path for the file", reason=Reason.FILE_GONE)
        await self._fetch(file.file_path, target)

    async def _fetch(self, address: str, target: Path) -> None:
        """`address` is a URL, or a path on this machine where the Bot API server runs in local mode."""
        if address.startswith("/"):
            await asyncio.to_thread(self._copy, Path(address), target)
            return
        with translated():
            async with self._session.get(address, timeout=aiohttp.ClientTimeout(total=300, sock_read=30)) as answer:
                if answer.status != 200:
                    raise _file_refused(answer.status)
                await self._stream(answer, target)

    def _copy(self, local: Path, target: Path) -> None:
        try:
            if local.stat().st_size > self._max_bytes:
                raise self._too_big()
            shutil.copyfile(local, target)
        except OSError as error:
            raise TemporaryError(f"cannot copy the file: {error.strerror}", reason=Reason.TELEGRAM_DOWN) from None

    async def _stream(self, answer: aiohttp.ClientResponse, target: Path) -> None:
        received = 0
        with target.open("wb") as file:
            async for chunk in answer.content.iter_chunked(CHUNK):
                received += len(chunk)
                if received > self._max_bytes:
                    raise self._too_big()
                file.write(chunk)

    def _too_big(self) -> PermanentError:
        return PermanentError(Reason.TOO_BIG, limit_mb=round(self._max_bytes / MEGABYTE))


def job_of_button(data: str) -> int | None:
    """The job a pressed cancel button names; None for data that is not ours, for anybody can send some."""
    match = CANCEL_DATA.fullmatch(data)
    return int(match[1]) if match else None


def _cancel_button(job_id: int) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup.from_button(InlineKeyboardButton(CANCEL_BUTTON, callback_data=f"cancel:{job_id}"))


def _reply(message_id: int | None) -> ReplyParameters | None:
    return None if message_id is None else ReplyParameters(message_id, allow_sending_without_reply=True)


def _entities(page: Page) -> list[MessageEntity] | None:
    if not page.collapsed:
        return None
    return [MessageEntity(MessageEntity.EXPANDABLE_BLOCKQUOTE, 0, utf16_length(page.text))]


def _file_refused(status: int) -> VerbatimError:
    if status == 404:
        return TemporaryError("the file's link is void", reason=Reason.FILE_GONE)
    return TemporaryError(f"Telegram's file server answered {status}", reason=Reason.TELEGRAM_DOWN)
