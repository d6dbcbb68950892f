"""What a test may do here; one that needs more is skipped, and counted as skipped."""

import os
import subprocess

import pytest


def works(*command):
    try:
        return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


needs_namespaces = pytest.mark.skipif(
    not works("unshare", "--mount", "--net", "ip", "link", "set", "lo", "up"),
    reason="no private mount and network namespaces here (they take root)")

needs_machine = pytest.mark.skipif(os.geteuid() != 0 or not works("systemd-nspawn", "--version"),
                                   reason="a throw-away machine takes root and systemd-nspawn")
