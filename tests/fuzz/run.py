#!/usr/bin/python3
"""Looks for inputs that break a promise, for a bounded time; called by ./dev fuzz.

Each target runs alone, on one core, from its corpus and from what earlier runs found (build/fuzz/found), with its
dictionary and bounds. What reaches something new is then merged into tests/fuzz/corpus, the smallest inputs first; its
replay is an ordinary test from then on. Exit 0 when nothing broke; what did is left in build/fuzz/broken."""

import argparse
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / "build" / "fuzz"
MESON = ["-Dfuzz=true", "-Db_sanitize=address,undefined", "-Db_lundef=false", "--buildtype=debugoptimized"]
ENVIRONMENT = {"ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=0",
               "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"}
INPUT_BYTES_MAX = {"page": 8192}  # elsewhere:
INPUT_BYTES_MAX_USUAL = 4096
INPUT_SECONDS_MAX = 10  # for one input: more is a hang
INPUT_SECONDS_SLOW = 1  # more is kept as broken/NAME-slow-unit-…
MEMORY_MIB_MAX = 1024
LATE = 4  # the last fourth of a run: edges that are new there say that it ended too early

EDGES = re.compile(rb"^#(\d+)\s+\w+\s+cov: (\d+)")


@dataclass
class Found:
    runs: int = 0
    seconds: float = 0
    edges: int = 0
    last_at: float = 0  # seconds, when the last new edge was found
    late: int = 0  # edges new in the last part
    slowest: int = 0  # seconds, of one input
    is_sound: bool = True

    def __str__(self):
        return (f"{self.runs} runs in {self.seconds:.0f} s, {self.edges} edges, the last new one after "
                f"{self.last_at:.0f} s, {self.late} new in the last {self.seconds / LATE:.0f} s, "
                f"slowest input under {self.slowest + 1} s" + ("" if self.is_sound else ": BROKEN"))


def targets():
    return sorted(path.name for path in (HERE / "corpus").iterdir() if path.is_dir())


def build(names):
    known = ["--reconfigure"] if (BUILD / "build.ninja").exists() else []
    BUILD.parent.mkdir(exist_ok=True)
    for command in (["meson", "setup", *known, str(BUILD), *MESON],
                    ["ninja", "-C", str(BUILD), "--quiet", *(f"tests/fuzz/fuzz_{name}" for name in names)]):
        done = subprocess.run(command, cwd=ROOT, env=os.environ | {"CC": "clang"},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode:
            sys.stdout.buffer.write(done.stdout)
            sys.exit(1)


def command_of(name, *options):
    broken = BUILD / "broken"
    broken.mkdir(exist_ok=True)
    return [BUILD / "tests/fuzz" / f"fuzz_{name}", f"-max_len={INPUT_BYTES_MAX.get(name, INPUT_BYTES_MAX_USUAL)}",
            f"-timeout={INPUT_SECONDS_MAX}", f"-rss_limit_mb={MEMORY_MIB_MAX}",
            f"-artifact_prefix={broken / name}-", *options]


def watch(stream, name):
    """Reads what libFuzzer says until it ends."""
    found = Found()
    history = []  # (second, edges), each time there are more
    began = time.monotonic()
    with open(BUILD / "broken" / f"{name}.log", "wb") as log:
        for line in stream:
            log.write(line)
            at = time.monotonic() - began
            if pulse := EDGES.match(line):
                found.runs = int(pulse.group(1))
                if not history or int(pulse.group(2)) > history[-1][1]:
                    history.append((at, int(pulse.group(2))))
            elif line.startswith(b"stat::slowest_unit_time_sec:"):
                found.slowest = int(line.split()[-1])
    found.seconds = time.monotonic() - began
    if history:
        found.last_at, found.edges = history[-1]
        before = [edges for at, edges in history if at <= found.seconds * (LATE - 1) / LATE]
        found.late = found.edges - (before[-1] if before else 0)
    return found


def fuzz(name, seconds):
    store = BUILD / "found" / name
    store.mkdir(parents=True, exist_ok=True)
    options = [f"-max_total_time={seconds}", f"-report_slow_units={INPUT_SECONDS_SLOW}", "-print_final_stats=1",
               store, HERE / "corpus" / name]
    if (dictionary := HERE / f"{name}.dict").exists():
        options.insert(0, f"-dict={dictionary}")
    with subprocess.Popen(command_of(name, *options), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                          env=os.environ | ENVIRONMENT) as process:
        found = watch(process.stderr, name)
    found.is_sound = process.returncode == 0
    return found


def merge(name):
    """Takes into the corpus what reaches an edge that nothing there reaches; the number of files."""
    corpus = HERE / "corpus" / name
    before = len(list(corpus.iterdir()))
    # How often an edge is passed is left aside: a corpus of every count is thousands of files.
    subprocess.run(command_of(name, "-merge=1", "-use_counters=0", corpus, BUILD / "found" / name), check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | ENVIRONMENT)
    return len(list(corpus.iterdir())) - before


def main():
    parser = argparse.ArgumentParser(prog="./dev fuzz", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", nargs="?", default="all", choices=["all", *targets()], help="all unless named")
    parser.add_argument("seconds", nargs="?", type=int, default=60, help="for each target (60)")
    arguments = parser.parse_args()
    names = targets() if arguments.target == "all" else [arguments.target]
    is_sound = True
    build(names)
    for name in names:
        print(f"{name}: ", end="", flush=True)
        found = fuzz(name, arguments.seconds)
        is_sound = is_sound and found.is_sound
        added = merge(name) if found.is_sound else 0
        print(f"{found}, {added} inputs added to the corpus", flush=True)
    if not is_sound:
        print(f"what broke is in {BUILD / 'broken'}: NAME-crash-… is the input, NAME.log says where")
    return 0 if is_sound else 1


if __name__ == "__main__":
    sys.exit(main())
