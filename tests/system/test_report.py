"""What people met, through the real command line and socket: entered, weighed, shown, corrected; and who may."""

import json
import os
import time

import pytest

from support.config import config
from support.daemon import MOND, MONCTL, run

REPORT_SKEW_MAX = 120  # seconds
NOBODY = 65534
OPEN = {"timezone": "Europe/Paris", "open": ["Mon-Sun 00:00-24:00"]}


@pytest.fixture
def line(mond):
    return mond.write(config([{"id": "ligne", "title": "Téléphone, 34 22", "report": {"expires": "48h"}},
                              {"id": "guichet", "report": {"expires": "2h"}, "hours": OPEN}])).start()


def rfc3339(seconds_from_now):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds_from_now))


def test_what_is_entered_is_said_back_and_decides_at_once(line):
    target = line.target("ligne")
    assert (target["kind"], target["state"], target["last_check"]) == ("report", "unknown", None)
    assert target["reports"] == {"in_force": 0, "agree": 0, "disagree": 0}

    entered = line.json("report", "ligne", "down", "--note", "Occupé <b>puis</b> coupé", "--by", "Anne", "--at", "25m",
                        "--waited", "12m")
    assert (entered["recorded"], entered["decides"]) == (True, True)
    assert (entered["state"], entered["cause"]) == ("down", "reported")
    report = entered["report"]
    assert (report["id"], report["how"], report["uid"]) == (1, "socket", os.getuid())
    assert (report["note"], report["by"], report["waited_s"]) == ("Occupé <b>puis</b> coupé", "Anne", 720)
    assert entered["since"] == report["at"] < report["entered_at"] < report["until"]

    status = line.monctl("status", "ligne")
    assert status.returncode == 2 and "Occupé <b>puis</b> coupé (Anne, " in status.stdout
    (incident,) = line.json("incidents", "--open")
    assert (incident["subject"], incident["cause"], incident["opened_at"]) == ("ligne", "reported", report["at"])
    (uptime,) = line.json("uptime", "ligne", "--since", "1h")
    assert 25 * 60 - 1 <= uptime["seconds"]["down"] <= 25 * 60 + 60 and uptime["seconds"]["up"] == 0


def test_disagreement_is_shown_and_a_correction_is_a_row(line):
    line.json("report", "ligne", "down", "--at", "30m")
    late = line.json("report", "ligne", "up", "--at", "40m", "--note", "Répondu")
    assert (late["decides"], late["state"]) == (False, "down")
    assert line.target("ligne")["reports"] == {"in_force": 2, "agree": 1, "disagree": 1}
    text = line.monctl("status", "ligne").stdout
    assert "reports in force: 2, of which 1 disagree" in text

    corrected = line.json("report", "ligne", "up", "--corrects", "1", "--at", "30m")
    assert (corrected["decides"], corrected["state"], corrected["report"]["corrects"]) == (True, "up", 1)
    newest, first, older = line.json("reports", "ligne")
    assert (newest["id"], first["id"], older["id"]) == (3, 1, 2)
    assert (first["corrected_by"], first["in_force"], first["state"]) == (3, False, "down")
    assert line.json("incidents", "--open") == []
    listed = line.monctl("reports")
    assert "corrected by no. 3" in listed.stdout and "corrects no. 1" in listed.stdout
    with_daemon = line.json("reports")
    assert line.stop() == 0
    assert json.loads(run([MONCTL, "--db", line.database, "reports", "--json"]).stdout) == with_daemon


def test_it_is_there_after_a_kill(line):
    line.json("report", "ligne", "maintenance", "--note", "Message enregistré")
    line.kill()
    line.start()
    target = line.target("ligne")
    assert (target["state"], target["cause"]) == ("maintenance", "reported")
    assert target["last_check"]["detail"].startswith("Message enregistré (")


def test_a_fresh_database_is_told_what_still_speaks(line):
    line.json("report", "ligne", "down", "--note", "Occupé")
    for name in line.database.parent.glob("mond.db*"):
        name.unlink()
    assert line.json("report", "guichet", "up")["recorded"]
    assert [report["target"] for report in line.json("reports")] == ["guichet", "ligne"]
    assert line.stop() == 0
    line.start()
    target = line.target("ligne")
    assert (target["state"], target["cause"]) == ("down", "reported")
    assert target["reports"] == {"in_force": 1, "agree": 1, "disagree": 0}


def test_a_report_of_the_future_is_refused_and_a_slow_clock_is_not(line):
    refused = line.monctl("report", "ligne", "up", "--at", rfc3339(REPORT_SKEW_MAX + 30))
    assert refused.returncode == 64 and "future" in refused.stderr
    near = line.json("report", "ligne", "up", "--at", rfc3339(REPORT_SKEW_MAX - 30))
    assert near["report"]["at"] == near["report"]["entered_at"]


@pytest.mark.parametrize("arguments, words", [
    (["ligne", "blocked"], "up, degraded, maintenance or down"),
    (["lignes", "up"], "ligne"),
    (["ligne", "up", "--at", "hier"], "a local one (2026-01-31 10:00)"),
    (["ligne", "up", "--waited", "longtemps"], "a duration from"),
    (["ligne", "up", "--expires", "1s"], "a duration from 1m to 30d"),
    (["ligne", "up", "--corrects", "99"], "names no recent report"),
    (["ligne"], "ID STATE"),
])
def test_mistakes_say_what_is_taken(line, arguments, words):
    refused = line.monctl("report", *arguments)
    assert refused.returncode == 64 and words in refused.stderr, refused.stderr
    assert line.json("reports") == []


def test_a_check_of_it_says_that_it_is_never_looked_at(line):
    (check,) = line.json("check", "ligne")
    assert check["verdict"] == "unknown" and "monctl report" in check["detail"]


def test_a_target_of_another_kind_takes_none(mond, nginx):
    mond.write(config([{"id": "page", "http": {"url": nginx.url}}])).start()
    refused = mond.monctl("report", "page", "up")
    assert refused.returncode == 64 and "by a program" in refused.stderr


@pytest.mark.skipif(os.getuid() != 0, reason="needs root to be somebody else")
def test_everybody_may_read_and_not_everybody_may_report(line):
    line.folder.chmod(0o755)
    refused = line.monctl("report", "ligne", "up", user=NOBODY, group=NOBODY, extra_groups=[])
    assert refused.returncode == 77, refused.stderr
    assert line.monctl("reports", user=NOBODY, group=NOBODY, extra_groups=[]).returncode == 0
    assert line.json("reports") == []


def test_once_leaves_it_to_people(line):
    once = run([MOND, "--once", "-c", line.config_path])
    assert once.returncode == 3 and "ligne" in once.stdout
