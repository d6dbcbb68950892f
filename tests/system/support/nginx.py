"""nginx on loopback, with a configuration and a folder of its own."""

import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from support import wait

CONFIG = """daemon off;
master_process off;
error_log {folder}/error.log;
pid {folder}/pid;
events {{ worker_connections 64; }}
http {{
    access_log off;
    types {{ text/html html; }}
    default_type text/html;
    charset utf-8;
    gzip on;
    gzip_min_length 1;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/pages;
        location / {{ try_files /page.html =404; }}
    }}
    server {{
        listen 127.0.0.1:{tls_port} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        root {folder}/pages;
        location / {{ try_files /page.html =404; }}
    }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Nginx:
    def __init__(self, certificate, key):
        self.folder = Path(tempfile.mkdtemp(prefix="mond-nginx-"))
        self.port, self.tls_port = free_port(), free_port()
        (self.folder / "pages").mkdir()
        config = self.folder / "nginx.conf"
        config.write_text(CONFIG.format(folder=self.folder, port=self.port, tls_port=self.tls_port,
                                        certificate=certificate, key=key))
        self.process = subprocess.Popen(["/usr/sbin/nginx", "-p", self.folder, "-c", config], stdin=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        assert wait.until(lambda: is_listening(self.port)), (self.folder / "error.log").read_text()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/opposition"

    @property
    def tls_url(self):
        return f"https://localhost:{self.tls_port}/opposition"

    def serve(self, page):
        """Whole or not at all: a page half written would be a third state."""
        new = self.folder / "pages/new"
        new.write_text(page, encoding="utf-8")
        new.rename(self.folder / "pages/page.html")

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
