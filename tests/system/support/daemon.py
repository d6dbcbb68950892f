"""mond and monctl, as they were built, in a folder of their own."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

from support import wait
from support.config import dump

ROOT = Path(__file__).resolve().parent.parent.parent.parent
BUILD = Path(os.environ.get("MOND_BUILD", ROOT / "build/release"))
MOND = BUILD / "daemon/mond"
MONCTL = BUILD / "daemon/monctl/monctl"
RUN_SECONDS_MAX = 60


def run(command, **more):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=RUN_SECONDS_MAX,
                          check=False, stdin=subprocess.DEVNULL, **more)


class Mond:
    """A daemon's folder (configuration, database, socket, log); it may live there several times."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="mond-system-"))
        self.config_path = self.folder / "mond.yaml"
        self.database = self.folder / "state/mond.db"
        self.socket = self.folder / "mond.sock"
        self.log_path = self.folder / "log"
        self.process = None
        (self.folder / "state").mkdir(mode=0o700)

    def write(self, config):
        self.config_path.write_text(config if isinstance(config, str) else dump(config))
        return self

    @property
    def command(self):
        return [MOND, "-c", self.config_path, "--state-dir", self.folder / "state", "--socket", self.socket]

    def start(self, wrapper=(), **more):
        with open(self.log_path, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen([*wrapper, *map(str, self.command)], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, **more)
        ready = wait.until(lambda: self.process.poll() is not None or self.monctl("health").returncode in (0, 1))
        assert ready and self.process.poll() is None, f"mond did not start:\n{self.log}"
        return self

    def run_to_its_end(self):
        """For starts that must fail: the finished process."""
        return run(self.command)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(RUN_SECONDS_MAX)
        self.process = None
        return status

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process = None

    def clean(self):
        if self.process:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def log(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace") if self.log_path.exists() else ""

    def monctl(self, *args, **more):
        environment = os.environ | {"LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
        return run([MONCTL, "--socket", self.socket, *args], env=environment, **more)

    def json(self, *args):
        result = self.monctl(*args, "--json")
        assert result.stdout, f"monctl {' '.join(args)}: exit {result.returncode}: {result.stderr}\n{self.log}"
        return json.loads(result.stdout)

    def target(self, target_id):
        return next(t for t in self.json("status")["targets"] if t["id"] == target_id)

    def wait_state(self, target_id, state, seconds=wait.BOUND_SECONDS):
        assert wait.until(lambda: self.target(target_id)["state"] == state, seconds), \
            f"{target_id} is {self.target(target_id)}, not {state}\n{self.log}"

    def wait_checks(self, target_id, at_least):
        assert wait.until(lambda: len(self.json("history", target_id)) >= at_least), self.log

    def integrity(self):
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            return [row[0] for row in database.execute("PRAGMA integrity_check")]
