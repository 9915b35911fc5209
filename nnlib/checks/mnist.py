"""Checkers for page 07: reading the results of a classifier of digits."""

from numpy import array, asarray, shape
from numpy import float64 as _float64
from numpy.random import default_rng

from nnlib.checks._tools import _agree, _call, _expect_with_hint, _first_that_fits

__all__ = [
    "check_most_confused",
    "check_recall_per_class",
    "check_shift_right",
    "check_top_k_accuracy",
]


def check_recall_per_class(function):
    """Check recall_per_class(matrix): of each true class, the share that was found."""
    rng = default_rng(7)
    worked = array([[8, 2, 0], [1, 3, 1], [0, 5, 15]])
    for matrix in (worked, rng.integers(1, 50, (4, 4)), rng.integers(1, 50, (10, 10))):
        k = len(matrix)
        recall = [matrix[i, i] / sum(matrix[i]) for i in range(k)]
        precision = [matrix[i, i] / sum(matrix[:, i]) for i in range(k)]
        overall = sum(matrix[i, i] for i in range(k)) / sum(sum(row) for row in matrix)
        result = _call(function, matrix)
        hint = ""
        if _agree(result, precision):
            hint = "These are shares of the columns, called precision: divide by the sums of rows"
        elif _agree(result, overall):
            hint = "This is the accuracy over all classes: one number for each class is asked"
        elif _agree(result, [matrix[i, i] for i in range(k)]):
            hint = "These are counts: divide each by the number of samples of its class"
        _expect_with_hint(result, recall, "the recall", hint)


def check_most_confused(function):
    """Check most_confused(matrix): the pair (true, predicted) of the commonest mistake."""
    rng = default_rng(8)
    worked = array([[50, 2, 1], [0, 40, 3], [9, 1, 30]])
    for matrix in (worked, rng.permutation(100).reshape(10, 10), rng.permutation(12)[:9]):
        matrix = matrix.reshape(len(matrix) if matrix.ndim == 2 else 3, -1).copy()
        k = len(matrix)
        for i in range(k):
            matrix[i, i] += 100
        _, truth, guess = max((matrix[i, j], i, j) for i in range(k) for j in range(k) if i != j)
        result = _call(function, matrix)
        assert result is not None, "the result is None: does the function return it?"
        assert shape(result) == (2,), (
            f"return two class labels, true and predicted; got {result!r}: "
            "np.unravel_index turns a position in the flat array into row and column"
        )
        found = tuple(int(label) for label in result)
        assert found[0] != found[1], (
            f"{found} lies on the diagonal: those are the right answers, set them aside"
        )
        assert found != (guess, truth), (
            f"{found} is swapped: the row is the true class and comes first"
        )
        assert found == (truth, guess), (
            f"the largest count off the diagonal is {matrix[truth, guess]}, at {(truth, guess)}, "
            f"got {found} with {matrix[found]}"
        )


def check_top_k_accuracy(function):
    """Check top_k_accuracy(P, y, k): how often the true class is among the k most probable."""
    worked = array([[0.5, 0.3, 0.2], [0.1, 0.6, 0.3], [0.3, 0.1, 0.6]]), array([1, 1, 2])
    rng = default_rng(9)
    cases = [worked]
    for n, classes in [(1, 4), (25, 6), (40, 10)]:
        P = rng.permuted(asarray([range(1, classes + 1)] * n, dtype=_float64), axis=1)
        cases.append((P / P.sum(axis=1)[:, None], rng.integers(0, classes, n)))
    for P, y in cases:
        for k in (1, 2, 3, P.shape[1]):
            better = [sum(p > row[label] for p in row) for row, label in zip(P, y, strict=True)]
            expected = sum(b < k for b in better) / len(y)
            result = _call(function, P, y, k)
            hint = ""
            if shape(result) == ():
                worse = [sum(p < row[label] for p in row) for row, label in zip(P, y, strict=True)]
                hint = _first_that_fits(
                    float(result),
                    [
                        (sum(b == k - 1 for b in better) / len(y), "This looks at place k alone"),
                        (
                            sum(b < 1 for b in better) / len(y),
                            "This looks at the first place alone",
                        ),
                        (sum(w < k for w in worse) / len(y), "These are the k least probable"),
                        (expected * len(y), "This is a count: divide by the number of rows"),
                    ],
                )
            _expect_with_hint(result, expected, f"the top-{k} accuracy", hint)


def check_shift_right(function):
    """Check shift_right(X): rows of 28 x 28 pixels, each picture moved right by one pixel."""
    rng = default_rng(10)
    for n in (1, 3):
        X = rng.uniform(0.1, 1, (n, 784))
        moved = [[[0.0, *row[:-1]] for row in x.reshape(28, 28)] for x in X]
        expected = asarray(moved).reshape(n, 784)
        result = _call(function, X)
        hint = ""
        if shape(result) == X.shape:
            pictures, before = asarray(result).reshape(n, 28, 28), X.reshape(n, 28, 28)
            if _agree(pictures[:, :, 1:], before[:, :, :-1]):
                hint = (
                    "What leaves a row on the right comes back on the left, of this row or the "
                    "next: the first column must be 0"
                )
            elif _agree(pictures[:, :, :-1], before[:, :, 1:]):
                hint = "The pictures moved left"
            elif _agree(pictures[:, 1:], before[:, :-1]):
                hint = "The pictures moved down: columns are the last axis of (n, 28, 28)"
        elif shape(result) == (n, 28, 28):
            hint = "Give the pictures back as rows of 784 numbers"
        _expect_with_hint(result, expected, "the moved pictures", hint)
