"""A silent name server: the target's cause is `dns` at its deadline, and nothing else waits for it."""

import sys
from pathlib import Path

from support import broken, pages, wait
from support.config import config, http
from support.privileges import needs_namespaces

SILENT_NAMES = Path(__file__).resolve().parent / "support/silent_names.py"
SLOW = {"confirm": {"fail": 3, "pass": 2, "retry_interval": "30s"}}  # the least for hosts that are not here
NAMESPACES = ["unshare", "--mount", "--net", "--propagation", "private"]


@needs_namespaces
def test_a_silent_name_server_blocks_nothing(mond):
    targets = [http("silent", "http://silent.example/", pages.EXPECT, interval="30s"),
               http("local", "http://127.0.0.1:1/", interval="1s")]  # refused at once, every second
    mond.write(config(targets, defaults=SLOW))
    mond.start(wrapper=[*NAMESPACES, sys.executable, str(SILENT_NAMES), str(mond.folder / "resolv.conf")])

    assert wait.until(lambda: mond.target("silent")["last_check"], 45)
    check = mond.target("silent")["last_check"]
    assert (check["verdict"], check["cause"]) == ("down", "dns"), check
    assert 2900 <= check["duration_ms"] <= 4500, check

    local = mond.json("history", "local", "--limit", "100")
    assert all(c["cause"] == "connect_refused" and c["duration_ms"] < 1000 for c in local), local
    assert mond.stop() == 0


@needs_namespaces
def test_no_network_is_not_an_outage_of_theirs(mond):
    """Nobody answers, the references neither: it is the network here."""
    targets = [http("site", "http://site.example/", interval="30s")]
    mond.write(config(targets, defaults=SLOW, references=["http://reference.example/"]))
    mond.start(wrapper=[*NAMESPACES, sys.executable, str(SILENT_NAMES), str(mond.folder / "resolv.conf")])
    (check,) = mond.json("check", "site")
    assert (check["verdict"], check["cause"]) == ("unknown", "local_network"), check
    assert mond.json("incidents") == []


def test_a_server_that_hangs_delays_nobody(mond):
    hanging = broken.Server(broken.hang)
    healthy = broken.Server(broken.always(broken.page(pages.UP)))
    try:
        mond.write(config([http("hangs", f"http://127.0.0.1:{hanging.port}/"),
                           http("healthy", f"http://127.0.0.1:{healthy.port}/", pages.EXPECT)])).start()
        mond.wait_checks("healthy", 5)
        assert all(c["duration_ms"] < 1000 for c in mond.json("history", "healthy"))
        mond.wait_checks("hangs", 1)
        assert mond.json("history", "hangs")[0]["cause"] == "timeout"
    finally:
        hanging.close()
        healthy.close()
