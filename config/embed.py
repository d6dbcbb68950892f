#!/usr/bin/env python3
"""Write a C source that holds the given files whole: embed.py SYMBOL HEADER OUT FILE..."""
import os
import sys

symbol, header, out, *paths = sys.argv[1:]
with open(out, "w", encoding="ascii") as c:
    c.write(f'#include "{header}"\n\n')
    for i, path in enumerate(paths):
        with open(path, "rb") as f:
            data = f.read()
        c.write(f"static const unsigned char file_{i}[] = {{\n")
        for at in range(0, len(data), 24):
            c.write("        " + " ".join(f"{b}," for b in data[at:at + 24]) + "\n")
        c.write("        0,\n};\n\n")
    c.write(f"const EmbeddedFile {symbol}[] = {{\n")
    for i, path in enumerate(paths):
        c.write(f'        {{"{os.path.basename(path)}", (const char *)file_{i}, sizeof file_{i} - 1}},\n')
    c.write("        {NULL, NULL, 0},\n};\n")
