"""Checkers: one for each exercise of the pages, with a message in words for each mistake.

`check_x(function)` raises an AssertionError that says what is wrong, and returns nothing when all
is right. References are worked numbers, loops and central differences, never a function of nnlib,
and NumPy's functions are bound here, so that nothing a page redefines can change the verdict.
"""

from numpy import abs as _abs
from numpy import all as _all
from numpy import array, asarray, isfinite, ndarray, shape
from numpy import float64 as _float64
from numpy.random import default_rng

__all__ = [
    "check_confusion_matrix",
    "check_small_network",
    "check_standardise",
    "try_check",
]


def try_check(check, answer):
    """Run a checker on an answer and print the verdict, so that no exercise stops a page.

    Parameters
    ----------
    check : callable
        A checker of this module.
    answer : object
        What the checker takes, mostly the reader's function.
    """
    name = check.__name__.removeprefix("check_")
    try:
        check(answer)
    except NotImplementedError:
        print(f"{name}: not attempted yet")
    except AssertionError as error:
        print(f"{name}: not right yet. {error}")
    except Exception as error:
        print(f"{name}: stopped with {type(error).__name__}: {error}")
    else:
        print(f"{name}: passed")


def _expect_array(value, expected, name):
    """Shape first, then values: the first tells more when both are wrong."""
    expected = array(expected, dtype=_float64)
    assert value is not None, f"{name} is None: does the function return it?"
    assert shape(value) == expected.shape, (
        f"{name} has shape {shape(value)}, expected {expected.shape}"
    )
    value = asarray(value, dtype=_float64)
    assert _all(isfinite(value)), f"{name} holds NaN or infinity"
    gap = _abs(value - expected)
    assert _all(gap <= 1e-7 + 1e-5 * _abs(expected)), (
        f"{name} is off by up to {gap.max():.3g}: expected {_short(expected)}, got {_short(value)}"
    )


def _short(values):
    head = ", ".join(f"{value:.4g}" for value in values.ravel()[:4])
    return f"[{head}{', …' if values.size > 4 else ''}]"


def _call(function, *arguments):
    """The function's answer for copies of the arguments, which it must leave as they were."""
    copies = [
        argument.copy() if isinstance(argument, ndarray) else argument for argument in arguments
    ]
    result = function(*copies)
    for copy, argument in zip(copies, arguments, strict=True):
        if isinstance(argument, ndarray):
            assert _all(copy == argument), "your function changed its input: work on a copy"
    return result


def check_standardise(function):
    """Check standardise(x_train, x_test): both scaled with the mean and spread of x_train."""
    rng = default_rng(0)
    for n_train, n_test, k in [(4, 2, 1), (30, 7, 4), (12, 1, 3)]:
        x_train, x_test = rng.normal(5, 3, (n_train, k)), rng.normal(-1, 2, (n_test, k))
        result = _call(function, x_train, x_test)
        assert isinstance(result, tuple) and len(result) == 2, (
            "return two arrays: the scaled x_train and the scaled x_test"
        )
        means = [sum(column) / n_train for column in x_train.T]
        spreads = [
            (sum((value - mean) ** 2 for value in column) / n_train) ** 0.5
            for column, mean in zip(x_train.T, means, strict=True)
        ]
        for name, scaled, x in zip(("x_train", "x_test"), result, (x_train, x_test), strict=True):
            expected = [
                [(v - m) / s for v, m, s in zip(row, means, spreads, strict=True)] for row in x
            ]
            try:
                _expect_array(scaled, expected, f"the scaled {name}")
            except AssertionError as error:
                raise AssertionError(f"{error}. {_STANDARDISE_HINTS[name]}") from None


_STANDARDISE_HINTS = {
    "x_train": "Take mean and standard deviation of each column, axis=0",
    "x_test": "Use the mean and spread of x_train here too: the test rows must not be looked at",
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
        _expect_array(result, expected, "the matrix")


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
        assert history["loss"][-1] < history["loss"][0], "the loss does not fall: which rate?"
        predicted = model.predict(scaler.transform(iris.x_test)).argmax(axis=1)
        scores.append(float((predicted == iris.y_test).mean()))
    mean = sum(scores) / len(scores)
    assert mean >= 0.9, (
        f"held-out accuracy is {mean:.3f} over {len(scores)} splits, 0.9 is asked: "
        "try a larger rate, momentum, or He's starting weights"
    )
