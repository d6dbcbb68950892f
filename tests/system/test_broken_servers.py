"""Each way to be broken has its cause from the closed list, within its deadline."""

import pytest
from support import broken, pages
from support.config import config, http
from support.daemon import Mond
from support.nginx import free_port

TIMEOUT_MS = 3000
GRACE_MS = 1500


def targets(servers, certs):
    ca_file = str(certs / "authority.pem")
    for name, server in servers.items():
        if not server.reads:
            continue
        if server.tls:
            yield http(name, f"https://localhost:{server.port}/", pages.EXPECT, ca_file=ca_file)
        else:
            yield http(name, f"http://127.0.0.1:{server.port}/", pages.EXPECT)
    yield http("refused", f"http://127.0.0.1:{free_port()}/", pages.EXPECT)
    yield http("tls-plain", f"https://localhost:{servers['speaks-first'].port}/", pages.EXPECT, ca_file=ca_file)


@pytest.fixture(scope="module")
def seen(certs):
    """Every target's first check, by its id: one daemon looks at all of them at once."""
    servers = {name: broken.Server(answer) for name, (answer, *_) in broken.PLAIN.items()}
    servers |= {name: broken.Server(broken.always(broken.page(pages.UP)), broken.tls_context(certs, certificate))
                for name, (certificate, *_) in broken.TLS.items()}
    servers["speaks-first"] = broken.Server(broken.always(b"220 mail.example ESMTP\r\n"), reads=False)
    mond = Mond()
    try:
        everything = list(targets(servers, certs))
        mond.write(config(everything, defaults={"interval": "1h"})).start()
        found = {check["target"]: check for check in mond.json("check", "--all")}
        assert set(found) == {target["id"] for target in everything}
        assert mond.monctl("health").returncode == 0, mond.log
        yield found
    finally:
        mond.clean()
        for server in servers.values():
            server.close()


EXPECTED = broken.PLAIN | broken.TLS | {
    "refused": (None, "down", ["connect_refused"]),
    "tls-plain": (None, "down", ["tls_handshake"]),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_cause(seen, name):
    _, verdict, causes = EXPECTED[name]
    check = seen[name]
    assert (check["verdict"], check["cause"]) in [(verdict, cause) for cause in causes], check
    assert check["duration_ms"] <= TIMEOUT_MS + GRACE_MS, check
    assert check["detail"] or verdict == "up", check
