"""A real wiki that its keeper makes read-only and opens again, as mond and a reader meet it."""

import pytest

from support.config import config, http
from support.mediawiki import MediaWiki, needs_mediawiki

WHY = "Nous déplaçons la base de données vers une autre machine."
CLOSED = ("inscription", "modification")
# PHP starts cold, and the machine may be busy: what is slow here is no failure.
DEFAULTS = {"timeout": "20s", "confirm": {"fail": 2, "pass": 2, "retry_interval": "1s"}}
STATE_SECONDS = 30


@pytest.fixture
def wiki():
    server = MediaWiki()
    yield server
    server.close()


@needs_mediawiki
def test_a_read_only_wiki_is_seen_to_close_and_to_open_again(mond, wiki):
    """Its account page gives way to an error, its edit page gets a warning, and its pages are read as before."""
    mond.write(config([http("lecture", wiki.url("Accueil")),
                       http("inscription", wiki.url("Special:CreateAccount")),
                       http("modification", wiki.url("Accueil", action="edit"))], DEFAULTS)).start()
    for target in ("lecture", *CLOSED):
        mond.wait_state(target, "up", STATE_SECONDS)
    assert mond.json("incidents") == []

    wiki.lock(WHY)
    for target in CLOSED:
        mond.wait_state(target, "maintenance", STATE_SECONDS)
        check = mond.target(target)["last_check"]
        assert (check["verdict"], check["cause"], check["http_status"]) == ("maintenance", "banner", 200)
        assert "base de données" in check["banner"]["text"], check
    opened = {incident["subject"]: incident for incident in mond.json("incidents", "--open")}
    assert sorted(opened) == sorted(CLOSED)
    assert {banner["target"] for banner in mond.json("banners")} == set(CLOSED)

    wiki.unlock()
    for target in CLOSED:
        mond.wait_state(target, "up", STATE_SECONDS)
    assert mond.json("incidents", "--open") == []
    incidents = mond.json("incidents")
    assert {incident["id"] for incident in incidents} == {incident["id"] for incident in opened.values()}
    assert all(incident["closed_at"] > incident["opened_at"] for incident in incidents)
    verdicts = {check["verdict"] for check in mond.json("history", "lecture", "--limit", "100")}
    assert verdicts == {"up"}, "who only reads meets no maintenance"
    assert mond.stop() == 0
