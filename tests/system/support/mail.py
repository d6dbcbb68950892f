"""Mail servers on loopback: Debian's aiosmtpd, and one that says at each step what it is told to."""

import socket
import ssl
import time

from support import broken

DRIP_SECONDS = 0.05
FLOOD_BYTES = 1 << 20


def tls_context(certs, name="mail"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certs / f"{name}.pem", certs / f"{name}.key")
    return context


class Mailbox:
    """A handler of aiosmtpd: keeps every mail. `answers` maps a recipient to replies, the last one for good."""

    def __init__(self):
        self.mails, self.recipients, self.answers, self.data_answers = [], [], {}, []
        self.logins, self.was_tls = [], []

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.recipients.append(address)
        replies = self.answers.get(address, [])
        reply = (replies.pop(0) if len(replies) > 1 else replies[0]) if replies else "250 taken"
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server, session, envelope):
        reply = self.data_answers.pop(0) if self.data_answers else "250 kept"
        if reply.startswith("2"):
            self.mails.append(envelope)
            self.was_tls.append(session.ssl is not None)
        return reply

    def login(self, server, session, envelope, mechanism, data):
        from aiosmtpd.smtp import AuthResult
        self.logins.append((mechanism, bytes(data.login).decode(), bytes(data.password).decode()))
        return AuthResult(success=data.password == b"SECRET-WORD", handled=data.password == b"SECRET-WORD")


def knock(port):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(socket.create_connection(("127.0.0.1", port))) as connection:
        connection.recv(100)


def start(mailbox, certs=None, smtps=False, **options):
    """An aiosmtpd at a free port; `.port`. With certs it offers STARTTLS, or (smtps) begins with TLS."""
    from aiosmtpd.controller import Controller
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    tls = tls_context(certs) if certs else None
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, server_hostname="mail.test",
                            **({"ssl_context": tls} if smtps else {"tls_context": tls}), **options)
    if smtps:  # aiosmtpd looks whether it answers, with a client that would have to know our authority
        controller._trigger_server = lambda: knock(port)
    controller.start()
    return controller


HANG, CLOSE, DRIP, FLOOD, ENDLESS = "hang", "close", "drip", "flood", "endless"
GOOD = {"greeting": "220 mail.test ready", "EHLO": "250-mail.test\r\n250 SIZE 1000000", "MAIL": "250 fine",
        "RCPT": "250 fine", "DATA": "354 go on", "body": "250 kept", "QUIT": "221 bye"}


class Scripted(broken.Server):
    """Plays GOOD, but for the steps that `script` names: a reply, or HANG, CLOSE, DRIP, FLOOD, ENDLESS."""

    def __init__(self, **script):
        self.script = GOOD | script
        self.bodies, self.commands = [], []
        super().__init__(lambda server, connection: self._play(connection), reads=False)

    def _play(self, connection):
        with connection.makefile("rb") as lines:
            going = self._say(connection, "greeting")
            while going and (line := lines.readline()):
                self.commands.append(line.decode("latin-1").strip())
                verb = line[:4].decode("latin-1").upper()
                going = self._say(connection, verb if verb in self.script else "EHLO")
                if verb == "DATA" and self.script["DATA"].startswith("3"):
                    body = b""
                    while not body.endswith(b"\r\n.\r\n") and (line := lines.readline()):
                        body += line
                    self.bodies.append(body)
                    going = self._say(connection, "body")

    def _say(self, connection, step):
        reply = self.script[step]
        if reply == CLOSE:
            return False
        if reply == HANG:
            return not self.stopping.wait(60)
        if reply == DRIP:
            for byte in b"250 " + b"x" * 2000:
                connection.sendall(bytes([byte]))
                time.sleep(DRIP_SECONDS)
            return True
        if reply == FLOOD:
            connection.sendall(b"250-" + b"x" * FLOOD_BYTES)
        elif reply == ENDLESS:
            while not self.stopping.is_set():
                connection.sendall(b"250-more of it\r\n" * 100)
        else:
            connection.sendall(reply.encode() + b"\r\n")
        return True
