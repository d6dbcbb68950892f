"""Clocks, sleep and dice in one place; unbounded or hidden-state functions nowhere; pure parts stay pure."""

import re

import tables
from tree import Mistake, matches


def banned(file, names, rule, why):
    for line, name in file.calls(names):
        yield Mistake(file.path, line, rule, f"{name}(): {why}")


def check_pure(file):
    yield from banned(file, tables.PURE_BANNED_CALLS, "purity", "a pure file neither looks nor tells outside")
    for include in file.includes:
        if include.name in tables.PURE_BANNED_HEADERS:
            yield Mistake(file.path, include.line, "purity", f"a pure file does not include {include.name}")


def check(tree):
    for file in tree.c_files:
        if not matches(file.path, tables.CLOCK_HOME):
            yield from banned(file, tables.CLOCK_CALLS, "clocks", "only daemon/base/clock.c reads clocks or dice")
        if not matches(file.path, tables.TIMER_HOME):
            yield from banned(file, tables.TIMER_CALLS, "clocks", "every timer is one of the loop's")
        yield from banned(file, tables.BANNED_CALLS, "banned", "see CONTRIBUTING.md for what to use")
        for found in re.finditer(r"\bgoto\b", file.code):
            yield Mistake(file.path, file.line_of(found.start()), "banned", "goto")
        if matches(file.path, tables.PURE_FILES):
            yield from check_pure(file)
