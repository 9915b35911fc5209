"""Stand-ins for functions of NumPy while an answer runs, wherever the answer may reach them."""

import contextlib
import functools
import inspect
import sys
import types

import numpy

from nnlib.checks.ownership import LIBRARIES, PACKAGE, is_watched

__all__ = ["stand_ins"]


class StandIn:
    """Stands in the place of a function of NumPy; only a person's own code is kept from it."""

    def __init__(self, original, name, note):
        self.original, self.name, self.note = original, name, note

    def __call__(self, *arguments, **named):
        if is_watched(sys._getframe(1).f_code):
            self.note(self.name)
        return self.original(*arguments, **named)

    def __getattr__(self, attribute):  # as np.logaddexp.reduce
        if is_watched(sys._getframe(1).f_code):
            self.note(self.name)
        return getattr(self.original, attribute)


@contextlib.contextmanager
def stand_ins(names, answer, note):
    """Put stand-ins for functions of NumPy into NumPy, and wherever the answer keeps them."""
    by_id, undo = {}, []
    for name in names:
        module, attribute = _module_of(name)
        original = getattr(module, attribute)
        by_id[id(original)] = StandIn(original, name, note)
        undo.append((functools.partial(setattr, module, attribute), original))
        setattr(module, attribute, by_id[id(original)])
    if id(answer) in by_id:
        note(by_id[id(answer)].name)
    try:
        _replace_in(answer, by_id, undo, seen=set())
        yield
    finally:
        for put_back, original in reversed(undo):
            put_back(original)


def _module_of(name):
    path = name.split(".")
    module = numpy
    for part in path[1:-1]:
        module = getattr(module, part)
    return module, path[-1]


def _replace_in(thing, by_id, undo, seen):
    """Follow what a person's own code can reach from a function: names, cells, containers."""
    if not by_id or id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, functools.partial):
        _replace_in((thing.func, *thing.args), by_id, undo, seen)
    elif inspect.isfunction(thing) and is_watched(thing.__code__):
        _replace_in(getattr(thing, "__wrapped__", None), by_id, undo, seen)
        _replace_entries(thing.__globals__, by_id, undo, seen)
        for cell in thing.__closure__ or ():
            with contextlib.suppress(ValueError):  # an empty cell
                held = cell.cell_contents
                if id(held) in by_id:
                    undo.append((functools.partial(setattr, cell, "cell_contents"), held))
                    cell.cell_contents = by_id[id(held)]
                _replace_in(held, by_id, undo, seen)
        _replace_defaults(thing, by_id, undo)
    elif isinstance(thing, dict | types.SimpleNamespace):
        entries = thing if isinstance(thing, dict) else vars(thing)
        _replace_entries(entries, by_id, undo, seen)
    elif isinstance(thing, list):
        for i, value in enumerate(thing):
            if id(value) in by_id:
                undo.append((functools.partial(thing.__setitem__, i), value))
                thing[i] = by_id[id(value)]
            _replace_in(value, by_id, undo, seen)
    elif isinstance(thing, tuple):
        for value in thing:
            _replace_in(value, by_id, undo, seen)
    elif _is_persons_own(thing):
        for name, kept in list(vars(thing).items()):
            value = kept.__func__ if isinstance(kept, staticmethod | classmethod) else kept
            if id(value) in by_id:
                undo.append((functools.partial(setattr, thing, name), kept))
                setattr(thing, name, by_id[id(value)])
            _replace_in(value, by_id, undo, seen)


def _is_persons_own(thing):
    """Whether a class, or the class of an object, was defined in a notebook or a script."""
    kind = thing if isinstance(thing, type) else type(thing)
    file = getattr(sys.modules.get(kind.__module__), "__file__", None) or ""
    known = kind.__module__ in sys.builtin_module_names or file.startswith((PACKAGE, *LIBRARIES))
    return hasattr(thing, "__dict__") and not known


def _replace_entries(mapping, by_id, undo, seen):
    for name, value in list(mapping.items()):
        if id(value) in by_id:
            undo.append((functools.partial(mapping.__setitem__, name), value))
            mapping[name] = by_id[id(value)]
        if not isinstance(value, types.ModuleType) and not str(name).startswith("__"):
            _replace_in(value, by_id, undo, seen)


def _replace_defaults(function, by_id, undo):
    defaults = function.__defaults__ or ()
    if any(id(value) in by_id for value in defaults):
        undo.append((functools.partial(setattr, function, "__defaults__"), defaults))
        function.__defaults__ = tuple(by_id.get(id(value), value) for value in defaults)
