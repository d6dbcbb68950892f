"""The webhook driver against real receivers: signatures by two other implementations, the payload's schema, and
receivers that misbehave."""

import base64
import hashlib
import hmac
import json
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from support import broken, hook, pages
from support.daemon import ROOT
from support.receiver import Receiver

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER_SECRET = "whsec_" + base64.b64encode(bytes(range(64))).decode()
PACKAGES = ROOT / "build/npm"
VERIFY = Path(__file__).parent / "support/verify_webhooks.mjs"


def is_signed(request, secret):
    """Written from the specification, with nothing but Python's own hmac."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(expected, given) for given in request.headers["webhook-signature"].split(" "))


def results(outcomes):
    return Counter(outcome["result"] for outcome in outcomes)


@pytest.fixture
def receiver(certs):
    server = Receiver(certs)
    yield server
    server.close()


def block_for(receiver, certs, **more):
    return {"url": receiver.url, "ca_file": str(certs / "authority.pem")} | more


# --- signatures ---------------------------------------------------------------------------------------------------

def test_every_event_is_delivered_and_signed(receiver, certs, tmp_path):
    outcomes, _ = hook.send(tmp_path, block_for(receiver, certs, secret=[SECRET, OTHER_SECRET], token="abcdef"))
    assert results(outcomes) == {"delivered": len(hook.documents())}
    assert {outcome["type"] for outcome in outcomes} == {d["type"] for d in hook.documents()}
    assert len(receiver.requests) == len(hook.documents())
    stranger = "whsec_" + base64.b64encode(b"x" * 32).decode()
    for request in receiver.requests:
        document = json.loads(request.body)
        assert request.headers["webhook-id"] == document["id"]
        assert abs(int(request.headers["webhook-timestamp"]) - request.at) <= 2
        assert request.headers["content-type"] == "application/json"
        assert request.headers["authorization"] == "Bearer abcdef"
        assert request.headers["mond-attempt"] == "1" and request.headers["mond-first-attempt"].endswith("Z")
        assert "expect" not in request.headers
        assert is_signed(request, SECRET) and is_signed(request, OTHER_SECRET) and not is_signed(request, stranger)
        request.body += b" "
        assert not is_signed(request, SECRET)


@pytest.mark.skipif(not (PACKAGES / "node_modules/standardwebhooks").is_dir(),
                    reason="the npm package standardwebhooks is not here: ./dev deps --extra fetches it")
def test_signatures_by_another_implementation(receiver, certs, tmp_path):
    hook.send(tmp_path, block_for(receiver, certs, secret=[SECRET, OTHER_SECRET]))
    lines = [json.dumps({"headers": r.headers, "body": r.body.decode()}) for r in receiver.requests]
    changed = receiver.requests[0]
    lines.append(json.dumps({"headers": changed.headers, "body": changed.body.decode() + " "}))
    for secret in (SECRET, OTHER_SECRET):
        said = subprocess.run(["node", VERIFY, PACKAGES, secret], input="\n".join(lines) + "\n", capture_output=True,
                              text=True, timeout=60, check=True).stdout.splitlines()
        assert said[:-1] == ["ok"] * (len(hook.documents())), said
        assert said[-1] != "ok"


# --- the payload --------------------------------------------------------------------------------------------------

def test_the_payload_fits_its_schema():
    jsonschema = pytest.importorskip("jsonschema", reason="python3-jsonschema is not installed")
    schema = json.loads((ROOT / "contrib/webhook/payload.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    documents = hook.documents()
    assert {d["type"] for d in documents} == set(schema["properties"]["type"]["enum"])
    for document in documents:
        assert not [error.message for error in validator.iter_errors(document)], document
        # Every key of every document is described: what is sent and what is written are the same.
        assert set(document) <= set(schema["properties"]), set(document) - set(schema["properties"])
    for key in schema["required"]:
        assert not validator.is_valid({k: v for k, v in documents[0].items() if k != key})


# --- receivers that misbehave -------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", ["expired", "wrong-host", "stranger", "self-signed"])
def test_a_bad_certificate_gets_nothing(certs, tmp_path, name):
    receiver = Receiver(certs, name)
    outcomes, _ = hook.send(tmp_path, block_for(receiver, certs, token="SECRET-TOKEN"), 1)
    receiver.close()
    assert results(outcomes) == {"again": 1}
    assert outcomes[0]["status"] == 0 and outcomes[0]["error"] and "SECRET" not in outcomes[0]["error"]
    assert receiver.requests == []


BROKEN = {
    "reset": (broken.reset, "again", 0),
    "hang": (broken.hang, "again", 0),
    "drip": (broken.drip, "delivered", 200),
    "endless": (broken.endless, "delivered", 200),
    "header-flood": (broken.header_flood, "again", 0),
    "not-http": (broken.always(b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n"), "again", 0),
    "redirect": (broken.redirect_loop, "failed", 302),
    "gone": (broken.always(broken.page(pages.ERROR, "410 Gone")), "gone", 410),
    "bad-request": (broken.always(broken.page("no such hook", "400 Bad Request")), "failed", 400),
    "error": (broken.always(broken.page(pages.ERROR, "500 Internal Server Error")), "again", 500),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_receiver_that_misbehaves(tmp_path, name):
    answer, result, status = BROKEN[name]
    server = broken.Server(answer)
    began = time.monotonic()
    outcomes, _ = hook.send(tmp_path, {"url": f"http://127.0.0.1:{server.port}/SECRET-PATH", "timeout": "2s"}, 2)
    server.close()
    assert results(outcomes) == {result: 2}
    assert time.monotonic() - began < 10
    for outcome in outcomes:
        assert outcome["status"] == status and "SECRET" not in outcome["error"]


def test_too_many_requests(receiver, certs, tmp_path):
    receiver.answer = lambda request: (429, {"Retry-After": "120"}, b"slow down")
    outcomes, _ = hook.send(tmp_path, block_for(receiver, certs), 1)
    assert (outcomes[0]["result"], outcomes[0]["retry_after"]) == ("again", 120000)
    assert outcomes[0]["error"] == "HTTP 429: slow down"


def test_nginx_takes_them_over_tls(nginx, certs, tmp_path):
    """A static file takes no POST: what counts is that nginx read the request whole and said so."""
    nginx.serve(pages.UP)
    block = {"url": nginx.tls_url, "ca_file": str(certs / "authority.pem")}
    outcomes, _ = hook.send(tmp_path, block, 4)
    assert results(outcomes) == {"failed": 4} and {outcome["status"] for outcome in outcomes} == {405}
