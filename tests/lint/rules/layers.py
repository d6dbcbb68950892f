"""A file includes only lower layers or its own group, by its path from the root; headers do not go in circles."""

import fnmatch
from pathlib import PurePath

import tables
from tree import Mistake, matches


def place(path):
    for glob, layer, group in tables.LAYERS:
        if fnmatch.fnmatch(path, glob):
            return layer, group
    return None


def check_include(file, include, here):
    layer, group = here
    there = place(include.name)
    if there is None:
        return f'"{include.name}" is on no layer'
    if group == "monctl" and there[1] not in tables.MONCTL_MAY_INCLUDE:
        if include.name not in tables.MONCTL_MAY_INCLUDE_FILES:
            return f'monctl leaves {there[1]} alone, and includes "{include.name}"'
    if there[0] > layer:
        return f'{group} includes upward "{include.name}" ({there[1]})'
    if there[0] == layer and there[1] != group and group != "monctl" and there[1] != "probe":
        return f'{group} includes its sibling "{include.name}" ({there[1]})'
    return None


def check_file(tree, file):
    here = place(file.path)
    if here is None:
        yield Mistake(file.path, 1, "layers", "is in a folder that is on no layer")
        return
    for include in file.includes:
        if include.system or matches(include.name, tables.GENERATED_HEADERS):
            continue
        if include.name not in tree.files:
            yield Mistake(file.path, include.line, "includes", f'"{include.name}" is no path from the root')
            continue
        text = check_include(file, include, here)
        if text:
            yield Mistake(file.path, include.line, "layers", text)


def own_header_first(tree, file):
    own = str(PurePath(file.path).with_suffix(".h"))
    if file.path.endswith(".c") and own in tree.files:
        if not file.includes or file.includes[0].name != own:
            yield Mistake(file.path, 1, "own-header-first", f'"{own}" must be the first include')
    if file.path.endswith(".h") and "#pragma once" not in file.code:
        yield Mistake(file.path, 1, "own-header-first", "a header begins with #pragma once")


def cycles(tree):
    graph = {f.path: [i for i in f.includes if i.name in tree.files] for f in tree.c_files if f.path.endswith(".h")}
    done = set()

    def walk(path, trail):
        if path in done:
            return
        for include in graph.get(path, []):
            if include.name in trail:
                circle = trail[trail.index(include.name):] + [include.name]
                yield Mistake(path, include.line, "cycle", " -> ".join(circle))
            else:
                yield from walk(include.name, trail + [include.name])
        done.add(path)

    for path in graph:
        yield from walk(path, [path])


def check(tree):
    for file in tree.c_files:
        yield from check_file(tree, file)
        yield from own_header_first(tree, file)
    yield from cycles(tree)
