"""A receiver of webhooks: HTTP or HTTPS on loopback, connections kept open, every request remembered whole."""

import json
import ssl
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STOP_SECONDS_MAX = 5


@dataclass
class Received:
    path: str
    method: str
    headers: dict  # names in lower case
    body: bytes
    first_byte_at: float  # time.time()
    at: float = field(default_factory=time.time)

    @property
    def document(self):
        return json.loads(self.body)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def parse_request(self):
        self.first_byte_at = time.time()
        return super().parse_request()

    def _take(self):
        length = int(self.headers.get("Content-Length", "0"))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Received(self.path, self.command, headers, self.rfile.read(length), self.first_byte_at)
        status, extra, body = self.server.receiver.take(request)
        self.send_response(status)
        for name, value in extra.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = _take

    def log_message(self, *args):
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass  # a client that refuses our certificate is what is being tested


class Receiver:
    def __init__(self, certs=None, name="good", port=0):
        self.requests = []
        self.answer = lambda request: (204, {}, b"")
        self.lock = threading.Lock()
        self.server = _Server(("127.0.0.1", port), _Handler)
        self.server.receiver = self
        self.scheme = "http"
        if certs:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certs / f"{name}.pem", certs / f"{name}.key")
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                     do_handshake_on_connect=False)
            self.scheme = "https"
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"{self.scheme}://localhost:{self.port}/hook"

    def take(self, request):
        with self.lock:
            self.requests.append(request)
        return self.answer(request)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(STOP_SECONDS_MAX)
