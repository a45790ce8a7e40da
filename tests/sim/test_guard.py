"""Who may use the playground, and what browsers are told about it."""

import pytest

from bot.playground.guard import NOT_THE_PAGE as SENTENCE
from bot.playground.sim.server import PAGE
from tests.world import audio

FORBIDDEN = (403, SENTENCE)
EVERYWHERE = ("/sim/state", "/sim/events", "/", "/page/index.html", "/samples/walk.ogg", "/nowhere")
SPOKEN = {"from": 1001, "text": "hello"}


def port_of(sim):
    return sim.session._base_url.port


@pytest.mark.parametrize("host", ["playground.example", "127.0.0.1.example:80", "0.0.0.0:80", "localhost.:80", ""])
async def test_who_reaches_us_by_another_name_is_refused(sim, host):
    for path in EVERYWHERE:
        assert (await sim.ask("GET", path, headers={"Host": host})).refusal == FORBIDDEN


@pytest.mark.parametrize(
    "origin", ["null", "https://playground.example", "http://127.0.0.1", "http://127.0.0.1:1", "file://", ""]
)
async def test_a_page_of_another_origin_is_refused(sim, origin):
    for path in EVERYWHERE:
        assert (await sim.ask("GET", path, headers={"Origin": origin})).refusal == FORBIDDEN


ELSEWHERE = ("cross-site", "same-site", "a word of the future")
LINK = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-User": "?1"}
CHANGES = (
    ("POST", "/sim/chats/1001/messages", SPOKEN),
    ("POST", "/sim/people", {"first_name": "Mallory"}),
    ("POST", "/sim/process/kill", {}),
    ("POST", "/sim/process/kill-in-the-middle", {"chat": 1001, "from": 1001}),
    ("PATCH", "/sim/speech", {"says": "mine"}),
    ("PUT", "/sim/faults/slow", {"on": True}),
    ("DELETE", "/sim/telegram/faults", None),
)


@pytest.mark.parametrize("site", ELSEWHERE)
async def test_what_a_page_elsewhere_embeds_is_refused_but_its_links_lead_to_the_page(sim, site):
    for path in EVERYWHERE:
        embedded = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"}
        assert (await sim.ask("GET", path, headers=embedded)).refusal == FORBIDDEN
        if path != "/":
            assert (await sim.ask("GET", path, headers=LINK | {"Sec-Fetch-Site": site})).refusal == FORBIDDEN
    assert (await sim.ask("GET", "/", headers=LINK | {"Sec-Fetch-Site": site})).status == 200


@pytest.mark.parametrize("site", [*ELSEWHERE, "same-origin", "none"])
@pytest.mark.parametrize("frame", ["iframe", "frame", "fencedframe", "embed", "object"])
async def test_nothing_is_shown_in_a_frame(sim, site, frame):
    headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": frame}
    for path in EVERYWHERE:
        assert (await sim.ask("GET", path, headers=headers)).refusal == FORBIDDEN


@pytest.mark.parametrize("site", [*ELSEWHERE, "same-origin", "none"])
async def test_nothing_is_changed_by_a_navigation(sim, site):
    for method, path, body in CHANGES:
        refused = await sim.ask(method, path, body, headers=LINK | {"Sec-Fetch-Site": site})
        assert refused.refusal == FORBIDDEN
    await check_nothing_was_changed(sim)


async def test_an_address_that_is_typed_only_reads(sim):
    typed = {"Sec-Fetch-Site": "none"}
    assert (await sim.ask("GET", "/sim/state", headers=typed)).status == 200
    for method, path, body in CHANGES:
        assert (await sim.ask(method, path, body, headers=typed)).refusal == FORBIDDEN
    await check_nothing_was_changed(sim)


async def check_nothing_was_changed(sim):
    state = await sim.get("/sim/state")
    assert (len(state["people"]), state["chats"][0]["messages"], state["speech"]["says"]) == (1, [], None)
    assert not any(fault["on"] for fault in state["faults"])


async def test_a_page_of_another_origin_changes_nothing(sim):
    for method, path, body in CHANGES:
        refused = await sim.ask(method, path, body, headers={"Origin": "https://playground.example"})
        assert refused.refusal == FORBIDDEN
    await check_nothing_was_changed(sim)


async def test_our_own_page_may_at_both_of_our_names(sim):
    for name in ("127.0.0.1", "localhost"):
        host = f"{name}:{port_of(sim)}"
        headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}
        assert (await sim.ask("POST", "/sim/chats/1001/messages", SPOKEN, headers=headers)).status == 200
    mixed = {"Host": f"localhost:{port_of(sim)}", "Origin": f"http://127.0.0.1:{port_of(sim)}"}
    assert (await sim.ask("POST", "/sim/chats/1001/messages", SPOKEN, headers=mixed)).refusal == FORBIDDEN


async def test_every_answer_tells_browsers_to_be_careful(sim):
    sent = (await sim.send(audio("text.mp3"))).body
    (file_id,) = [part["file_id"] for part in sent.values() if isinstance(part, dict) and "file_id" in part]
    paths = ("/", "/page/index.html", "/page/nowhere.js", "/samples/walk.ogg", "/sim/state", "/sim/chats/5", "/nowhere")
    answers = [await sim.ask("GET", path) for path in (*paths, f"/sim/files/{file_id}")]
    answers.append(await sim.ask("GET", "/", headers={"Origin": "null"}))
    answers.append(await sim.ask("PUT", "/sim/state"))
    assert [answer.status for answer in answers] == [200, 200, 404, 200, 200, 404, 404, 200, 403, 405]
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'self'; ")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-cache"


async def test_the_stream_of_events_is_told_the_same(sim, stream):
    assert stream.headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" in stream.headers


async def test_the_page_and_its_parts_are_the_files_of_its_folder(sim):
    page = await sim.ask("GET", "/")
    assert page.content == (PAGE / "index.html").read_bytes()
    assert page.headers["Content-Type"] == "text/html"
    for file in PAGE.iterdir():
        if file.is_file():
            assert (await sim.ask("GET", f"/page/{file.name}")).content == file.read_bytes()


@pytest.mark.parametrize("folder", ["/page", "/samples"])
async def test_nothing_but_the_files_of_its_folder_is_served(sim, folder):
    for path in ("/", "/__init__.py", "/make.sh", "/../sim/server.py", "/%2e%2e/sim/server.py", "/..%2fsim/server.py"):
        assert (await sim.ask("GET", folder + path)).status in {403, 404}
