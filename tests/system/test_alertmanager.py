"""Alertmanager by the real server: an alert fires, stays for as long as it is repeated, and ends when it is said to, or
when nobody repeats it any more."""

import json
import os
import subprocess
import time

import pytest

from support import wait
from support.alertmanager import PROGRAM, Alertmanager
from support.hook import SEND_HOOK
from support.receiver import Receiver

pytestmark = pytest.mark.skipif(not os.path.exists(PROGRAM), reason="prometheus-alertmanager is not installed")

RESOLVE_SECONDS = 2  # of the server, for alerts that bear no end
RESEND_SECONDS = 1
HOLDS_SECONDS = 4 * RESEND_SECONDS


@pytest.fixture
def receiver():
    server = Receiver()
    yield server
    server.close()


@pytest.fixture
def server(receiver):
    alertmanager = Alertmanager(receiver.url, f"{RESOLVE_SECONDS}s")
    yield alertmanager
    alertmanager.close()


@pytest.fixture
def feed(server, tmp_path):
    block = tmp_path / "block.yaml"
    block.write_text(json.dumps({"url": server.url, "format": "alertmanager", "resend_every": f"{RESEND_SECONDS}s"}))
    process = subprocess.Popen([SEND_HOOK, "--feed", block], stdin=subprocess.PIPE, text=True)

    def say(line):
        process.stdin.write(line + "\n")
        process.stdin.flush()

    say.process = process
    yield say
    process.kill()
    process.wait()
    process.stdin.close()


def statuses(receiver, target):
    """What the server's own receiver was told of one target, in order."""
    alerts = [a for request in receiver.requests for a in json.loads(request.body)["alerts"]]
    return [a["status"] for a in alerts if a["labels"]["target"] == target]


def targets(server):
    return sorted(alert["labels"]["target"] for alert in server.alerts())


def stays(check, seconds):
    """A wait for what must not happen."""
    return not wait.until(lambda: not check(), seconds)


def test_it_fires_stays_and_ends(server, receiver, feed):
    feed("fire mes-opposition")
    assert wait.until(lambda: targets(server) == ["mes-opposition"])
    alert = server.alerts()[0]
    assert alert["labels"] == {"alertname": "MondTargetNotUp", "job": "mond", "target": "mes-opposition"}
    assert alert["annotations"]["state"] == "down" and alert["generatorURL"] == "https://www.example.org/"
    assert stays(lambda: targets(server) == ["mes-opposition"], 2 * max(RESOLVE_SECONDS, HOLDS_SECONDS))
    feed("fire ameli")
    assert wait.until(lambda: targets(server) == ["ameli", "mes-opposition"])
    feed("end mes-opposition")
    assert wait.until(lambda: targets(server) == ["ameli"])
    assert wait.until(lambda: statuses(receiver, "mes-opposition")[-1:] == ["resolved"])
    assert "resolved" not in statuses(receiver, "mes-opposition")[:-1]
    assert stays(lambda: targets(server) == ["ameli"], 3)


def test_it_ends_when_nobody_repeats_it(server, receiver, feed):
    feed("fire mes-opposition")
    assert wait.until(lambda: targets(server) == ["mes-opposition"])
    killed = time.monotonic()
    feed.process.kill()
    assert wait.until(lambda: targets(server) == [])
    assert time.monotonic() - killed < HOLDS_SECONDS + 2
