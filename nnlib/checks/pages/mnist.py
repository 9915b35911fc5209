"""Page 07: reading the results of a classifier of digits."""

import numpy as np
from numpy import array

from nnlib.checks.exercise import Exercise

# fmt: off
__all__ = ["check_most_confused", "check_recall_per_class", "check_shift_right",
           "check_top_k_accuracy"]

check_recall_per_class = Exercise(
    "recall_per_class(matrix)",
    "of each true class, a row, the share of samples that were read rightly",
    lambda rng: [(array([[8, 2, 0], [1, 3, 1], [0, 5, 15]]),), (array([[3, 1], [5, 0]]),),
                 *((rng.integers(1, 50, (k, k)),) for k in (4, 10, 2))],
)
check_recall_per_class.reference(
    lambda M: array([row[i] / sum(row) for i, row in enumerate(M.tolist())]))
check_recall_per_class.right(lambda M: [1 - (sum(m) - m[i]) / sum(m) for i, m in enumerate(M)])
check_recall_per_class.slips("""
def recall_per_class(M):
    return np.diag(M) / M.sum(axis=1)
""", {
    "These are shares of the columns, called precision: divide by the sums of rows":
        ("axis=1", "axis=0"),
    "This is the accuracy over all classes, not the recall of each": "return np.trace(M) / M.sum()",
    "Return the recall of each class, not their mean": "return np.mean(np.diag(M) / M.sum(axis=1))",
    "These are counts: divide each by the number of samples of its class": (" / M.sum(axis=1)", ""),
    "Divide by the samples of the class, its row, not by those of all classes": ("axis=1", ""),
    "These are the shares that were misread": ("return", "return 1 -"),
    "The shares were cut to whole numbers: divide with /, and leave dtype=int out": ("/", "//"),
    "A share lies between 0 and 1: leave the 100 out": ("return", "return 100 *"),
    "These are the shares of every pair: those of the right answers stand on the diagonal":
        ("np.diag(M)", "M", "axis=1", "axis=1, keepdims=True"),
    "A row divided by a column is a table: leave keepdims out": ("axis=1", "axis=1, keepdims=True"),
    "The right answers stand on the diagonal, wherever the row is largest":
        ("np.diag(M)", "M.max(axis=1)"),
})

check_most_confused = Exercise(
    "most_confused(matrix)",
    "the true and the predicted class of the largest count off the diagonal",
    lambda rng: [(array(matrix),) for matrix in [
        [[50, 2, 1], [0, 40, 3], [9, 1, 30]], [[10, 3], [1, 20]],
        [[4, 30, 0], [2, 60, 9], [1, 0, 70]], [[200, 0, 14], [0, 90, 13], [0, 12, 80]],
        [[20, 7, 0, 7], [0, 90, 0, 0], [0, 0, 90, 9], [7, 0, 0, 90]],
        *(rng.permutation(k * k).reshape(k, k) + 100 * np.eye(k, dtype=int) for k in (3, 9))]],
    keeps=True,
)
check_most_confused.reference(lambda M: max(
    ((i, j) for i in range(len(M)) for j in range(len(M)) if i != j), key=lambda cell: M[cell]))
check_most_confused.right(lambda M: array(divmod((M - np.diag(np.diag(M))).argmax(), len(M))))
check_most_confused.slips("""
def most_confused(matrix):
    M = matrix.copy()
    np.fill_diagonal(M, 0)
    cell = np.unravel_index(M.argmax(), M.shape)
    return cell
""", {
    "work on a copy": (".copy()", ""),
    "This lies on the diagonal: those are the right answers, set them aside": ("M, 0", "M * 1, 0"),
    "The two are swapped: the row is the true class and comes first": ("cell\n", "cell[::-1]\n"),
    "np.unravel_index turns a position in the flat array into row and column":
        ("return cell", "return M.argmax()"),
    "The largest count is asked, a single cell, not the row or the column with the most mistakes": [
        ("return cell", "return M.sum(axis=1).argmax(), M.sum(axis=0).argmax()"),
        ("return cell", "return M.sum(axis=1).argmax(), M[M.sum(axis=1).argmax()].argmax()")],
    "M + M.T adds both directions, and cannot tell which of the two is the true class: look at "
    "single cells": ("matrix.copy()", "matrix + matrix.T"),
    "Below the diagonal there are mistakes too": ("matrix.copy()", "np.triu(matrix)"),
    "Above the diagonal there are mistakes too": ("matrix.copy()", "np.tril(matrix)"),
    "The largest count is asked, not the largest share of a class": [
        (".copy()", " / matrix.sum(axis=1, keepdims=True)"), (".copy()", " / matrix.sum(axis=0)")],
    "Return the classes alone, without the count": [
        ("return cell", "return cell, M.max()"), ("return cell", "return *cell, M.max()")],
})

_P = array([[0.5, 0.3, 0.2], [0.1, 0.6, 0.3], [0.3, 0.1, 0.6]])
check_top_k_accuracy = Exercise(
    "top_k_accuracy(P, y, k)", "how often the true class is among the k most probable",
    lambda rng: [*((_P, array([1, 1, 2]), k) for k in (1, 2, 3)),
                 *((rng.dirichlet(np.ones(classes), n), rng.integers(0, classes, n), k)
                   for n, classes in [(1, 4), (25, 6), (40, 10)] for k in (1, 2, 3, classes))],
)
check_top_k_accuracy.reference(lambda P, y, k: sum(
    row[t] in sorted(row, reverse=True)[:k] for row, t in zip(P.tolist(), y, strict=True)) / len(y))
check_top_k_accuracy.slips("""
def top_k_accuracy(P, y, k):
    best = np.argsort(P, axis=1)[:, -k:]
    hits = (best == y[:, None]).any(axis=1)
    return hits.mean()
""", {
    "This looks at place k alone": ("-k:", "[-k]"),
    "This looks at the first place alone": ("-k:", "-1:"),
    "These are k + 1 places": ("-k:", "-k - 1:"),
    "These are k - 1 places": ("-k:", "::-1][:, :k - 1"),
    "These are the k least probable: np.argsort puts the smallest first": ("-k:", ":k"),
    "This is a count: divide by the number of rows": ("mean", "sum"),
    "This is the share of rows whose class is not among the k": ("return", "return 1 -"),
    "A share lies between 0 and 1: leave the 100 out": ("return", "return 100 *"),
    "This says it of each row: take the mean": (".mean()", ""),
    "Only one of the k places can be right: ask of each row whether any is, with any(axis=1)":
        (".any(axis=1)", ""),
    "y[:, None] makes a column of y, so that each row is compared with its own class":
        ("y[:, None]", "y"),
    "This asks whether the class is among the k of any row: compare each with its own row":
        ("(best == y[:, None]).any(axis=1)", "np.isin(y, best)"),
    "np.sort gives probabilities: np.argsort gives the classes they belong to": ("arg", ""),
    "np.argsort(P, axis=0) sorts each column: sort each row, axis=1": ("axis=1)[", "axis=0)["),
})

check_shift_right = Exercise(
    "shift_right(X)", "rows of 28 x 28 pixels, each picture moved right by one pixel",
    lambda rng: [(rng.uniform(0.1, 1, (1, 784)),), (rng.uniform(0.1, 1, (3, 784)),),
                 (rng.integers(1, 256, (2, 784)),)],
)
check_shift_right.reference(lambda X: array(
    [[0 if i % 28 == 0 else x[i - 1] for i in range(784)] for x in X.tolist()]))
check_shift_right.right(
    lambda X: [np.pad(x.reshape(28, 28), ((0, 0), (1, 0)))[:, :-1].ravel() for x in X])
_MOVE = "moved[:, :, 1:] = P[:, :, :-1]"
check_shift_right.slips(f"""
def shift_right(X):
    P = X.reshape(-1, 28, 28)
    moved = np.zeros_like(P)
    {_MOVE}
    return moved.reshape(X.shape)
""", {
    "What leaves a row on the right comes back on the left: the first column must be 0": [
        (_MOVE, "moved = np.roll(P, 1, axis=2)"), "return np.roll(X, 1)",
        "return np.roll(X, 1, axis=1)"],
    "The pictures moved left": [
        (_MOVE, "moved[:, :, :-1] = P[:, :, 1:]"), (_MOVE, "moved = np.roll(P, -1, axis=2)")],
    "The pictures moved down: columns are the last axis of (n, 28, 28)": [
        (_MOVE, "moved[:, 1:] = P[:, :-1]"), (_MOVE, "moved = np.roll(P, 1, axis=1)")],
    "Each picture took the place of the next one: columns are the last axis of (n, 28, 28)": [
        (_MOVE, "moved[1:] = P[:-1]"), (_MOVE, "moved = np.roll(P, 1, axis=0)")],
    "The pictures came back unmoved: is the result of the shift kept?": "return X",
    "Give the pictures back as rows of 784 numbers": (".reshape(X.shape)", ""),
    "The first column kept its pixels: it is paper now, 0": ("np.zeros_like(P)", "P.copy()"),
    "Paper is 0, not 1": ("zeros", "ones"),
    "Each column was overwritten before it moved: copy the pictures first": [
        ("np.zeros_like(P)", "P", _MOVE, f"for c in range(27): P[:, :, c + 1] = P[:, :, c]{zero}")
        for zero in ("", "\n    P[:, :, 0] = 0")],
    "The last column leaves the picture: without it, 28 are left":
        "return np.pad(X.reshape(-1, 28, 28), ((0, 0), (0, 0), (1, 0))).reshape(len(X), -1)",
})
# fmt: on
