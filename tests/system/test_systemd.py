"""mond under a real systemd, in a throw-away machine."""

import ast
import json
import subprocess
from pathlib import Path

import pytest
from support.daemon import BUILD
from support.privileges import needs_machine

SUPPORT = Path(__file__).resolve().parent / "support"
SECONDS_MAX = 300


def names():
    """The names in SHOWN of inside/service.py, without running it."""
    for node in ast.parse((SUPPORT / "inside/service.py").read_text()).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "SHOWN":
            return [item.id for item in node.value.elts]
    raise AssertionError("inside/service.py shows nothing")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    work = tmp_path_factory.mktemp("machine")
    done = subprocess.run([SUPPORT / "machine.sh", work, BUILD, "service.py"], capture_output=True, text=True,
                          timeout=SECONDS_MAX, check=False, stdin=subprocess.DEVNULL)
    if not (work / "results/possible").exists():
        pytest.skip(f"no throw-away machine here: {done.stderr.strip()}")
    console = work / "results/console"
    log = done.stderr + (console.read_text(errors="replace") if console.exists() else "")
    output = work / "results/output"
    assert output.exists(), f"the machine did not get as far as its test:\n{log}"
    try:
        found = json.loads(output.read_text())
    except ValueError:
        raise AssertionError(output.read_text() + log) from None
    if "not_possible" in found:
        pytest.skip(found["not_possible"])
    return found


@needs_machine
@pytest.mark.parametrize("name", names())
def test_service(results, name):
    assert results[name] is None, results[name]
