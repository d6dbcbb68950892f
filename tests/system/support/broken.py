"""Servers that are broken on purpose, on loopback, one port each."""

import gzip
import socket
import ssl
import struct
import threading

from support import pages

STOP_SECONDS = 0.2
BOMB_BYTES = 64 << 20


def head(status="200 OK", length=None, **headers):
    fields = {"Content-Type": "text/html; charset=utf-8"} | {k.replace("_", "-"): v for k, v in headers.items()}
    if length is not None:
        fields["Content-Length"] = str(length)
    return (f"HTTP/1.1 {status}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in fields.items()) + "\r\n").encode()


def page(text, status="200 OK", **headers):
    body = text.encode()
    return head(status, len(body), Connection="close", **headers) + body


class Server:
    """Accepts, reads one request, and gives the connection to `answer(server, connection)` in a thread."""

    def __init__(self, answer, tls=None, reads=True):
        self.answer, self.tls, self.reads = answer, tls, reads
        self.stopping = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while not self.stopping.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            if self.reads and not self._read_request(connection):
                return
            self.answer(self, connection)
        except OSError:
            pass  # the client may leave or refuse at any point: that is what is being tested
        finally:
            connection.close()

    def _read_request(self, connection):
        request = b""
        while b"\r\n\r\n" not in request:
            part = connection.recv(4096)
            if not part:
                return False
            request += part
        return True

    def close(self):
        self.stopping.set()
        self.listener.close()


def always(data):
    return lambda server, connection: connection.sendall(data)


def reset(server, connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang(server, connection):
    server.stopping.wait()


def drip(server, connection):
    connection.sendall(head(length=100000))
    while not server.stopping.wait(STOP_SECONDS):
        connection.sendall(b".")


def endless(server, connection):
    connection.sendall(head())
    while not server.stopping.is_set():
        connection.sendall(b"<p>encore</p>" * 4096)


def header_flood(server, connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not server.stopping.is_set():
        connection.sendall(b"X-Flood: " + b"f" * 1000 + b"\r\n")


def redirect_loop(server, connection):
    connection.sendall(head("302 Found", 0, Location=f"http://127.0.0.1:{server.port}/again", Connection="close"))


def bomb(server, connection):
    body = gzip.compress(b"<p>encore</p>\n" * (BOMB_BYTES // 14))
    connection.sendall(head(length=len(body), Content_Encoding="gzip") + body)


ELSEWHERE = head("302 Found", 0, Location="http://127.0.0.2:1/", Connection="close")

# name: (what the server does, verdict, causes that are right)
PLAIN = {
    "healthy": (always(page(pages.UP)), "up", ["ok"]),
    "maintenance-200": (always(page(pages.MAINTENANCE)), "maintenance", ["banner"]),
    "maintenance-503": (always(page(pages.MAINTENANCE, "503 Service Unavailable")), "maintenance", ["banner"]),
    "error-500": (always(page(pages.ERROR, "500 Internal Server Error")), "down", ["http_5xx"]),
    "not-found": (always(page(pages.ERROR, "404 Not Found")), "down", ["http_4xx"]),
    "forbidden": (always(page(pages.ERROR, "403 Forbidden")), "blocked", ["access_denied"]),
    "rate-limited": (always(page(pages.ERROR, "429 Too Many Requests")), "blocked", ["rate_limited"]),
    "other-text": (always(page(pages.SHELL.format(main="<h1>Bonjour</h1><p>Rien à voir ici avec le reste, mais la page "
                                                       "va bien et se lit comme une autre.</p>"))),
                   "down", ["missing_text"]),
    "reset": (reset, "down", ["reset"]),
    "no-byte": (lambda server, connection: None, "down", ["reset"]),
    "hang": (hang, "down", ["timeout"]),
    "drip": (drip, "down", ["timeout"]),
    "truncated": (always(head(length=5000) + b"<p>coup"), "unreadable", ["truncated"]),
    "bad-gzip": (always(page("pas du gzip", Content_Encoding="gzip")), "unreadable", ["undecodable"]),
    "bomb": (bomb, "unreadable", ["too_large"]),
    "endless": (endless, "unreadable", ["too_large"]),
    "header-flood": (header_flood, "unreadable", ["too_large"]),
    "empty": (always(page("")), "down", ["empty_page"]),
    "not-http": (always(b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n"), "down", ["protocol"]),
    "redirect-loop": (redirect_loop, "down", ["redirect_loop"]),
    "redirect-elsewhere": (always(ELSEWHERE), "down", ["redirect_elsewhere"]),
}
TLS = {
    "tls-good": ("good", "up", ["ok"]),
    "tls-expired": ("expired", "down", ["tls_expired"]),
    "tls-wrong-host": ("wrong-host", "down", ["tls_hostname"]),
    "tls-stranger": ("stranger", "down", ["tls_untrusted"]),
    "tls-self-signed": ("self-signed", "down", ["tls_untrusted"]),
}


def tls_context(certs, name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certs / f"{name}.pem", certs / f"{name}.key")
    return context
