"""A file that outgrows 600 lines, or a function that outgrows a screen, wants to be two things."""

import tables
from tree import Mistake


def check(tree):
    for file in tree.files.values():
        lines = file.text.count("\n")
        is_source = file.path.endswith((".c", ".h", ".py", ".sh", ".build")) or file.raw.startswith(b"#!")
        if is_source and lines > tables.FILE_LINES_MAX:
            yield Mistake(file.path, lines, "sizes", f"{lines} lines, at most {tables.FILE_LINES_MAX}")
    for file in tree.c_files:
        for function in file.functions:
            lines = function.last_line - function.line + 1
            if lines > tables.FUNCTION_LINES_MAX:
                yield Mistake(file.path, function.line, "sizes",
                              f"a function of {lines} lines, at most {tables.FUNCTION_LINES_MAX}")
