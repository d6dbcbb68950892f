#!/usr/bin/python3
"""Writes the migrations as one C table: embed.py OUT 0001.sql 0002.sql ... (numbered from 1, without a hole)."""
import os
import sys

out, paths = sys.argv[1], sorted(sys.argv[2:])
lines = ['#include "daemon/store/migrate.h"', '', 'const char *const store_migrations[] = {']
for number, path in enumerate(paths, 1):
    if os.path.basename(path) != f'{number:04d}.sql':
        sys.exit(f'{path}: expected {number:04d}.sql')
    with open(path, encoding='utf-8') as file:
        for line in file:
            code = line.split('--')[0].rstrip()
            if code:
                escaped = code.replace('\\', '\\\\').replace('"', '\\"')
                lines.append(f'        "{escaped}\\n"')
    lines.append('        ,')
lines += ['};', f'const int store_n_migrations = {len(paths)};', '']
with open(out, 'w', encoding='utf-8') as file:
    file.write('\n'.join(lines))
