"""Each instant belongs to exactly one state: seconds sum to the period over a stop, a pause and a reload."""

from datetime import datetime

import pytest
from support import pages, wait
from support.config import config, http


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def assert_sums(row):
    period = (moment(row["until"]) - moment(row["from"])).total_seconds()
    assert sum(row["seconds"].values()) == pytest.approx(period, abs=0.0005), row


def test_seconds_sum_to_the_period(mond, nginx):
    nginx.serve(pages.UP)
    target = http("opposition", nginx.url, pages.EXPECT)
    mond.write(config([target])).start()
    mond.wait_state("opposition", "up")

    assert mond.monctl("pause", "opposition").returncode == 0
    assert mond.target("opposition")["paused"] is True
    assert mond.target("opposition")["state"] == "unknown"
    assert mond.monctl("resume", "opposition").returncode == 0
    mond.wait_state("opposition", "up")

    mond.write(config([target | {"interval": "2s"}]))
    assert mond.monctl("reload").returncode == 0
    nginx.serve(pages.MAINTENANCE)
    mond.wait_state("opposition", "maintenance")

    assert mond.stop() == 0
    mond.start()
    checks = len(mond.json("history", "opposition"))
    mond.wait_checks("opposition", checks + 1)

    for since in ("1m", "10m", "1d", mond.json("history", "opposition")[-1]["at"]):
        (row,) = mond.json("uptime", "opposition", "--since", since)
        assert_sums(row)
        assert row["rule"] == "mond-1"
    assert row["seconds"]["maintenance"] > 0 and row["seconds"]["up"] > 0
    assert row["seconds"]["unknown"] > 0, "the pause and the stop were not observed"
    assert 0 < row["coverage"] < 1


def test_nothing_observed_is_no_availability(mond):
    mond.write(config([http("paused", "http://127.0.0.1:9/", paused=True)])).start()
    assert wait.until(lambda: mond.target("paused")["state"] == "unknown")
    (row,) = mond.json("uptime", "paused", "--since", "1h")
    assert_sums(row)
    assert row["availability"] is None and row["coverage"] == 0
