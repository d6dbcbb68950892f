#!/usr/bin/python3
"""Everything that CI runs, step by step; called by ./dev test.

What is counted, once for each configuration (compiler and sanitizer, or valgrind): every test of `meson test` and of
pytest, as their JUnit files say. A step that has no such file (lint, a build) counts as one test, and so does a step
that should have left a file and did not. Exit 0 only when nothing failed and something passed."""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILDS = ROOT / "build"
SANITIZE = ["-Db_sanitize=address,undefined", "-Db_lundef=false"]
SANITIZER_ENV = {"ASAN_OPTIONS": "detect_leaks=1:abort_on_error=1:strict_string_checks=1",
                 "UBSAN_OPTIONS": "halt_on_error=1:abort_on_error=1:print_stacktrace=1"}
# Lives replayed with a crash after each commit: what they show is what is on disk, whatever the compiler, and they take
# longer than all other tests together.
ONCE = ["--no-suite", "crashing"]
# (name, compiler, options of meson, environment of its tests, options of `meson test`)
CONFIGURATIONS = [
    ("gcc", "gcc", ["--buildtype=release", "-Db_ndebug=false"], {}, []),
    ("clang-sanitized", "clang", SANITIZE, SANITIZER_ENV, ONCE),
    ("clang", "clang", ["--buildtype=release", "-Db_ndebug=false"], {}, ONCE),
    ("gcc-sanitized", "gcc", SANITIZE, SANITIZER_ENV, ONCE),
]
# The service's sandbox leaves a sanitizer nothing to work with, the unit is the same, and memory is the sanitizer's.
NOT_SANITIZED = ["test_systemd.py", "test_unit_file.py", "test_cost.py", "test_delivery_cost.py"]
VALGRIND = "valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,possible " \
           "--errors-for-leak-kinds=definite --suppressions=" + str(ROOT / "tests/valgrind.supp")
TIME_FACTOR = "4"  # a time-out ends a hang; a slow or busy machine is none
VALGRIND_TIME_FACTOR = "40"


@dataclass
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def counts_of(junit):
    """One <testcase> is one test; a file that cannot be read is one failure."""
    counts = Counts()
    try:
        cases = list(ElementTree.parse(junit).getroot().iter("testcase"))
    except (OSError, ElementTree.ParseError):
        return Counts(failed=1)
    for case in cases:
        if case.find("failure") is not None or case.find("error") is not None:
            counts.failed += 1
        elif case.find("skipped") is not None:
            counts.skipped += 1
        else:
            counts.passed += 1
    return counts


class Run:
    def __init__(self):
        self.total = Counts()
        self.failures = []
        self.began = time.monotonic()

    def step(self, name, command, environment=None, junit=None):
        """Runs one command; True when it ended well. Its tests are counted from `junit`, or as one."""
        began = time.monotonic()
        print(f"\n== {name} ({began - self.began:.0f} s)", flush=True)
        if junit:
            junit.unlink(missing_ok=True)
        status = subprocess.run(command, cwd=ROOT, env=os.environ | (environment or {}), stdin=subprocess.DEVNULL,
                                check=False).returncode
        counts = counts_of(junit) if junit else Counts(passed=int(status == 0), failed=int(status != 0))
        if junit and status != 0 and counts.failed == 0:
            counts.failed = 1
        self.total.add(counts)
        if counts.failed:
            self.failures.append(f"{name}: {counts} (exit status {status})")
        print(f"== {name}: {counts} in {time.monotonic() - began:.0f} s", flush=True)
        return status == 0

    def pytest(self, name, folder, environment=None, left_out=()):
        junit = BUILDS / f"{name.replace(' ', '-')}.junit.xml"
        command = ["/usr/bin/pytest-3", "-p", "no:cacheprovider", "-q", "-rs", f"--junitxml={junit}", folder,
                   *(f"--ignore={folder}/{file}" for file in left_out)]
        self.step(name, command, {"PYTHONDONTWRITEBYTECODE": "1"} | (environment or {}), junit)

    def configure(self, name, compiler, options):
        folder = BUILDS / name
        known = ["--reconfigure"] if (folder / "build.ninja").exists() else []
        return self.step(f"{name}: configure", ["meson", "setup", *known, str(folder), *options],
                         {"CC": compiler, "CC_LD": "bfd"})

    def configuration(self, name, compiler, options, environment, choice):
        folder = BUILDS / name
        if not self.configure(name, compiler, options):
            return False
        if not self.step(f"{name}: build", ["ninja", "-C", str(folder)]):
            return False
        self.step(f"{name}: tests", ["meson", "test", "-C", str(folder), "--no-rebuild", "--print-errorlogs",
                                            "--timeout-multiplier", TIME_FACTOR, *choice],
                  environment, folder / "meson-logs/testlog.junit.xml")
        return True

    def valgrind(self, name):
        folder = BUILDS / name
        self.step("valgrind: unit tests",
                  ["meson", "test", "-C", str(folder), "--no-rebuild", "--print-errorlogs", "--suite", "unit",
                   "--no-suite", "processes", "--timeout-multiplier", VALGRIND_TIME_FACTOR, "--wrap", VALGRIND],
                  junit=folder / "meson-logs/testlog-valgrind.junit.xml")


def main():
    BUILDS.mkdir(exist_ok=True)
    run = Run()
    run.step("lint", ["tests/lint/run"])
    run.pytest("lint selftest", "tests/lint/selftest")
    built = [name for name, *rest in CONFIGURATIONS if run.configuration(name, *rest)]
    if "gcc" in built:
        run.valgrind("gcc")
        run.pytest("system", "tests/system", {"MOND_BUILD": str(BUILDS / "gcc")})
    if "clang-sanitized" in built:
        run.pytest("system sanitized", "tests/system",
                   {"MOND_BUILD": str(BUILDS / "clang-sanitized")} | SANITIZER_ENV, NOT_SANITIZED)
    print(f"\n== {time.monotonic() - run.began:.0f} s in all")
    for failure in run.failures:
        print(f"failed: {failure}")
    print(run.total, flush=True)
    return 1 if run.total.failed or not run.total.passed else 0


if __name__ == "__main__":
    sys.exit(main())
