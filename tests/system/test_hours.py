"""Outside of its hours a target is left alone, and everybody who asks is told so."""

import time

from support.config import config
from support.daemon import MOND, run


def closed_now():
    """Open for half an hour a day, half a day from now: whatever the time is, that is not now."""
    far = (time.gmtime().tm_hour + 12) % 24
    return far, {"timezone": "UTC", "open": [f"Mon-Sun {far:02}:00-{far:02}:30"]}


def test_outside_of_its_hours_nobody_is_asked(mond, nginx):
    far, hours = closed_now()
    mond.write(config([{"id": "guichet", "http": {"url": nginx.url}, "hours": hours}])).start()

    mond.wait_state("guichet", "unknown")
    target = mond.target("guichet")
    assert (target["cause"], target["last_check"]) == ("outside_hours", None)
    assert target["next_check_at"].endswith(f"T{far:02}:00:00.000Z")
    (check,) = mond.json("check", "guichet")
    assert (check["verdict"], check["cause"]) == ("unknown", "outside_hours")
    assert f"{far:02}:00:00" in check["detail"]
    status = mond.monctl("status")
    assert status.returncode == 3 and "hours" in status.stdout
    (uptime,) = mond.json("uptime", "--since", "1m")
    assert uptime["seconds"]["outside_hours"] > 0 and uptime["availability"] is None
    assert mond.json("history", "guichet") == []
    once = run([MOND, "--once", "-c", mond.config_path])
    assert once.returncode == 3 and "outside_hours" in once.stdout
