"""A page's life as a citizen meets it: nginx serves it, closes for maintenance at 200, and comes back."""

from support import pages, wait
from support.config import config, http
from support.daemon import MOND, MONCTL, run

ONCE_DETAIL_MAX = 160


def test_maintenance_at_200_is_seen_confirmed_recorded_and_over(mond, nginx):
    nginx.serve(pages.UP)
    mond.write(config([http("opposition", nginx.url, pages.EXPECT)])).start()

    mond.wait_state("opposition", "up")
    assert mond.monctl("status").returncode == 0
    assert mond.json("incidents") == []

    nginx.serve(pages.MAINTENANCE)
    mond.wait_state("opposition", "maintenance")
    assert mond.monctl("status").returncode == 2
    check = mond.target("opposition")["last_check"]
    assert (check["verdict"], check["cause"], check["http_status"]) == ("maintenance", "banner", 200)
    assert pages.BANNER in check["banner"]["text"]
    (incident,) = mond.json("incidents", "--open")
    assert incident["subject"] == "opposition" and incident["closed_at"] is None

    nginx.serve(pages.UP)
    mond.wait_state("opposition", "up")
    assert mond.monctl("status").returncode == 0
    (incident,) = mond.json("incidents")
    history = mond.json("history", "opposition", "--limit", "100")
    failing = [check["at"] for check in history if check["verdict"] == "maintenance"]
    passing = [check["at"] for check in history if check["verdict"] == "up" and check["at"] > failing[0]]
    assert incident["opened_at"] == failing[-1], "an incident opens at the first failing check"
    assert incident["closed_at"] == passing[-1], "and closes at the first passing one"
    (banner,) = mond.json("banners")
    assert pages.BANNER in banner["text"] and banner["times"] == len(failing)
    assert mond.stop() == 0


def test_one_failing_check_opens_nothing(mond, nginx):
    nginx.serve(pages.UP)
    mond.write(config([http("opposition", nginx.url, pages.EXPECT)],
                      defaults={"interval": "2s", "confirm": {"fail": 3, "pass": 2, "retry_interval": "1s"}})).start()
    mond.wait_state("opposition", "up")

    nginx.serve(pages.ERROR)
    assert wait.until(lambda: mond.target("opposition")["last_check"]["verdict"] == "down")
    nginx.serve(pages.UP)
    assert wait.until(lambda: mond.target("opposition")["last_check"]["verdict"] == "up")
    assert mond.json("incidents") == []
    assert mond.target("opposition")["state"] == "up"


def test_verified_tls(mond, nginx, certs):
    nginx.serve(pages.UP)
    mond.write(config([http("opposition", nginx.tls_url, pages.EXPECT, ca_file=str(certs / "authority.pem"))])).start()
    mond.wait_state("opposition", "up")
    (latest, *_) = mond.json("history", "opposition")
    assert latest["tls_ms"] > 0 and latest["remote_ip"] == "127.0.0.1"


def test_the_command_line_reads_the_database_without_the_daemon(mond, nginx):
    nginx.serve(pages.UP)
    mond.write(config([http("opposition", nginx.url, pages.EXPECT)])).start()
    mond.wait_state("opposition", "up")
    with_daemon = mond.json("history", "opposition")
    assert mond.stop() == 0

    assert mond.monctl("status").returncode == 69
    history = mond.json("history", "opposition", "--db", str(mond.database))
    assert history[-len(with_daemon):] == with_daemon
    assert mond.json("status", "--db", str(mond.database))["targets"][0]["next_check_at"] is None


def test_once_is_a_first_look_and_leaves_nothing(mond, nginx):
    nginx.serve(pages.UP)
    mond.write(config([http("opposition", nginx.url, pages.EXPECT)]))
    result = run([MOND, "--once", "-c", mond.config_path])
    assert result.returncode == 0 and "opposition" in result.stdout, result
    nginx.serve(pages.MAINTENANCE)
    result = run([MOND, "--once", "-c", mond.config_path])
    assert result.returncode == 2 and pages.BANNER in result.stdout, result
    assert not mond.database.exists()


def test_once_cuts_what_a_site_says(mond, nginx):
    sentence = "Le site est en maintenance " + "très " * 60 + "longue."
    nginx.serve(pages.MAINTENANCE.replace(pages.BANNER, sentence))
    mond.write(config([http("opposition", nginx.url)]))
    result = run([MOND, "--once", "-c", mond.config_path])
    (line,) = result.stdout.splitlines()
    said = line[line.index(": ") + 2:line.rindex(" (")]
    assert said.startswith("Le site est en maintenance très")
    assert len(said.encode()) <= ONCE_DETAIL_MAX < len(sentence.encode())


def test_a_plugins_own_failure_is_unknown():
    for line in (["status", "--plugin", "--socket", "/nonexistent"], ["--bogus", "status", "--plugin"],
                 ["history", "--plugin"]):
        result = run([MONCTL, *line])
        assert result.returncode == 3 and result.stdout.startswith("MOND UNKNOWN - "), (line, result)


def test_text_of_a_site_never_moves_the_terminal(mond, nginx):
    hostile = "\x1b]0;titre\x07\x1b[2JLe site est en maintenance.\u202e\x9b31m"
    nginx.serve(pages.MAINTENANCE.replace(pages.BANNER, hostile))
    mond.write(config([http("opposition", nginx.url)])).start()
    mond.wait_state("opposition", "maintenance")
    for command in (("status",), ("banners",), ("notices",),
                    ("history", "opposition"), ("incidents",), ("incident", "1")):
        text = mond.monctl(*command).stdout
        assert text and not set(text) & set("\x1b\x07\x9b\u202e"), (command, text)
