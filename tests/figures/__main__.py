"""Recompute the figures of all pages, or of those named: python -m figures [02_dense_layer …]."""

import importlib
import pkgutil
import sys
import time
from pathlib import Path

import figures

for module in pkgutil.iter_modules([str(Path(__file__).parent)], "figures."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
wanted = sys.argv[1:]
failed = 0
for one in figures.FIGURES:
    if wanted and one.page not in wanted:
        continue
    started = time.perf_counter()
    said = figures.problem(one)
    failed += said is not None
    seconds = time.perf_counter() - started
    print(
        f"{'differs' if said else 'holds'}  {seconds:6.1f} s  {said or f'{one.page}: {one.text}'}"
    )
sys.exit(failed > 0)
