"""Deliveries from end to end: the real daemon, a watched site, and receivers that come and go."""

import base64
import json
import os
import sqlite3
from contextlib import closing

import pytest

from support import broken, pages, wait
from support.alertmanager import PROGRAM, Alertmanager
from support.config import config, http
from support.receiver import Receiver
from test_webhook import is_signed

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
FAST = {"confirm": {"fail": 2, "pass": 1, "retry_interval": "1s"}}


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


@pytest.fixture
def server(receiver):
    alertmanager = Alertmanager(receiver.url, "2s")
    yield alertmanager
    alertmanager.close()


@pytest.mark.skipif(not os.path.exists(PROGRAM), reason="prometheus-alertmanager is not installed")
def test_alertmanager_is_kept_up_to_date(mond, nginx, server):
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
