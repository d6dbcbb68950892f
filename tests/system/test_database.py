"""A database that is not ours or newer is left as it is; our own, corrupt, is set aside and the gap recorded."""

import hashlib
import os
import socket
import sqlite3
from contextlib import closing

import pytest
from support import pages
from support.config import config, http
from support.daemon import Mond, run


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def configured(mond):
    return mond.write(config([http("a", "http://127.0.0.1:9/", paused=True)]))


def refuse_untouched(mond):
    before = digest(mond.database)
    result = mond.run_to_its_end()
    assert result.returncode == 65, result.stderr
    assert str(mond.database) in result.stderr
    assert digest(mond.database) == before
    assert [p.name for p in mond.database.parent.iterdir() if p.name.startswith("mond.db")] == ["mond.db"]


def test_not_a_database(configured):
    configured.database.write_bytes(os.urandom(8192))
    refuse_untouched(configured)


def test_another_programs_database(configured):
    with closing(sqlite3.connect(configured.database)) as database:
        database.execute("CREATE TABLE theirs (x)")
    refuse_untouched(configured)


def test_a_newer_database(configured):
    configured.start()
    assert configured.stop() == 0
    # Closing checkpoints: one file holds it all, and whoever opens it has no reason to write.
    with closing(sqlite3.connect(configured.database)) as database:
        database.execute("PRAGMA user_version = 9999")
    refuse_untouched(configured)


def corrupt(database):
    with open(database, "r+b") as file:
        file.seek(100)  # after the header: it is still recognisably ours
        file.write(os.urandom(database.stat().st_size - 100))


def test_our_own_corrupt_database_is_set_aside(mond, nginx):
    nginx.serve(pages.UP)
    mond.write(config([http("a", nginx.url, pages.EXPECT)])).start()
    mond.wait_state("a", "up")
    assert mond.stop() == 0
    corrupt(mond.database)
    mond.start()
    mond.wait_state("a", "up")
    assert mond.integrity() == ["ok"]
    assert [p.name for p in mond.database.parent.iterdir() if p.name.startswith("mond.db.corrupt-")]
    assert "corrupt" in mond.log


def test_a_look_on_a_corrupt_database_sets_it_aside_too(configured):
    once = [*configured.command, "--once"]
    assert run(once).returncode == 2  # nobody listens on that port
    corrupt(configured.database)
    result = run(once)
    assert result.returncode == 2, result.stderr
    aside = [p.name for p in configured.database.parent.iterdir() if p.name.startswith("mond.db.corrupt-")]
    with closing(sqlite3.connect(configured.database)) as database:
        (why,) = database.execute("SELECT why FROM gap WHERE why LIKE '%corrupt%'").fetchone()
    assert why.endswith(next(name for name in aside if not name.endswith(("-wal", "-shm"))))


def test_the_state_is_private(configured):
    configured.start()
    assert configured.database.stat().st_mode & 0o077 == 0


def test_a_socket_in_use_exits_69_and_a_stale_one_is_replaced(mond):
    mond.write(config([http("a", "http://127.0.0.1:9/", paused=True)])).start()
    second = Mond().write(config([http("a", "http://127.0.0.1:9/", paused=True)]))
    try:
        second.socket = mond.socket
        assert second.run_to_its_end().returncode == 69
        assert mond.monctl("health").returncode == 0, "the first one still answers"
        mond.kill()
        assert mond.socket.exists(), "killed: its socket is left behind"
        second.start()
        assert second.stop() == 0
    finally:
        second.clean()


def test_noise_on_the_socket_changes_nothing(mond):
    mond.write(config([http("a", "http://127.0.0.1:9/", paused=True)])).start()
    for noise in (b"\0" * 4096, os.urandom(65536), b"GET " + b"/" * 100000, b"POST /v1/reload HTTP/1.1\r\n",
                  b"GET /v1/status HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"\r\n" * 1000, b"PRI * HTTP/2.0\r\n\r\n"):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(mond.socket))
            try:
                client.sendall(noise)
                client.shutdown(socket.SHUT_WR)
                client.settimeout(5)
                client.recv(65536)
            except OSError:
                pass  # it may hang up on us at any point
    assert mond.monctl("health").returncode == 0
    assert mond.stop() == 0
