"""send_hook (tests/hook): the webhook driver itself, sending events of every type."""

import json
import subprocess

from support.daemon import BUILD, RUN_SECONDS_MAX

SEND_HOOK = BUILD / "tests/hook/send_hook"


def documents():
    output = subprocess.run([SEND_HOOK, "--documents"], capture_output=True, text=True, check=True,
                            timeout=RUN_SECONDS_MAX).stdout
    return [json.loads(line) for line in output.splitlines()]


def run(folder, block, count=0, at_once=4, options=()):
    """What became of each event, and what stderr said."""
    path = folder / "block.yaml"
    path.write_text(json.dumps(block, ensure_ascii=False))
    done = subprocess.run([SEND_HOOK, *options, path, str(count), str(at_once)], capture_output=True, text=True,
                          check=False, timeout=RUN_SECONDS_MAX)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def send(folder, block, count=0, at_once=4):
    """What became of each event, and the rate as it was measured."""
    outcomes, said = run(folder, block, count, at_once)
    return outcomes, float(said.split()[-1].removesuffix("/s"))
