"""Each law can be seen to fail: a tiny tree that breaks it once, and the mistake that must be told."""

import importlib.machinery
import importlib.util
import subprocess
from pathlib import Path

import pytest
import tables

LINT = Path(__file__).resolve().parent.parent
CLEAN = {
    "daemon/base/a.h": "#pragma once\n\n#define A_MAX 4\n\nint a_add(int x);\n",
    "daemon/base/a.c": '#include "daemon/base/a.h"\n\n#include <stdio.h>\n\n'
                       'static const char *const names[] = {"x"};\n\n'
                       "int a_add(int x) {\n        return x + (int)sizeof names; /* strcpy(a, b); goto */\n}\n",
    "tests/unit/test_a.c": '#include "daemon/base/a.h"\n\nint reach = A_MAX;\n',
    ".clang-format": (LINT.parent.parent / ".clang-format").read_text(),
}


def source(body, own="daemon/core/b"):
    return {f"{own}.h": "#pragma once\n", f"{own}.c": f'#include "{own}.h"\n\n{body}\n'}


def function(body):
    return f"void b_go(void) {{\n        {body}\n}}"


LONG_FUNCTION = "int b_go(int x) {\n" + "        x++;\n" * tables.FUNCTION_LINES_MAX + "        return x;\n}"
LONG_FILE = "\n".join(f"/* {n} */" for n in range(tables.FILE_LINES_MAX + 1))
SCRIPT = "#!/bin/sh\n"

# what the case is about, the files that break the law, the rule, and words of the message
CASES = [
    ("upward include", source('#include "daemon/store/s.h"') | {"daemon/store/s.h": "#pragma once\n"},
     "layers", "core includes upward"),
    ("sibling include", source('#include "daemon/net/n.h"') | {"daemon/net/n.h": "#pragma once\n"},
     "layers", "core includes its sibling"),
    ("probes and store are siblings", source('#include "daemon/store/s.h"', "probes/http")
     | {"daemon/store/s.h": "#pragma once\n"}, "layers", "probes includes its sibling"),
    ("monctl in the daemon's insides", source('#include "daemon/api/s.h"', "daemon/monctl/b")
     | {"daemon/api/s.h": "#pragma once\n"}, "layers", "monctl leaves api alone"),
    ("a folder on no layer", source("", "lib/b"), "layers", "on no layer"),
    ("include not from the root", source('#include "b.h"'), "includes", "no path from the root"),
    ("own header second", {"daemon/core/b.h": "#pragma once\n",
                           "daemon/core/b.c": '#include <stdio.h>\n#include "daemon/core/b.h"\n'},
     "own-header-first", "must be the first"),
    ("header without guard", {"daemon/core/b.h": "int x(void);\n"}, "own-header-first", "#pragma once"),
    ("header cycle", {"daemon/core/b.h": '#pragma once\n#include "daemon/core/c.h"\n',
                      "daemon/core/c.h": '#pragma once\n#include "daemon/core/b.h"\n'}, "cycle", " -> "),
    ("library outside its door", source("#include <sqlite3.h>"), "vendors", "belongs to"),
    ("library without a door", source("#include <ncurses.h>"), "vendors", "without a door"),
    ("a door that is everywhere", {f"probes/page/p{n}.c": "#include <pcre2.h>\n" for n in range(4)},
     "vendors", "more than 3 files"),
    ("reads a clock", source(function("(void)time(NULL);"), "daemon/store/b"), "clocks", "time()"),
    ("sleeps", source(function("usleep(1);"), "daemon/net/b"), "clocks", "usleep()"),
    ("rolls dice", source(function("(void)getrandom(NULL, 0, 0);"), "daemon/net/b"), "clocks", "getrandom()"),
    ("a timer of its own", source(function("(void)timerfd_create(0, 0);"), "daemon/net/b"), "clocks", "loop's"),
    ("sleeps in a test", {"tests/unit/test_b.c": function("sleep(1);") + "\n"}, "clocks", "sleep()"),
    ("banned call", source(function("strcpy(a, b);"), "daemon/net/b"), "banned", "strcpy()"),
    ("hidden state", source(function("(void)gmtime(NULL);"), "daemon/net/b"), "banned", "gmtime()"),
    ("goto", source(function("goto out;"), "daemon/net/b"), "banned", "goto"),
    ("core logs", source(function('log_info("x");')), "purity", "log_info()"),
    ("core reads a file", source(function('(void)fopen("x", "r");')), "purity", "fopen()"),
    ("page reading looks at the clock", source(function("(void)clock_at_real(c);"), "probes/page/b"),
     "purity", "clock_at_real()"),
    ("core includes the loop", source('#include "daemon/base/loop.h"') | {"daemon/base/loop.h": "#pragma once\n"},
     "purity", "daemon/base/loop.h"),
    ("parser reads the environment", source(function('(void)getenv("x");'), "daemon/base/yaml"), "purity", "getenv()"),
    ("file-static state", source("static int count;"), "state", "count is mutable"),
    ("table of mutable pointers", source('static const char *names[] = {"x"};'), "state", "names is mutable"),
    ("global", source("int count = 1;"), "state", "count is mutable"),
    ("static in a function", source(function("static int n;")), "state", "static variable"),
    ("long file", source(LONG_FILE), "sizes", "at most 600"),
    ("long script", {"tests/long": SCRIPT + "true\n" * tables.FILE_LINES_MAX}, "sizes", "at most 600"),
    ("long function", source(LONG_FUNCTION), "sizes", "at most 70"),
    ("bound that no test reaches", source("#define B_ITEMS_MAX 7"), "bounds", "no test reaches B_ITEMS_MAX"),
    ("owed bound that a test reaches by now", {"tests/lint/untested_bounds": "A_MAX\n"}, "bounds", "owed no longer"),
    ("bound without a name", source(function("char text[4096];")), "bounds", "4096 wants a name"),
    ("trailing space", {"README.md": "text \n"}, "words", "at the end of the line"),
    ("carriage return", {"README.md": "text\r\n"}, "words", "at the end of the line"),
    ("tab", source("int\tx(void);"), "words", "a tab"),
    ("no newline at the end", {"README.md": "text"}, "words", "no newline"),
    ("not UTF-8", {"README.md": b"\xe9t\xe9\n"}, "words", "no UTF-8"),
    ("long line", {"meson.build": "#" * 121 + "\n"}, "words", "121 columns"),
    ("unfinished work", {"README.md": f"{tables.FORBIDDEN_WORDS[0]}: later\n"}, "words", "leave it out"),
    ("a machine's own path", {"README.md": "see /" + "home/someone/x\n"}, "words", "path of one machine"),
    ("format", source("int  b_go ( void );"), "format", "clang-format"),
    ("shell syntax", {"dev": SCRIPT + "if true; then\n"}, "scripts", ""),
    ("shell that is no POSIX", {"dev": SCRIPT + "[[ a == a ]]\n"}, "scripts", ""),
]


def run_lint(root, files):
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content if isinstance(content, bytes) else content.encode())
    loader = importlib.machinery.SourceFileLoader("lint_run", str(LINT / "run"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("lint_run", loader))
    loader.exec_module(module)
    return module.mistakes_of(root)[1]


def test_a_clean_tree_has_no_mistakes(tmp_path):
    assert run_lint(tmp_path, CLEAN) == []


@pytest.mark.parametrize("name,files,rule,text", CASES, ids=[c[0] for c in CASES])
def test_a_broken_law_is_told(tmp_path, name, files, rule, text):
    found = run_lint(tmp_path, CLEAN | files)
    assert [m for m in found if m.rule == rule and text in m.text and m.path in files], found


@pytest.mark.parametrize("code", [
    "static const int x = 1;", "static const char *const y[] = {0};", "static int go(void);", "typedef struct X X;",
    "struct X {\n        int n;\n};", "static const struct {\n        const char *n;\n} rows[] = {{0}};",
    "enum { A, B };", "extern const int z;", 'static const char text[] = "static int n;";',
    "int go(void) {\n        static const int x = 1;\n        return x;\n}",
])
def test_constants_are_no_state(tmp_path, code):
    assert not [m for m in run_lint(tmp_path, CLEAN | source(code)) if m.rule == "state"]


def test_comments_and_literals_are_no_code(tmp_path):
    files = source(function('(void)"goto sleep(1)"; // strcpy(a, b)'))
    assert not [m for m in run_lint(tmp_path, CLEAN | files) if m.rule in ("banned", "clocks", "purity")]


def test_a_function_of_the_files_own_is_meant_by_its_name(tmp_path):
    code = "static int listen(int x) {\n        return x;\n}\n\nint b_go(void) {\n        return listen(1);\n}"
    assert not [m for m in run_lint(tmp_path, CLEAN | source(code)) if m.rule == "purity"]


def test_an_owed_bound_is_no_mistake(tmp_path):
    files = source("#define B_ITEMS_MAX 7") | {"tests/lint/untested_bounds": "B_ITEMS_MAX\n"}
    assert not [m for m in run_lint(tmp_path, CLEAN | files) if m.rule == "bounds"]


def test_symbols_that_take_a_librarys_place_are_told(tmp_path):
    for name, text in (("ours.c", "int deflate(void);\nint deflate(void) { return 0; }\n"),
                       ("main.c", "int main(void) { return 0; }\n")):
        (tmp_path / name).write_text(text)
    for command in (["gcc", "-c", "ours.c"], ["ar", "rc", "ours.a", "ours.o"],
                    ["gcc", "main.c", "-Wl,--no-as-needed", "-lxml2", "-o", "main"]):  # libxml2 needs zlib
        subprocess.run(command, cwd=tmp_path, check=True)
    result = subprocess.run([LINT / "symbols.py", "ours.a", "./main"], cwd=tmp_path, capture_output=True, text=True,
                            check=False)
    assert result.returncode == 1 and "deflate: ours" in result.stdout, result
