"""Checks of a function of numbers, or of rows, on arrays of several shapes, kinds and sizes."""

import math

from numpy import abs as _abs
from numpy import all as _all
from numpy import array, asarray, errstate, shape
from numpy import exp as _exp
from numpy import float32 as _float32
from numpy import sum as _sum
from numpy.random import default_rng

from nnlib.checks._tools import _agree, _call, _expect_array, _expect_with_hint
from nnlib.checks.activations import _check_entries, _check_large


def _check_rows(function, row, name):
    """Compare with a function of one row, on worked, random and large scores."""
    rng = default_rng(7)
    worked = array([[0.0, math.log(2), 0.0], [1.0, 1.0, 1.0]])
    for Z in (worked, rng.normal(size=(4, 3)), rng.normal(size=(1, 5)), rng.normal(size=(3, 1))):
        expected = array([row(scores) for scores in Z.tolist()])
        result, hint = _call(function, Z), ""
        columns = array([row(scores) for scores in Z.T.tolist()]).T
        if shape(result) == Z.shape and not _agree(result, expected):
            if _agree(result, columns):
                hint = "It works on columns: a row is a sample (axis=1)"
            elif len(Z) > 1 and abs(_sum(result) - 1) < 1e-9:
                hint = "All numbers share one sum: each row needs its own (axis=1, keepdims=True)"
            elif _agree(_exp(result), expected):
                hint = "This is the logarithm of what is asked"
            elif _all(asarray(result) > 0) and _agree(result, _exp(expected)):
                hint = "These are the probabilities: their logarithms are asked"
        _expect_with_hint(result, expected, f"{name} for Z of shape {Z.shape}", hint)
    for Z in (array([[1000.0, 999.0, 998.0]]), array([[200.0, 199.0, 198.0]], dtype=_float32)):
        with errstate(over="ignore", invalid="ignore", divide="ignore"):
            result = _call(function, Z)
        if not _all(_abs(asarray(result)) < 1e6):
            raise AssertionError(
                f"{name} fails for the {Z.dtype} scores {Z[0].tolist()}: the largest exponent must "
                "be 0, so take the row's maximum off first"
            )
        _expect_array(result, [row(Z[0].tolist())], f"{name} for {Z.dtype} {Z[0].tolist()}")


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
