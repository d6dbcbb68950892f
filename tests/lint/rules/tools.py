"""What other programs judge: clang-format on C, shellcheck and dash on scripts. A missing program is a mistake too."""

import re
import shutil
import subprocess

from tree import Mistake

FORMAT_LINE = re.compile(r"^(.+?):(\d+):\d+: (?:error|warning): (.*)$", re.M)


def run(tree, command):
    return subprocess.run(command, cwd=tree.root, capture_output=True, text=True, check=False)


def scripts(tree):
    return [f for f in tree.files.values() if re.match(rb"#!.*\b(sh|bash|dash)\b", f.raw)]


def missing(program):
    return Mistake("dev", 1, "tools", f"{program} is not installed: ./dev deps installs it")


def check_format(tree):
    files = [f.path for f in tree.c_files]
    if not files:
        return
    if not shutil.which("clang-format"):
        yield missing("clang-format")
        return
    result = run(tree, ["clang-format", "--dry-run", "-Werror", "--style=file", *files])
    seen = set()
    for found in FORMAT_LINE.finditer(result.stderr):
        if found.group(1) not in seen:  # the first place of each file says enough
            seen.add(found.group(1))
            yield Mistake(found.group(1), int(found.group(2)), "format", "clang-format -i would change it")
    if result.returncode and not seen:
        yield Mistake(".clang-format", 1, "format", result.stderr.strip()[:200])


def check_scripts(tree):
    for file in scripts(tree):
        posix = re.match(rb"#!.*\b(sh|dash)\b", file.raw)
        result = run(tree, ["dash" if posix else "bash", "-n", file.path])
        if result.returncode:
            yield Mistake(file.path, 1, "scripts", result.stderr.strip())
        if not shutil.which("shellcheck"):
            yield missing("shellcheck")
            continue
        result = run(tree, ["shellcheck", "--format=gcc", file.path])
        for found in re.finditer(r"^[^:]+:(\d+):\d+: \w+: (.*)$", result.stdout, re.M):
            yield Mistake(file.path, int(found.group(1)), "scripts", found.group(2))


def check(tree):
    yield from check_format(tree)
    yield from check_scripts(tree)
