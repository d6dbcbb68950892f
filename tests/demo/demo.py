#!/usr/bin/python3
"""January 2022 in about a minute, on this machine alone. usage: demo.py BUILD_FOLDER

A letter says that one has six weeks to refuse; the page where one refuses closes for maintenance, then breaks, then
comes back. A small site plays that, mond watches it once a second, and the reader sees what mond says and keeps."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from site_server import Site

FRENCH = not os.environ.get("LC_ALL", "fr").startswith("en")
ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS_MAX = 15
SOCKET_PATH_MAX = 107  # unix(7)
PHASE_SECONDS_MAX = 25  # a phase ends as soon as mond says what it should; this is its bound

CONFIG = """observer:
  name: Démonstration
  contact: https://example.org/mond
defaults:
  interval: 1s
  timeout: 3s
  confirm: {{ fail: 3, pass: 2, retry_interval: 1s }}
targets:
  - id: opposition
    title: {{ fr: "Refuser son carnet de soins", en: "Refusing one's health record" }}
    http:
      url: {url}
      expect:
        contains: ["M'opposer"]
"""

# mood of the site, state that mond comes to, seconds to look at it, what is told
PHASES = [
    ("open", "up", 8,
     "Janvier 2022. Un courrier annonce : vous avez six semaines pour refuser, en ligne. La page répond.",
     "January 2022. A letter says: you have six weeks to refuse, on line. The page answers."),
    ("maintenance", "maintenance", 14,
     "La page répond toujours, avec un code 200 (« tout va bien »)… mais elle dit qu’elle est en maintenance.",
     "The page still answers, with status 200 (\"all is well\")… but it says that it is under maintenance."),
    ("broken", "down", 12,
     "La nouvelle version est installée, et tout casse : erreur 503.",
     "The new version is installed, and everything breaks: error 503."),
    ("reset", "down", 8,
     "Puis le serveur ne répond plus du tout : il coupe la connexion.",
     "Then the server does not answer at all: it cuts the connection."),
    ("open", "up", 10,
     "Quelqu’un a réparé. La page répond de nouveau, et on peut refuser.",
     "Somebody has mended it. The page answers again, and one can refuse."),
]


def say(french, english):
    print(french if FRENCH else english, flush=True)


class Demo:
    def __init__(self, build):
        self.build = Path(build).resolve()
        (ROOT / "state").mkdir(exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix="demo-", dir=ROOT / "state"))
        self.socket_folder = self.folder
        if len(os.fsencode(self.folder / "mond.sock")) > SOCKET_PATH_MAX:
            self.socket_folder = Path(tempfile.mkdtemp(prefix="mond-"))
        self.socket = self.socket_folder / "mond.sock"
        self.site = Site()
        self.mond = None
        self.told = None

    def monctl(self, *args):
        command = [self.build / "daemon/monctl/monctl", "--socket", self.socket, *args]
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)

    def start(self):
        config = self.folder / "demo.yaml"
        config.write_text(CONFIG.format(url=self.site.url))
        with open(self.folder / "mond.log", "w") as log:
            self.mond = subprocess.Popen([self.build / "daemon/mond", "-c", config, "--state-dir", self.folder,
                                          "--socket", self.socket], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        for _ in range(START_SECONDS_MAX * 10):
            if self.mond.poll() is not None:
                break
            if self.monctl("health").returncode in (0, 1):
                return
            time.sleep(0.1)
        print((self.folder / "mond.log").read_text(), file=sys.stderr)
        raise SystemExit("mond n’a pas démarré" if FRENCH else "mond did not start")

    def target(self):
        try:
            return json.loads(self.monctl("status", "--json").stdout)["targets"][0]
        except (ValueError, LookupError):
            return {"state": "unknown", "last_check": None}

    def show(self, *args):
        print(f"  $ monctl {' '.join(args)}")
        for line in self.monctl(*args).stdout.rstrip().splitlines():
            print(f"    {line}".rstrip())
        print(flush=True)

    def follow(self, seconds, wanted=None):
        """Prints each change of what mond sees, for `seconds` or until its state is `wanted`. True when it is."""
        end = time.monotonic() + seconds
        while True:
            target = self.target()
            check = target["last_check"]
            seen = check and (check["verdict"], check["cause"], target["state"])
            if seen and seen != self.told:
                self.told = seen
                at = datetime.fromisoformat(check["at"].replace("Z", "+00:00")).astimezone()
                say(f"    {at:%H:%M:%S}  vu : {seen[0]} ({seen[1]})  →  état : {seen[2]}",
                    f"    {at:%H:%M:%S}  seen: {seen[0]} ({seen[1]})  →  state: {seen[2]}")
            if target["state"] == wanted:
                return True
            if time.monotonic() >= end:
                return wanted is None
            time.sleep(0.2)

    def play(self, number, mood, expected, seconds, french, english):
        print(f"--- {number}/{len(PHASES)} ---", flush=True)
        say(french, english)
        self.site.become(mood)
        began = time.monotonic()
        if not self.follow(PHASE_SECONDS_MAX, expected):
            say("mond ne l’a pas vu : voir son journal.", "mond did not see it: look at its log.")
        self.follow(max(0.0, seconds - (time.monotonic() - began)))
        self.show("status")

    @property
    def first_check(self):
        return json.loads(self.monctl("history", "opposition", "--json", "--limit", "1000").stdout)[-1]["at"]

    def tell_what_was_kept(self):
        say("=== Ce que mond a retenu ===", "=== What mond has kept ===")
        say("L’interruption, du premier échec à la première réussite :",
            "The interruption, from the first failure to the first success:")
        self.show("incidents")
        say("Ce que le site disait, mot pour mot :", "What the site said, word for word:")
        self.show("banners")
        say("Le temps, état par état (la somme fait exactement la période) :",
            "The time, state by state (the sum is the period exactly):")
        self.show("uptime", "--since", self.first_check)
        say("Les dernières vérifications :", "The latest checks:")
        self.show("history", "opposition", "--limit", "5")

    def stop(self):
        if self.mond and self.mond.poll() is None:
            self.mond.send_signal(signal.SIGTERM)
            try:
                self.mond.wait(10)
            except subprocess.TimeoutExpired:
                self.mond.kill()
                self.mond.wait()
        self.site.close()
        for folder in {self.folder, self.socket_folder}:
            shutil.rmtree(folder, ignore_errors=True)


def main():
    demo = Demo(sys.argv[1])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        demo.start()
        say("Un petit site de démonstration, sur cette machine seule ; mond le regarde chaque seconde, et ne croit un\n"
            "changement qu’après plusieurs vérifications de suite.",
            "A small site on this machine alone; mond looks at it once a second, and believes a change only after\n"
            "several checks in a row.")
        for number, phase in enumerate(PHASES, 1):
            demo.play(number, *phase)
        demo.tell_what_was_kept()
        say("Fini. Rien n’est resté sur cette machine ; ./dev run surveille les vrais sites.",
            "Done. Nothing was left on this machine; ./dev run watches the real sites.")
    except KeyboardInterrupt:
        print()
    finally:
        demo.stop()


if __name__ == "__main__":
    main()
