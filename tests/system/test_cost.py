"""What an unattended mond costs on a small machine: memory for what it does, and nothing while nothing is due."""

import time
from pathlib import Path

from support import pages, wait
from support.config import config, http

SYSTEM_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
TARGETS = 10
PROBES = 600  # what ten targets at one minute come to in an hour
RSS_ANON_KIB_MAX = 8 * 1024
IDLE_SECONDS = 5


def status_kib(pid, name):
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    return 0


def a_page_of(kib):
    """Ordinary prose, as large as a real page, around the test's own page."""
    line = "<p>La procédure est décrite ici, étape par étape, et chacune tient en une phrase.</p>\n"
    return pages.UP.replace("</body>", line * (kib * 1024 // len(line.encode())) + "</body>")


def test_memory_after_an_hours_worth_of_probes(mond, nginx, certs, record_property, capsys):
    bundle = mond.folder / "bundle.pem"  # as large as what production verifies against
    bundle.write_bytes(SYSTEM_BUNDLE.read_bytes() + (certs / "authority.pem").read_bytes())
    nginx.serve(a_page_of(70))
    targets = [http(f"page-{n}", f"{nginx.tls_url}/{n}", pages.EXPECT, ca_file=str(bundle)) for n in range(TARGETS)]
    mond.write(config(targets)).start()
    mond.wait_checks("page-0", 3)
    nginx.serve(a_page_of(71))
    per_target = PROBES // TARGETS
    assert wait.until(lambda: len(mond.json("history", "page-0", "--limit", "1000")) >= per_target, 2 * per_target)

    anon, resident = (status_kib(mond.process.pid, name) for name in ("RssAnon", "VmRSS"))
    with capsys.disabled():
        print(f"\n{TARGETS} targets after {PROBES} probes: RssAnon {anon} KiB, VmRSS {resident} KiB")
    record_property("rss_anon_kib", anon)
    assert anon < RSS_ANON_KIB_MAX


def test_no_wake_up_without_something_due(mond, nginx):
    nginx.serve(pages.UP)
    mond.write(config([http("page", nginx.url, pages.EXPECT)], defaults={"interval": "1h"})).start()
    mond.wait_state("page", "up")
    time.sleep(1)  # what the last answer still had to do is done: the one wait that has no event to wait for
    before = status_kib(mond.process.pid, "voluntary_ctxt_switches")
    time.sleep(IDLE_SECONDS)
    assert status_kib(mond.process.pid, "voluntary_ctxt_switches") == before
