"""What deliveries cost: the time to the first byte, the rate, memory. Not under a sanitizer, whose cost it would be."""

import sqlite3
import statistics
from contextlib import closing

import pytest

from support import hook, pages, wait
from support.config import config, http
from support.receiver import Receiver
from test_deliveries import FAST, notifier, receiver, secret, states, turn  # noqa: F401

LATENCY_MEDIAN_MAX = 0.020
LATENCY_EVENTS = 12
OWED = 10000
RATE_MIN = 500  # a second, to a receiver on this machine
MEMORY_GROWTH_MAX = 48 << 20  # bytes; what is owed waits in the database


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
        observed = request.document["observed_at"]
        check = next(c for c in checks if c["at"] == observed)
        began = wait.seconds_of(observed)
        spans.append(request.first_byte_at - (began + check["duration_ms"] / 1000))
    print(f"from the confirming check's end to the first byte: median {statistics.median(spans) * 1000:.1f} ms, "
          f"worst {max(spans) * 1000:.1f} ms of {len(spans)}")
    assert statistics.median(spans) < LATENCY_MEDIAN_MAX


def test_the_rate_to_a_receiver_on_this_machine(nginx, certs, tmp_path):
    plain = hook.send(tmp_path, {"url": nginx.url}, 5000)[1]
    over_tls = hook.send(tmp_path, {"url": nginx.tls_url, "ca_file": str(certs / "authority.pem")}, 5000)[1]
    print(f"plain {plain:.0f}/s, TLS {over_tls:.0f}/s")
    assert plain > RATE_MIN and over_tls > RATE_MIN


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
