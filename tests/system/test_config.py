"""A configuration with a mistake is never loaded, and every mistake is told with its place."""

import re
import signal

from support import pages, wait
from support.config import config, http
from support.daemon import MOND, ROOT, run

EIGHT = """observer:
  name: Essai
  contact: https://example.org/mond
  colour: blue
defaults:
  intervall: 60s
  timeout: soon
targets:
  - id: a
    http: { url: "ftp://127.0.0.1/" }
  - id: a
    http: { url: "http://127.0.0.1/" }
  - id: "b c"
    http: { url: "http://127.0.0.1/", max_body: 2Q }
  - id: d
    http: { url: "http://127.0.0.1/", expect: { matches: ["("] } }
"""
PLACES = [4, 6, 7, 10, 11, 13, 14, 16]


def test_eight_mistakes_are_eight_diagnostics(mond):
    mond.write(EIGHT)
    result = run([MOND, "--check-config", "-c", mond.config_path])
    assert result.returncode == 2
    places = [re.match(rf"{re.escape(str(mond.config_path))}:(\d+):\d+: .+", line)
              for line in result.stderr.splitlines()]
    assert all(places), result.stderr
    assert [int(place.group(1)) for place in places] == PLACES, result.stderr
    assert "interval" in result.stderr.splitlines()[1], "did you mean"


def test_a_start_with_a_mistake_exits_78(mond):
    result = mond.write(EIGHT).run_to_its_end()
    assert result.returncode == 78 and str(mond.config_path) in result.stderr
    assert not mond.database.exists()


def test_the_printed_configuration_loads_and_prints_the_same(mond):
    mond.write(config([http("a", "http://127.0.0.1:1/", {"contains": ["l'été"], "status": ["200-299"]},
                            ip=4, title={"fr": "Un", "en": "One"})]))
    first = run([MOND, "--print-config", "-c", mond.config_path])
    assert first.returncode == 0, first.stderr
    mond.write(first.stdout)
    again = run([MOND, "--print-config", "-c", mond.config_path])
    assert again.returncode == 0 and again.stdout == first.stdout


def test_the_shipped_configuration_is_good():
    result = run([MOND, "--check-config", "-c", ROOT / "config/mond.yaml"])
    assert result.returncode == 0, result.stderr


def test_reload_keeps_what_did_not_change(mond, nginx):
    nginx.serve(pages.MAINTENANCE)
    kept = http("kept", nginx.url, pages.EXPECT)
    mond.write(config([kept, http("leaves", nginx.url, pages.EXPECT)])).start()
    mond.wait_state("kept", "maintenance")
    before = mond.target("kept")
    incidents = mond.json("incidents")

    mond.write(config([kept, http("comes", nginx.url, pages.EXPECT)]))
    assert mond.monctl("reload").returncode == 0
    assert wait.until(lambda: {t["id"] for t in mond.json("status")["targets"]} == {"kept", "comes"})
    after = mond.target("kept")
    assert (after["state"], after["since"]) == ("maintenance", before["since"])
    opened = [(i["id"], i["opened_at"]) for i in incidents if i["subject"] == "kept"]
    assert [(i["id"], i["opened_at"]) for i in mond.json("incidents", "--target", "kept")] == opened
    assert mond.json("history", "leaves"), "history survives a target that left"


def test_a_bad_reload_changes_nothing(mond, nginx):
    nginx.serve(pages.UP)
    mond.write(config([http("kept", nginx.url, pages.EXPECT)])).start()
    mond.wait_state("kept", "up")
    since = mond.target("kept")["since"]

    mond.write(EIGHT)
    result = mond.monctl("reload")
    assert result.returncode == 65
    assert ":4:" in result.stdout + result.stderr, "the diagnostics reach who asked"
    mond.process.send_signal(signal.SIGHUP)
    assert wait.until(lambda: ":4:" in mond.log), "and the log"
    checks = len(mond.json("history", "kept"))
    mond.wait_checks("kept", checks + 2)
    assert (mond.target("kept")["state"], mond.target("kept")["since"]) == ("up", since)


def test_sighup_reloads(mond, nginx):
    nginx.serve(pages.UP)
    mond.write(config([http("one", nginx.url, pages.EXPECT)])).start()
    mond.write(config([http("two", nginx.url, pages.EXPECT)]))
    mond.process.send_signal(signal.SIGHUP)
    assert wait.until(lambda: [t["id"] for t in mond.json("status")["targets"]] == ["two"])
