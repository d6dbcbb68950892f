"""Debian's prometheus-alertmanager on loopback, with a configuration and a folder of its own."""

import json
import shutil
import subprocess
import tempfile
import urllib.request
from pathlib import Path

from support import wait
from support.nginx import free_port, is_listening

PROGRAM = "/usr/bin/prometheus-alertmanager"
CONFIG = """global: {{ resolve_timeout: {resolve_timeout} }}
route: {{ receiver: test, group_by: [alertname], group_wait: 100ms, group_interval: 500ms, repeat_interval: 1h }}
receivers: [ {{ name: test, webhook_configs: [ {{ url: "{url}", send_resolved: true }} ] }} ]
"""


class Alertmanager:
    def __init__(self, receiver_url, resolve_timeout="2s"):
        self.folder = Path(tempfile.mkdtemp(prefix="mond-alertmanager-"))
        self.port = free_port()
        config = self.folder / "alertmanager.yml"
        config.write_text(CONFIG.format(url=receiver_url, resolve_timeout=resolve_timeout))
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen(
            [PROGRAM, f"--config.file={config}", f"--storage.path={self.folder}/data", "--cluster.listen-address=",
             f"--web.listen-address=127.0.0.1:{self.port}"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        assert wait.until(lambda: is_listening(self.port)), (self.folder / "log").read_text()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def alerts(self):
        """Those that fire: Alertmanager shows no others."""
        with urllib.request.urlopen(f"{self.url}/api/v2/alerts", timeout=10) as answer:
            return json.load(answer)

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
