"""Page 07: reading the results of a classifier of digits."""

import numpy as np
from numpy import array

from nnlib.checks.exercise import Exercise

__all__ = [
    "check_most_confused",
    "check_recall_per_class",
    "check_shift_right",
    "check_top_k_accuracy",
]

check_recall_per_class = Exercise(
    "recall_per_class(matrix)",
    "of each true class, a row, the share of samples that were read rightly",
    lambda rng: [
        (array([[8, 2, 0], [1, 3, 1], [0, 5, 15]]),),
        *((rng.integers(1, 50, (k, k)),) for k in (4, 10, 2)),
        (array([[3, 1], [5, 0]]),),
    ],
)


@check_recall_per_class.reference
def recall_per_class(matrix):
    return array([row[i] / sum(row) for i, row in enumerate(matrix.tolist())])


check_recall_per_class.right(lambda M: np.diag(M / M.sum(axis=1)))
check_recall_per_class.right(
    lambda M: [1 - (sum(M[i]) - M[i][i]) / sum(M[i]) for i in range(len(M))]
)
for _says, _answer in (
    ("These are shares of the columns, called precision: divide by the sums of rows",
     lambda M: np.diag(M) / M.sum(axis=0)),
    ("This is the accuracy over all classes: one number for each class is asked",
     lambda M: np.trace(M) / M.sum()),
    ("Return the recall of each class, not their mean", lambda M: np.mean(recall_per_class(M))),
    ("These are counts: divide each by the number of samples of its class", np.diag),
    ("These are the numbers of samples: the share that was read rightly is asked",
     lambda M: M.sum(axis=1)),
    ("Divide by the samples of the class, its row, not by those of all classes",
     lambda M: np.diag(M) / M.sum()),
    ("These are the shares that were misread", lambda M: 1 - recall_per_class(M)),
    ("Divide by the whole row, the right answers included",
     lambda M: np.diag(M) / (M.sum(axis=1) - np.diag(M))),
    ("The shares were cut to whole numbers: divide with /, and leave dtype=int out",
     lambda M: np.diag(M) // M.sum(axis=1)),
    ("A share lies between 0 and 1: leave the 100 out", lambda M: 100 * recall_per_class(M)),
    ("These are the shares of every pair: those of the right answers stand on the diagonal",
     lambda M: M / M.sum(axis=1, keepdims=True)),
    ("The right answers stand on the diagonal, wherever the row is largest",
     lambda M: M.max(axis=1) / M.sum(axis=1)),
    ("Only the first class is scored: `return` stands below the loop, not inside it",
     lambda M: recall_per_class(M)[0]),
    ("Do not round the shares", lambda M: recall_per_class(M).round(2)),
    ("Divide by the sum of the row, not by its largest count",
     lambda M: np.diag(M) / M.max(axis=1)),
):  # fmt: skip
    check_recall_per_class.mistake(_says, _answer)


def _matrices(rng):
    """Confusion matrices; the commonest mistake lies above the diagonal in some, below in others.

    In the last ones a class is mostly misread, and two classes are taken for each other often.
    """
    matrices = [array([[50, 2, 1], [0, 40, 3], [9, 1, 30]]), array([[10, 3], [1, 20]])]
    for k in (10, 3, 10, 4):
        drawn = rng.permutation(k * k).reshape(k, k)
        matrices.append(drawn + 100 * np.eye(k, dtype=int))
    matrices.append(array([[4, 30, 0], [2, 60, 9], [1, 0, 70]]))
    matrices.append(array([[200, 0, 14], [0, 90, 13], [0, 12, 80]]))
    matrices.append(array([[20, 7, 0, 7], [0, 90, 0, 0], [0, 0, 90, 9], [7, 0, 0, 90]]))
    return [(matrix,) for matrix in matrices]


check_most_confused = Exercise(
    "most_confused(matrix)",
    "the true and the predicted class of the largest count off the diagonal",
    _matrices,
    keeps=True,
)


@check_most_confused.reference
def most_confused(matrix):
    cells = [(i, j) for i in range(len(matrix)) for j in range(len(matrix)) if i != j]
    return max(cells, key=lambda cell: matrix[cell])


def _off(M):
    return M * (1 - np.eye(len(M), dtype=int))


def _place_of_largest(M):
    return np.unravel_index(np.argmax(M), M.shape)


check_most_confused.right(lambda M: array(divmod(_off(M).argmax(), len(M))))


@check_most_confused.right
def _(matrix):
    wrong = _off(matrix)
    return [wrong.max(axis=1).argmax(), wrong.max(axis=0).argmax()]


_ONE_CELL = (
    "The largest count is asked, a single cell, not the row or the column with the most mistakes"
)


@check_most_confused.mistake("work on a copy")
def _(matrix):
    np.fill_diagonal(matrix, 0)
    return _place_of_largest(matrix)


for _says, _answer in (
    ("This lies on the diagonal: those are the right answers, set them aside", _place_of_largest),
    ("The two are swapped: the row is the true class and comes first",
     lambda M: most_confused(M)[::-1]),
    ("np.unravel_index turns a position in the flat array into row and column",
     lambda M: _off(M).argmax()),
    (_ONE_CELL, lambda M: (_off(M).sum(axis=1).argmax(), _off(M).sum(axis=0).argmax())),
    (_ONE_CELL,
     lambda M: (_off(M).sum(axis=1).argmax(), _off(M)[_off(M).sum(axis=1).argmax()].argmax())),
    ("M + M.T adds both directions, and cannot tell which of the two is the true class: look at "
     "single cells", lambda M: _place_of_largest(_off(M + M.T))),
    ("Below the diagonal there are mistakes too", lambda M: _place_of_largest(np.triu(M, 1))),
    ("Above the diagonal there are mistakes too", lambda M: _place_of_largest(np.tril(M, -1))),
    ("The largest count is asked, not the largest share of a class",
     lambda M: _place_of_largest(_off(M) / M.sum(axis=1, keepdims=True))),
    ("The largest count is asked, not the largest share of a class",
     lambda M: _place_of_largest(_off(M) / M.sum(axis=0))),
    ("Of right answers there may be fewer: set the diagonal aside, not the largest counts",
     lambda M: divmod(np.argsort(M, axis=None)[-len(M) - 1], len(M))),
    ("Return the classes alone, without the count", lambda M: (most_confused(M), _off(M).max())),
    ("Return the classes alone, without the count", lambda M: (*most_confused(M), _off(M).max())),
    ("Return the two classes, not the count", lambda M: _off(M).max()),
    ("np.where gives the rows and the columns of all such cells: take the first of each, [0]",
     lambda M: np.where(_off(M) == _off(M).max())),
    ("np.argwhere makes a table of cells: the first is [0]",
     lambda M: np.argwhere(_off(M) == _off(M).max())),
):  # fmt: skip
    check_most_confused.mistake(_says, _answer)


def _probabilities(rng):
    worked = array([[0.5, 0.3, 0.2], [0.1, 0.6, 0.3], [0.3, 0.1, 0.6]]), array([1, 1, 2])
    drawn = [worked]
    for n, classes in [(1, 4), (25, 6), (40, 10)]:
        P = rng.permuted(array([range(1, classes + 1)] * n), axis=1)
        drawn.append((P / P.sum(axis=1)[:, None], rng.integers(0, classes, n)))
    return [(P, y, k) for P, y in drawn for k in (1, 2, 3, P.shape[1])]


check_top_k_accuracy = Exercise(
    "top_k_accuracy(P, y, k)",
    "how often the true class is among the k most probable",
    _probabilities,
)


@check_top_k_accuracy.reference
def top_k_accuracy(P, y, k, places=lambda better, k: better < k):
    better = [sum(p > row[label] for p in row) for row, label in zip(P, y, strict=True)]
    return sum(places(b, k) for b in better) / len(y)


check_top_k_accuracy.right(
    lambda P, y, k: np.mean((np.argsort(-P)[:, :k] == y[:, None]).any(axis=1))
)


@check_top_k_accuracy.right
def _(P, y, k):
    hits = 0
    for row, label in zip(P.tolist(), y.tolist(), strict=True):
        hits += row[label] in sorted(row, reverse=True)[:k]
    return hits / len(P)


def _best(P, k):
    return np.argsort(P, axis=1)[:, -k:]


for _says, _answer in (
    ("This looks at place k alone",
     lambda P, y, k: top_k_accuracy(P, y, k, lambda better, k: better == k - 1)),
    ("This looks at the first place alone", lambda P, y, k: top_k_accuracy(P, y, 1)),
    ("These are k + 1 places", lambda P, y, k: top_k_accuracy(P, y, k + 1)),
    ("These are k - 1 places", lambda P, y, k: top_k_accuracy(P, y, k - 1)),
    ("These are the k least probable: np.argsort puts the smallest first",
     lambda P, y, k: top_k_accuracy(-P, y, k)),
    ("This is a count: divide by the number of rows",
     lambda P, y, k: top_k_accuracy(P, y, k) * len(y)),
    ("This is the share of rows whose class is not among the k",
     lambda P, y, k: 1 - top_k_accuracy(P, y, k)),
    ("A share lies between 0 and 1: leave the 100 out",
     lambda P, y, k: 100 * top_k_accuracy(P, y, k)),
    ("This says it of each row: take the mean",
     lambda P, y, k: (_best(P, k) == y[:, None]).any(axis=1)),
    ("Only one of the k places can be right: ask of each row whether any is (axis=1), then take "
     "the mean over the rows", lambda P, y, k: top_k_accuracy(P, y, k) / k),
    ("y[:, None] makes a column of y, so that each row is compared with its own class",
     lambda P, y, k: np.mean((_best(P, k) == y).any(axis=1))),
    ("This asks whether the class is among the k of any row: compare each with its own row",
     lambda P, y, k: np.mean(np.isin(y, _best(P, k)))),
    ("These are the first k classes: sort the probabilities first",
     lambda P, y, k: np.mean(y < k)),
    ("np.sort gives probabilities: np.argsort gives the classes they belong to",
     lambda P, y, k: np.mean((np.sort(P, axis=1)[:, -k:] == y[:, None]).any(axis=1))),
    ("This sums probabilities: ask whether y is among the k",
     lambda P, y, k: np.mean(np.sort(P, axis=1)[:, -k:].sum(axis=1))),
    ("This sums probabilities: count the rows whose class is among the k",
     lambda P, y, k: np.mean([p[t] * (t in b) for p, t, b in zip(P, y, _best(P, k), strict=True)])),
    ("np.argsort(P, axis=0) sorts each column: sort each row, axis=1",
     lambda P, y, k: np.mean((np.argsort(P, axis=0)[:, -k:] == y[:, None]).any(axis=1))),
    ("Only the first row is judged: `return` stands below the loop, not inside it",
     lambda P, y, k: top_k_accuracy(P[:1], y[:1], k)),
):  # fmt: skip
    check_top_k_accuracy.mistake(_says, _answer)


check_shift_right = Exercise(
    "shift_right(X)",
    "rows of 28 x 28 pixels, each picture moved right by one pixel",
    lambda rng: [
        *((rng.uniform(0.1, 1, (n, 784)),) for n in (1, 3)),
        (rng.integers(1, 256, (2, 784)),),
    ],
)


@check_shift_right.reference
def shift_right(X):
    pictures = [[[0, *row[:-1]] for row in picture] for picture in X.reshape(-1, 28, 28).tolist()]
    return array(pictures).reshape(X.shape)


@check_shift_right.right
def _(X):
    X[:, 1:] = X[:, :-1].copy()
    X[:, ::28] = 0
    return X


check_shift_right.right(
    lambda X: [np.pad(x.reshape(28, 28), ((0, 0), (1, 0)))[:, :-1].ravel() for x in X]
)


def _moved(X, down, right):
    """Pictures moved down and right by up to two pixels, with paper where they come from."""
    padded = np.pad(X.reshape(-1, 28, 28), ((0, 0), (2, 2), (2, 2)))
    return padded[:, 2 - down : 30 - down, 2 - right : 30 - right].reshape(X.shape)


def _rolled(X, steps, axis):
    """Pictures moved along an axis; what leaves at one end comes back at the other."""
    return np.roll(X.reshape(-1, 28, 28), steps, axis=axis).reshape(X.shape)


def _smeared(X):
    return np.repeat(X.reshape(-1, 28)[:, :1], 28, axis=1).reshape(X.shape)


_COMES_BACK = (
    "What leaves a row on the right comes back on the left, of this row or the next: the first "
    "column must be 0"
)
_DOWN = "The pictures moved down: columns are the last axis of (n, 28, 28)"
_NEXT = "Each picture took the place of the next one: columns are the last axis of (n, 28, 28)"
_OVERWRITTEN = "Each column was overwritten before it moved: copy the pictures first"
_REPEATED = "The first column kept its pixels: it is paper now, 0"

for _says, _answer in (
    (_COMES_BACK, lambda X: _rolled(X, 1, 2)),
    (_COMES_BACK, lambda X: np.roll(X, 1, axis=1)),
    (_COMES_BACK, lambda X: np.roll(X, 1)),
    (_COMES_BACK, lambda X: np.pad(X, ((0, 0), (1, 0)))[:, :-1]),
    ("The pictures moved left", lambda X: _moved(X, 0, -1)),
    ("The pictures moved left", lambda X: _rolled(X, -1, 2)),
    ("The pictures moved left", lambda X: np.roll(X, -1, axis=1)),
    (_DOWN, lambda X: _moved(X, 1, 0)),
    (_DOWN, lambda X: _rolled(X, 1, 1)),
    ("The pictures moved up, not right", lambda X: _moved(X, -1, 0)),
    ("The pictures moved up, not right", lambda X: _rolled(X, -1, 1)),
    (_NEXT, lambda X: _rolled(X, 1, 0)),
    (_NEXT, lambda X: np.concatenate([0 * X[:1], X[:-1]])),
    ("The pictures moved by two pixels", lambda X: _moved(X, 0, 2)),
    ("The pictures moved down as well", lambda X: _moved(X, 1, 1)),
    ("The pictures came back unmoved: is the result of the shift kept?", lambda X: X),
    ("Give the pictures back as rows of 784 numbers",
     lambda X: _moved(X, 0, 1).reshape(-1, 28, 28)),
    (_REPEATED, lambda X: _moved(X, 0, 1) + X * (np.arange(784) % 28 == 0)),
    ("Paper is 0, not 1", lambda X: _moved(X, 0, 1) + (np.arange(784) % 28 == 0)),
    (_OVERWRITTEN, _smeared),
    (_OVERWRITTEN, lambda X: _smeared(X) * (np.arange(784) % 28 > 0)),
    ("The last column leaves the picture: without it, 28 are left",
     lambda X: np.pad(X.reshape(-1, 28, 28), ((0, 0), (0, 0), (1, 0))).reshape(len(X), -1)),
    ("Every column is moved, not the first one cleared alone",
     lambda X: X * (np.arange(784) % 28 > 0)),
):  # fmt: skip
    check_shift_right.mistake(_says, _answer)
