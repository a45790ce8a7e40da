import asyncio
import json
import math

import aiohttp
import pytest

from bot.http import MOST_CONNECTIONS, health, rendered, serving
from bot.metrics import Metrics, status_label
from tests.patience import patiently


async def asked(path, *, received=0.0, written=0.0, metrics=None, told=dict):
    """Status, type and body of an answer, over real HTTP."""
    async with (
        serving(
            "127.0.0.1", 0, [health(lambda: written, told, received=lambda: received), rendered(metrics or Metrics())]
        ) as port,
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}") as answer,
    ):
        return answer.status, answer.content_type, await answer.text()


@pytest.mark.parametrize(
    ("received", "written", "status"),
    [(0, 0, 200), (120, 120, 200), (120.1, 0, 503), (0, 120.1, 503), (9999, 9999, 503)],
)
async def test_health_is_good_while_updates_come_and_the_database_takes_writes(received, written, status):
    answered, kind, _ = await asked("/healthz", received=received, written=written)
    assert (answered, kind) == (status, "application/json")


async def test_health_says_how_old_each_success_is():
    _, _, body = await asked("/healthz", received=130.04, written=2.26)
    assert body == '{"ok": false, "seconds_since_update_poll": 130.0, "seconds_since_store_write": 2.3}'


async def test_an_age_without_end_is_ill_and_null():
    status, _, body = await asked("/healthz", received=1, written=math.inf)
    assert status == 503
    assert body == '{"ok": false, "seconds_since_update_poll": 1, "seconds_since_store_write": null}'


async def test_who_asks_for_no_updates_is_well_without_them():
    status, _, body = await asked("/healthz", received=None, written=1)
    assert status == 200
    assert body == '{"ok": true, "seconds_since_update_poll": null, "seconds_since_store_write": 1}'


async def test_health_tells_what_it_is_given_to_tell():
    status, _, body = await asked("/healthz", told=lambda: {"mode": "polling"})
    assert status == 200
    assert json.loads(body)["mode"] == "polling"


async def test_metrics_are_counted_and_rendered_as_prometheus_reads_them():
    metrics = Metrics()
    metrics.accepted.labels("voice").inc()
    metrics.ended.labels("transcript").inc(2)
    metrics.stage.labels("total").observe(1.5)
    metrics.backlog.labels("queued").set(3)
    status, kind, text = await asked("/metrics", metrics=metrics)
    assert (status, kind) == (200, "text/plain")
    assert 'verbatim_jobs_accepted_total{kind="voice"} 1.0' in text
    assert 'verbatim_jobs_ended_total{outcome="transcript"} 2.0' in text
    assert 'verbatim_stage_seconds_bucket{le="2.0",stage="total"} 1.0' in text
    assert 'verbatim_backlog{state="queued"} 3.0' in text


async def test_metrics_of_a_bot_at_work_name_no_chat_no_person_and_no_file(world):
    alice = world.telegram.user("Alice", username="alice_in_person")
    group = world.telegram.group("Family", [alice], bot_admin=True)
    voice = group.send_voice(alice, b"this is no audio")
    await world.settle()
    _, _, text = await asked("/metrics", metrics=world.app.metrics)
    assert 'verbatim_jobs_ended_total{outcome="apology"} 1.0' in text
    assert 'verbatim_telegram_answers_total{method="getFile",status="200"} 1.0' in text
    for name in (group.id, alice.id, "Alice", "alice_in_person", "Family", voice["voice"]["file_unique_id"]):
        assert str(name) not in text


async def test_other_paths_are_not_found():
    status, _, _ = await asked("/")
    assert status == 404


async def test_two_bots_count_for_themselves():
    first, second = Metrics(), Metrics()
    first.updates_skipped.inc()
    assert b"verbatim_updates_skipped_total 1.0" in first.render()
    assert b"verbatim_updates_skipped_total 0.0" in second.render()


async def test_more_connections_than_are_kept_end_the_oldest_at_once():
    async with serving("127.0.0.1", 0, [health(lambda: 0.0)]) as port:
        opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(MOST_CONNECTIONS + 2)]
        for reader, _ in opened[:2]:
            assert await patiently(reader.read()) == b""
        newest, writer = opened[-1]
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n")
        assert await patiently(newest.readline()) == b"HTTP/1.1 200 OK\r\n"
        for _, each in opened:
            each.close()


@pytest.mark.parametrize(
    ("status", "label"), [(200, "200"), (429, "429"), (524, "524"), (299, "other"), (999, "other"), (12345, "other")]
)
def test_statuses_that_nobody_has_defined_are_counted_as_one(status, label):
    assert status_label(status) == label


@pytest.mark.parametrize(
    "head",
    ["Content-Length: -1", "Content-Length: 5\r\nTransfer-Encoding: chunked", "Long: " + "x" * 20_000],
    ids=["no length", "two lengths", "too long"],
)
async def test_what_is_no_http_leaves_nothing_in_the_log(caplog, head):
    async with serving("127.0.0.1", 0, [rendered(Metrics())]) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"POST /metrics HTTP/1.1\r\nHost: here\r\n{head}\r\n\r\n".encode())
        assert (await reader.readline()).startswith(b"HTTP/1.0 400")
        writer.close()
    assert caplog.records == []


async def test_an_error_of_this_program_is_still_logged(caplog):
    def told():
        raise RuntimeError("of ours")

    status, _, _ = await asked("/healthz", told=told)
    assert status == 500
    assert [record.exc_info[0] for record in caplog.records] == [RuntimeError]
