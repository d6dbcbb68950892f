"""The e-mail driver against real mail servers, and what it sends as another implementation reads it."""

import email
import email.policy
import re
import socket
import time
from email.utils import parsedate_to_datetime

import pytest

from support import hook, mail, pages, wait
from support.config import config, http

pytest.importorskip("aiosmtpd", reason="python3-aiosmtpd is not installed")

LINE_MAX = 998
LATE_MS_MAX = 500  # the loop, while a server hangs: far under any span that it hangs for
TO = ["a@example.org", "Bureau d'été <b@example.org>", "c@example.org"]
BARE = ["a@example.org", "b@example.org", "c@example.org"]


def block_for(port, host="127.0.0.1", scheme="smtp", **more):
    return {"server": f"{scheme}://{host}:{port}", "from": "Collectif « Exemple » <mond@example.org>", "to": TO,
            "timeout": "3s"} | more


def send(tmp_path, block, count=0, options=(), at_once=4):
    outcomes, said = hook.run(tmp_path, block, count, at_once, ["--email", *options])
    late = float(re.search(r"late ([0-9.]+) ms", said).group(1))
    assert late < LATE_MS_MAX, said
    assert "SECRET" not in said + str(outcomes)
    return outcomes


@pytest.fixture
def mailbox():
    return mail.Mailbox()


@pytest.fixture
def server(mailbox):
    controller = mail.start(mailbox)
    yield controller
    controller.stop()


def read(envelope):
    content = envelope.original_content
    for line in content.split(b"\r\n"):
        assert len(line) <= LINE_MAX and b"\n" not in line and b"\r" not in line
    assert content.isascii() and content.endswith(b"\r\n")
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert not message.defects and not any(part.defects for part in message.walk())
    return message


def parts(message):
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    return plain.get_content(), html.get_content()


# --- what is sent -------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_event_is_a_mail(server, mailbox, tmp_path, language):
    outcomes = send(tmp_path, block_for(server.port), options=["--en"] if language == "en" else [])
    types = [outcome["type"] for outcome in outcomes]
    assert {o["result"] for o in outcomes} == {"delivered"} and len(set(types)) * 2 == len(types)
    assert len(mailbox.mails) == len(outcomes)
    by_id = {outcome["id"]: outcome["type"] for outcome in outcomes}
    for envelope in mailbox.mails:
        message = read(envelope)
        assert envelope.mail_from == "mond@example.org" and envelope.rcpt_tos == BARE
        identity = message["Message-ID"].strip("<>").removesuffix("@example.org")
        assert message["X-Mond-Event"] == by_id.pop(identity)
        assert message["From"].addresses[0].display_name == "Collectif « Exemple »"
        assert [a.addr_spec for a in message["To"].addresses] == BARE
        assert message["To"].addresses[1].display_name == "Bureau d'été"
        assert message["Auto-Submitted"] == "auto-generated"
        assert abs(parsedate_to_datetime(message["Date"]).timestamp() - time.time()) < 60
        plain, html = parts(message)
        assert message["Subject"] and plain.strip() and f'<html lang="{language}">' in html
        assert message["Content-Language"] == language
    assert not by_id


def test_mails_of_one_incident_are_a_thread(server, mailbox, tmp_path):
    send(tmp_path, block_for(server.port), 4)
    messages = [read(envelope) for envelope in mailbox.mails]
    threaded = [message for message in messages if message["References"]]
    assert len(threaded) == 2
    for message in threaded:
        assert re.fullmatch(r"<incident-\d+-\d+@example\.org>", message["References"])
        assert message["In-Reply-To"] == message["References"]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_hostile_words_stay_words(server, mailbox, tmp_path, language):
    send(tmp_path, block_for(server.port), options=["--hostile"] + (["--en"] if language == "en" else []))
    known = {"date", "from", "to", "subject", "message-id", "in-reply-to", "references", "auto-submitted",
             "x-mond-event", "content-language", "mime-version", "content-type"}
    for envelope in mailbox.mails:
        assert envelope.rcpt_tos == BARE
        message = read(envelope)
        assert {name.lower() for name in message.keys()} <= known
        assert len(message.keys()) == len(set(message.keys()))
        plain, html = parts(message)
        assert "\n" not in message["Subject"] and "\u202e" not in message["Subject"] + plain + html
        assert "<script" not in html and "&lt;script&gt;" in html
        assert 'href="https://www.example.org/"' not in html
    assert len(mailbox.mails) == len({read(e)["Message-ID"] for e in mailbox.mails})


# --- how it is sent -----------------------------------------------------------------------------------------------

def test_starttls(certs, mailbox, tmp_path):
    server = mail.start(mailbox, certs, require_starttls=True, authenticator=mailbox.login, auth_required=True)
    block = block_for(server.port, "mail.test", ca_file=str(certs / "authority.pem"), username="mond",
                      password="SECRET-WORD")
    outcomes = send(tmp_path, block, 2)
    server.stop()
    assert [o["result"] for o in outcomes] == ["delivered"] * 2 and mailbox.was_tls == [True] * 2
    assert {(user, word) for _, user, word in mailbox.logins} == {("mond", "SECRET-WORD")}


def test_smtps(certs, mailbox, tmp_path):
    server = mail.start(mailbox, certs, smtps=True, authenticator=mailbox.login, auth_require_tls=False)
    block = block_for(server.port, "mail.test", "smtps", ca_file=str(certs / "authority.pem"), username="mond",
                      password="SECRET-WORD")
    outcomes = send(tmp_path, block, 2)
    server.stop()
    assert [o["result"] for o in outcomes] == ["delivered"] * 2 and len(mailbox.logins) == 2


def test_nothing_is_said_without_tls(mailbox, server, tmp_path):
    """A server elsewhere that offers no STARTTLS, or somebody on the way who takes it out."""
    outcomes = send(tmp_path, block_for(server.port, "mail.test", username="mond", password="SECRET-WORD"), 1)
    assert (outcomes[0]["result"], outcomes[0]["status"]) == ("again", 0) and "STARTTLS" in outcomes[0]["error"]
    assert mailbox.mails == [] and mailbox.logins == [] and mailbox.recipients == []


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_certificate_of_nobody(certs, mailbox, tmp_path, scheme):
    server = mail.start(mailbox, certs, smtps=scheme == "smtps")
    outcomes = send(tmp_path, block_for(server.port, "mail.test", scheme, username="m", password="SECRET-WORD"), 1)
    server.stop()
    assert (outcomes[0]["result"], outcomes[0]["status"]) == ("again", 0) and "certificate" in outcomes[0]["error"]
    assert mailbox.mails == [] and mailbox.logins == []


def test_a_login_that_is_refused(certs, mailbox, tmp_path):
    server = mail.start(mailbox, certs, require_starttls=True, authenticator=mailbox.login)
    block = block_for(server.port, "mail.test", ca_file=str(certs / "authority.pem"), username="mond",
                      password="SECRET-WRONG")
    outcomes = send(tmp_path, block, 1)
    server.stop()
    assert (outcomes[0]["result"], outcomes[0]["status"]) == ("failed", 535) and "login" in outcomes[0]["error"]
    assert mailbox.mails == []


# --- recipients ---------------------------------------------------------------------------------------------------

def test_one_refused_recipient_does_not_lose_the_others(server, mailbox, tmp_path):
    mailbox.answers = {"b@example.org": ["550 5.1.1 no such user"]}
    outcomes = send(tmp_path, block_for(server.port), 1, ["--again"])
    assert (outcomes[0]["result"], outcomes[0]["attempts"]) == ("delivered", 1)
    assert [envelope.rcpt_tos for envelope in mailbox.mails] == [["a@example.org", "c@example.org"]]


def test_whoever_is_taken_later_gets_it_alone(server, mailbox, tmp_path):
    mailbox.answers = {"b@example.org": ["451 4.7.1 greylisted", "451 4.7.1 greylisted", "250 now"]}
    outcomes = send(tmp_path, block_for(server.port), 1, ["--again"])
    assert (outcomes[0]["result"], outcomes[0]["attempts"]) == ("delivered", 3)
    assert [envelope.rcpt_tos for envelope in mailbox.mails] == [["a@example.org", "c@example.org"],
                                                                ["b@example.org"]]
    assert mailbox.mails[0].content == mailbox.mails[1].content  # the same bytes at each attempt


def test_more_mails_than_are_remembered(server, mailbox, tmp_path):
    """Past EMAIL_SERVED_MAX somebody gets a mail twice, under one Message-ID; nobody goes without."""
    mailbox.answers = {"b@example.org": ["451 later"] * 80 + ["250 now"]}
    outcomes = send(tmp_path, block_for(server.port, timeout="20s"), 64 + 16, ["--again"], at_once=64)
    assert {o["result"] for o in outcomes} == {"delivered"}
    for address in BARE:
        assert len({read(mail)["Message-ID"] for mail in mailbox.mails if address in mail.rcpt_tos}) == len(outcomes)


def test_all_recipients_refused(server, mailbox, tmp_path):
    mailbox.answers = {address: ["550 no"] for address in BARE}
    outcomes = send(tmp_path, block_for(server.port), 1)
    assert (outcomes[0]["result"], outcomes[0]["status"]) == ("failed", 550) and "550 no" in outcomes[0]["error"]


def test_some_never_and_some_later(server, mailbox, tmp_path):
    mailbox.answers = {"a@example.org": ["550 no"], "b@example.org": ["550 no"], "c@example.org": ["450 later"]}
    outcomes = send(tmp_path, block_for(server.port), 1)
    assert (outcomes[0]["result"], outcomes[0]["status"]) == ("again", 450)


def test_later_then_taken(server, mailbox, tmp_path):
    mailbox.data_answers = ["451 4.3.0 try again", "250 kept"]
    outcomes = send(tmp_path, block_for(server.port), 1, ["--again"])
    assert (outcomes[0]["result"], outcomes[0]["attempts"]) == ("delivered", 2) and len(mailbox.mails) == 1


# --- servers that misbehave ---------------------------------------------------------------------------------------

# ENDLESS says more than SMTP_REPLIES_MAX before the mail, and more than SMTP_REPLY_MAX in it.
MISBEHAVIOURS = [
    ("greeting", "554 go away", "failed", 554), ("greeting", "421 busy", "again", 421),
    ("greeting", mail.HANG, "again", 0), ("greeting", mail.CLOSE, "again", 0), ("greeting", mail.DRIP, "again", 0),
    ("greeting", mail.FLOOD, "again", 0), ("greeting", mail.ENDLESS, "again", 0),
    ("greeting", "HTTP/1.1 400 Bad Request", "again", 0),
    ("EHLO", mail.HANG, "again", 0), ("EHLO", mail.CLOSE, "again", 0), ("EHLO", mail.ENDLESS, "again", 0),
    ("MAIL", "451 later", "again", 451), ("MAIL", "550 no", "failed", 550), ("MAIL", mail.HANG, "again", 0),
    ("MAIL", mail.CLOSE, "again", 0), ("MAIL", mail.DRIP, "again", 0), ("MAIL", mail.FLOOD, "again", 0),
    ("MAIL", mail.ENDLESS, "again", 0), ("MAIL", "nonsense", "again", 0), ("MAIL", "250 a\r\n250 b", "again", 0),
    ("RCPT", "421 closing", "again", 421), ("RCPT", mail.HANG, "again", 0), ("RCPT", mail.CLOSE, "again", 0),
    ("DATA", "554 no", "failed", 554), ("DATA", "250 what", "again", 250), ("DATA", mail.HANG, "again", 0),
    ("DATA", mail.CLOSE, "again", 0),
    ("body", "554 spam", "failed", 554), ("body", "452 full", "again", 452), ("body", mail.HANG, "again", 0),
    ("body", mail.CLOSE, "again", 0), ("body", mail.DRIP, "again", 0), ("body", "SECRET \x1b[2J", "again", 0),
]


@pytest.mark.parametrize(("step", "reply", "result", "status"), MISBEHAVIOURS)
def test_a_server_that_misbehaves(tmp_path, step, reply, result, status):
    server = mail.Scripted(**{step: reply})
    began = time.monotonic()
    outcomes = send(tmp_path, block_for(server.port, timeout="1s"), 2, at_once=2)
    server.close()
    assert time.monotonic() - began < 10
    for outcome in outcomes:
        assert (outcome["result"], outcome["status"]) == (result, status), outcome
        assert outcome["error"].isprintable() and outcome["error"]


def test_a_server_that_hangs_after_all_was_taken(tmp_path):
    """The farewell is not waited for."""
    server = mail.Scripted(QUIT=mail.HANG)
    outcomes = send(tmp_path, block_for(server.port), 2)
    server.close()
    assert [o["result"] for o in outcomes] == ["delivered"] * 2 and max(o["ms"] for o in outcomes) < 1000


def test_a_password_that_is_quoted_back(tmp_path):
    server = mail.Scripted(EHLO="250-mail.test\r\n250 AUTH PLAIN LOGIN", AUTH="535 SECRET-WORD is wrong, mond")
    outcomes = send(tmp_path, block_for(server.port, username="mond", password="SECRET-WORD"), 1)
    server.close()
    assert (outcomes[0]["result"], outcomes[0]["status"]) == ("failed", 535)  # send() looks for the word


def test_nobody_listens(tmp_path):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        outcomes = send(tmp_path, block_for(silent.getsockname()[1]), 1)
    assert (outcomes[0]["result"], outcomes[0]["status"]) == ("again", 0) and "refused" in outcomes[0]["error"]
    outcomes = send(tmp_path, block_for(25, "nobody.test"), 1)
    assert outcomes[0]["result"] == "again" and outcomes[0]["error"]


# --- the whole daemon ---------------------------------------------------------------------------------------------

def test_a_path_that_closes_and_opens_is_written_about(mond, nginx, server, mailbox):
    mailbox.data_answers = ["451 4.3.0 later", "250 kept"]
    nginx.serve(pages.UP)
    path = {"id": "refus", "title": {"fr": "Refuser son espace santé", "en": "Refusing"},
            "channels": [{"id": "web", "title": "En ligne", "steps": ["opposition"]}]}
    mond.write(config([http("opposition", nginx.url, pages.EXPECT)], paths=[path], language="fr",
                      notifiers=[{"id": "courriel", "email": block_for(server.port)}]))
    mond.start()
    mond.wait_state("opposition", "up")
    nginx.serve(pages.MAINTENANCE)
    assert wait.until(lambda: len(mailbox.mails) == 1), mond.log
    nginx.serve(pages.UP)
    assert wait.until(lambda: len(mailbox.mails) == 2), mond.log
    closed, opened = (read(envelope) for envelope in mailbox.mails)
    assert closed["Subject"] == "Refuser son espace santé : fermé"
    assert opened["Subject"] == "Refuser son espace santé : ouvert"
    assert closed["References"] == opened["References"] and closed["Message-ID"] != opened["Message-ID"]
    plain, html = parts(closed)
    assert plain.startswith("« Refuser son espace santé » : ce n'est plus possible")
    assert nginx.url in plain and "monctl silence refus" in plain and "La page dit" in plain
    rows = {row["event_id"]: row for row in mond.json("deliveries")}
    row = rows[closed["Message-ID"].strip("<>").removesuffix("@example.org")]
    assert (row["state"], row["attempts"]) == ("delivered", 2)
    mond.stop()
