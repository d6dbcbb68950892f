"""Deliveries from end to end: the real daemon, a watched site, and receivers that come and go."""

import base64
import json
import os
import sqlite3
import statistics
from contextlib import closing

import pytest

from support import broken, pages, wait
from support.alertmanager import PROGRAM, Alertmanager
from support.config import config, http
from support.receiver import Receiver
from test_webhook import is_signed

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
FAST = {"confirm": {"fail": 2, "pass": 1, "retry_interval": "1s"}}
LATENCY_MEDIAN_MAX = 0.020
LATENCY_EVENTS = 12


def notifier(receiver, certs=None, **more):
    block = {"url": receiver.url, "secret": "${env:MOND_TEST_SECRET}"}
    block |= {"ca_file": str(certs / "authority.pem")} if certs else {}
    return {"id": "equipe", "webhook": block | more, "events": ["target.*", "observer.*"]}


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("MOND_TEST_SECRET", SECRET)


@pytest.fixture
def receiver(certs):
    server = Receiver(certs)
    yield server
    server.close()


def documents(receiver):
    return [json.loads(request.body) for request in list(receiver.requests)]


def states(receiver, subject="page"):
    """Each event once, in the order in which it came first."""
    seen = {}
    for document in documents(receiver):
        if document["subject"]["id"] == subject:
            seen.setdefault(document["id"], document["to"])
    return list(seen.values())


def turn(mond, nginx, page, state, target="page"):
    nginx.serve(page)
    mond.wait_state(target, state)


def test_a_change_is_told_and_signed(mond, nginx, receiver, certs):
    nginx.serve(pages.UP)
    mond.write(config([http("page", nginx.url, pages.EXPECT)], FAST, notifiers=[notifier(receiver, certs)])).start()
    mond.wait_state("page", "up")
    turn(mond, nginx, pages.MAINTENANCE, "maintenance")
    turn(mond, nginx, pages.UP, "up")
    assert wait.until(lambda: len(receiver.requests) >= 2), mond.log
    assert states(receiver) == ["maintenance", "up"]  # a first look that finds all well says nothing
    assert all(is_signed(request, SECRET) for request in receiver.requests)
    down = documents(receiver)[0]
    assert down["type"] == "target.maintenance" and down["late"] is False and down["incident"]["opened_at"]
    assert down["observer"]["contact"] == "https://example.org/mond"
    assert SECRET.removeprefix("whsec_") not in mond.log
    assert mond.stop() == 0


def test_nothing_is_lost_while_the_receiver_is_down(mond, nginx, receiver, certs):
    """Down, killed in the middle, back: each event at least once under one id, in order."""
    port = receiver.port
    receiver.close()
    nginx.serve(pages.UP)
    mond.write(config([http("page", nginx.url, pages.EXPECT)], FAST, notifiers=[notifier(receiver, certs)])).start()
    mond.wait_state("page", "up")
    turn(mond, nginx, pages.MAINTENANCE, "maintenance")
    turn(mond, nginx, pages.UP, "up")
    turn(mond, nginx, pages.ERROR, "down")
    mond.kill()
    for word in ("en maintenance", "in maintenance"):
        if word in mond.log:
            break
    else:
        raise AssertionError(f"the journal was not told at once:\n{mond.log}")
    mond.start()
    turn(mond, nginx, pages.UP, "up")
    mond.kill()
    again = Receiver(certs, port=port)
    mond.start()
    assert wait.until(lambda: len(states(again)) >= 4, 60), f"{states(again)}\n{mond.log}"
    assert states(again) == ["maintenance", "up", "down", "up"]
    assert int(again.requests[0].headers["mond-attempt"]) > 1
    assert again.requests[0].headers["mond-first-attempt"] < again.requests[-1].headers["mond-first-attempt"]
    again.close()


def test_the_time_from_the_check_to_the_receiver(mond, nginx, receiver, certs):
    nginx.serve(pages.UP)
    fast = {"confirm": {"fail": 1, "pass": 1, "retry_interval": "1s"}}
    mond.write(config([http("page", nginx.url, pages.EXPECT)], fast, notifiers=[notifier(receiver, certs)])).start()
    mond.wait_state("page", "up")
    for number in range(LATENCY_EVENTS):
        turn(mond, nginx, *[(pages.MAINTENANCE, "maintenance"), (pages.UP, "up")][number % 2])
    assert wait.until(lambda: len(states(receiver)) >= LATENCY_EVENTS), mond.log
    spans = []
    for request in receiver.requests:
        checks = mond.json("history", "page", "--limit", "1000")
        observed = json.loads(request.body)["observed_at"]
        check = next(c for c in checks if c["at"] == observed)
        began = wait.seconds_of(observed)
        spans.append(request.first_byte_at - (began + check["duration_ms"] / 1000))
    print(f"from the confirming check's end to the first byte: median {statistics.median(spans) * 1000:.1f} ms, "
          f"worst {max(spans) * 1000:.1f} ms of {len(spans)}")
    assert statistics.median(spans) < LATENCY_MEDIAN_MAX


def test_a_receiver_that_hangs_delays_nobody_else(mond, nginx, receiver, certs):
    hanging = broken.Server(broken.hang)
    stuck = {"id": "sourd", "webhook": {"url": f"http://127.0.0.1:{hanging.port}/"}, "events": ["target.*"]}
    fast = {"confirm": {"fail": 1, "pass": 1, "retry_interval": "1s"}}
    nginx.serve(pages.UP)
    mond.write(config([http("page", nginx.url, pages.EXPECT)], fast,
                      notifiers=[stuck, notifier(receiver, certs)])).start()
    mond.wait_state("page", "up")
    for page, state in [(pages.MAINTENANCE, "maintenance"), (pages.UP, "up"), (pages.ERROR, "down")]:
        turn(mond, nginx, page, state)
        assert wait.until(lambda: states(receiver)[-1:] == [state], 2), mond.log
    assert mond.stop() == 0
    hanging.close()


@pytest.mark.skipif(not os.path.exists(PROGRAM), reason="prometheus-alertmanager is not installed")
def test_alertmanager_is_kept_up_to_date(mond, nginx, certs):
    told = Receiver()
    server = Alertmanager(told.url, "2s")
    feed = {"id": "prometheus", "webhook": {"url": server.url, "format": "alertmanager", "resend_every": "1s"},
            "events": ["target.*"]}
    nginx.serve(pages.UP)
    mond.write(config([http("page", nginx.url, pages.EXPECT)], FAST, notifiers=[feed])).start()
    mond.wait_state("page", "up")
    assert server.alerts() == []
    turn(mond, nginx, pages.MAINTENANCE, "maintenance")
    assert wait.until(lambda: [a["annotations"]["state"] for a in server.alerts()] == ["maintenance"]), mond.log
    mond.kill()
    mond.start()  # what fires is known again, and sent again
    assert not wait.until(lambda: server.alerts() == [], 8)
    turn(mond, nginx, pages.UP, "up")
    assert wait.until(lambda: server.alerts() == []), server.alerts()
    assert mond.stop() == 0
    with closing(sqlite3.connect(mond.database)) as database:  # the outbox owes it nothing
        assert database.execute("SELECT count(*) FROM delivery").fetchone() == (0,)
    server.close()
    told.close()


OWED = 10000
RATE_MIN = 500
MEMORY_GROWTH_MAX = 48 << 20  # bytes; what is owed waits in the database


def owe(database, subjects):
    """Owes OWED copies of the latest event, over so many subjects."""
    with closing(sqlite3.connect(database)) as connection, connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(event)") if row[1] not in ("id", "name")]
        copied = ", ".join(f"printf('s%d', i % {subjects})" if c == "subject" else c for c in columns)
        first = connection.execute("SELECT max(id) FROM event").fetchone()[0]
        numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {OWED})"
        connection.execute(f"{numbers} INSERT INTO event(name, {', '.join(columns)}) SELECT printf('evt_%032x', i), "
                           f"{copied} FROM n, event WHERE event.id = ? ORDER BY i", (first,))
        connection.execute("INSERT INTO delivery(notifier, event, state, owed_ms, next_ms, attempts, http_status) "
                           "SELECT notifier.id, event.id, 1, at_ms, at_ms, 0, 0 FROM event, notifier "
                           "WHERE event.id > ? ORDER BY event.id", (first,))


def resident(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) << 10 for line in status if line.startswith("RssAnon"))


@pytest.mark.parametrize("subjects", [200, 1])
def test_what_is_owed_is_drained(mond, nginx, subjects):
    receiver = Receiver()
    nginx.serve(pages.UP)
    mond.write(config([http("page", nginx.url, pages.EXPECT)], FAST, notifiers=[notifier(receiver)])).start()
    mond.wait_state("page", "up")
    turn(mond, nginx, pages.MAINTENANCE, "maintenance")
    assert wait.until(lambda: len(receiver.requests) == 1), mond.log
    before = resident(mond.process)
    assert mond.stop() == 0
    owe(mond.database, subjects)
    mond.start()
    assert wait.until(lambda: len(receiver.requests) > OWED, 120), f"{len(receiver.requests)}\n{mond.log}"
    seconds = receiver.requests[OWED].first_byte_at - receiver.requests[1].first_byte_at
    grown = resident(mond.process) - before
    late = [check for check in mond.json("history", "page") if check["duration_ms"] > 1000]
    print(f"{OWED} over {subjects} subjects in {seconds:.2f} s: {OWED / seconds:.0f}/s, {grown >> 20} MiB more")
    assert OWED / seconds > RATE_MIN
    assert grown < MEMORY_GROWTH_MAX and not late
    ids = [request.headers["webhook-id"] for request in receiver.requests[1:OWED + 1]]
    assert len(set(ids)) == OWED
    if subjects == 1:
        assert ids == sorted(ids)
    receiver.close()
