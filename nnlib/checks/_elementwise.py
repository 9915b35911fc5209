"""Checks of a function of numbers on arrays of several shapes, kinds and sizes."""

from numpy import array, asarray, shape
from numpy import float32 as _float32
from numpy.random import default_rng

from nnlib.checks._tools import _agree, _call, _expect_with_hint
from nnlib.checks.activations import _check_entries, _check_large


def _check_entrywise(function, reference, name, hints):
    """Compare with a function of one number on several shapes and kinds, then on large numbers.

    `hints` are wrong functions of one number, each with what to say to who hands it in.
    """
    rng = default_rng(5)
    worked = array([[-3.0, -1.0, -0.5, 0.0], [0.25, 0.5, 1.0, 3.0]])
    whole = array([[-2, 0, 1], [2, 3, -1]])
    for Z in (worked, rng.normal(size=5) * 2, rng.normal(size=(2, 3, 2)) * 2, whole):
        expected = _each(reference, Z)
        result, hint = _call(function, Z), ""
        if shape(result) == Z.shape:
            kind = asarray(result).dtype.kind
            assert kind != "b", f"{name} holds True and False: numbers are asked"
            if kind in "iu":
                hint = "The result holds whole numbers only: was it made with np.zeros_like(Z)?"
            if Z is not whole:
                hint = next((say for f, say in hints if _agree(result, _each(f, Z))), "")
        words = f"{name} for Z of shape {Z.shape}"
        words += " of whole numbers" if Z is whole else ""
        _expect_with_hint(result, expected, words, hint)
    _check_entries(function, reference, worked, name)
    _check_large(function, reference, array([-1e4, -100, 100, 1e4], dtype=_float32), name)


def _each(function, Z):
    return array([function(float(z)) for z in Z.ravel()]).reshape(Z.shape)
