"""Page 10: weights for another library, the work of an epoch, folds."""

import math
from collections import OrderedDict
from itertools import pairwise

import numpy as np
from numpy import array, generic, ndarray

from nnlib.checks.exercise import Exercise
from nnlib.checks.running import items

__all__ = ["check_count_multiplications", "check_k_folds", "check_to_pytorch"]


def _weights(rng):
    shapes = [[s for n, k in pairwise(widths) for s in ((n, k), (k,))]
              for widths in [(4, 6, 3), (2, 2), (5, 4, 4, 1), (1, 3)]]  # fmt: skip
    return [([rng.normal(size=shape) for shape in each],) for each in shapes]


def read_state(state, weights):
    """The arrays by name, if the names are those of PyTorch."""
    assert isinstance(state, dict), f"return a dictionary, not {type(state).__name__}"
    names = [f"{i // 2 * 2}.{('weight', 'bias')[i % 2]}" for i in range(len(weights))]
    assert {*state} == {*names}, (
        f"for {len(names) // 2} layers the names are {names}, got {[*state]}"
    )
    return state


check_to_pytorch = Exercise(
    "to_pytorch(weights)",
    'a dictionary "0.weight", "0.bias", "2.weight", … with the arrays as PyTorch keeps them',
    _weights,
    read=read_state,
)


@check_to_pytorch.reference
def to_pytorch(weights):
    return _named(weights)


def _named(
    weights, number=lambda layer: 2 * layer, names=("weight", "bias"), turn=np.transpose,
    bias=lambda b: b,
):  # fmt: skip
    """The dictionary; the arguments make the mistakes."""
    state = {}
    for layer in range(len(weights) // 2):
        state[f"{number(layer)}.{names[0]}"] = turn(weights[2 * layer])
        state[f"{number(layer)}.{names[1]}"] = bias(weights[2 * layer + 1])
    return state


@check_to_pytorch.right
def _(weights):
    return OrderedDict(reversed([(k, v.tolist()) for k, v in _named(weights).items()]))


_ROWS = "PyTorch keeps a row for each unit, (n_out, n_in): .T turns W"
_COUNTED = "The activations between the layers are counted too: with ReLU as 1, the next layer is 2"
for _says, _answer in (
    ("return a dictionary", lambda weights: [*_named(weights).values()]),
    (_COUNTED, lambda weights: _named(weights, number=lambda layer: layer)),
    ("Count from 0", lambda weights: _named(weights, number=lambda layer: 2 * layer + 1)),
    ("Count from 0, and count the activations too",
     lambda weights: _named(weights, number=lambda layer: layer + 1)),
    (_COUNTED, lambda weights: {f"{i}.{('weight', 'bias')[i % 2]}": w.T
                                for i, w in enumerate(weights)}),
    ("PyTorch's words are weight and bias: kernel is Keras's",
     lambda weights: _named(weights, names=("kernel", "bias"))),
    ("PyTorch's words are weight and bias", lambda weights: _named(weights, names=("W", "b"))),
    ("PyTorch's words are weight and bias, in the singular",
     lambda weights: _named(weights, names=("weights", "biases"))),
    (_ROWS, lambda weights: _named(weights, turn=lambda W: W)),
    ("W.reshape keeps the numbers in their order: W.T turns rows into columns",
     lambda weights: _named(weights, turn=lambda W: W.reshape(W.shape[::-1]))),
    ("A bias has one axis: leave it as it is",
     lambda weights: _named(weights, bias=lambda b: b.reshape(1, -1))),
    ("A bias has one axis: leave it as it is",
     lambda weights: _named(weights, bias=lambda b: b.reshape(-1, 1))),
    ("weight belongs to W, bias to b: they are exchanged",
     lambda weights: _named(weights, names=("bias", "weight"))),
    ("Only the last layer is left: make the dictionary before the loop, not inside it",
     lambda weights: dict([*_named(weights).items()][-2:])),
    ("Only the first layer is there: `return` stands below the loop, not inside it",
     lambda weights: _named(weights[:2])),
    ("The biases are missing: every second array of the list is one",
     lambda weights: {k: v for k, v in _named(weights).items() if "weight" in k}),
    ("An activation has no weights: it has no entry",
     lambda weights: _named(weights) | {"1.weight": None, "1.bias": None}),
    ("The layers are in the order of the list: the first is 0",
     lambda weights: _named([w for i in range(len(weights) - 2, -1, -2)
                             for w in weights[i : i + 2]])),
):  # fmt: skip
    check_to_pytorch.mistake(_says, _answer)


check_count_multiplications = Exercise(
    "count_multiplications(widths, rows)",
    "in the matrix products of one epoch, without the gradient of the first layer's input",
    [
        ((4, 3), 1),
        ((4, 6, 3), 10),
        ((784, 64, 10), 60_000),
        ((5, 4, 3, 2), 7),
        ((1, 1, 1), 1),
    ],
    tolerance=0,
)


@check_count_multiplications.reference
def count_multiplications(widths, rows):
    count = 0
    for layer, (n_in, n_out) in enumerate(pairwise(widths)):
        count += rows * n_in * n_out  # Z = X W
        count += n_in * rows * n_out  # dW = Xᵀ dZ
        count += rows * n_out * n_in if layer else 0  # dX = dZ Wᵀ
    return count


@check_count_multiplications.right
def _(widths, rows):
    products = array(widths[1:], dtype=float) * widths[:-1]
    return rows * (3 * products.sum() - products[0])


def _counted(of_first, of_others=None, of_last=None, rows=lambda rows: rows, bias=0):
    """So many products of the first layer, of the others, and of the last if there are several."""

    def answer(widths, n):
        cells = [(n_in + bias) * n_out for n_in, n_out in pairwise(widths)]
        times = [of_first] + [of_first if of_others is None else of_others] * (len(cells) - 1)
        if of_last is not None:
            times[-1] = of_last
        return rows(n) * sum(t * c for t, c in zip(times, cells, strict=True))

    return answer


for _says, _answer in (
    ("This is the forward pass alone", _counted(1)),
    ("This is the backward pass alone", _counted(1, 2)),
    ("Nobody needs the gradient of the first layer's input", _counted(3)),
    ("Every layer but the first has three products, one forward, two back", _counted(2)),
    ("Every layer but the first has three products, one forward, two back", _counted(1, 3)),
    ("It is the first layer that has two products, not the last", _counted(3, 3, 2)),
    ("The first layer has its products too, forward and for dW", _counted(0, 3)),
    ("This is the number for one row: an epoch multiplies every row",
     _counted(2, 3, rows=lambda rows: 1)),
    ("A bias is added, not multiplied: leave it out", _counted(2, 3, bias=1)),
    ("Count the multiplications, not the additions as well",
     _counted(2, 3, rows=lambda rows: 2 * rows)),
    ("Multiply the widths of neighbours, then add: the product of all widths is no layer's work",
     lambda widths, rows: rows * math.prod(widths)),
    ("A layer multiplies n_in times n_out numbers for each row, not n_in + n_out",
     lambda widths, rows: rows * (3 * sum(map(sum, pairwise(widths))) - sum(widths[:2]))),
    ("Every row saves a product in the first layer: take it off before you multiply by `rows`",
     lambda widths, rows: 3 * rows * _counted(1)(widths, 1) - widths[0] * widths[1]),
    ("Add up the layers: one number is asked",
     lambda widths, rows: [_counted(3 if i else 2)(pair, rows)
                           for i, pair in enumerate(pairwise(widths))]),
    ("Only the first layer is counted: add up all of them", _counted(2, 0)),
):  # fmt: skip
    check_count_multiplications.mistake(_says, _answer)


def observe_folds(answer, n, k):
    """The folds as lists of lists, as far as they are any."""
    folds = answer(n, k)
    return _plain(items(folds, 10 * n) if hasattr(folds, "__next__") else folds)


def _plain(thing):
    thing = thing.tolist() if isinstance(thing, ndarray | generic) else thing
    return [_plain(part) for part in thing] if isinstance(thing, list | tuple | range) else thing


def read_folds(folds, n, k):
    assert folds is not None, "the result is None: does the function return it?"
    assert isinstance(folds, list), f"return a list of {k} pairs, not {type(folds).__name__}"
    assert len(folds) == k, f"expected {k} pairs for k = {k}, got {len(folds)}"
    for fold in folds:
        _expect_two_arrays(fold)
        train, held_out = fold
        assert not {*train} & {*held_out}, "a row is trained on and held out in the same fold"
        _expect_each_once(train + held_out, n, "the two parts of a fold together")
        sizes = sorted({n // k, -(-n // k)})
        assert len(held_out) in sizes, (
            f"with {n} rows and {k} folds {' or '.join(map(str, sizes))} rows are held out each "
            f"time, not {len(held_out)}"
        )
    _expect_each_once([i for _, held_out in folds for i in held_out], n, "the held-out rows")
    return "folds"


def _expect_two_arrays(fold):
    kinds = [type(part).__name__ for part in fold] if isinstance(fold, list) else []
    assert kinds == ["list", "list"], (
        f"each fold is a pair of arrays, (train, held_out), got {', '.join(kinds[:4]) or 'none'}"
    )
    kinds = {type(row) for part in fold for row in part}
    assert list not in kinds, "a part of a fold holds arrays: np.concatenate makes one of several"
    assert bool not in kinds, (
        "a part of a fold holds True and False: np.flatnonzero makes row numbers of them"
    )
    assert kinds == {int}, "a part of a fold holds row numbers, whole numbers"


def _expect_each_once(rows, n, name):
    assert sorted(rows) == list(range(n)), (
        f"{name} must be every row from 0 to {n - 1} exactly once, got {sorted(rows)[:12]}…"
    )


check_k_folds = Exercise(
    "k_folds(n, k)",
    "k pairs of row numbers, (to train on, held out); each row is held out once",
    [(10, 5), (11, 3), (10, 4), (4, 4), (120, 5)],
    observe=observe_folds,
    read=read_folds,
)


@check_k_folds.reference
def k_folds(n, k):
    held_out = [[row for row in range(n) if row % k == fold] for fold in range(k)]
    return [([row for row in range(n) if row not in part], part) for part in held_out]


@check_k_folds.right
def _(n, k):
    rows = np.random.default_rng(1).permutation(n)
    for part in np.array_split(rows, k):
        yield np.setdiff1d(rows, part), part


check_k_folds.right(
    lambda n, k: [
        ([*range(n * i // k), *range(n * (i + 1) // k, n)], range(n * i // k, n * (i + 1) // k))
        for i in range(k)
    ]
)


def _folds(held_out, train=lambda n, part: np.setdiff1d(np.arange(n), part)):
    """Folds with these parts held out; the rest, or what `train` takes, is trained on."""
    return lambda n, k: [(train(n, part), part) for part in held_out(n, k)]


def _parts(n, k):
    return np.array_split(np.arange(n), k)


def _of_size(size):
    """Parts of one size, one after another, as far as there are rows."""
    return lambda n, k: [np.arange(i * size(n, k), min(n, (i + 1) * size(n, k))) for i in range(k)]


def _drawn(n, k):
    rng = np.random.default_rng(0)
    return [rng.permutation(n)[: n // k] for _ in range(k)]


_LEFT_OVER = "n // k rows each leave some over: give them to the first parts, one to each"
for _says, _answer in (
    ("Take the held-out rows out of the rows to train on",
     _folds(_parts, lambda n, part: np.arange(n))),
    ("Train on all other rows, not on those before alone",
     _folds(_parts, lambda n, part: np.arange(part[0]))),
    ("Train on all other parts, not on the next one alone",
     lambda n, k: [(_parts(n, k)[i - 1], _parts(n, k)[i]) for i in range(k)]),
    (_LEFT_OVER, lambda n, k: _folds(
        lambda n, k: [*_of_size(lambda n, k: n // k)(n, k)[:-1], np.arange((k - 1) * (n // k), n)]
     )(n, k)),
    (_LEFT_OVER, _folds(_of_size(lambda n, k: n // k))),
    (_LEFT_OVER, lambda n, k: k_folds(n // k * k, k)),
    ("Parts as equal as they can be differ by one row: rounding n / k up leaves too few for the "
     "last", _folds(_of_size(lambda n, k: -(-n // k)))),
    ("The same rows are held out each time: each fold holds out the next part",
     lambda n, k: _folds(lambda n, k: [np.arange(n // k)] * k)(n, k)),
    ("Draw an order once and cut it into parts: drawn again for each fold, rows are held out twice "
     "and others never", _folds(_drawn)),
    ("This is one split: each of the k parts is held out in its turn",
     lambda n, k: k_folds(n, k)[:1]),
    ("The rows to train on come first", lambda n, k: [fold[::-1] for fold in k_folds(n, k)]),
    ("Rows are counted from 0",
     lambda n, k: [tuple(array(part) + 1 for part in fold) for fold in k_folds(n, k)]),
    ("Return the rows to train on as well", _parts),
    ("np.flatnonzero makes row numbers of them",
     lambda n, k: [(~np.isin(np.arange(n), part), np.isin(np.arange(n), part))
                   for part in _parts(n, k)]),
    ("np.concatenate makes one of several",
     lambda n, k: [([*_parts(n, k)[:i], *_parts(n, k)[i + 1 :]], _parts(n, k)[i])
                   for i in range(k)]),
    ("A slice ends before its second number: rows[i : i + size] has `size` rows",
     _folds(lambda n, k: [part[:-1] for part in _parts(n, k)])),
    ("return a list", lambda n, k: dict(enumerate(k_folds(n, k)))),
):  # fmt: skip
    check_k_folds.mistake(_says, _answer)
