"""No mutable data outside functions, and no `static` one inside: what lives has an owner."""

import re

import tables
from tree import Mistake, matches

NOT_DATA = re.compile(r"^(typedef|extern|struct|union|enum|_Static_assert|static_assert)\b[^=]*$")
STATIC_LOCAL = re.compile(r"\bstatic\b([^;={]*)[;={]")


def is_constant(declaration):
    """`const` counts where it stands: after the last `*` when there is one."""
    declaration = re.sub(r"\{.*\}|\[[^\]]*\]", "", declaration, flags=re.S)
    return bool(re.search(r"\bconst\b", declaration.rsplit("*", 1)[-1]))


def declares_data(text):
    if NOT_DATA.match(text) and "static" not in text:
        # `struct X { … } x;` at the top level: the name after the braces makes it data.
        return bool(re.search(r"\}\s*\w+", text)) and not text.startswith(("typedef", "extern"))
    without_arrays = re.sub(r"\[[^\]]*\]|__attribute__\s*\(\(.*?\)\)", "", text)
    return "(" not in without_arrays.replace("(*", "") and len(without_arrays.split()) > 1


def check(tree):
    for file in tree.product_files:
        if matches(file.path, tables.GLOBAL_STATE_HOME):
            continue
        for statement in file.statements:
            if not statement.is_function:
                if file.path.endswith(".h") and "static" not in statement.text:
                    continue  # a second definition fails at the link (-fno-common)
                if declares_data(statement.text) and not is_constant(statement.text):
                    name = statement.text.split("[")[0].split()[-1]
                    yield Mistake(file.path, statement.line, "state", f"{name} is mutable and belongs to nobody")
                continue
            for found in STATIC_LOCAL.finditer(statement.body):
                if not is_constant(found.group(1)):
                    line = statement.body_line + statement.body.count("\n", 0, found.start())
                    yield Mistake(file.path, line, "state", "a static variable in a function is mutable and hidden")
