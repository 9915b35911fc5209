"""Page 00: axes, broadcasting and products in NumPy."""

import numpy as np
from numpy import array

from nnlib.checks import families
from nnlib.checks.by_loops import products
from nnlib.checks.exercise import Exercise

__all__ = [
    "check_add_row",
    "check_matrix_product",
    "check_shape_of_product",
    "check_square_derivative",
    "check_sum_over_samples",
]

# fmt: off
check_square_derivative = Exercise(
    "square_derivative(x)", "the slope 2 x of x squared, for numbers and for arrays",
    [(5.0,), (-1.5,), (0.0,), (array([[1.0, -2.0], [0.5, 10.0]]),), (array([1, 2, 3]),)],
)
check_square_derivative.reference(lambda x: ((x + 1e-3) ** 2 - (x - 1e-3) ** 2) / 2e-3)
check_square_derivative.right(lambda x: x + x)
check_square_derivative.knows({
    "This is the function itself, not its slope": lambda x: x**2,
    "This is the integral: differentiate instead": lambda x: x**3 / 3,
    "The slope depends on x: it is 2 x, not 2": lambda x: 2 + 0 * x,
    "x² has the slope 2 x: bring the 2 down": lambda x: x,
    "One slope for each number of the array: leave the sum out": lambda x: 2 * np.sum(x),
})

check_sum_over_samples = Exercise(
    "sum_over_samples(dZ)", "the sum of each column, one number for each output",
    lambda rng: [(array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]),),
                 (array([[1, 2, 3], [4, 5, 6]]),),
                 *((rng.normal(size=size),) for size in ((4, 4), (1, 3), (5, 1)))],
)
check_sum_over_samples.reference(lambda dZ: array([sum(column) for column in dZ.T]))
check_sum_over_samples.right(lambda dZ: np.ones(len(dZ)) @ dZ)
check_sum_over_samples.knows({
    "Sum with axis=0, which keeps one sum for each column": lambda dZ: dZ.sum(),
    "You summed along the rows: axis=1 sums over the outputs": lambda dZ: dZ.sum(axis=1),
    "The result has one axis: leave keepdims out": lambda dZ: dZ.sum(axis=0, keepdims=True),
    "This is the mean: a sum is asked": lambda dZ: dZ.mean(axis=0),
    "All rows count: do not return inside the loop": lambda dZ: dZ[0],
})


def _rows_and_misfits(rng):
    fit = [((n, k), (k,)) for n, k in [(3, 2), (4, 4), (1, 3), (5, 1)]]
    misfit = [((3, 1), (3,)), ((3, 2), (3, 1)), ((4, 4), (4, 1)), ((3, 2), (1,)), ((3, 2), (1, 2)),
              ((3, 2), (3,))]
    return [(rng.normal(size=first), rng.normal(size=second)) for first, second in fit + misfit]


check_add_row = Exercise(
    "add_row(Z, b)", "b added to each row of Z; ValueError unless b has one number for each column",
    _rows_and_misfits,
)


@check_add_row.reference
def add_row(Z, b):
    if b.shape != (Z.shape[1],):
        raise ValueError
    return array([[z + extra for z, extra in zip(row, b, strict=True)] for row in Z])


_RAISE = "Write `raise ValueError(…)` for when b.shape is not (Z.shape[1],)"
check_add_row.slips("""
def add_row(Z, b):
    if b.shape != (Z.shape[1],):
        raise ValueError("b is no row for Z")
    Z += b
    return Z
""", {
    _RAISE: "return Z + b",
    "Compare b.shape with the columns of Z, Z.shape[1], not with its rows": ("[1]", "[0]"),
    "A row of k numbers has the shape (k,); without the comma, (k) is the number k, and no shape "
    "equals it": ("[1],)", "[1])"),
    f"Compare the whole shape: b has one axis. {_RAISE}":
        ("b.shape != (Z.shape[1],)", "b.shape[-1] != Z.shape[1]"),
    f"`assert` raises an AssertionError. {_RAISE}": "assert b.shape == (Z.shape[1],)\nreturn Z + b",
    "the error: `raise` it instead": ("raise", "return"),
    "returned None (printing a message raises nothing)": ("raise ValueError", "return print"),
})

check_matrix_product = Exercise(
    "matrix_product(X, W)", "each cell the sum of a row of X times a column of W",
    lambda rng: [(array([[1.0, 2.0], [3.0, 4.0]]), array([[5.0, 6.0], [7.0, 8.0]])),
                 *((rng.normal(size=(n, m)), rng.normal(size=(m, k)))
                   for n, m, k in [(4, 3, 2), (1, 5, 1), (2, 1, 3)]),
                 (array([[1, 2], [3, 4]]), array([[0.5, 1.5], [2.5, 0.25]]))],
)
check_matrix_product.reference(products)
check_matrix_product.right(lambda X, W: (X @ W).tolist())
check_matrix_product.slips("""
def matrix_product(X, W):
    Z = np.zeros((X.shape[0], W.shape[1]))
    for i in range(X.shape[0]):
        for j in range(W.shape[1]):
            for m in range(X.shape[1]):
                Z[i, j] += X[i, m] * W[m, j]
    return Z
""", {
    "This multiplies cell by cell, as X * W does: sum over the inner index": "return X * W",
    "This is W times X: the order matters": "return W @ X",
    "This is the transpose: the rows of the result belong to the rows of X": "return (X @ W).T",
    "This multiplies rows by rows: take the columns of W": "return X @ W.T",
    **families.last_term_only(),
    **families.returns_too_early(8, 12, 16),
    "The cells hold whole numbers only: leave dtype=int out of np.zeros": ("))\n", "), int)\n"),
    "How long is each loop? The rows of X (X.shape[0]), the columns of W (W.shape[1]) and, for "
    "the sum, the columns of X (X.shape[1])":
        [("range(X.shape[1])", "range(X.shape[0])"), ("range(X.shape[1])", "range(W.shape[1])"),
         ("range(X.shape[0])", "range(X.shape[1])")],
    **families.type_of_input(("))\n", "), X.dtype)\n")),
})

check_shape_of_product = Exercise(
    "shape_of_product(first, second)",
    "the outer numbers of two shapes; ValueError if the inner ones differ",
    [((5, 3), (3, 2)), ((120, 4), (4, 6)), ((1, 7), (7, 1)), ((2, 2), (2, 2)), ((5, 3), (5, 3)),
     ((784, 128), (784, 64)), ((2, 3), (2, 2))],
)


@check_shape_of_product.reference
def shape_of_product(first, second):
    if first[1] != second[0]:
        raise ValueError
    return first[0], second[1]


_DIFFER = "Write `raise ValueError(…)` for when the inner numbers differ"
check_shape_of_product.slips("""
def shape_of_product(first, second):
    if first[1] != second[0]:
        raise ValueError("the inner numbers differ")
    return (np.zeros(first) @ np.zeros(second)).shape
""", {
    _DIFFER: "return first[0], second[1]",
    "The rows of the first, the columns of the second":
        ("(np.zeros(first) @ np.zeros(second)).shape", "first[1], second[0]"),
    "The shapes need not be equal: compare the columns of the first with the rows of the second":
        ("first[1] != second[0]", "first != second"),
    "Return two numbers, the shape, not the number of cells": (").shape", ").size"),
    "`first` and `second` are shapes, tuples such as (5, 3), not arrays: first[0] is a number":
        ["return first @ second", "return first.shape[0], second.shape[1]"],
    "the error: `raise` it instead": ("raise", "return"),
    f"`assert` raises an AssertionError. {_DIFFER}":
        "assert first[1] == second[0], 'not equal'\nreturn first[0], second[1]",
})
# fmt: on
