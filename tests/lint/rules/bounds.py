"""Every bound has a name that ends in _MAX, and a test says that name.

Bounds that no test reaches yet are owed: their names are in untested_bounds, which may only shrink. A name there that a
test reaches by now, or that is gone, is a mistake as well."""

import re

import tables
from tree import Mistake

DEFINED = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+_MAX)[ \t]+([^\n]*)", re.M)
LITERAL = re.compile(r"\b(?:char|uint8_t|unsigned char)\s+\w+\[\s*(\d+)\s*\]|\bBUF_INIT\(\s*(\d+)")
OWED = "tests/lint/untested_bounds"
END_OF_ENUM = re.compile(r"^\(?[A-Z]\w*_(?!MAX\b)\w+\)?$")  # VERDICT_MAX is VERDICT_UNKNOWN: a last name, no bound


def named(tree):
    """(file, line, name) of each bound."""
    for file in tree.product_files:
        for found in DEFINED.finditer(file.code):
            if not END_OF_ENUM.match(found.group(2).strip()):
                yield file, file.line_of(found.start()), found.group(1)


def said_by_tests(tree):
    text = " ".join(f.text for f in tree.files.values()
                    if f.path.startswith("tests/") and not f.path.startswith(("tests/lint/", "tests/data/")))
    return set(re.findall(r"\w+_MAX\b", text))


def untested(tree):
    reached = said_by_tests(tree)
    return {name: (file.path, line) for file, line, name in named(tree) if name not in reached}


def check(tree):
    owed = set(tree.files[OWED].text.split()) if OWED in tree.files else set()
    found = untested(tree)
    for name, (path, line) in found.items():
        if name not in owed:
            yield Mistake(path, line, "bounds", f"no test reaches {name}")
    for name in owed - set(found):
        yield Mistake(OWED, 1, "bounds", f"{name} is owed no longer: take it out")
    for file in tree.product_files:
        for literal in LITERAL.finditer(file.code):
            number = literal.group(1) or literal.group(2)
            if int(number) > tables.LITERAL_BOUND_MAX:
                yield Mistake(file.path, file.line_of(literal.start()), "bounds", f"{number} wants a name (…_MAX)")
