"""The refusal path as a whole: its states, exit statuses, incident and words, by the real programs."""

from support import pages, wait
from support.config import config, http
from support.daemon import MOND, run

PATH = {"id": "refus", "title": {"fr": "Refuser", "en": "Refusing"},
        "channels": [{"id": "web", "title": "En ligne", "steps": ["opposition"]},
                     {"id": "guichet", "title": "Au guichet", "steps": ["annexe"]}]}


# It answers and can be read, and is not what the first channel's page should be.
OTHER = pages.SHELL.format(main="<h1>Nos guichets</h1><p>Nos guichets vous reçoivent du lundi au vendredi.</p>")


def path_of(mond):
    (path,) = mond.json("status")["paths"]
    return path


def wait_path(mond, state, proven=False):
    assert wait.until(lambda: (path_of(mond)["state"], path_of(mond)["proven"]) == (state, proven)), \
        f"refus is {path_of(mond)}\n{mond.log}"


def test_open_impaired_closed_and_back(mond, nginx):
    nginx.serve(pages.UP)
    mond.write(config([http("opposition", nginx.url, pages.EXPECT), http("annexe", nginx.url)], paths=[PATH])).start()
    wait_path(mond, "open")
    assert mond.monctl("status").returncode == 0 and mond.monctl("status", "refus").returncode == 0
    assert mond.json("incidents") == []

    # The page of the first channel alone says something else.
    nginx.serve(OTHER)
    wait_path(mond, "impaired")
    assert mond.monctl("status").returncode == 1 and mond.monctl("status", "refus").returncode == 1
    assert mond.monctl("status", "annexe").returncode == 0, "a target that is named answers for itself"
    assert mond.json("incidents", "--path", "refus") == []

    nginx.serve(pages.MAINTENANCE)
    wait_path(mond, "closed", proven=True)
    result = mond.monctl("status")
    assert result.returncode == 2
    assert result.stdout.index("refus") < result.stdout.index("opposition"), "the path comes first"
    assert "closed, proven" in result.stdout and "↳ web" in result.stdout and "En ligne: opposition" in result.stdout
    plugin = mond.monctl("status", "--plugin")
    assert plugin.returncode == 2
    assert plugin.stdout.startswith("MOND CRITICAL - refus: closed since "), plugin.stdout
    assert " path_closed=1;;;0;1" in plugin.stdout.splitlines()[0]

    (incident,) = mond.json("incidents", "--path", "refus")
    assert (incident["kind"], incident["subject"], incident["state"]) == ("path", "refus", "closed")
    assert incident["closed_at"] is None and pages.BANNER in incident["banner"]["text"]
    (whole,) = [mond.json("incident", str(incident["id"]))]
    assert [line["what"] for line in whole["timeline"]] == ["opened", "confirmed"]
    assert {line["target"] for line in whole["timeline"]} <= {"opposition", "annexe"}

    nginx.serve(pages.UP)
    wait_path(mond, "open")
    (incident,) = mond.json("incidents", "--path", "refus")
    assert incident["closed_at"] is not None
    events = [e for e in mond.json("events") if e["subject"]["kind"] == "path"][::-1]
    states = [(e["from"], e["to"]) for e in events]
    assert states[0] == ("unknown", "open") and states[-1][1] == "open"
    assert all(before[1] == after[0] for before, after in zip(states, states[1:])), states
    (closed,) = [e for e in events if e["type"] == "path.closed"]
    assert closed["reason"]["target"] in ("opposition", "annexe") and closed["reason"]["verdict"] == "maintenance"
    assert closed["reason"]["url"].startswith("http://") and pages.BANNER in closed["reason"]["banner"]
    assert closed["incident"]["id"] == incident["id"] and closed["unknown"] == []
    assert "refus : fermé depuis " in closed["text"]["fr"] and "la page le dit" in closed["text"]["fr"]
    assert "refus: closed since " in closed["text"]["en"]
    assert "refus : fermé depuis " in mond.log
    (time,) = mond.json("uptime", "refus", "--since", "5m")
    assert (time["kind"], time["rule"], time["incidents"]) == ("path", "mond-1", 1)
    assert abs(sum(time["seconds"].values()) - 300) < 0.01 and time["seconds"]["closed"] > 0
    assert [row["subject"] for row in mond.json("uptime")] == ["refus", "opposition", "annexe"]
    assert "refus" in mond.monctl("uptime").stdout
    assert mond.json("status", "refus", "--db", str(mond.database))["paths"] == [path_of(mond)]


def test_a_path_that_nobody_sees_is_unknown(mond, nginx):
    nginx.serve(pages.UP)
    mond.write(config([http("opposition", nginx.url), http("annexe", nginx.url, paused=True)], paths=[PATH])).start()
    wait_path(mond, "open")
    mond.monctl("pause", "opposition")
    wait_path(mond, "unknown")
    assert mond.monctl("status").returncode == 3
    assert mond.json("incidents") == []
    mond.monctl("resume", "opposition")
    wait_path(mond, "open")
    assert path_of(mond)["channels"][1]["state"] == "unknown"


def test_unknown_ids_are_told(mond, nginx):
    nginx.serve(pages.UP)
    mond.write(config([http("opposition", nginx.url), http("annexe", nginx.url)], paths=[PATH])).start()
    for command in (["status", "refuse"], ["incidents", "--path", "refuse"]):
        for where in ([], ["--db", str(mond.database)]):
            result = mond.monctl(*command, *where)
            assert result.returncode == 64 and "refus" in result.stderr, (command, where, result)
    assert mond.monctl("incidents", "--path", "refus", "--target", "annexe").returncode == 64
    assert mond.monctl("history", "refus").returncode == 64
    assert mond.monctl("pause", "refus").returncode == 64


def test_once_judges_the_path(mond, nginx):
    nginx.serve(pages.UP)
    mond.write(config([http("opposition", nginx.url, pages.EXPECT), http("annexe", nginx.url)], paths=[PATH]))
    command = [MOND, "--once", "-c", mond.config_path]
    english = {"env": {"LC_ALL": "C.UTF-8"}}
    first = [run(command, **english)]
    nginx.serve(OTHER)
    first.append(run(command, **english))
    nginx.serve(pages.MAINTENANCE)
    first.append(run([*command, "--state-dir", mond.folder / "state"], **english))
    assert [result.returncode for result in first] == [0, 1, 2], first
    lines = [result.stdout.splitlines() for result in first]
    assert [said[0] for said in lines] == [
        "+ refus  open: web open, guichet open", "~ refus  impaired: web closed, guichet open",
        "! refus  closed, proven: web closed, guichet closed"]
    assert all(len(said) == 3 for said in lines), "the targets follow"
    # Recorded, that one look confirms nothing: the daemon that comes after it begins with what it left.
    mond.start()
    wait_path(mond, "closed", proven=True)
    assert len(mond.json("incidents", "--path", "refus")) == 1
