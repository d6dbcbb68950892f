"""Text files are UTF-8 with short lines and no trailing spaces, hold no unfinished work and no machine's own paths."""

import re
import unicodedata

import tables
from tree import Mistake

FREE = ("tests/data/", "tests/fuzz/")  # bytes as others send them
HOME = re.compile(r"(?<![\w/.])/(?:home/\w+|root)/")


def columns(line):
    """Accents that combine take no column of their own, nor does the backslash that goes on with a macro."""
    text = line.removesuffix("\\").rstrip()
    return sum(unicodedata.category(character) not in ("Mn", "Cf") for character in text)


def check_line(tree, file, number, line):
    if line != line.rstrip():
        yield Mistake(file.path, number, "words", "spaces or a carriage return at the end of the line")
    if "\t" in line and file.is_c:
        yield Mistake(file.path, number, "words", "a tab")
    if columns(line) > tables.LINE_COLUMNS_MAX and not file.path.endswith((".md", ".yaml", ".html", ".scn")):
        yield Mistake(file.path, number, "words", f"{columns(line)} columns, at most {tables.LINE_COLUMNS_MAX}")
    for word in tables.FORBIDDEN_WORDS:
        if re.search(rf"\b{word}\b", line):
            yield Mistake(file.path, number, "words", f"{word}: do it, or leave it out")
    if HOME.search(line) or (len(tree.root.parts) > 2 and str(tree.root) in line):
        yield Mistake(file.path, number, "words", "a path of one machine")


def check(tree):
    for file in tree.files.values():
        if file.path.startswith(FREE) or b"\0" in file.raw:
            continue
        try:
            file.raw.decode()
        except UnicodeDecodeError:
            yield Mistake(file.path, 1, "words", "is no UTF-8")
        if file.raw and not file.raw.endswith(b"\n"):
            yield Mistake(file.path, file.text.count("\n") + 1, "words", "no newline at the end of the file")
        for number, line in enumerate(file.text.split("\n"), 1):
            yield from check_line(tree, file, number, line)
