"""Runs inside the throw-away machine, as root, with systemd as PID 1: mond as a service.

Prints one JSON object: for each thing to be shown, null or what was wrong."""

import http.server
import json
import os
import pwd
import signal
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path

PAGES = {
    "up": "<title>Carnet</title><main><h1>M’opposer</h1><p>Vous avez six semaines pour vous opposer en ligne à "
          "l’ouverture de votre carnet de soins. Munissez-vous de votre carte.</p></main>",
    "maintenance": "<title>Carnet</title><main><h1></h1><p>Le carnet de soins est en maintenance. Revenez plus tard."
                   "</p></main>",
}
CONFIG = """observer: {{ name: Essai, contact: "https://example.org/mond" }}
defaults: {{ interval: 1s, timeout: 3s, confirm: {{ fail: 2, pass: 1, retry_interval: 1s }} }}
targets:
  - id: {target}
    http: {{ url: "http://127.0.0.1:8080/", expect: {{ contains: ["m'opposer"] }} }}
paths: [{{ id: refus, channels: [{{ id: web, steps: [{target}] }}] }}]
"""
CONFIG_PATH = Path("/etc/mond/mond.yaml")
WATCHDOG_SECONDS = 3
BOUND_SECONDS = 30


class Handler(http.server.BaseHTTPRequestHandler):
    page = "up"

    def do_GET(self):
        body = PAGES[Handler.page].encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Standard error is for what went wrong."""


def run(*command, user=None):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, user=user,
                          extra_groups=[] if user else None)


def must(*command):
    result = run(*command)
    assert result.returncode == 0, f"{command}: {result.returncode}: {result.stdout}{result.stderr}"
    return result.stdout


def until(what, seconds=BOUND_SECONDS):
    end = time.monotonic() + seconds
    while True:
        value = what()
        if value or time.monotonic() > end:
            return value
        time.sleep(0.1)


def show(name):
    return must("systemctl", "show", "mond", "--value", "-p", name).strip()


def journal(*fields):
    lines = must("journalctl", "-q", "-o", "json", "_SYSTEMD_UNIT=mond.service", *fields).splitlines()
    return [json.loads(line) for line in lines]


def why():
    return run("journalctl", "-q", "-u", "mond", "--no-pager", "-n", "30").stdout


def prepare():
    must("systemd-sysusers")
    must("systemd-tmpfiles", "--create")
    assert "targets:" in CONFIG_PATH.read_text(), "tmpfiles brought the first configuration"
    CONFIG_PATH.write_text(CONFIG.format(target="opposition"))
    drop_in = Path("/etc/systemd/system/mond.service.d/test.conf")
    drop_in.parent.mkdir(parents=True)
    drop_in.write_text(f"[Service]\nWatchdogSec={WATCHDOG_SECONDS}\nRestartSec=1\n")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 8080), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    must("systemctl", "daemon-reload")


def starts_and_says_ready():
    started = run("systemctl", "start", "mond")  # comes back at READY=1 only
    assert started.returncode == 0 and show("ActiveState") == "active", started.stderr + why()
    process = Path(f"/proc/{show('MainPID')}")
    assert process.stat().st_uid == pwd.getpwnam("mond").pw_uid
    assert "\nCapEff:\t0000000000000000\n" in (process / "status").read_text()


def folders_are_as_promised():
    state = Path("/var/lib/mond").stat()
    assert (state.st_uid, state.st_mode & 0o777) == (pwd.getpwnam("mond").pw_uid, 0o700), oct(state.st_mode)
    assert Path("/var/lib/mond/mond.db").stat().st_mode & 0o077 == 0


def status_says_something():
    assert until(lambda: show("StatusText")), "STATUS= was never sent"
    Handler.page = "maintenance"
    assert until(lambda: show("StatusText").startswith("refus : fermé depuis ")), show("StatusText")
    assert "opposition" in show("StatusText"), show("StatusText")


def journal_has_fields():
    found = until(lambda: journal("MOND_TARGET=opposition", "MOND_STATE=maintenance"))
    assert found, run("journalctl", "-q", "-u", "mond", "-o", "verbose", "--no-pager").stdout[-3000:]
    entry = found[-1]
    assert len(entry["MESSAGE_ID"]) == 32 and entry["MOND_CAUSE"] == "banner", entry
    assert entry["SYSLOG_IDENTIFIER"] == "mond" and "opposition" in entry["MESSAGE"], entry


def journal_has_the_path():
    found = until(lambda: journal("MOND_PATH=refus", "MOND_STATE=closed"))
    assert found, run("journalctl", "-q", "-u", "mond", "-o", "verbose", "--no-pager").stdout[-3000:]
    entry = found[-1]
    assert (entry["MOND_EVENT"], entry["MOND_TARGET"], entry["PRIORITY"]) == ("path.closed", "opposition", "4"), entry
    assert entry["MESSAGE"].startswith("refus : fermé depuis ") and "la page le dit" in entry["MESSAGE"], entry


def everybody_may_ask_members_may_change():
    nobody = pwd.getpwnam("nobody").pw_uid
    assert run("monctl", "status", user=nobody).returncode == 2
    assert run("monctl", "pause", "opposition", user=nobody).returncode == 77
    must("useradd", "--system", "--groups", "mond", "member")
    result = run("runuser", "-u", "member", "--", "monctl", "pause", "opposition")
    assert result.returncode == 0, result.stderr
    must("monctl", "resume", "opposition")


def reload_is_the_same_process():
    before = show("MainPID")
    CONFIG_PATH.write_text(CONFIG.format(target="autre"))
    must("systemctl", "reload", "mond")
    assert until(lambda: '"autre"' in run("monctl", "status", "--json").stdout)
    assert show("MainPID") == before and show("ActiveState") == "active", why()
    CONFIG_PATH.write_text("targets: nonsense\n")
    must("systemctl", "reload", "mond")
    assert until(lambda: journal("PRIORITY=3")), "a bad reload is told to the journal"
    assert '"autre"' in run("monctl", "status", "--json").stdout
    CONFIG_PATH.write_text(CONFIG.format(target="opposition"))
    must("systemctl", "reload", "mond")


COMMAND = ("id -un; test -r /etc/mond/mond.yaml && ! ls /run/mond /var/lib/mond 2>/dev/null && "
           "! touch /etc/x 2>/dev/null")


def last_check(target):
    found = json.loads(run("monctl", "status", "--json").stdout)["targets"]
    return next((item["last_check"] or {} for item in found if item["id"] == target), {})


def commands_are_run_by_the_helper():
    sonde = f"  - id: sonde\n    exec: {{ command: [/bin/sh, -c, '{COMMAND}'] }}\npaths:"
    CONFIG_PATH.write_text(CONFIG.format(target="opposition").replace("paths:", sonde))
    must("systemctl", "reload", "mond")
    assert until(lambda: last_check("sonde").get("cause") == "local_fault"), last_check("sonde")
    assert "systemctl enable --now mond-exec.socket" in last_check("sonde")["detail"], last_check("sonde")
    must("systemctl", "enable", "--now", "mond-exec.socket")
    assert until(lambda: last_check("sonde").get("verdict") == "up"), (
        last_check("sonde"), run("journalctl", "-q", "-u", "mond-exec@*", "--no-pager", "-n", "30").stdout)
    assert last_check("sonde")["detail"] == "mond-exec", last_check("sonde")
    socket = Path("/run/mond-exec.sock").stat()
    assert (socket.st_uid, socket.st_mode & 0o777) == (pwd.getpwnam("mond").pw_uid, 0o600)
    must("systemctl", "disable", "--now", "mond-exec.socket")
    assert until(lambda: not run("systemctl", "list-units", "--all", "--no-legend", "mond-exec@*").stdout.strip())
    CONFIG_PATH.write_text(CONFIG.format(target="opposition"))
    must("systemctl", "reload", "mond")


def watchdog_ends_a_hang():
    before = show("MainPID")
    assert before != "0", why()
    time.sleep(2 * WATCHDOG_SECONDS)  # time itself is what is tested: fed, it lives past its watchdog
    assert show("MainPID") == before, "the watchdog was not fed"
    os.kill(int(before), signal.SIGSTOP)
    assert until(lambda: show("MainPID") not in ("0", before) and show("ActiveState") == "active"), why()
    assert show("NRestarts") == "1"


def stops_in_order():
    must("systemctl", "stop", "mond")
    assert (show("Result"), show("ExecMainStatus")) == ("success", "0"), why()
    assert not Path("/run/mond/mond.sock").exists()


def a_mistake_does_not_restart_for_ever():
    CONFIG_PATH.write_text("targets: nonsense\n")
    assert run("systemctl", "start", "mond").returncode != 0
    assert show("ExecMainStatus") == "78", why()
    assert show("ActiveState") == "failed" and show("NRestarts") == "0"
    assert journal("PRIORITY=3") or "mond.yaml" in run("journalctl", "-q", "-u", "mond").stdout


SHOWN = [starts_and_says_ready, folders_are_as_promised, status_says_something, journal_has_fields,
         journal_has_the_path, everybody_may_ask_members_may_change, reload_is_the_same_process,
         commands_are_run_by_the_helper, watchdog_ends_a_hang, stops_in_order, a_mistake_does_not_restart_for_ever]


def main():
    if run("unshare", "--user", "true").returncode != 0:  # in a chroot, say; the unit has PrivateUsers=yes
        json.dump({"not_possible": "no user namespaces in the throw-away machine"}, sys.stdout)
        return
    prepare()
    results = {}
    for show_it in SHOWN:
        try:
            show_it()
            results[show_it.__name__] = None
        except (AssertionError, OSError, subprocess.SubprocessError):
            results[show_it.__name__] = traceback.format_exc()
    json.dump(results, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
