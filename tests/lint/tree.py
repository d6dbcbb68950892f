"""A source tree as the rules see it: its files, their C text without comments, their includes and functions."""

import fnmatch
import re
import subprocess
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

LEFT_OUT = {".git", "__pycache__", ".pytest_cache", "state", "build"}
PRODUCT = ("daemon/", "probes/", "config/")


@dataclass(frozen=True)
class Mistake:
    path: str
    line: int
    rule: str
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.text}"


@dataclass(frozen=True)
class Include:
    line: int
    name: str
    system: bool


@dataclass(frozen=True)
class Statement:
    """A declaration or definition on the top level of a file, or a `static` one inside a function."""

    line: int
    text: str  # without initializer and body
    last_line: int
    is_function: bool
    body: str = ""
    body_line: int = 0


def matches(path, globs):
    return any(fnmatch.fnmatch(path, glob) for glob in globs)


def blank(text):
    """As many lines, and nothing else."""
    return re.sub(r"[^\n]", " ", text)


COMMENT_OR_LITERAL = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def without_comments(text, keep_literals):
    def replace(found):
        if found.group().startswith("/"):
            return blank(found.group())
        return found.group() if keep_literals else found.group()[0] + blank(found.group()[1:-1]) + found.group()[-1]

    return COMMENT_OR_LITERAL.sub(replace, text)


def matching_brace(text, start):
    depth = 0
    for at in range(start, len(text)):
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                return at
    return len(text) - 1


@dataclass
class File:
    path: str
    raw: bytes
    tree: "Tree" = field(repr=False)

    @cached_property
    def text(self):
        return self.raw.decode("utf-8", errors="replace")

    @property
    def is_c(self):
        return self.path.endswith((".c", ".h"))

    @property
    def is_product(self):
        return self.is_c and self.path.startswith(PRODUCT)

    @cached_property
    def code(self):
        """C without comments and without what stands inside literals."""
        return without_comments(self.text, keep_literals=False)

    @cached_property
    def plain_code(self):
        """The same without preprocessor lines."""
        return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda found: blank(found.group()), self.code, flags=re.M)

    @cached_property
    def includes(self):
        found = re.finditer(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]',
                            without_comments(self.text, keep_literals=True), re.M)
        return [Include(self.line_of(f.start(2)), f.group(2), f.group(1) == "<") for f in found]

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def calls(self, names):
        """(line, name) of each call of one of the functions; members of structs and the file's own are not meant."""
        pattern = re.compile(r"(?<![\w.>])(" + "|".join(map(re.escape, names)) + r")\s*\(")
        found = [(self.line_of(f.start()), f.group(1)) for f in pattern.finditer(self.code)]
        own = self.own_functions if found else ()
        return [(line, name) for line, name in found if name not in own]

    @cached_property
    def own_functions(self):
        heads = (re.search(r"(\w+)\s*\(", s.text) for s in self.functions if s.text.startswith("static"))
        return {head.group(1) for head in heads if head}

    @cached_property
    def statements(self):
        text, found, start, at = self.plain_code, [], 0, 0
        while at < len(text):
            if text[at] == ";":
                self._add(found, text[start:at], start, at)
                start = at + 1
            elif text[at] == "{":
                end = matching_brace(text, at)
                head = text[start:at]
                if head.rstrip().endswith(")") and "=" not in head:
                    found.append(Statement(self._first_line(head, start), head.strip(), self.line_of(end), True,
                                           text[at:end], self.line_of(at)))
                    start = end + 1
                at = end
            at += 1
        return found

    def _first_line(self, head, start):
        return self.line_of(start + len(head) - len(head.lstrip()))

    def _add(self, found, text, start, end):
        head = text.split("=")[0]
        if head.strip():
            found.append(Statement(self._first_line(head, start), head.strip(), self.line_of(end), False))

    @property
    def functions(self):
        return [s for s in self.statements if s.is_function]


class Tree:
    def __init__(self, root):
        self.root = Path(root).resolve()
        self.files = {p: File(p, (self.root / p).read_bytes(), self) for p in self._list()}

    def _list(self):
        listed = subprocess.run(["git", "-C", self.root, "ls-files", "-co", "--exclude-standard", "-z"],
                                capture_output=True, check=False)
        if listed.returncode == 0:
            paths = [p for p in listed.stdout.decode().split("\0") if p and (self.root / p).is_file()]
        else:
            paths = [str(p.relative_to(self.root)) for p in self.root.rglob("*")
                     if p.is_file() and not LEFT_OUT & set(p.relative_to(self.root).parts)]
        return sorted(set(paths))

    @property
    def c_files(self):
        return [f for f in self.files.values() if f.is_c]

    @property
    def product_files(self):
        return [f for f in self.files.values() if f.is_product]
