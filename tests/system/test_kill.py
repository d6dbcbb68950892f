"""kill -9 at any moment: the database is whole, nothing confirmed is lost, no incident is doubled."""

import random
import subprocess

from support import pages
from support.config import config, http

LIVES = 12
LIFE_SECONDS_MAX = 3.0
SEED = 20220103


def incident_keys(mond):
    return {(i["id"], i["subject"], i["opened_at"]) for i in mond.json("incidents", "--limit", "1000")}


def assert_sound(mond):
    incidents = mond.json("incidents", "--limit", "1000")
    for subject in {i["subject"] for i in incidents}:
        spans = sorted((i["opened_at"], i["closed_at"]) for i in incidents if i["subject"] == subject)
        for (_, closed), (opened, _) in zip(spans, spans[1:]):
            assert closed is not None and closed <= opened, f"two incidents at once: {spans}"


def test_killed_at_random_moments(mond, nginx):
    dice = random.Random(SEED)
    names = [f"t{n}" for n in range(8)]
    mond.write(config([http(name, nginx.url, pages.EXPECT) for name in names],
                      defaults={"confirm": {"fail": 2, "pass": 1, "retry_interval": "1s"}}))
    known = set()
    for _ in range(LIVES):
        nginx.serve(dice.choice([pages.UP, pages.MAINTENANCE, pages.ERROR]))
        mond.start()
        assert known <= incident_keys(mond), "an incident that was told is gone"
        try:
            mond.process.wait(dice.uniform(0, LIFE_SECONDS_MAX))
            raise AssertionError(f"mond ended by itself:\n{mond.log}")
        except subprocess.TimeoutExpired:
            known |= incident_keys(mond)
        mond.kill()
        assert mond.integrity() == ["ok"]
    mond.start()
    assert known <= incident_keys(mond)
    assert known, "nothing happened: the test proves nothing"
    assert_sound(mond)
    assert mond.stop() == 0
