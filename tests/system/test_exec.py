"""mond-exec, the helper that runs commands: what it takes, what it answers, and that it takes nothing else."""

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from support.daemon import MOND

HELPER = MOND.with_name("mond-exec")
BOUND_SECONDS = 20
CONFIG = """observer: {{ contact: "https://example.org/mond" }}
references: ["http://127.0.0.1:1/"]
targets:
  - id: bonne
    exec: {{ command: [/bin/sh, -c, 'echo "OK - bien | n=1;2"; exit 0'] }}
  - id: lente
    exec: {{ command: [/bin/sh, -c, 'echo $$ >{folder}/pid; exec sleep 1000'], timeout: 1s }}
  - id: longue
    exec: {{ command: [/bin/sh, -c, 'echo $$ >{folder}/pid; exec sleep 1000'], timeout: 60s }}
  - id: environnement
    exec: {{ command: [/bin/sh, -c, 'env | sort | tr "\\n" " "; ls /proc/self/fd | wc -l >&2'] }}
  - id: absente
    exec: {{ command: [/nonexistent/check] }}
  - id: page
    http: {{ url: "http://127.0.0.1:1/", headers: {{ Authorization: "${{credential:jeton}}" }} }}
notifiers:
  - id: equipe
    webhook: {{ url: "https://127.0.0.1:1/", secret: "${{credential:equipe}}" }}
"""


class Connection:
    """As systemd starts it: the connection is its input and its output."""

    def __init__(self, config):
        self.ours, theirs = socket.socketpair()
        self.ours.settimeout(BOUND_SECONDS)
        with theirs:
            self.process = subprocess.Popen([HELPER, "-c", config], stdin=theirs, stdout=theirs,
                                            stderr=subprocess.PIPE, env={"MOND_SECRET": "x"})

    def say(self, data):
        try:
            self.ours.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has answered already

    def answer(self):
        """All that it says, as JSON, once it has ended well."""
        data = b""
        try:
            while part := self.ours.recv(4096):
                data += part
        except ConnectionResetError:
            pass  # it went without reading all that was said
        assert self.process.wait(BOUND_SECONDS) == 0, self.process.stderr.read()
        return json.loads(data) if data else None

    def end(self):
        self.ours.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "mond.yaml"
    path.write_text(CONFIG.format(folder=tmp_path))
    return path


@pytest.fixture
def helper(config):
    connection = Connection(config)
    yield connection
    connection.end()


def test_runs_a_command(helper):
    helper.say(b"bonne\n")
    assert helper.answer() == {"end": "exited", "code": 0, "text": "OK - bien", "perfdata": "n=1;2"}


def test_says_that_it_cannot_begin(helper):
    helper.say(b"absente\n")
    assert helper.answer() == {"end": "not_started", "code": 2, "text": None, "perfdata": None}


def test_nothing_of_ours_reaches_a_command(helper):
    helper.say(b"environnement\n")
    found = helper.answer()
    assert found["text"] == "LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin PWD=/"


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def until(what):
    end = time.monotonic() + BOUND_SECONDS
    while not (value := what()) and time.monotonic() < end:
        time.sleep(0.02)
    return value


def pid_of(config):
    path = config.with_name("pid")
    return int(until(lambda: path.exists() and path.read_text().strip()))


def test_keeps_the_deadline(helper, config):
    helper.say(b"lente\n")
    found = helper.answer()
    assert (found["end"], found["code"]) == ("timed_out", 0)
    assert not is_alive(pid_of(config))


@pytest.mark.parametrize("bye", ["hangs up", "says more"])
def test_a_command_ends_with_its_asker(helper, config, bye):
    helper.say(b"longue\n")
    pid = pid_of(config)
    assert is_alive(pid)
    if bye == "hangs up":
        helper.ours.shutdown(socket.SHUT_RDWR)
    else:
        helper.say(b"bonne\n")
        assert "end" not in (helper.answer() or {})
    assert helper.process.wait(BOUND_SECONDS) == 0
    assert until(lambda: not is_alive(pid))


def test_a_command_ends_with_its_helper(helper, config):
    helper.say(b"longue\n")
    pid = pid_of(config)
    os.kill(helper.process.pid, signal.SIGKILL)
    assert until(lambda: not is_alive(pid))


@pytest.mark.parametrize("line", [
    b"inconnue\n", b"page\n", b"\n", b"/bin/true\n", b"bonne -x\n", b"bonne;id\n", b"bonne\0\n", b"\0\n", b"../bonne\n",
    b"bonne\nbonne\n", b"bonne\n\n", b"bonne\r\n", b"\xff\xfe\n", b"{\"id\":\"bonne\"}\n", b"a" * 64 + b"\n",
    b"a" * 65, b"a" * 200000, b"bonne" + b" " * 200 + b"\n",
], ids=lambda line: repr(line[:16]))
def test_refuses_everything_else(helper, line):
    helper.say(line)
    found = helper.answer()
    assert found is None or (list(found) == ["error"] and found["error"]), found
    assert found or len(line) > 65, "only what it did not read may cost its asker the answer"


def test_refuses_half_a_line_that_stays_one(helper):
    helper.say(b"bonne")
    assert list(helper.answer()) == ["error"]  # after its patience


@pytest.mark.parametrize("start", [b"", b"bon", b"bonne"])
def test_leaves_with_whoever_leaves_early(helper, start):
    helper.say(start)
    helper.ours.shutdown(socket.SHUT_WR)
    assert helper.answer() is None


def test_a_configuration_with_a_mistake_runs_nothing(helper, config):
    config.write_text("targets: nonsense\n")
    helper.say(b"bonne\n")
    assert "configuration" in helper.answer()["error"]


def test_is_not_for_people():
    result = subprocess.run([HELPER], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert result.returncode == 64 and "mond-exec.socket" in result.stderr
    result = subprocess.run([HELPER, "--version"], capture_output=True, text=True, check=False)
    assert result.returncode == 0 and result.stdout.startswith("mond-exec ")
