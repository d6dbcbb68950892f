"""Being told: a real daemon, a real receiver, kill -9 in the middle, and the commands around it."""

import json
import statistics
from datetime import datetime

import pytest

from support import pages, wait
from support.config import config, http
from support.receiver import Receiver

PATH = {"id": "refus", "title": {"fr": "Refuser", "en": "Refusing"},
        "channels": [{"id": "web", "title": "En ligne", "steps": ["opposition"]}]}


@pytest.fixture
def receiver():
    server = Receiver()
    yield server
    server.close()


def notifier(receiver, notifier_id="equipe", **more):
    return {"id": notifier_id, "webhook": {"url": receiver.url}} | more


def types(receiver):
    return [json.loads(request.body)["type"] for request in list(receiver.requests)]


def wait_types(receiver, expected, mond):
    assert wait.until(lambda: types(receiver) == expected), f"{types(receiver)}\n{mond.log}"


def begin(mond, nginx, *notifiers):
    nginx.serve(pages.UP)
    mond.write(config([http("opposition", nginx.url, pages.EXPECT)], paths=[PATH], notifiers=list(notifiers),
                      language="en"))
    mond.start()
    mond.wait_state("opposition", "up")


def test_a_path_is_told_with_all_it_says(mond, nginx, receiver):
    begin(mond, nginx, notifier(receiver))
    nginx.serve(pages.MAINTENANCE)
    wait_types(receiver, ["path.closed"], mond)
    document = json.loads(receiver.requests[0].body)
    assert (document["subject"]["id"], document["from"], document["to"]) == ("refus", "open", "closed")
    assert document["reason"]["target"] == "opposition" and document["reason"]["banner"]
    assert document["late"] is False
    nginx.serve(pages.UP)
    wait_types(receiver, ["path.closed", "path.open"], mond)
    assert receiver.requests[0].headers["webhook-id"] == document["id"]

    rows = mond.json("deliveries")
    assert [row["state"] for row in rows] == ["delivered", "delivered"]
    assert {"id", "event_id", "notifier", "state", "attempts", "next_at", "last_error"} <= set(rows[0])
    (incident,) = mond.json("incidents", "--path", "refus")
    whole = mond.json("incident", str(incident["id"]))
    assert [row["type"] for row in whole["notifications"]] == ["path.closed", "path.open"]
    assert mond.json("deliveries", "--failed") == [] and mond.json("deliveries", "--pending") == []
    assert "path.closed" in mond.monctl("deliveries").stdout
    assert "refus: closed" in mond.log, "the journal had it too"
    mond.stop()
    offline = mond.monctl("--db", mond.database, "deliveries", "--json")
    assert json.loads(offline.stdout) == rows


def test_killed_in_the_middle_nothing_is_lost(mond, nginx, receiver):
    receiver.answer = lambda request: (500, {}, b"")
    begin(mond, nginx, notifier(receiver, events=["target.*"]))
    nginx.serve(pages.MAINTENANCE)
    mond.wait_state("opposition", "maintenance")
    nginx.serve(pages.UP)
    mond.wait_state("opposition", "up")
    assert wait.until(lambda: receiver.requests), mond.log
    assert mond.log.count("opposition: ") >= 2, "the journal has both at once"
    health = mond.monctl("health", "--json")
    assert health.returncode == 1 and "delivery_failing" in health.stdout
    mond.kill()
    first = receiver.requests[0]
    receiver.requests.clear()
    receiver.answer = lambda request: (204, {}, b"")
    mond.start()
    wait_types(receiver, ["target.maintenance", "target.up"], mond)
    assert receiver.requests[0].headers["webhook-id"] == first.headers["webhook-id"]
    assert receiver.requests[0].body == first.body, "the same at each attempt"
    assert mond.monctl("health").returncode == 0
    mond.kill()
    mond.start()
    mond.wait_checks("opposition", len(mond.json("history", "opposition")) + 2)
    assert len(receiver.requests) == 2, "a restart repeats nothing"


def test_a_test_a_refusal_and_a_retry(mond, nginx, receiver):
    begin(mond, nginx, notifier(receiver, events=["target.*"]))
    result = mond.monctl("notify", "test", "equipe")
    assert result.returncode == 0 and "delivered (204)" in result.stdout, result.stderr
    assert types(receiver) == ["notifier.test"]
    result = mond.monctl("notify", "test", "equip")
    assert result.returncode == 64 and 'did you mean "equipe"' in result.stderr
    receiver.answer = lambda request: (400, {}, b"")
    result = mond.monctl("notify", "test", "equipe")
    assert result.returncode == 1 and "refused" in result.stdout
    receiver.requests.clear()
    nginx.serve(pages.MAINTENANCE)
    assert wait.until(lambda: len(mond.json("deliveries", "--failed")) == 2), mond.log
    row = mond.json("deliveries", "--failed")[0]
    assert row["type"] == "target.maintenance" and "400" in row["last_error"]
    receiver.answer = lambda request: (204, {}, b"")
    assert mond.monctl("deliveries", "retry", str(row["id"])).returncode == 0
    assert wait.until(lambda: len(mond.json("deliveries", "--failed")) == 1), mond.log
    assert receiver.requests[0].body == receiver.requests[1].body
    assert mond.monctl("deliveries", "retry", str(row["id"])).returncode == 64, "it is delivered"
    assert mond.monctl("deliveries", "retry", "99999").returncode == 64
    assert mond.monctl("deliveries", "retry", "x").returncode == 64
    assert mond.monctl("deliveries", "again").returncode == 64

    receiver.answer = lambda request: (410, {}, b"")
    nginx.serve(pages.UP)
    assert wait.until(lambda: "notifier_disabled" in mond.monctl("health", "--json").stdout), mond.log
    assert mond.monctl("notify", "test", "equipe").returncode == 64, "it is disabled"
    receiver.answer = lambda request: (204, {}, b"")
    assert mond.monctl("notify", "enable", "equipe").returncode == 0
    assert mond.monctl("notify", "test", "equipe").returncode == 0
    assert mond.monctl("health").returncode == 0


def test_silences(mond, nginx, receiver):
    begin(mond, nginx, notifier(receiver, events=["target.*"]))
    assert mond.monctl("silence", "opposition").returncode == 64
    assert mond.monctl("silence", "opposition", "--for", "soon", "--reason", "x").returncode == 64
    wrong = mond.monctl("silence", "oposition", "--for", "2h", "--reason", "x")
    assert wrong.returncode == 64 and 'did you mean "opposition"' in wrong.stderr
    assert mond.monctl("silence", "opposition", "--for", "2h", "--reason", "travaux \x1b[31m").returncode == 0
    # SILENCE_SPAN_MAX is 366 days.
    assert mond.monctl("silence", "refus", "--for", "367d", "--reason", "x").returncode == 64
    assert mond.monctl("silence", "refus", "--for", "366d", "--reason", "x").returncode == 0
    assert mond.monctl("unsilence", "2").returncode == 0
    (silence,) = mond.json("silences")
    assert silence["subject"] == "opposition" and silence["reason"].startswith("travaux")
    assert "\x1b" not in mond.monctl("silences").stdout
    nginx.serve(pages.MAINTENANCE)
    mond.wait_state("opposition", "maintenance")
    mond.wait_checks("opposition", len(mond.json("history", "opposition")) + 2)
    assert types(receiver) == []
    assert mond.monctl("unsilence", str(silence["id"])).returncode == 0
    wait_types(receiver, ["target.maintenance"], mond)
    assert mond.monctl("unsilence", str(silence["id"])).returncode == 64
    assert mond.json("silences") == []


def test_the_alert_leaves_at_once(mond, nginx, receiver):
    """From the record of the confirming check to the first byte at the receiver; what a check takes is not in it."""
    begin(mond, nginx, notifier(receiver, events=["target.*"]))
    delays = []
    for body, state in [(pages.MAINTENANCE, "maintenance"), (pages.UP, "up")] * 3:
        n = len(receiver.requests)
        nginx.serve(body)
        mond.wait_state("opposition", state)
        assert wait.until(lambda: len(receiver.requests) > n), mond.log
        last = mond.json("history", "opposition", "--limit", "100")
        request = receiver.requests[-1]
        observed_at = json.loads(request.body)["observed_at"]
        check = next(row for row in last if row["at"] == observed_at)
        end = datetime.fromisoformat(observed_at.replace("Z", "+00:00")).timestamp() + check["duration_ms"] / 1000
        delays.append(request.at - end)
    assert statistics.median(delays) < 0.1, delays
    print("from the end of the confirming check to the request, ms:", [round(d * 1000, 1) for d in delays])
