"""Fixtures of the system tests."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from support import certs as make_certs  # noqa: E402
from support.daemon import MONCTL, MOND, Mond  # noqa: E402
from support.nginx import Nginx  # noqa: E402


def pytest_sessionstart(session):
    missing = [str(program) for program in (MOND, MONCTL) if not program.exists()]
    if missing:
        pytest.exit(f"not built: {', '.join(missing)} (MOND_BUILD names the build folder)", returncode=1)


@pytest.fixture(scope="session")
def certs(tmp_path_factory):
    return make_certs.make(tmp_path_factory.mktemp("certs"))


@pytest.fixture
def mond():
    daemon = Mond()
    yield daemon
    daemon.clean()


@pytest.fixture
def nginx(certs):
    server = Nginx(certs / "good.pem", certs / "good.key")
    yield server
    server.close()
