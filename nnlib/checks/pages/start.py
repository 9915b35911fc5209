"""Page 00: axes, broadcasting and products in NumPy."""

import numpy as np
from numpy import array

from nnlib.checks import families
from nnlib.checks.exercise import Exercise

__all__ = [
    "check_add_row",
    "check_matrix_product",
    "check_shape_of_product",
    "check_square_derivative",
    "check_sum_over_samples",
]

check_square_derivative = Exercise(
    "square_derivative(x)",
    "the slope 2 x of x squared, for numbers and for arrays",
    [(5.0,), (-1.5,), (0.0,), (array([[1.0, -2.0], [0.5, 10.0]]),), (array([1, 2, 3]),)],
)


@check_square_derivative.reference
def square_derivative(x):
    return ((x + 1e-3) ** 2 - (x - 1e-3) ** 2) / 2e-3


check_square_derivative.right(lambda x: x + x)
check_square_derivative.mistake("This is the function itself, not its slope", lambda x: x**2)
check_square_derivative.mistake("This is the integral: differentiate instead", lambda x: x**3 / 3)
check_square_derivative.mistake("The slope depends on x: it is 2 x, not 2", lambda x: 2 + 0 * x)
check_square_derivative.mistake("x² has the slope 2 x: bring the 2 down", lambda x: x)
check_square_derivative.mistake(
    "One slope for each number of the array: leave the sum out", lambda x: 2 * np.sum(x)
)


check_sum_over_samples = Exercise(
    "sum_over_samples(dZ)",
    "the sum of each column, one number for each output",
    lambda rng: [
        (array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]),),
        *((rng.normal(size=size),) for size in ((4, 4), (1, 3), (5, 1))),
        (array([[1, 2, 3], [4, 5, 6]]),),
    ],
)


@check_sum_over_samples.reference
def sum_over_samples(dZ):
    return array([sum(column) for column in dZ.T])


check_sum_over_samples.right(lambda dZ: np.ones(len(dZ)) @ dZ)
check_sum_over_samples.mistake(
    "Sum with axis=0, which keeps one sum for each column", lambda dZ: dZ.sum()
)
check_sum_over_samples.mistake(
    "You summed along the rows: axis=1 sums over the outputs", lambda dZ: dZ.sum(axis=1)
)
check_sum_over_samples.mistake(
    "The result has one axis: leave keepdims out", lambda dZ: dZ.sum(axis=0, keepdims=True)
)
check_sum_over_samples.mistake("This is the mean: a sum is asked", lambda dZ: dZ.mean(axis=0))
check_sum_over_samples.mistake("All rows count: do not return inside the loop", lambda dZ: dZ[0])


def _rows_and_their_misfits(rng):
    fitting = [((n, k), (k,)) for n, k in [(3, 2), (4, 4), (1, 3), (5, 1)]]
    shapes = [
        *fitting,
        *(((3, 1), (3,)), ((3, 2), (3, 1)), ((4, 4), (4, 1)), ((3, 2), (1,))),
        *(((3, 2), (1, 2)), ((3, 2), (3,))),
    ]
    return [(rng.normal(size=first), rng.normal(size=second)) for first, second in shapes]


check_add_row = Exercise(
    "add_row(Z, b)",
    "b added to each row of Z; ValueError unless b has one number for each column",
    _rows_and_their_misfits,
)

_RAISE = "Write `raise ValueError(…)` for when b.shape is not (Z.shape[1],)"


@check_add_row.reference
def add_row(Z, b):
    if b.shape != (Z.shape[1],):
        raise ValueError("b is no row for Z")
    return array([[z + extra for z, extra in zip(row, b, strict=True)] for row in Z])


@check_add_row.right
def _(Z, b):
    if not (b.ndim == 1 and len(b) == len(Z[0])):
        raise ValueError
    Z += b
    return Z


check_add_row.mistake(_RAISE, lambda Z, b: Z + b)


@check_add_row.mistake("Compare b.shape with the columns of Z, Z.shape[1], not with its rows")
def _(Z, b):
    if b.shape != (Z.shape[0],):
        raise ValueError("one number for each row")
    return Z + b


@check_add_row.mistake(
    "A row of k numbers has the shape (k,); without the comma, (k) is the number k, and no shape "
    "equals it"
)
def _(Z, b):
    if b.shape != (Z.shape[1]):
        raise ValueError("no row")
    return Z + b


@check_add_row.mistake(f"Compare the whole shape: b has one axis. {_RAISE}")
def _(Z, b):
    if b.shape[-1] != Z.shape[1]:
        raise ValueError
    return Z + b


@check_add_row.mistake(f"`assert` raises an AssertionError. {_RAISE}")
def _(Z, b):
    assert b.shape == (Z.shape[1],)
    return Z + b


@check_add_row.mistake("the error: `raise` it instead")
def _(Z, b):
    return Z + b if b.shape == (Z.shape[1],) else ValueError("no row")


@check_add_row.mistake("returned None (printing a message raises nothing)")
def _(Z, b):
    return Z + b if b.shape == (Z.shape[1],) else None


check_matrix_product = Exercise(
    "matrix_product(X, W)",
    "each cell the sum of a row of X times a column of W",
    lambda rng: [
        (array([[1.0, 2.0], [3.0, 4.0]]), array([[5.0, 6.0], [7.0, 8.0]])),
        *(
            (rng.normal(size=(n, m)), rng.normal(size=(m, k)))
            for n, m, k in [(4, 3, 2), (1, 5, 1), (2, 1, 3)]
        ),
        (array([[1, 2], [3, 4]]), array([[0.5, 1.5], [2.5, 0.25]])),
    ],
)

_LOOPS = (
    "How long is each loop? The rows of X (X.shape[0]), the columns of W (W.shape[1]) and, for "
    "the sum, the columns of X (X.shape[1])"
)
_TOO_EARLY = "The function returns too early: `return` stands below all loops, not inside one"


@check_matrix_product.reference
def matrix_product(X, W):
    return array(
        [[sum(x * w for x, w in zip(row, column, strict=True)) for column in W.T] for row in X]
    )


check_matrix_product.right(lambda X, W: X @ W)
check_matrix_product.right(lambda X, W: (X @ W).tolist())
check_matrix_product.mistake(
    "This multiplies cell by cell, as X * W does: sum over the inner index", lambda X, W: X * W
)
check_matrix_product.mistake("This is W times X: the order matters", lambda X, W: W @ X)
families.transposed(
    check_matrix_product, "This is the transpose: the rows of the result belong to the rows of X"
)
check_matrix_product.mistake(
    "This multiplies rows by rows: take the columns of W", lambda X, W: X @ W.T
)
families.last_term_only(check_matrix_product)


def _loops(rows=lambda X, W: len(X), inner=lambda X, W: X.shape[1], dtype=float, ends=""):
    """Three loops; the arguments make the mistakes."""

    def answer(X, W):
        Z = np.zeros((X.shape[0], W.shape[1]), dtype)
        for i in range(rows(X, W)):
            for j in range(W.shape[1]):
                for m in range(inner(X, W)):
                    Z[i, j] += X[i, m] * W[m, j]
                    if ends == "m":
                        return Z
                if ends == "j":
                    return Z
            if ends == "i":
                return Z
        return Z

    return answer


for _place in "ijm":
    check_matrix_product.mistake(_TOO_EARLY, _loops(ends=_place))
check_matrix_product.mistake(
    "The cells hold whole numbers only: leave dtype=int out of np.zeros", _loops(dtype=int)
)
check_matrix_product.mistake(_LOOPS, _loops(inner=lambda X, W: X.shape[0]))
check_matrix_product.mistake(_LOOPS, _loops(inner=lambda X, W: W.shape[1]))
check_matrix_product.mistake(_LOOPS, _loops(rows=lambda X, W: X.shape[1]))
families.type_of_input(
    check_matrix_product,
    "The result has the type of X: np.zeros_like(X) holds whole numbers where X does",
)


check_shape_of_product = Exercise(
    "shape_of_product(first, second)",
    "the outer numbers of two shapes; ValueError if the inner ones differ",
    [
        *(((5, 3), (3, 2)), ((120, 4), (4, 6)), ((1, 7), (7, 1)), ((2, 2), (2, 2))),
        *(((5, 3), (5, 3)), ((784, 128), (784, 64)), ((2, 3), (2, 2))),
    ],
)


@check_shape_of_product.reference
def shape_of_product(first, second):
    if first[1] != second[0]:
        raise ValueError("the inner numbers differ")
    return first[0], second[1]


check_shape_of_product.right(lambda first, second: (np.zeros(first) @ np.zeros(second)).shape)
check_shape_of_product.mistake(
    "Write `raise ValueError(…)` for when the inner numbers differ",
    lambda first, second: (first[0], second[1]),
)


@check_shape_of_product.mistake("The rows of the first, the columns of the second")
def _(first, second):
    if first[1] != second[0]:
        raise ValueError("the inner numbers differ")
    return first[1], second[0]


@check_shape_of_product.mistake(
    "The shapes need not be equal: compare the columns of the first with the rows of the second"
)
def _(first, second):
    if first != second:
        raise ValueError("shapes differ")
    return first


@check_shape_of_product.mistake("Return two numbers, the shape, not the number of cells")
def _(first, second):
    if first[1] != second[0]:
        raise ValueError("the inner numbers differ")
    return first[0] * second[1]


check_shape_of_product.mistake(
    "`first` and `second` are shapes, tuples such as (5, 3), not arrays: first[0] is the number "
    "of rows",
    lambda first, second: first @ second,
)
check_shape_of_product.mistake(
    "`first` and `second` are shapes, tuples such as (5, 3), not arrays: first[0] is the number "
    "of rows of the first",
    lambda first, second: (first.shape[0], second.shape[1]),
)
check_shape_of_product.mistake(
    "the error: `raise` it instead",
    lambda first, second: (first[0], second[1]) if first[1] == second[0] else ValueError,
)


@check_shape_of_product.mistake(
    "`assert` raises an AssertionError. Write `raise ValueError(…)` for when the inner numbers "
    "differ"
)
def _(first, second):
    assert first[1] == second[0], "not equal"
    return first[0], second[1]
