"""The fake Bot API server with its controls: people, chats, recorded calls and faults."""

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from bot.playground.notifier import Notifier
from bot.playground.telegram.chat import Chat
from bot.playground.telegram.conversation import Ref
from bot.playground.telegram.faults import Fault, Moment, Watcher
from bot.playground.telegram.pace import Pace
from bot.playground.telegram.people import User
from bot.playground.telegram.population import Population
from bot.playground.telegram.refusal import PREFIXES, RefusedError
from bot.playground.telegram.server import Server
from bot.playground.telegram.state import Call, CallbackAnswer, ChatAction, Reaction, State
from bot.playground.telegram.webhook import Deliveries

HOST = "127.0.0.1"


class FakeTelegram(Population):
    """A Bot API server for one bot, strict as the real one, over real HTTP on this machine.

    `clock` gives wall seconds. `privacy` is the privacy mode of new groups and of getMe.
    With `plain_webhooks` webhooks may be anywhere, for a bot on this machine. Without it they are as strict as on the
    real server, and what is sent to them arrives at `upstreams`, in turns, as behind a proxy.
    A second between two deliveries of an update to a webhook lasts `webhook_second`.
    With `local_folder` it behaves as a local Bot API server: files have any size and are paths in that folder.
    `violations` collects the mistakes of the bot that the real server would accept.
    `notifier` is notified of every call and change; it may be shared with another server.
    """

    def __init__(  # noqa: PLR0913 - one option a kind of server
        self,
        token: str = "123456:TEST-token",  # noqa: S107 - no secret: it is valid for the fake only
        username: str = "verbatim_bot",
        clock: Callable[[], float] = time.time,
        *,
        privacy: bool = True,
        local_folder: Path | None = None,
        plain_webhooks: bool = False,
        webhook_second: float = 0.05,
        notifier: Notifier | None = None,
    ) -> None:
        bot = User(int(token.partition(":")[0]), "Verbatim", username=username, is_bot=True)
        super().__init__(
            State(
                token, bot, clock, privacy, local_folder, plain_webhooks=plain_webhooks, notifier=notifier or Notifier()
            )
        )
        self.url = ""
        self._port = 0
        self._webhook_second = webhook_second
        self._server = Server(self.state)
        self._running = AsyncExitStack()

    async def start(self, port: int = 0) -> None:
        """Listen on `port`. With 0 it is any free port, and after `stop` the same one again."""
        runner = web.AppRunner(self._server.application(), access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        self._running.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, HOST, port or self._port)
        await site.start()
        self._port = runner.addresses[0][1]
        self.url = f"http://{HOST}:{self._port}"
        self.state.updates.closed = False
        delivering = asyncio.create_task(Deliveries(self.state, self._server.faults, self._webhook_second).run())
        self._running.push_async_callback(_cancel, delivering)
        self._running.callback(self.state.updates.close)

    async def stop(self) -> None:
        """End the waiting polls, and close every connection. Chats and updates are kept."""
        await self._running.aclose()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def calls(self) -> list[Call]:
        """Every call that reached a method, oldest first. Downloads are calls of "file"."""
        return self.state.calls

    def calls_of(self, *methods: str) -> list[Call]:
        return [call for call in self.state.calls if call.method in methods]

    @property
    def notifier(self) -> Notifier:
        return self.state.notifier

    @property
    def violations(self) -> list[str]:
        return self.state.violations

    @property
    def callback_answers(self) -> list[CallbackAnswer]:
        return self.state.callback_answers

    @property
    def reactions(self) -> list[Reaction]:
        return self.state.reactions

    @property
    def chat_actions(self) -> list[ChatAction]:
        return self.state.chat_actions

    @property
    def commands(self) -> dict[tuple[str, str], list[dict[str, str]]]:
        """The commands that setMyCommands has set, by (scope, language). Most people see those of ("default", "")."""
        return self.state.commands

    @property
    def confirmed_offset(self) -> int:
        """Updates below this one are confirmed."""
        return self.state.updates.confirmed_offset

    @property
    def pending_updates(self) -> list[dict[str, Any]]:
        return self.state.updates.pending

    @property
    def upstreams(self) -> list[str]:
        """The addresses, such as `http://127.0.0.1:8080`, of the bots behind the proxy; to be changed in place."""
        return self.state.upstreams

    def queue_update(self, kind: str, content: dict[str, Any]) -> None:
        """Queue any update as it is, also an invalid one."""
        self.state.updates.add(kind, content)

    def queue_raw(self, update: Any) -> None:
        """Queue anything that JSON can say in the place of an update. It is confirmed with those after it."""
        self.state.updates.add_raw(update)

    def redeliver(self, update: dict[str, Any]) -> None:
        """Queue an update once more with its old id, as Telegram sometimes does."""
        self.state.updates.add_again(update)

    def file_bytes(self, file_id: str) -> bytes:
        """Return the bytes of a file. Raises LookupError if the file_id is unknown."""
        file = self.state.files.find(file_id)
        if file is None:
            raise LookupError(file_id)
        return file.data

    def lose_file(self, message: Ref, chat: Chat) -> None:
        """Let getFile say from now on that the file of this message is unavailable."""
        self.state.files.lose(self.state.file_in(chat.message(message)))

    def fault(  # noqa: PLR0913 - one option a kind of fault
        self,
        method: str,
        status: int = 500,
        *,
        body: dict[str, Any] | str | None = None,
        times: int | None = 1,
        drop: bool = False,
        after_effect: bool = False,
        retry_after: int | None = None,
        chat_id: int | None = None,
    ) -> Fault:
        """Make the next `times` calls of `method` fail; None: all, until `clear()` of the returned fault."""
        fault = Fault(method, status, body, times, drop, after_effect, retry_after, chat_id)
        self._server.faults.queued.append(fault)
        return fault

    def refuse(
        self, method: str, wording: str, status: int = 400, *, times: int | None = 1, chat_id: int | None = None
    ) -> Fault:
        """Let the next `times` calls of `method` be refused in these words; None: all, until it is cleared."""
        body = RefusedError(status, f"{PREFIXES[status]}: {wording}").answer()
        return self.fault(method, status, body=body, times=times, chat_id=chat_id)

    def watch(
        self,
        method: str,
        callback: Callable[..., object],
        moment: Moment = "before",
        times: int | None = 1,
    ) -> None:
        """Await `callback()` or `callback(call)` before such a call takes effect, or between effect and answer.

        A call that is watched "before" is carried out even if its caller has disconnected meanwhile. A callback that
        wants to prevent this calls `fault(method, drop=True)`.
        """
        self._server.faults.watchers.append(Watcher(method, callback, moment, times))

    def enforce_pace(
        self,
        *,
        per_chat_per_second: float = 1.0,
        burst: int = 3,
        per_group_per_minute: int = 20,
        overall_per_second: int = 30,
        count_edits: bool = True,
    ) -> Pace:
        """Refuse writes beyond these limits from now on; see Pace."""
        self._server.pace = Pace(
            self.state.clock,
            per_chat_per_second=per_chat_per_second,
            burst=burst,
            per_group_per_minute=per_group_per_minute,
            overall_per_second=overall_per_second,
            count_edits=count_edits,
        )
        return self._server.pace

    async def next_change(self) -> None:
        """Wait for the next call or change."""
        await self.notifier.wait_next()

    def describe(self) -> str:
        """Describe all chats and the latest calls for people to read."""
        lines = []
        for chat in self.chats:
            lines.append(f"{chat.type} {chat.name!r} ({chat.id}), the bot is {chat.bot_status}")
            lines += [f"  {_line(message)}" for message in chat.messages]
        lines.append(f"{len(self.pending_updates)} updates wait; the latest calls:")
        lines += [f"  {call.method} {call.status} {call.params}" for call in self.calls[-10:]]
        return "\n".join([*lines, *self.violations])


def _line(message: dict[str, Any]) -> str:
    author = message.get("from", message.get("sender_chat", {}))
    said = {key: value for key, value in message.items() if key not in {"from", "sender_chat", "chat", "date"}}
    return f"{author.get('first_name', author.get('title'))}: {json.dumps(said, ensure_ascii=False)[:300]}"


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
