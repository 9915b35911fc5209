"""Checkers for page 10: weights for another library, the work of an epoch, folds."""

from itertools import pairwise

from numpy import asarray, sort
from numpy.random import default_rng

from nnlib.checks._tools import _call, _expect_array

__all__ = ["check_count_multiplications", "check_k_folds", "check_to_pytorch"]


def check_to_pytorch(function):
    """Check to_pytorch(weights): a dictionary "0.weight", "0.bias", "2.weight", … as PyTorch's."""
    rng = default_rng(0)
    for widths in [(4, 6, 3), (2, 2), (5, 4, 4, 1)]:
        shapes = [s for n, k in pairwise(widths) for s in ((n, k), (k,))]
        weights = [rng.normal(size=shape) for shape in shapes]
        result = function([array.copy() for array in weights])
        assert isinstance(result, dict), f"return a dictionary, not {type(result).__name__}"
        names = [f"{2 * (i // 2)}.{('weight', 'bias')[i % 2]}" for i in range(len(weights))]
        assert list(result) == names, (
            f"for {len(weights) // 2} layers the names are {names}, but got {list(result)}: "
            "the activations between the layers are counted too"
        )
        for name, array in zip(names, weights, strict=True):
            hint = ": PyTorch keeps a row for each unit, (n_out, n_in)"
            wanted = array.T if array.ndim == 2 else array
            try:
                _expect_array(result[name], wanted, name)
            except AssertionError as error:
                raise AssertionError(f"{error}{hint if array.ndim == 2 else ''}") from None


def check_count_multiplications(function):
    """Check count_multiplications(widths, rows): in the matrix products of one epoch."""
    for widths, rows in [((4, 3), 1), ((4, 6, 3), 10), ((784, 64, 10), 60_000), ((5, 4, 3, 2), 7)]:
        forward, backward, needless = 0, 0, 0
        for i, (n_in, n_out) in enumerate(pairwise(widths)):
            forward += rows * n_in * n_out
            backward += rows * n_in * n_out
            if i == 0:
                needless = rows * n_in * n_out
            else:
                backward += rows * n_in * n_out
        hints = {
            forward: ": this is the forward pass alone",
            forward + backward + needless: ": nobody needs the gradient of the first layer's input",
            2 * forward: ": every layer but the first has three products, one forward, two back",
        }
        result = _call(function, widths, rows)
        assert result is not None, "the function returns None: write `return`"
        assert result == forward + backward, (
            f"for widths {widths} and {rows:,} rows expected {forward + backward:,}, "
            f"got {result:,}{hints.get(result, '')}"
        )


def check_k_folds(function):
    """Check k_folds(n, k): k pairs of row numbers, (to train on, held out)."""
    for n, k in [(10, 5), (11, 3), (4, 4), (120, 5)]:
        result = list(_call(function, n, k))
        assert len(result) == k, f"expected {k} pairs for k = {k}, got {len(result)}"
        assert all(len(pair) == 2 for pair in result), "each fold is a pair: (train, held_out)"
        pairs = [(asarray(train), asarray(held_out)) for train, held_out in result]
        for train, held_out in pairs:
            assert not set(train.tolist()) & set(held_out.tolist()), (
                "a row is trained on and held out in the same fold"
            )
            _expect_rows(sort([*train, *held_out]), n, "the two parts of a fold together")
            assert n // k <= len(held_out) <= -(-n // k), (
                f"with {n} rows and {k} folds {n // k} or {-(-n // k)} rows are held out each "
                f"time, not {len(held_out)}"
            )
        _expect_rows(sort([i for _, held_out in pairs for i in held_out]), n, "the held-out rows")


def _expect_rows(rows, n, name):
    assert rows.tolist() == list(range(n)), (
        f"{name} must be every row from 0 to {n - 1} exactly once, got {rows.tolist()[:12]}…"
    )
