"""Figures in the prose of a page that no cell of it prints: each is recomputed by a function here.

    @figure("02_dense_layer", "between 0.85 and 1.27", quick=True)
    def spread_after_thirty_layers():
        ...
        return min(found), max(found)

A module for each page, which the page names. The text stands on the page as it is quoted; its
numbers, in order, are those that the function returns, up to one unit of the last digit. `make
figures` recomputes all of them, `make test` those marked quick (together under a minute).
"""

import re
from dataclasses import dataclass

__all__ = ["FIGURES", "Figure", "figure", "problem"]

FIGURES = []


@dataclass(frozen=True)
class Figure:
    page: str
    text: str
    function: object
    quick: bool


def figure(page, text, quick=False):
    """Register a function that recomputes the numbers of a text on a page."""

    def register(function):
        FIGURES.append(Figure(page, text, function, quick))
        return function

    return register


def numbers(text):
    """The numbers of a text, each with one unit of its last digit: "1,034" and "0.883"."""
    found = re.findall(r"(?<![\w.])[-\u2212]?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?", text)
    plain = [number.replace(",", "").replace("−", "-") for number in found]
    return [(float(number), _last_digit(number)) for number in plain]


def _last_digit(number):
    mantissa, _, exponent = number.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return 10.0 ** (int(exponent or 0) - decimals)


def problem(figure):
    """Recompute a figure: what differs from the text, in words, or None."""
    value = figure.function()
    values = value if isinstance(value, tuple | list) else [value]
    wanted = numbers(figure.text)
    where = f"{figure.page}, {figure.text!r}"
    if len(wanted) != len(values):
        return f"{where}: the text has {len(wanted)} numbers, {len(values)} were computed"
    for (number, unit), found in zip(wanted, values, strict=True):
        if not abs(number - found) <= 1.001 * unit:
            return f"{where}: {number:g} in the text, {found:.6g} computed"
    return None
