"""Waiting for something to become true, with a bound; never for time to pass."""

import time

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
