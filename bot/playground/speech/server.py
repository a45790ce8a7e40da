"""The fake speech-to-text API with its controls, on 127.0.0.1."""

import itertools
import json
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Self

from aiohttp import web

from bot.playground.guard import bot_guard
from bot.playground.notifier import Notifier
from bot.playground.speech import answers, catalogue, refusals, rules
from bot.playground.speech.faults import Fault, Faults
from bot.playground.speech.form import FilePart, Form, read_form
from bot.playground.speech.generations import Generations
from bot.playground.speech.recognition import Recogniser, Recognition, Script, spoken
from bot.playground.speech.records import Call, Failure, Fetch, Generation, Upload
from bot.playground.speech.refusals import RefusedError

Latency = float | Callable[[str, bytes], float]
Effect = Callable[[web.Request], Awaitable[web.Response]]

REQUEST_ID = web.RequestKey("request_id", str)
ASKED = web.RequestKey("asked", dict[str, Any])
LARGEST_BODY = 2**31
LOW_BALANCE = 10.0
GRACE_SECONDS = 0.1  # for requests that are still running when the server stops
LONGEST_DUMP = 30


class FakeSpeech:
    """A fake AI/ML API, which is used over HTTP and controlled from the same event loop.

    Its records and generations survive `stop` and another `start`. All times are those of `clock`: a generation is
    ready `latency` and `extra_latency` seconds after its creation.
    `notifier` is notified of every call and change; it may be shared with another server.
    """

    def __init__(
        self, key: str = "test-key", clock: Callable[[], float] = time.time, notifier: Notifier | None = None
    ) -> None:
        self.key = key
        self.latency: Latency = 2.0
        self.extra_latency = 0.0
        self.dialect: answers.Dialect = "deepgram"
        self.created_status = 200
        self.created_style: answers.CreatedStyle = "generation_id"
        self.pending_status: str | Sequence[str] = "queued"
        self.done_status = "completed"
        self.error_style: refusals.ErrorStyle = "problem"
        self.picky = True
        self.first_fetches_404 = 0
        self.credits = 1000.0
        self.out_of_credits = False  # also if there are `credits`
        self.price = 0.01
        self.concurrency: Mapping[str, int] = {}
        self.new_id: Callable[[], str] = lambda: str(uuid.uuid4())
        self.links: dict[str, bytes] = {}  # its whole internet: the recordings by their addresses
        self.uploads: list[Upload] = []
        self.fetches: list[Fetch] = []
        self.calls: list[Call] = []
        self.under_way = 0  # requests that are not answered yet
        self.violations: list[str] = []
        self._clock = clock
        self._script = Script()
        self.recognise: Recogniser = self._script.recognise
        self._faults = Faults()
        self.fault, self.clear_faults, self.watch = self._faults.add, self._faults.clear, self._faults.watch
        self.notifier = notifier or Notifier()
        self._generations = Generations(clock, self.notifier.notify)
        self._request_ids = itertools.count(1)
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        app = web.Application(client_max_size=LARGEST_BODY, middlewares=[bot_guard])
        app.router.add_post("/v1/stt/create", self._route("create", self._create))
        app.router.add_get("/v1/stt/{generation_id}", self._route("fetch", self._fetch))
        app.router.add_get("/v1/billing/balance", self._route("balance", self._balance))
        app.router.add_route("*", "/{address:.*}", self._route("unknown", self._unknown))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=GRACE_SECONDS)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        self._port = runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        await self._generations.stop()

    @property
    def url(self) -> str:
        """The base URL of the API for a client's settings; valid after `start`."""
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def balance(self) -> float:
        """The credits that are left, as the API reports them."""
        return 0.0 if self.out_of_credits else self.credits

    @property
    def faults(self) -> list[Fault]:
        """The faults that are still to happen."""
        return self._faults.queued

    @property
    def generations(self) -> dict[str, Generation]:
        return self._generations.by_id

    @property
    def peak(self) -> dict[str, int]:
        """The largest number of generations of each family that were under way at the same time."""
        return self._generations.peak

    def says(self, text: str | Recognition, language: str = "en") -> None:
        """Set the words of every recording that has none by `hears`."""
        self._script.default = _recognition(text, language)

    def hears(self, data: bytes, text: str | Recognition, language: str = "en") -> None:
        """Set the words of a recording with exactly these bytes."""
        self._script.hears(data, _recognition(text, language))

    def fail_generation(self, generation_id: str, error: dict[str, str] | None = None, status: str = "error") -> None:
        """Let a generation, or the "next" one to be created, end in `error`; clients see it when it is ready."""
        given = error or {"name": "InternalError", "message": "the recording could not be processed"}
        self._generations.fail(generation_id, Failure(status, given))

    def forget(self, generation_id: str) -> None:
        """Answer 404 for this generation from now on."""
        self.generations[generation_id].forgotten = True

    def describe(self) -> str:
        """Describe the latest calls and generations for people to read."""
        lines = [f"{call.method} {call.path} -> {call.status}" for call in self.calls[-LONGEST_DUMP:]]
        generations = [f"{one.id}: {one.model}, {one.fetches} fetches" for one in self.generations.values()]
        return "\n".join(
            [f"{len(self.calls)} calls:", *lines, f"{len(generations)} generations:", *generations[-LONGEST_DUMP:]]
        )

    def _route(self, operation: str, effect: Effect) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            self.under_way += 1
            try:
                return await answered(request)
            finally:
                self.under_way -= 1
                self.notifier.notify()

        async def answered(request: web.Request) -> web.StreamResponse:
            request[REQUEST_ID] = f"{next(self._request_ids):08x}"
            self._record_mistakes(operation, rules.agent_mistakes(request.headers.get("User-Agent", "")))

            async def carried_out() -> web.Response:
                try:
                    return await effect(request)
                except RefusedError as refused:
                    return self._refuse(request, refused.refusal)

            response, status = await self._faults.answer(
                operation, request, carried_out, lambda of: self._refuse(request, refusals.of_status(of))
            )
            asked, answer = request.get(ASKED, {}), response.text if isinstance(response, web.Response) else None
            self.calls.append(Call(request.method, request.path, status, self._clock(), asked, answer))
            return response

        return handle

    async def _create(self, request: web.Request) -> web.Response:
        self._authorise(request)
        form = await read_form(request)
        request[ASKED] = form.readable()
        self._record_mistakes("create", rules.mistakes(form))
        if found := rules.findings(form, self.links):
            raise RefusedError(refusals.invalid(*found))
        self._check_limits(form.fields["model"])
        upload = self._carry_out(form, form.files[0] if form.files else self._fetched(form.fields["url"]))
        answer = _answer(request, answers.created(upload.generation_id, self.created_style), self.created_status)
        answer.headers["x-aimlapi-credits-used"] = str(self.price)
        return answer

    def _authorise(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            raise RefusedError(refusals.unauthorised())

    def _check_limits(self, model: str) -> None:
        if self.balance <= 0:
            raise RefusedError(refusals.out_of_credits())
        family = catalogue.family(model)
        if family in self.concurrency and self._generations.under_way(family) >= self.concurrency[family]:
            raise RefusedError(refusals.too_many())

    def _fetched(self, url: str) -> FilePart:
        """Look the recording up. No server is asked for it, whatever the address is."""
        return FilePart("url", "", "", self.links[url])

    def _carry_out(self, form: Form, file: FilePart) -> Upload:
        """Create the generation of an accepted request, and charge for it."""
        options = form.fields
        model = options.pop("model")
        latency = self.latency if isinstance(self.latency, int | float) else self.latency(model, file.data)
        generation = self._generations.begin(self.new_id(), model, file.data, options, latency + self.extra_latency)
        self._generations.recognise(generation, file.data, self.recognise, picky=self.picky)
        upload = Upload(
            model=model,
            fields=form.fields,
            field_name=file.field_name,
            file_name=file.file_name,
            content_type=file.content_type,
            data=file.data,
            at=generation.created_at,
            generation_id=generation.id,
            url=form.fields.get("url"),
        )
        self.uploads.append(upload)
        self.credits -= self.price
        self.notifier.notify()
        return upload

    async def _fetch(self, request: web.Request) -> web.Response:
        self._authorise(request)
        now, generation_id = self._clock(), request.match_info["generation_id"]
        generation = self._generations.find(generation_id)
        if generation is not None:
            generation.fetches += 1
        if generation is None or generation.fetches <= self.first_fetches_404:
            self.fetches.append(Fetch(generation_id, now, "404"))
            raise RefusedError(refusals.unknown_generation())
        shown = self._show(generation, now)
        self.fetches.append(Fetch(generation_id, now, shown["status"]))
        return _answer(request, shown)

    def _show(self, generation: Generation, now: float) -> answers.Json:
        outcome = generation.outcome
        if outcome is None or not generation.ready(now):
            return answers.pending(self.dialect, generation, self._pending_status(generation))
        if generation.first_ready_fetch_at is None:
            generation.first_ready_fetch_at = now
        if isinstance(outcome, Failure):
            return answers.failed(self.dialect, generation, outcome)
        return answers.completed(self.dialect, generation, outcome, self.done_status)

    def _pending_status(self, generation: Generation) -> str:
        if isinstance(self.pending_status, str):
            return self.pending_status
        return self.pending_status[(generation.fetches - 1) % len(self.pending_status)]

    async def _balance(self, request: web.Request) -> web.Response:
        self._authorise(request)
        return _answer(
            request,
            {
                "balance": self.balance,
                "lowBalance": self.balance < LOW_BALANCE,
                "lowBalanceThreshold": LOW_BALANCE,
                "autoDebitStatus": "disabled",
                "status": "current",
            },
        )

    async def _unknown(self, request: web.Request) -> web.Response:
        page = refusals.unknown_address(request.method, request.path)
        return web.Response(status=404, text=page, content_type="text/html")

    def _refuse(self, request: web.Request, refusal: refusals.Refusal) -> web.Response:
        body, content_type = refusals.body(refusal, self.error_style, request.path, request[REQUEST_ID], self._clock())
        return _answer(request, body, refusal.status, content_type)

    def _record_mistakes(self, operation: str, mistakes: Sequence[str]) -> None:
        self.violations.extend(f"{operation}: {mistake}" for mistake in mistakes)


def _recognition(text: str | Recognition, language: str) -> Recognition:
    return spoken(text, language) if isinstance(text, str) else text


def _answer(
    request: web.Request, body: dict[str, Any], status: int = 200, content_type: str = refusals.JSON
) -> web.Response:
    response = web.Response(status=status, text=json.dumps(body), content_type=content_type)
    response.headers["X-Request-Id"] = request[REQUEST_ID]
    return response
