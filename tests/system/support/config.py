"""Writes configurations: YAML in block style, from dictionaries and lists."""

import json
import re

PLAIN = re.compile(r"[A-Za-z0-9/][\w./:-]*")


def scalar(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return value if PLAIN.fullmatch(value) and not value.endswith(":") else json.dumps(value, ensure_ascii=False)


def lines(value, indent=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, (dict, list)) and inner:
                yield f"{indent}{key}:"
                yield from lines(inner, indent + "  ")
            else:
                yield f"{indent}{key}: {'[]' if inner == [] else scalar(inner)}"
    else:
        for inner in value:
            if isinstance(inner, dict):
                first, *rest = lines(inner, indent + "  ")
                yield f"{indent}- {first.strip()}"
                yield from rest
            else:
                yield f"{indent}- {scalar(inner)}"


def config(targets, defaults=None, **more):
    """A whole configuration with the shortest intervals there are."""
    return {
        "observer": {"name": "Essai", "contact": "https://example.org/mond"},
        "defaults": {"interval": "1s", "timeout": "3s",
                     "confirm": {"fail": 3, "pass": 2, "retry_interval": "1s"}} | (defaults or {}),
        "targets": targets,
    } | more


def http(target_id, url, expect=None, **more):
    block = {"url": url} | ({"expect": expect} if expect else {})
    block |= {key: more.pop(key) for key in list(more) if key in ("ca_file", "follow_redirects", "max_body", "method")}
    return {"id": target_id, "http": block} | more


def dump(value):
    return "\n".join(lines(value)) + "\n"
