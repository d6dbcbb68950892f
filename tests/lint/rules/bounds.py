"""Every bound has a name that ends in _MAX, and a test says that name."""

import re

import tables
from tree import Mistake

DEFINED = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+_MAX)[ \t]+([^\n]*)", re.M)
LITERAL = re.compile(r"\b(?:char|uint8_t|unsigned char)\s+\w+\[\s*(\d+)\s*\]|\bBUF_INIT\(\s*(\d+)")
END_OF_ENUM = re.compile(r"^\(?[A-Z]\w*_(?!MAX\b)\w+\)?$")  # VERDICT_MAX is VERDICT_UNKNOWN: a last name, no bound


def check(tree):
    said = " ".join(f.text for f in tree.files.values()
                    if f.path.startswith("tests/") and not f.path.startswith(("tests/lint/", "tests/data/")))
    words = set(re.findall(r"\w+_MAX\b", said))
    for file in tree.product_files:
        for found in DEFINED.finditer(file.code):
            name, value = found.group(1), found.group(2).strip()
            if name not in words and not END_OF_ENUM.match(value):
                yield Mistake(file.path, file.line_of(found.start()), "bounds", f"no test reaches {name}")
        for found in LITERAL.finditer(file.code):
            number = found.group(1) or found.group(2)
            if int(number) > tables.LITERAL_BOUND_MAX:
                yield Mistake(file.path, file.line_of(found.start()), "bounds", f"{number} wants a name (…_MAX)")
