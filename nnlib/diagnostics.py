"""What to ask a network that does not learn, or learns too little: a function for each question.

None of them changes the model: what has to take steps, takes them with a copy.
"""

import contextlib
import copy
import math

import numpy as np

from nnlib._guards import check, expects

__all__ = [
    "baseline_losses",
    "data_findings",
    "first_difference",
    "layer_statistics",
    "overfit_batch",
    "update_ratios",
]


@expects(x="n n_features", y="n")
def data_findings(x, y):
    """What is suspicious about samples and their classes, in words; an empty list if nothing is.

    With μ_j, σ_j = mean, standard deviation of feature j, suspicious are max σ_j > 10 min σ_j,
    |μ_j| > 3 σ_j, rows that occur twice, a class three times as large as another, sorted classes;
    and NaN or infinity, with which nothing else can be looked at

    Parameters
    ----------
    x : array (n, n_features)
    y : array of int (n,)
        Class labels.

    Returns
    -------
    list of str
    """
    if not np.isfinite(x).all():
        return [f"samples with NaN or infinity: {np.count_nonzero(~np.isfinite(x).all(axis=1))}"]
    spread, size = x.std(axis=0), np.abs(x.mean(axis=0))
    counts = np.unique(y, return_counts=True)[1]
    far = np.flatnonzero(size > 3 * spread).tolist()
    repeated = len(x) - len(np.unique(x, axis=0))
    least, most = counts.min(), counts.max()
    suspicions = {
        f"spreads of features from {spread.min():.3g} to {spread.max():.3g}": (
            spread.max() > 10 * spread.min()
        ),
        f"features far from 0 for their spread: {far}": far,
        f"rows that repeat others: {repeated}": repeated,
        f"samples of a class from {least} to {most}": most > 3 * least,
        "rows sorted by class": np.count_nonzero(np.diff(y)) == len(counts) - 1 > 0,
    }
    return [words for words, is_so in suspicions.items() if is_so]


@expects(y="n")
def baseline_losses(y):
    """Cross-entropy of two answers that look at no sample: all classes alike, and their shares.

    ln k for k classes, where a fresh network starts; H = -Σ_c r_c ln r_c with the share r_c of
    class c, which a network has to beat

    Parameters
    ----------
    y : array of int (n,)
        Class labels, each class at least once.

    Returns
    -------
    undecided, base_rate : float, in nats
    """
    shares = np.unique(y, return_counts=True)[1] / len(y)
    return math.log(len(shares)), float(-(shares * np.log(shares)).sum())


def overfit_batch(model, x, y, steps=200):
    """Losses of a copy of the model that trains on the same few samples again and again.

    L_0, L_1, …, which fall to ≈ 0 in a network that can learn at all

    Parameters
    ----------
    model : Sequential
        Compiled.
    x : array (n, n_features)
        About ten samples, no two of them alike.
    y : array (n,) or (n, k)
    steps : int

    Returns
    -------
    list of float
        The loss before each step; fewer than `steps` if the training diverges.

    Notes
    -----
    Karpathy, A Recipe for Training Neural Networks (2019).
    """
    model = _built_copy(model, x)
    with contextlib.suppress(FloatingPointError):  # from a training that diverges
        model.fit(x, y, batch_size=len(x), epochs=steps, verbose=0)
    return model.history.history.get("loss", [])


def layer_statistics(model, x):
    """How the samples fare in each hidden layer: pre-activations, slopes, and units that are dead.

    spread = σ(Z), slope = mean |f'(Z)|; a unit is dead if |f'(z)| < 0.001 for all samples

    Parameters
    ----------
    model : Sequential
    x : array (n, n_features)

    Returns
    -------
    list of dict
        For each hidden layer "units", "mean" and "spread" of Z, "slope" and "dead" (a count).
    """
    model, statistics = _built_copy(model, x), []
    model.forward(np.asarray(x, dtype=model.dtype))
    for layer in model.layers[:-1]:
        if not hasattr(layer, "activation"):  # dropout, for instance
            continue
        slopes = np.abs(layer.activation.derivative(layer.Z))
        numbers = {"mean": layer.Z.mean(), "spread": layer.Z.std(), "slope": slopes.mean()}
        dead = int((slopes < 1e-3).all(axis=0).sum())
        statistics.append(
            {"units": layer.units, **{k: float(v) for k, v in numbers.items()}, "dead": dead}
        )
    return statistics


def update_ratios(model, x, y):
    """Size of one step, in one batch, against the size of the weights that it changes.

    ‖W_after - W_before‖ / ‖W_before‖ for each weight matrix

    Parameters
    ----------
    model : Sequential
        Compiled.
    x : array (n, n_features)
    y : array (n,) or (n, k)

    Returns
    -------
    list of float
        A thousandth is usual in mid-training; far less hardly moves, a tenth or more tears apart.

    Notes
    -----
    The rule of thumb is that of the course CS231n, Stanford (2015).
    """
    model = _built_copy(model, x)
    before = model.get_weights()
    model.fit(x, y, batch_size=len(x), verbose=0)
    pairs = zip(before, model.get_weights(), strict=True)
    return [float(np.linalg.norm(b - a) / np.linalg.norm(a)) for a, b in pairs if a.ndim > 1]


@expects(losses="steps", known="known_steps", rtol="positive")
def first_difference(losses, known, rtol=1e-6):
    """Where the losses of a training leave those of a known one, from the same weights and rows.

    t = the first with |L_t - L'_t| > rtol |L'_t|: 0 points at the loss or what it is computed from,
    1 at the gradient or the step, more at something that is left over from an earlier step

    Parameters
    ----------
    losses, known : sequence of float
        Of each step, or of each epoch, measured before the update.
    rtol : float
        1e-6 suits float64; between two programs in float32 rounding alone may come to 1e-4.

    Returns
    -------
    int, or None if they agree as far as the shorter one goes
    """
    for t, (ours, theirs) in enumerate(zip(losses, known, strict=False)):
        if not abs(ours - theirs) <= rtol * abs(theirs):  # NaN differs from everything
            return t
    return None


def _built_copy(model, x):
    """A copy that has its weights: whatever is done with it leaves the model as it was."""
    is_model = hasattr(model, "predict") and not isinstance(model, type)
    check(is_model, f"expected a model, got {model!r}", TypeError)
    model = copy.deepcopy(model)
    model.predict(x)
    return model
