#!/usr/bin/python3
"""No function of ours has the name of a function of a library we link: the linker would take ours for both, silently.

usage: symbols.py OUR_LIBRARY.a PROGRAM   (PROGRAM is linked with every library)"""

import re
import subprocess
import sys


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def names(listing):
    return {line.split()[-1].split("@")[0] for line in listing.splitlines() if re.match(r"[0-9a-f]+ [A-TV-Z] ", line)}


def main():
    ours = names(output("nm", "--defined-only", "--extern-only", sys.argv[1]))
    clashes = 0
    libraries = re.findall(r"=> (/\S+)", output("ldd", sys.argv[2]))
    for library in libraries:
        for name in sorted(ours & names(output("nm", "--dynamic", "--defined-only", library))):
            print(f"{name}: ours, and a function of {library.rsplit('/', 1)[-1]}")
            clashes += 1
    print(f"{len(ours)} symbols of ours against {len(libraries)} libraries: {clashes} clashes")
    return 1 if clashes or not libraries or not ours else 0


if __name__ == "__main__":
    sys.exit(main())
