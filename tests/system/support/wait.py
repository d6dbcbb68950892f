"""Waiting for something to become true, with a bound; never for time to pass."""

import time
from datetime import datetime

STEP_SECONDS = 0.05
BOUND_SECONDS = 20.0


def until(what, seconds=BOUND_SECONDS):
    """The first true value of what(), or its last false one when the time is over."""
    end = time.monotonic() + seconds
    while True:
        value = what()
        if value or time.monotonic() >= end:
            return value
        time.sleep(STEP_SECONDS)


def seconds_of(text):
    """An instant of JSON, as time.time() has it."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
