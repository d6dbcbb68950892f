"""One library, one door: its headers appear in the files named for it and nowhere else."""

import tables
from tree import Mistake, matches


def vendor_of(name):
    return next((vendor for vendor in tables.VENDORS if name.startswith(vendor)), None)


def is_platform(name):
    return name.removesuffix(".h") in tables.PLATFORM_HEADERS or name.startswith(tables.PLATFORM_FOLDERS)


def check(tree):
    users = {}
    for file in tree.c_files:
        for include in file.includes:
            if not include.system or is_platform(include.name):
                continue
            vendor = vendor_of(include.name)
            if vendor is None:
                yield Mistake(file.path, include.line, "vendors", f"<{include.name}> is of a library without a door")
            elif not matches(file.path, tables.VENDORS[vendor]):
                doors = ", ".join(tables.VENDORS[vendor])
                yield Mistake(file.path, include.line, "vendors", f"<{include.name}> belongs to {doors}")
            else:
                users.setdefault(vendor, {})[file.path] = include.line
    for vendor, most in tables.VENDOR_FILES_MAX.items():
        for path, line in sorted(users.get(vendor, {}).items())[most:]:
            yield Mistake(path, line, "vendors", f"<{vendor}> is in more than {most} files already")
