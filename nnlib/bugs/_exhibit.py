"""What an exhibit of the museum is, and how a wrong variant is put in the place of the original."""

import contextlib
import importlib
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass

from nnlib._guards import look_up

__all__ = ["EXHIBITS", "Exhibit", "installed", "replaces"]


@dataclass(frozen=True)
class Exhibit:
    """A wrong variant with its story, read from the variant's docstring.

    Parameters
    ----------
    name : str
    variant : callable
        A function, or a subclass of `Dense` or `Sequential`.
    replaces : str
        What it stands in for, "activations.relu_derivative" for instance.
    fault, symptom, cure, source : str
        What is wrong, what one sees of it, what mends it, where it was seen.
    test : str
        The pytest node that fails when the variant stands in the place of the original.
    """

    name: str
    variant: Callable
    replaces: str
    fault: str
    symptom: str
    cure: str
    source: str
    test: str


EXHIBITS = {}


def replaces(original, killed_by):
    """Hang a variant in the museum: what it replaces in nnlib, and which test in tests/ fails."""

    def hang(variant):
        paragraphs = inspect.getdoc(variant).split("\n\n")
        fault, symptom, cure, source = (" ".join(text.split()) for text in paragraphs)
        EXHIBITS[variant.__name__] = Exhibit(
            variant.__name__,
            variant,
            original,
            fault,
            symptom.removeprefix("Symptom: "),
            cure.removeprefix("Cure: "),
            source.removeprefix("Seen: "),
            f"tests/{killed_by}",
        )
        return variant

    return hang


@contextlib.contextmanager
def installed(name):
    """Let nnlib itself run with a bug: for a while, a variant stands wherever the original stood.

    Models that are made and used inside `with installed(name):` have the bug, and no others. A
    name that was imported before, with `from nnlib import Sequential` for instance, still means the
    original there, while `nnlib.models.Sequential` is the variant.

    Parameters
    ----------
    name : str or None
        Of an exhibit; None installs nothing, for comparison.

    Raises
    ------
    ValueError
        If there is no exhibit of that name.
    """
    if name is None:
        yield None
        return
    exhibit = look_up(name, EXHIBITS, "exhibit")
    module, attribute = exhibit.replaces.split(".")
    original = getattr(importlib.import_module(f"nnlib.{module}"), attribute)
    places = [
        (namespace, key)
        for namespace in _namespaces()
        for key, value in namespace.items()
        if value is original
    ]
    for namespace, key in places:
        namespace[key] = exhibit.variant
    try:
        yield exhibit
    finally:
        for namespace, key in places:
            namespace[key] = original


def _namespaces():
    """Where nnlib holds functions and classes: in modules, and in records in tables by name."""
    modules = [
        vars(module)
        for name, module in list(sys.modules.items())
        if name.split(".")[0] == "nnlib" and not name.startswith("nnlib.bugs")
    ]
    tables = [
        table for module in modules for table in module.values() if type(table) is dict and table
    ]
    records = [
        vars(record)
        for table in tables
        for record in table.values()
        if type(record).__module__.startswith("nnlib.") and hasattr(record, "__dict__")
    ]
    return [*modules, *tables, *records]
