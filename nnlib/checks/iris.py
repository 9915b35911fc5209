"""Checkers for page 06: scaling, counting mistakes, a small network."""

from numpy import all as _all
from numpy import array, asarray, shape
from numpy.random import default_rng

from nnlib.checks._tools import _agree, _call, _column_statistics, _expect_array

__all__ = ["check_confusion_matrix", "check_small_network", "check_standardise"]


def check_standardise(function):
    """Check standardise(x_train, x_test): both scaled with the mean and spread of x_train."""
    rng = default_rng(0)
    for n_train, n_test, k in [(4, 2, 1), (30, 7, 4), (12, 1, 3)]:
        x_train, x_test = rng.normal(5, 3, (n_train, k)), rng.normal(-1, 2, (n_test, k))
        result = _call(function, x_train, x_test)
        assert isinstance(result, tuple) and len(result) == 2, (
            "return two arrays: the scaled x_train and the scaled x_test"
        )
        means, spreads = _column_statistics(x_train)
        pooled_means, pooled_spreads = _column_statistics([*x_train, *x_test])
        for name, scaled, x in zip(("x_train", "x_test"), result, (x_train, x_test), strict=True):
            if _agree(scaled, (x - pooled_means) / pooled_spreads):
                raise AssertionError(
                    f"{name} is scaled with the statistics of both arrays together: "
                    "the test rows must not be looked at"
                )
            try:
                _expect_array(scaled, (x - means) / spreads, f"the scaled {name}")
            except AssertionError as error:
                raise AssertionError(f"{error}. {_STANDARDISE_HINTS[name]}") from None


_STANDARDISE_HINTS = {
    "x_train": "Of each column (axis=0): subtract the mean, divide by the standard deviation (std)",
    "x_test": "Use the mean and the standard deviation of the given x_train, not those of x_test",
}


def check_confusion_matrix(function):
    """Check confusion_matrix(y_true, y_pred, n_classes): rows true classes, columns predicted."""
    y_true, y_pred = array([0, 0, 1, 2, 2, 2]), array([0, 1, 1, 2, 0, 0])
    worked = [[1, 1, 0], [0, 1, 0], [2, 0, 1]]
    rng = default_rng(1)
    cases = [(y_true, y_pred, 3, worked)]
    for n, k, n_seen in [(50, 4, 4), (5, 6, 3)]:  # in the second, classes 3 to 5 never occur
        truth, guess = rng.integers(0, n_seen, n), rng.integers(0, n_seen, n)
        counts = [[0] * k for _ in range(k)]
        for t, p in zip(truth, guess, strict=True):
            counts[t][p] += 1
        cases.append((truth, guess, k, counts))
    for truth, guess, k, expected in cases:
        result = _call(function, truth, guess, k)
        if shape(result) == (k, k) and _all(asarray(result).T == array(expected)):
            assert _all(asarray(result) == array(expected)), (
                "rows and columns are swapped: a row is a true class, a column a predicted one"
            )
        try:
            _expect_array(result, expected, "the matrix")
        except AssertionError as error:
            raise AssertionError(
                f"{error}. It has n_classes rows and columns, and a pair that occurs twice counts "
                "twice (matrix[t, p] += 1 with whole arrays counts it once)"
            ) from None


def check_small_network(function):
    """Check small_network(seed): a compiled model of at most 60 parameters that learns iris."""
    from sklearn.preprocessing import StandardScaler

    from nnlib.datasets import load_iris

    scores = []
    for seed in range(5):
        iris = load_iris(seed=seed)
        scaler = StandardScaler().fit(iris.x_train)
        model = function(seed)
        assert model is not None and getattr(model, "loss", None), (
            "return a compiled Sequential: call compile before return"
        )
        history = model.fit(
            scaler.transform(iris.x_train), iris.y_train, epochs=200, verbose=0
        ).history
        count = model.count_params()
        assert count <= 60, f"the network has {count} parameters, 60 are allowed"
        assert model.layers[-1].units == 3, "the output layer needs 3 units, one for each species"
        assert history["loss"][-1] < history["loss"][0], (
            "the loss does not fall: is the rate too large, or a layer too narrow?"
        )
        predicted = model.predict(scaler.transform(iris.x_test)).argmax(axis=1)
        scores.append(float((predicted == iris.y_test).mean()))
    mean = sum(scores) / len(scores)
    assert mean >= 0.9, (
        f"held-out accuracy is {mean:.3f} over {len(scores)} splits, 0.9 is asked: "
        "try a larger rate, a wider layer, or He's starting weights"
    )
