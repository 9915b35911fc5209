"""Page 10: weights for another library, the work of an epoch, folds."""

from itertools import pairwise

from numpy import generic, ndarray

from nnlib.checks.exercise import Exercise
from nnlib.checks.running import items

__all__ = ["check_count_multiplications", "check_k_folds", "check_to_pytorch"]


# fmt: off
def read_state(state, weights):
    """The arrays by name, if the names are those of PyTorch."""
    assert isinstance(state, dict), f"return a dictionary, not {type(state).__name__}"
    layers = len(weights) // 2
    names = [f"{2 * i}.{kind}" for i in range(layers) for kind in ("weight", "bias")]
    assert {*state} == {*names}, f"for {layers} layers the names are {names}, got {[*state]}"
    return state


check_to_pytorch = Exercise(
    "to_pytorch(weights)",
    'a dictionary "0.weight", "0.bias", "2.weight", … with the arrays as PyTorch keeps them',
    lambda rng: [([rng.normal(size=size) for n, k in pairwise(widths) for size in ((n, k), (k,))],)
                 for widths in [(4, 6, 3), (2, 2), (5, 4, 4, 1), (1, 3)]],
    read=read_state,
)
check_to_pytorch.reference(lambda weights: {
    f"{i - i % 2}.{('weight', 'bias')[i % 2]}": array.T for i, array in enumerate(weights)})
check_to_pytorch.slips("""
def to_pytorch(weights):
    state = {}
    for i in range(0, len(weights), 2):
        state |= {f"{i}.weight": weights[i].T.tolist(), f"{i}.bias": weights[i + 1]}
    return state
""", {
    "return a dictionary": ("return state", "return list(state.values())"),
    "The activations between the layers are counted too: with ReLU as 1, the next layer is 2": [
        ("{i}", "{i // 2}"), ("{i}.bias", "{i + 1}.bias")],
    "Count from 0": ("{i}", "{i + 1}"),
    "Count from 0, and count the activations too": ("{i}", "{i // 2 + 1}"),
    "PyTorch's words are weight and bias": [
        (".weight", ".kernel"), (".weight", ".W", ".bias", ".b"),
        (".weight", ".weights", ".bias", ".biases")],
    "PyTorch keeps a row for each unit, (n_out, n_in): .T turns W": (".T", ""),
    "W.reshape keeps the numbers in their order: W.T turns rows into columns":
        (".T", ".reshape(weights[i].shape[::-1])"),
    "A bias has one axis: leave it as it is": [
        ("[i + 1]", "[i + 1].reshape(1, -1)"), ("[i + 1]", "[i + 1].reshape(-1, 1)")],
    "Only the last layer is left: make the dictionary before the loop": ("|=", "="),
    "Only the first layer is there: `return` stands below the loop": ("    ret", "        ret"),
    "The biases are missing: every second array is one": (', f"{i}.bias": weights[i + 1]', ""),
})

check_count_multiplications = Exercise(
    "count_multiplications(widths, rows)",
    "in the matrix products of one epoch, without the gradient of the first layer's input",
    [((4, 3), 1), ((4, 6, 3), 10), ((784, 64, 10), 60_000), ((5, 4, 3, 2), 7), ((1, 1, 1), 1)],
    tolerance=0,
)
check_count_multiplications.reference(lambda widths, rows: sum(  # forward, dW and, later, dX
    rows * n * k * (3 if layer else 2) for layer, (n, k) in enumerate(pairwise(widths))))
check_count_multiplications.slips("""
def count_multiplications(widths, rows):
    count = -rows * widths[0] * widths[1]
    for n_in, n_out in zip(widths, widths[1:]):
        count += 3.0 * rows * n_in * n_out
    return count
""", {
    "This is the forward pass alone": ("-rows *", "0 *", "3.0", "1"),
    "This is the backward pass alone": ("3.0", "2"),
    "Nobody needs the gradient of the first layer's input": ("-rows *", "0 *"),
    "Every layer but the first has three products, one forward, two back": [
        ("-rows *", "0 *", "3.0", "2"), ("-rows", "-2 * rows")],
    "It is the first layer that has two products, not the last": ("[0]", "[-1]", "[1]", "[-2]"),
    "The first layer has its products too, forward and for dW": ("-rows", "-3 * rows"),
    "This is the number for one row: an epoch multiplies every row": ("rows *", "1 *"),
    "A bias is added, not multiplied: leave it out":
        ("n_in *", "(n_in + 1) *", "widths[0]", "(widths[0] + 1)"),
    "Multiply the widths of neighbours, then add them up": "return rows * math.prod(widths)",
    "Every row saves a product in the first layer: take it off before you multiply by `rows`":
        ("-rows *", "-"),
    "Only the first layer is counted: `return` stands below the loop": ("    ret", "        ret"),
})


def observe_folds(answer, n, k):
    """The folds as lists of lists, as far as they are any."""
    folds = answer(n, k)
    return _plain(items(folds, 10 * n) if hasattr(folds, "__next__") else folds)


def _plain(thing):
    thing = thing.tolist() if isinstance(thing, ndarray | generic) else thing
    return [_plain(part) for part in thing] if isinstance(thing, list | tuple | range) else thing


def read_folds(folds, n, k):
    assert isinstance(folds, list), f"return a list of {k} pairs, not {type(folds).__name__}"
    assert len(folds) == k, f"expected {k} pairs for k = {k}, got {len(folds)}"
    for fold in folds:
        kinds = [type(part).__name__ for part in fold] if isinstance(fold, list) else []
        assert kinds == ["list", "list"], (
            f"each fold is a pair of arrays, (train, held_out), got {', '.join(kinds[:4])}")
        kinds = {type(row) for part in fold for row in part}
        assert list not in kinds, "a part holds arrays: np.concatenate makes one of several"
        assert bool not in kinds, "a part holds True and False: np.flatnonzero makes row numbers"
        assert kinds == {int}, "a part of a fold holds row numbers, whole numbers"
        assert not {*fold[0]} & {*fold[1]}, "a row is trained on and held out in the same fold"
        sizes = " or ".join(map(str, sorted({n // k, -(-n // k)})))
        assert n // k <= len(fold[1]) <= -(-n // k), (
            f"with {n} rows and {k} folds {sizes} rows are held out each time, not {len(fold[1])}")
    rows_of = [("the two parts of a fold together", [*train, *held]) for train, held in folds]
    rows_of.append(("the held-out rows", [row for _, held in folds for row in held]))
    for name, rows in rows_of:
        assert sorted(rows) == list(range(n)), (
            f"{name} must be every row from 0 to {n - 1} exactly once, got {sorted(rows)[:12]}…")


check_k_folds = Exercise(
    "k_folds(n, k)", "k pairs of row numbers, (to train on, held out); each row is held out once",
    [(10, 5), (11, 3), (10, 4), (4, 4), (120, 5)], observe=observe_folds, read=read_folds,
)
check_k_folds.reference(lambda n, k: (
    ([row for row in range(n) if row % k != fold], range(fold, n, k)) for fold in range(k)))
check_k_folds.slips("""
def k_folds(n, k):
    rows, folds = np.arange(n), []
    for part in np.array_split(rows, k):
        rest = np.setdiff1d(rows, part)
        folds.append((rest, part))
    return folds
""", {
    "Take the held-out rows out of the rows to train on": ("(rest,", "(rows,"),
    "Train on all other rows, not on those before alone": ("(rest,", "(rows[: part[0]],"),
    "n // k rows each leave some over: give them to the first parts, one to each": [
        ("in np.array_split(rows, k)", "in rows[: n // k * k].reshape(k, -1)"),
        ("in np.array_split(rows, k)", "in np.split(rows, [n // k * i for i in range(1, k)])")],
    "Parts as equal as they can be differ by one row: n / k rounded up leaves too few for the last":
        ("in np.array_split(rows, k)", "in np.split(rows, [-(-n // k) * i for i in range(1, k)])"),
    "Each fold holds out the next part, not the same one":
        ("np.array_split(rows, k)", "[rows[: n // k]] * k"),
    "This is one split: each of the k parts is held out in its turn": ("    ret", "        ret"),
    "The rows to train on come first": ("rest, part", "part, rest"),
    "Rows are counted from 0": ("np.arange(n)", "1 + np.arange(n)"),
    "Return the rows to train on as well": ("(rest, part)", "part"),
    "np.flatnonzero makes row numbers": ("(rest,", "(~np.isin(rows, part),"),
    "np.concatenate makes one of several": ("(rest,", "(rest[:, None],"),
    "A slice ends before its second number": ("rest =", "part = part[:-1]; rest ="),
})
# fmt: on
