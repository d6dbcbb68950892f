"""A small public service for the demonstration: on 127.0.0.1, with a page for each mood it can be in."""

import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = """<!DOCTYPE html>
<html lang="fr">
<head><meta charset="utf-8"><title>Mon carnet de soins</title>
<style>header {{ background: #eee }}</style></head>
<body>
<header><a href="/">Mon carnet de soins</a> <a href="/aide">Aide</a></header>
<main>{main}</main>
<footer>Service public de démonstration. <a href="/cgu">Conditions d’utilisation</a></footer>
</body>
</html>
"""

OPEN = """<h1>Refuser l’ouverture de mon carnet</h1>
<p>Vous avez reçu un courrier ? Vous pouvez vous opposer à la création de votre carnet de soins, en ligne, dans les six
semaines qui suivent. Munissez-vous de votre carte et laissez-vous guider.</p>
<form action="/opposition" method="get"><label>Numéro de la carte <input name="carte"></label>
<button>M’opposer</button></form>"""

MAINTENANCE = """<h1></h1>
<p>Mon carnet de soins est en maintenance. Nous préparons une nouvelle version du service.
Merci de revenir un peu plus tard.</p>"""

BROKEN = """<h1>Erreur 503</h1><p>Le serveur n’a pas pu traiter la demande.</p>"""

MOODS = {"open": (200, OPEN), "maintenance": (200, MAINTENANCE), "broken": (503, BROKEN), "reset": (0, "")}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked += 1
        status, main = MOODS[self.server.mood]
        if status == 0:
            self.reset()
            return
        body = PAGE.format(main=main).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def reset(self):
        """Linger 0: the close is a reset, as when a server falls over."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def finish(self):
        try:
            super().finish()
        except OSError:  # after a reset there is nothing to flush
            pass

    def log_message(self, *_):
        """mond tells what it saw; the server keeps quiet."""


class Site:
    def __init__(self, mood="open"):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.mood = mood
        self.server.asked = 0
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}/opposition"

    def become(self, mood):
        self.server.mood = mood

    def close(self):
        self.server.shutdown()
        self.server.server_close()
