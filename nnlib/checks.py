"""Checkers: one for each exercise of the pages, with a message in words for each mistake.

`check_x(function)` raises an AssertionError that says what is wrong, and returns nothing when all
is right. References are worked numbers, loops and central differences, never a function of nnlib,
and NumPy's functions are bound here, so that nothing a page redefines can change the verdict.
"""

import math

from numpy import abs as _abs
from numpy import all as _all
from numpy import argwhere, array, asarray, errstate, isfinite, ndarray, ndindex, shape
from numpy import float64 as _float64
from numpy.random import default_rng

__all__ = [
    "check_accuracy_error",
    "check_adagrad_update",
    "check_add_row",
    "check_backward_by_loops",
    "check_batches",
    "check_centre",
    "check_clip_by_norm",
    "check_combine_gradients",
    "check_confusion_matrix",
    "check_count_dead",
    "check_count_parameters",
    "check_dense_by_units",
    "check_elu",
    "check_exponential_decay",
    "check_hat",
    "check_he_weights",
    "check_huber",
    "check_leaky",
    "check_matrix_product",
    "check_mean_surprise",
    "check_most_confused",
    "check_recall_per_class",
    "check_shape_of_product",
    "check_shift_right",
    "check_skip_backward",
    "check_small_network",
    "check_smoothed",
    "check_softplus",
    "check_softplus_backward",
    "check_square_derivative",
    "check_stable_binary",
    "check_standardise",
    "check_stopping_epoch",
    "check_sum_over_samples",
    "check_top_k_accuracy",
    "check_translate_convention",
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
    wrong = gap > 1e-7 + 1e-5 * _abs(expected)
    if wrong.any():
        first = tuple(int(i) for i in argwhere(wrong)[0])
        place, most = (f" at {list(first)}", "up to ") if first else ("", "")
        raise AssertionError(
            f"{name} is off by {most}{gap.max():.3g}: "
            f"expected {expected[first]:.4g}{place}, got {value[first]:.4g}"
        )


def _short(values):
    if values.ndim == 0:
        return f"{values:.4g}"
    head = ", ".join(f"{value:.4g}" for value in values.ravel()[:4])
    return f"[{head}{', …' if values.size > 4 else ''}]"


def _agree(value, expected):
    return shape(value) == shape(expected) and _all(_abs(asarray(value) - expected) < 1e-9)


def _call(function, *arguments):
    """The function's answer for copies of the arguments, which it must leave as they were."""
    copies = [
        argument.copy() if isinstance(argument, ndarray) else argument for argument in arguments
    ]
    try:
        result = function(*copies)
    except AssertionError as error:
        raise AssertionError(f"an `assert` in your function failed{_said(error)}") from None
    except ValueError as error:
        if "truth value of an array" not in str(error):
            raise
        raise AssertionError(
            "your function asks a whole array a yes-or-no question (in an `if`, or with `and`, "
            "`or`, `max`): the argument is an array, so compute all its numbers at once, as "
            "np.maximum, relu or np.where do"
        ) from None
    for copy, argument in zip(copies, arguments, strict=True):
        if isinstance(argument, ndarray):
            assert _all(copy == argument), "your function changed its input: work on a copy"
    return result


def _said(error):
    return f": {error}" if str(error) else ""


def _expect_value_error(function, arguments, why):
    """The function must raise ValueError, and nothing else, since what it is given cannot be right.

    `why` is a pair of sentences for the message: what is wrong with the arguments, what to do.
    """
    what, rule = why
    try:
        result = _call(function, *arguments)
    except ValueError:
        return
    except AssertionError as error:
        if "changed its input" in str(error):
            raise
        found = f"{error}"
    except (TypeError, AttributeError, IndexError) as error:
        found = f"{type(error).__name__} was raised{_said(error)}"
    else:
        if isinstance(result, ValueError) or result is ValueError:
            found = "the error was returned: `raise` it instead"
        elif result is None:
            found = "None was returned, no error raised (printing a message raises nothing)"
        elif isinstance(result, ndarray):
            found = f"an array of shape {shape(result)} was returned without complaint"
        else:
            found = f"{result!r} was returned without complaint"
    raise AssertionError(f"{what}, but {found}. {rule}")


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


def _column_statistics(rows):
    """Mean and standard deviation of each column, by loops."""
    columns = list(zip(*rows, strict=True))
    means = [sum(column) / len(column) for column in columns]
    variances = [
        sum((value - mean) ** 2 for value in column) / len(column)
        for column, mean in zip(columns, means, strict=True)
    ]
    return array(means), array([variance**0.5 for variance in variances])


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


def check_hat(function):
    """Check hat(x): 0 outside 0…2, 1 at x = 1, straight between."""
    for x in (array([-3.0, 0.0, 0.5, 1.0, 1.5, 2.0, 7.0]), default_rng(2).uniform(-5, 5, (4, 3))):
        expected = array([max(0.0, 1 - abs(v - 1)) for v in x.ravel()]).reshape(x.shape)
        result = _call(function, x)
        assert result is not None, "hat(x) is None: does the function return it?"
        assert shape(result) == x.shape, (
            f"for x of shape {x.shape}, hat(x) has shape {shape(result)}: "
            "return a number for each x"
        )
        wrong = ~(_abs(asarray(result, dtype=_float64) - expected) <= 1e-6)  # NaN is wrong too
        if wrong.any():
            first = tuple(argwhere(wrong)[0])
            raise AssertionError(
                f"hat({x[first]:.4g}) should be {expected[first]:.4g}, you give "
                f"{asarray(result)[first]:.4g}. {_hat_hint(wrong, x)}"
            )


def _hat_hint(wrong, x):
    if wrong[x <= 0].any():
        return "Left of 0 every unit must still be off: each needs w1 > 0 and a kink at 0 or later"
    if wrong[x <= 1].any():
        return "From 0 to 1 only one unit may be on, and with slope 1"
    if wrong[x <= 2].any():
        return "The unit with its kink at 1 must turn the slope from 1 to -1: by how much is that?"
    return "Right of 2 the line must be flat: the slopes of the three units must add up to 0"


def check_leaky(function):
    """Check leaky(Z, slope): z for z > 0, else slope z, for any slope."""
    Z = array([[-4.0, -1.0, 0.0], [0.5, 2.0, -0.25]])
    for slope in (0.1, 0.2, 0.0, 1.0, 2.5, -0.5):
        expected = [[v if v > 0 else slope * v for v in row] for row in Z]
        result = _call(function, Z, slope)
        highest = [[max(v, slope * v) for v in row] for row in Z]
        if slope > 1 and shape(result) == Z.shape and _all(asarray(result) == array(highest)):
            raise AssertionError(
                f"with slope {slope}, leaky(-1) is {slope * -1} but you give -1: "
                "max(slope z, z) picks the wrong one of the two once the slope is above 1"
            )
        hint = ""
        if slope not in (0.1, 1.0) and _agree(result, _call(function, Z, 0.1)):
            hint = "It is the same as with slope 0.1: use the argument `slope`"
        elif _agree(result, [[v if v < 0 else slope * v for v in row] for row in Z]):
            hint = "The sides are swapped: z > 0 stays as it is, the slope is for the others"
        _expect_with_hint(result, expected, f"leaky(Z, {slope})", hint)


def check_softplus(record):
    """Check a record of softplus(z) = ln(1 + e^z) and its derivative, also inside a Dense layer."""

    def logistic(z):
        return math.exp(min(z, 0.0)) / (1 + math.exp(-abs(z)))

    _check_activation(
        record,
        _softplus,
        [
            (lambda z: logistic(-z), "This is the slope at -z: look at the signs"),
            (lambda z: logistic(z) * logistic(-z), "This is the slope of the slope: one too many"),
        ],
    )


def check_elu(record):
    """Check a record of elu(z) = z for z > 0, else e^z - 1, and its derivative, also in a layer."""

    vanishes = "For z < 0: the derivative of e^z is e^z, that of the constant -1 is 0"
    _check_activation(
        record,
        lambda z: z if z > 0 else math.expm1(z),
        [
            (lambda z: 1.0 if z > 0 else math.expm1(z), vanishes),
            (
                lambda z: 0.0 if z > 0 else math.exp(z),
                "For z > 0 the function is z: its slope is 1",
            ),
            (lambda z: z if z > 0 else math.exp(z), "For z > 0 the function is z: its slope is 1"),
            (math.exp, "For z > 0 the function is z: its slope is 1"),
        ],
    )


def _check_activation(record, reference, mistakes=()):
    """`mistakes`: wrong slopes as functions of one number, each with a hint for who gives it."""
    for part in ("function", "derivative"):
        assert callable(getattr(record, part, None)), (
            "hand over a record: ActivationFunction(name, function, derivative)"
        )
    Z = array([[-20.0, -3.0, -1.0, -0.2], [0.2, 1.0, 3.0, 20.0]])
    _check_entries(record.function, reference, Z, "the function")
    slope = _slope_of(reference)
    A = array([[reference(float(z)) for z in row] for row in Z])
    try:
        _check_entries(record.derivative, slope, Z, "the derivative")
    except NotImplementedError:
        raise AssertionError("the function is right; now its derivative") from None
    except AssertionError:
        try:
            _expect_array(_call(record.derivative, A), [[slope(z) for z in row] for row in Z], "")
        except Exception:
            pass
        else:
            raise AssertionError(
                "the derivative is right for A = f(Z), but it is given Z, as all of nnlib's are"
            ) from None
        result = _call(record.derivative, Z)
        for mistake, hint in ((reference, "This is the function, not its slope"), *mistakes):
            if _agree(result, [[mistake(float(z)) for z in row] for row in Z]):
                _expect_with_hint(
                    result, [[slope(z) for z in row] for row in Z], "the derivative", hint
                )
        raise
    _check_in_layer(record)


def _check_entries(function, reference, Z, name):
    """Compare with the reference on Z, then where e^z has no float64."""
    _expect_array(_call(function, Z), [[reference(float(z)) for z in row] for row in Z], name)
    large = array([-1e4, -800.0, 800.0, 1e4])
    with errstate(over="raise", invalid="raise", divide="raise"):
        try:
            result = _call(function, large)
        except FloatingPointError as error:
            raise AssertionError(
                f"{name} fails for large numbers ({error}): an exponent became large and "
                f"positive, here {_large_exponent(function, large)}. That must not happen, not "
                "even in a branch of np.where that is thrown away"
            ) from None
    _expect_array(result, [reference(float(z)) for z in large], f"{name} at z = {_short(large)}")


def _large_exponent(function, large):
    """Where a function overflows, in words; the caller's errstate makes it raise."""
    for z in sorted(large, key=abs, reverse=True):
        try:
            function(array([z]))
        except FloatingPointError:
            return f"{'Z' if z > 0 else '-Z'} at Z = {z:,.0f}"
    return "for several numbers at once"


def _slope_of(function, h=1e-5):
    return lambda z: (function(z + h) - function(z - h)) / (2 * h)


def _check_in_layer(record):
    """Gradients of a network with this activation against central differences of its loss."""
    from nnlib import SGD, Dense, Sequential

    rng = default_rng(3)
    x, y = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
    model = Sequential([Dense(4, record), Dense(2)], dtype="float64", seed=3)
    model.build((None, 3))
    model.compile(SGD(0.1), "mean_squared_error")
    gradients = [gradient.copy() for gradient in model.loss_and_gradients(x, y)[1]]
    h = 1e-5
    for name, parameter, gradient in zip(
        ("dW1", "db1", "dW2", "db2"), model.parameters, gradients, strict=True
    ):
        expected = array(gradient)
        for i in ndindex(parameter.shape):
            kept = parameter[i]
            parameter[i] = kept + h
            above = model.loss_and_gradients(x, y)[0]
            parameter[i] = kept - h
            below = model.loss_and_gradients(x, y)[0]
            parameter[i] = kept
            expected[i] = (above - below) / (2 * h)
        _expect_array(gradient, expected, f"in a Dense layer, {name}")


# --- 00 start here


def check_square_derivative(function):
    """Check square_derivative(x): the slope 2 x of x squared, for numbers and for arrays."""
    for x in (5.0, -1.5, 0.0, array([[1.0, -2.0], [0.5, 10.0]])):
        result = _call(function, x)
        nudged = ((x + 1e-3) ** 2 - (x - 1e-3) ** 2) / 2e-3
        try:
            _expect_array(result, nudged, f"the slope at x = {_short(asarray(x))}")
        except AssertionError as error:
            hint = ""
            if shape(result) == shape(x):
                if _all(_abs(asarray(result) - x**2) < 1e-9):
                    hint = ". This is the function itself, not its slope"
                elif _all(_abs(asarray(result) - x**3 / 3) < 1e-9):
                    hint = ". This is the integral: differentiate instead"
            raise AssertionError(f"{error}{hint}") from None


def check_sum_over_samples(function):
    """Check sum_over_samples(dZ): the sum of each column, one number for each output."""
    rng = default_rng(2)
    worked = array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
    for dZ in (worked, rng.normal(size=(4, 4)), rng.normal(size=(1, 3)), rng.normal(size=(5, 1))):
        result = _call(function, dZ)
        assert result is not None, "the sum is None: does the function return it?"
        columns = [sum(column) for column in dZ.T]
        rows = [sum(row) for row in dZ]
        assert shape(result) != (), (
            "the result is a single number: sum with axis=0, which keeps one sum for each column"
        )
        assert shape(result) != (1, len(columns)), (
            f"the result has shape {shape(result)}, expected ({len(columns)},): leave keepdims out"
        )
        across = shape(result) == (len(rows),) and _all(_abs(asarray(result) - rows) < 1e-9)
        try:
            _expect_array(result, columns, f"the sum of an array of shape {dZ.shape}")
        except AssertionError as error:
            hint = ". You summed along the rows: axis=1 sums over the outputs" if across else ""
            if not across and shape(result) == (len(columns),):
                means = array(columns) / len(rows)
                if _all(_abs(asarray(result) - means) < 1e-9):
                    hint = ". This is the mean: a sum is asked"
            raise AssertionError(f"{error}{hint}") from None


def check_add_row(function):
    """Check add_row(Z, b): b added to each row; ValueError unless b has one number a column."""
    rng = default_rng(3)
    for n, k in [(3, 2), (4, 4), (1, 3), (5, 1)]:
        Z, b = rng.normal(size=(n, k)), rng.normal(size=k)
        expected = [[value + extra for value, extra in zip(row, b, strict=True)] for row in Z]
        try:
            result = _call(function, Z, b)
        except ValueError as error:
            raise AssertionError(
                f"b of shape ({k},) fits Z of shape ({n}, {k}), but ValueError was raised"
                f"{_said(error)}. What does your function compare b.shape with? (A row of {k} "
                f"numbers has the shape ({k},); without the comma, ({k}) is the number {k})"
            ) from None
        _expect_array(result, expected, f"Z of shape ({n}, {k}) plus its row")
    for shape_Z, shape_b in [
        ((3, 1), (3,)),
        ((3, 2), (3, 1)),
        ((4, 4), (4, 1)),
        ((3, 2), (1,)),
        ((3, 2), (1, 2)),
        ((3, 2), (3,)),
    ]:
        _expect_value_error(
            function,
            (rng.normal(size=shape_Z), rng.normal(size=shape_b)),
            (
                f"b of shape {shape_b} is no row for Z of shape {shape_Z}",
                "Write `raise ValueError(…)` for when b.shape is not (Z.shape[1],)",
            ),
        )


def check_matrix_product(function):
    """Check matrix_product(X, W): each cell the sum of a row of X times a column of W."""
    rng = default_rng(4)
    worked = array([[1.0, 2.0], [3.0, 4.0]]), array([[5.0, 6.0], [7.0, 8.0]])
    cases = [worked, *((rng.normal(size=(n, m)), rng.normal(size=(m, k))) for n, m, k in _SIZES)]
    for X, W in cases:
        expected = [
            [sum(x * w for x, w in zip(row, column, strict=True)) for column in W.T] for row in X
        ]
        try:
            result = _call(function, X, W)
        except IndexError as error:
            raise AssertionError(
                f"for {X.shape} times {W.shape}, IndexError was raised{_said(error)}. {_LOOPS}"
            ) from None
        hint = ""
        if shape(result) == (len(X), len(W.T)):
            if X is worked[0]:
                hint = _PRODUCT_HINTS.get(tuple(asarray(result).ravel().tolist()), "")
            elif asarray(result).dtype.kind in "iu":
                hint = "The result holds whole numbers only: leave dtype=int out of np.zeros"
            else:
                hint = f"With 2 rows and columns throughout it was right. {_LOOPS}"
        _expect_with_hint(result, expected, f"the product of {X.shape} and {W.shape}", hint)


_SIZES = [(4, 3, 2), (1, 5, 1), (2, 1, 3)]
_LOOPS = (
    "How long is each loop? The rows of X (X.shape[0]), the columns of W (W.shape[1]) and, for "
    "the sum, the columns of X (X.shape[1])"
)
_TOO_EARLY = "The function returns too early: `return` stands below all loops, not inside one"
_PRODUCT_HINTS = {
    (5, 12, 21, 32): "This multiplies cell by cell, as X * W does: sum over the inner index",
    (23, 34, 31, 46): "This is W times X: the order matters",
    (19, 43, 22, 50): "This is the transpose: the rows of the result belong to the rows of X",
    (17, 23, 39, 53): "This multiplies rows by rows: take the columns of W",
    (14, 16, 28, 32): "Only the last product of each sum is left: add with +=",
    (19, 22, 0, 0): _TOO_EARLY,
    (19, 0, 0, 0): _TOO_EARLY,
    (5, 0, 0, 0): _TOO_EARLY,
}


def check_shape_of_product(function):
    """Check shape_of_product(first, second): outer numbers; ValueError if the inner ones differ."""
    for first, second in [((5, 3), (3, 2)), ((120, 4), (4, 6)), ((1, 7), (7, 1))]:
        try:
            result = _call(function, first, second)
        except ValueError as error:
            raise AssertionError(
                f"{first} times {second} can be multiplied, but ValueError was raised{_said(error)}"
            ) from None
        except (TypeError, AttributeError) as error:
            raise AssertionError(
                f"{type(error).__name__} was raised{_said(error)}. `first` and `second` are "
                "shapes, tuples such as (5, 3), not arrays: first[0] is the number of rows"
            ) from None
        expected = first[0], second[1]
        assert result is not None, "the result is None: does the function return it?"
        assert shape(result) == (2,), f"return two numbers, as {expected}; got {result!r}"
        assert tuple(result) == expected, (
            f"{first} times {second} has the shape {expected}, got {tuple(result)}: "
            "the rows of the first, the columns of the second"
        )
    for first, second in [((5, 3), (5, 3)), ((784, 128), (784, 64)), ((2, 3), (2, 2))]:
        _expect_value_error(
            function,
            (first, second),
            (
                f"{first} times {second} cannot be multiplied ({first[1]} is not {second[0]})",
                "Write `raise ValueError(…)` for when the inner numbers differ",
            ),
        )


def _weighted_sums(X, W, b):
    """The pre-activations of a dense layer, number by number."""
    return [
        [sum(x * w for x, w in zip(row, unit, strict=True)) + bias for unit, bias in units]
        for units in [list(zip(W.T, b, strict=True))]
        for row in X
    ]


def check_dense_by_units(function):
    """Check dense_by_units(X, W, b): X W + b for any shapes that fit."""
    X = array([[2.0, 3.0], [1.0, -1.0], [0.0, 4.0], [-2.0, 1.0]])
    W, b = array([[0.5, 1.0, -1.0], [1.0, -0.5, 0.5]]), array([-1.0, 0.5, 0.25])
    worked = [[3, 1, -0.25], [-1.5, 2, -1.25], [3, -1.5, 2.25], [-1, -2, 2.75]]
    rng = default_rng(2)
    cases = [(X, W, b, worked)]
    for n, n_in, n_out in [(1, 3, 2), (5, 1, 4), (3, 3, 3), (4, 6, 1)]:
        X, W = rng.normal(size=(n, n_in)), rng.normal(size=(n_in, n_out))
        b = rng.normal(size=n_out)
        cases.append((X, W, b, _weighted_sums(X, W, b)))
    whole = array([[1, 2], [3, 4]])  # whole numbers in X must not make Z whole
    cases.append((whole, W[:2], b, _weighted_sums(whole, W[:2], b)))
    for X, W, b, expected in cases:
        shapes = f"X {X.shape}, W {W.shape} and b {b.shape}"
        try:
            result = _call(function, X, W, b)
        except (IndexError, ValueError) as error:
            raise AssertionError(
                f"with {shapes} it stopped: {error}. Unit j has column j of W and the number b[j]"
            ) from None
        hint = ""
        if shape(result) == shape(expected):
            hint = _hint_for(asarray(result, dtype=_float64), array(expected), _slips_in(X, W, b))
        _expect_with_hint(result, expected, f"Z for {shapes}", hint)


def _slips_in(X, W, b):
    """What a dense layer gives when one thing is forgotten or done too often."""
    right = array(_weighted_sums(X, W, b))
    last = array([[row[-1] * w for w in W[-1]] for row in X])
    slips = [
        (right - b, "the bias is missing: add b[j] to unit j"),
        (
            right + (W.shape[0] - 1) * b,
            "the bias is added once for every input: add it once for each cell of Z",
        ),
        (last, "only the product of the last input is left: add the products up, with +="),
        (last + b, "only the product of the last input is left: add the products up, with +="),
        ((right > 0) * right, "this is Z after ReLU: leave the activation out"),
    ]
    if len(X) == len(b):
        slips.append((right - b + b[:, None], "each sample got a bias: b[j] belongs to unit j"))
    return slips


def _hint_for(found, expected, slips):
    """The hint of the slip that gives exactly what was found, and not what was expected."""
    for slip, hint in slips:
        if _agree(found, slip) and not _agree(expected, slip):
            return hint
    return ""


def check_count_parameters(function):
    """Check count_parameters(widths): the weights and biases of a dense network."""
    for widths, expected in [
        ([5, 2, 3], 21),
        ([7, 3], 24),
        ([784, 64, 10], 50890),
        ([4, 6, 8, 10, 3], 209),
        ([30000, 4, 3, 2, 1], 120030),
    ]:
        result = function(list(widths))
        weights = expected - sum(widths[1:])
        assert result is not None, "the result is None: does the function return it?"
        hints = [
            (weights, "are the weights alone; each unit has a bias too"),
            (expected + widths[0], "counts biases for the inputs too; only units have one"),
            (weights + sum(widths[:-1]), "has a bias for each input of a layer, not for each unit"),
            (weights + len(widths) - 1, "has one bias for each layer: each unit has its own"),
        ]
        if len(widths) > 2:
            product = math.prod(widths)
            hint = "multiplies all widths: only neighbours are joined by weights"
            hints += [(product, hint), (product + sum(widths[1:]), hint)]
        for mistake, hint in hints:
            assert result == expected or result != mistake, f"{widths}: {result} {hint}"
        assert result == expected, f"{widths} has {expected} parameters, got {result}"


def check_translate_convention(function):
    """Check translate_convention(W, b, n_in): W as (n_in, n_out), b as (n_out,)."""
    rng = default_rng(3)
    for n_in, n_out in [(2, 3), (4, 2), (3, 1), (1, 3)]:
        W, b = rng.normal(size=(n_in, n_out)), rng.normal(size=n_out)
        rows = array([[W[i, j] for i in range(n_in)] for j in range(n_out)])
        column = array([[number] for number in b])
        for given_W in (W, rows):
            for given_b in (array([b]), column, b):
                given = f"for W {given_W.shape}, b {given_b.shape} and n_in {n_in}"
                try:
                    result = _call(function, given_W, given_b, n_in)
                except ValueError as error:
                    raise AssertionError(
                        f"{given} it stopped: {error}. Only a square W is to be refused"
                    ) from None
                _check_translated(result, W, b, given_W, given)
    for given_b in (rng.normal(size=(1, 3)), rng.normal(size=(3, 1))):
        try:
            _call(function, rng.normal(size=(3, 3)), given_b, 3)
        except ValueError:
            continue
        raise AssertionError(
            "W (3, 3) was translated, but its shape does not tell inputs from units: "
            "raise a ValueError if W is square"
        )


def _check_translated(result, W, b, given_W, given):
    assert isinstance(result, tuple | list) and len(result) == 2, (
        f"{given}: return two arrays, W and b, in this order"
    )
    found_W, found_b = result
    assert not (shape(found_W) == b.shape and shape(found_b) == W.shape), (
        f"{given}: b came first; return W and then b"
    )
    if shape(found_W) == given_W.shape != W.shape:
        raise AssertionError(f"{given}: W is still as it was, transpose it to {W.shape}")
    hint = "Swap its axes with .T: reshape keeps the order of the numbers"
    turned = shape(found_W) == W.shape[::-1] != W.shape
    if turned:
        hint = "Transpose W only if its first axis does not hold the inputs"
    _expect_with_hint(found_W, W, f"{given}: W", hint)
    hint = "One axis, a number for each unit"
    if shape(found_b) == ():
        hint = "squeeze() takes every axis of length 1 away, with one unit all of them: use ravel()"
    elif shape(found_b) == (1, len(b)):
        hint = "b still has two axes, a row: take the first away"
    _expect_with_hint(found_b, b, f"{given}: b", hint)


def check_he_weights(function):
    """Check he_weights(shape, rng): evenly drawn from rng, mean 0 and variance 2 / n_in."""
    for n_in, n_out in [(200, 50), (50, 200), (400, 100)]:
        W = function((n_in, n_out), default_rng(4))
        assert W is not None, "the weights are None: does the function return them?"
        assert shape(W) == (n_in, n_out), f"the weights have shape {shape(W)}, {n_in, n_out} asked"
        W = asarray(W, dtype=_float64)
        assert _all(isfinite(W)), "the weights hold NaN or infinity"
        assert W.max() > W.min(), f"all weights are {W[0, 0]:.4g}: units that start equal stay so"
        again = asarray(function((n_in, n_out), default_rng(4)))
        assert _all(W == again), "equal generators gave unequal weights: draw from rng alone"
        assert _all(W != function((n_in, n_out), default_rng(5))), (
            "two generators gave the same weights: draw from rng"
        )
        count = n_in * n_out
        mean = sum(W.ravel().tolist()) / count
        variance = sum((w - mean) ** 2 for w in W.ravel().tolist()) / count
        spread = variance**0.5
        # 5 standard errors: a right answer fails once in a million, and the seeds are fixed
        assert abs(mean) < 5 * spread / count**0.5, (
            f"the mean is {mean:.4f}, 0 is asked: draw around 0, from -r to r"
        )
        likely = [
            (2 / n_in, ""),
            (4 / n_in**2, "the spread is 2 / n_in, but that is the variance: take the square root"),
            (4 / n_in**2 / 3, "this is r = 2 / n_in: 2 / n_in is the variance, and it is r² / 3"),
            (12 / n_in**2, "this is r = 6 / n_in: that is r², take the square root"),
            (1 / n_in, "that is 1 / n_in, LeCun's rule"),
            (2 / n_out, "that is 2 / n_out: use shape[0], the number of inputs"),
            (2 / (n_in + n_out), "that is Glorot's rule"),
            (2 / n_in / 3, "numbers drawn evenly from -r to r have variance r² / 3, not r²"),
        ]
        close = [hint for value, hint in likely if abs(variance / value - 1) < 0.08]
        assert "" in close, (
            f"the variance is {variance:.5f} for {n_in} inputs, {2 / n_in:.5f} is asked"
            f"{'; ' + close[0] if close else ''} (spread {spread:.4f})"
        )
        bound, largest = (6 / n_in) ** 0.5, _abs(W).max()
        # of 10,000 even numbers the largest is within 0.01 of the bound, but for e**-100
        assert 0.99 * bound < largest < 1.000001 * bound, (
            f"mean and variance are right, but the largest weight is {largest:.4f} and r is "
            f"{bound:.4f}: draw evenly, with rng.uniform(-r, r, shape)"
        )


# --- 03 losses


def check_mean_surprise(function):
    """Check mean_surprise(P, y): the mean of -log of the probability given to each true class."""
    worked = array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]]), array([0, 2])
    rng = default_rng(5)
    cases = [worked]
    for n, k in [(1, 3), (5, 2), (4, 4)]:
        P = rng.uniform(0.1, 1, (n, k))
        cases.append((P / P.sum(axis=1)[:, None], rng.integers(0, k, n)))
    for P, y in cases:
        truth_got = [row[label] for row, label in zip(P, y, strict=True)]
        n, mean = len(y), sum(-math.log(p) for p in truth_got) / len(y)
        try:
            result = _call(function, P, y)
        except IndexError as error:
            raise AssertionError(
                f"with {n} rows: {str(error).strip()}. Number as many rows as there are labels: "
                "np.arange(len(y))"
            ) from None
        hint = ""
        if shape(result) in ((n, n), (n,)):
            hint = "Pick one probability from each row, P[np.arange(n), y], and take the mean"
        elif shape(result) == () and result is not None:
            everything = -sum(math.log(p) for p in P.ravel()) / P.size
            columns = -sum(math.log(row[label]) for row in P for label in y) / n**2
            normalisers = sum(math.log(sum(math.exp(p) for p in row)) for row in P) / n
            largest = -sum(math.log(max(row)) for row in P) / n
            hint = _first_that_fits(
                float(result),
                [
                    (mean * n, "This is the sum over the samples: take the mean"),
                    (-mean, "The sign is wrong: the logarithm of a probability is negative"),
                    (mean / math.log(2), "This is in bits: take the natural logarithm"),
                    (mean / math.log(10), "Take the natural logarithm, np.log"),
                    (everything, "This counts every class: only the true one counts"),
                    (
                        columns,
                        "P[:, y] takes whole columns: pick one entry from each row, "
                        "P[np.arange(len(y)), y]",
                    ),
                    (
                        -math.log(sum(truth_got) / n),
                        "This is the log of the mean: first the logarithm, then the mean",
                    ),
                    (mean / P.shape[1], "Divide by n, the number of rows, not by n k"),
                    (largest, "Take what the truth got, not the largest of each row"),
                    (
                        normalisers - sum(truth_got) / n,
                        "P holds probabilities already: no softmax is needed",
                    ),
                ],
            )
        _expect_with_hint(result, mean, "the mean surprise", hint)


def _first_that_fits(value, hints):
    return next((hint for v, hint in hints if abs(value - v) <= 1e-6 * max(1, abs(v))), "")


def _expect_with_hint(value, expected, name, hint):
    try:
        _expect_array(value, expected, name)
    except AssertionError as error:
        raise AssertionError(f"{error}. {hint}" if hint else str(error)) from None


def _softplus(z):
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


def check_stable_binary(function):
    """Check stable_binary(Y, Z): binary cross-entropy from pre-activations of any size."""
    rng = default_rng(6)
    cases = [
        (array([[1.0]]), array([[0.0]])),
        (array([[1.0], [0.0], [1.0]]), array([[2.0], [0.7], [-1.0]])),
        (rng.integers(0, 2, (4, 3)).astype(_float64), rng.normal(0, 3, (4, 3))),
    ]
    cases += [
        (array([[y]]), array([[z]])) for z in (37.0, -37.0, 800.0, -800.0, 1e4) for y in (0.0, 1.0)
    ]
    for Y, Z in cases:
        entries = list(zip(Y.ravel().tolist(), Z.ravel().tolist(), strict=True))
        losses = [y * _softplus(-z) + (1 - y) * _softplus(z) for y, z in entries]
        swapped = [y * _softplus(z) + (1 - y) * _softplus(-z) for y, z in entries]
        mean = sum(losses) / len(losses)
        where = f"the loss of {_short(Y)} at z = {_short(Z)}"
        result = _call_at_the_edge(function, Y, Z, where)
        hint = ""
        if shape(result) == () and result is not None:
            top = Z.max(axis=0)[None, :].repeat(len(Z), axis=0)  # what np.max(Z, 0) takes
            extra = [
                (sum(abs(z) for _, z in entries), "e^|z| was computed: it must be e^-|z|"),
                (2 * sum(y * z for y, z in entries), "Subtract z y, do not add it"),
                (
                    sum(t - max(z, 0.0) for t, (_, z) in zip(top.ravel(), entries, strict=True)),
                    "np.max(Z, 0) is the maximum of each column: take np.maximum(Z, 0)",
                ),
                (
                    -sum(math.log1p(math.exp(-abs(z))) for _, z in entries),
                    "The term log(1 + e^-|z|) is missing",
                ),
            ]
            fits = [
                (sum(swapped) / len(losses), "The targets are swapped: -log σ(z) belongs to y = 1"),
                (-mean, "The sign is wrong"),
                (sum(losses), "This is the sum: take the mean over all entries"),
                (sum(losses) / len(Z), "Divide by all n k entries, not by n alone"),
                *((mean + more / len(losses), words) for more, words in extra if more),
                (math.log(1e7), "This is -log(1e-7): the probability was clipped"),
            ]
            hint = _first_that_fits(float(result), fits)
        elif shape(result) == Y.shape:
            hint = "These are the losses of the entries: take their mean"
        _expect_with_hint(result, mean, where, hint)
    used = getattr(getattr(function, "__code__", None), "co_names", ())
    for name in ("logaddexp", "binary_crossentropy"):
        assert name not in used, (
            f"right, but {name} did the work: write it with np.exp and np.log1p"
        )


def _call_at_the_edge(function, Y, P, where):
    """Call a loss so that overflow and the logarithm of 0 are errors in words, not warnings."""
    try:
        with errstate(over="raise", invalid="raise", divide="raise"):
            return _call(function, Y, P)
    except FloatingPointError as error:
        raise AssertionError(
            f"{where} fails ({error}): e^z must not be computed for a large positive z, and "
            "no logarithm may be taken of a probability that was rounded to 0"
        ) from None


def check_huber(record):
    """Check a record of the Huber loss: d²/2 up to a miss of 1, |d| - 1/2 beyond, and gradient."""

    def mean_of(loss):
        def function(Y, A):
            misses = [a - y for a, y in zip(A.ravel().tolist(), Y.ravel().tolist(), strict=True)]
            return sum(loss(d) for d in misses) / len(misses)

        return function

    huber = mean_of(lambda d: d * d / 2 if abs(d) <= 1 else abs(d) - 0.5)
    likely = [
        (lambda d: d * d if abs(d) <= 1 else abs(d) - 0.5, "Up to |d| = 1 it is ½ d², slope d"),
        (lambda d: d * d / 2 if abs(d) <= 1 else abs(d), "Beyond 1 it is |d| - ½: take off the ½"),
        (lambda d: d * d / 2 if d <= 1 else abs(d) - 0.5, "Compare |d| with 1, not d"),
        (
            lambda d: d * d / 2 if abs(d) <= 1 else d - 0.5,
            "Beyond 1 it is |d| - ½, not d - ½, and its slope is the sign of d, not 1",
        ),
        (lambda d: d * d / 2, "Beyond 1 it is |d| - ½, with slope 1 or -1: yours goes on as ½ d²"),
        (lambda d: d * d, "This is the squared error"),
    ]
    rng = default_rng(7)
    cases = [(array([[0.0], [0.0], [0.0]]), array([[0.5], [-3.0], [1.75]]))]
    cases += [(array([[2.0]]), array([[-50.0]]))]
    cases += [(rng.normal(0, 2, size), rng.normal(0, 2, size)) for size in ((5, 1), (4, 3))]
    likely = [(mean_of(loss), words) for loss, words in likely]
    likely.append((lambda Y, A: huber(Y, A) * A.shape[1], "Divide by all n k entries, not by n"))
    _check_loss(record, huber, cases, "outputs", "A - Y, not Y - A", likely)


def check_smoothed(record):
    """Check a record of the categorical cross-entropy with labels smoothed by 0.1."""

    def with_targets(target):
        def function(Y, Z):
            total = 0.0
            for targets, scores in zip(Y.tolist(), Z.tolist(), strict=True):
                top = max(scores)
                log_sum = top + math.log(sum(math.exp(z - top) for z in scores))
                for y, z in zip(targets, scores, strict=True):
                    total -= target(y, *Y.shape) * (z - log_sum)
            return total / len(Y)

        return function

    smoothed = with_targets(lambda y, n, k: 0.9 * y + 0.1 / k)
    likely = [
        (lambda y, n, k: y, "These are the targets as they were: smooth them here too"),
        (lambda y, n, k: 0.9 * y + 0.1, "Each class gets 0.1 / k, not 0.1"),
        (lambda y, n, k: 0.9 * y + 0.1 / n, "Divide by k, the number of classes, not by n"),
        (lambda y, n, k: 0.9 * y + 0.1 / 3, "Divide by k = Y.shape[1]: it is not always 3"),
        (
            lambda y, n, k: 0.9 * y + 0.1 * (1 - y) / (k - 1),
            "All k classes share the tenth, the true one too",
        ),
        (lambda y, n, k: 0.9 * y, "Each class gets a share of 0.1 / k in addition"),
        (lambda y, n, k: y + 0.1 / k, "Only 0.9 of the old target is left: 0.9 y + 0.1 / k"),
    ]
    likely = [(with_targets(target), words) for target, words in likely]
    likely.append((lambda Y, Z: smoothed(Y, Z) / Z.shape[1], "Divide by n, not by n k"))
    rng = default_rng(8)
    cases = []
    for n, k in [(2, 3), (4, 3), (5, 2)]:
        Y = array([[float(label == c) for c in range(k)] for label in rng.integers(0, k, n)])
        cases.append((Y, rng.normal(0, 2, (n, k))))
    cases.append((array([[1.0, 0.0, 0.0]]), array([[-800.0, 0.0, 800.0]])))
    difference = "softmax(Z) minus the smoothed targets"
    _check_loss(record, smoothed, cases, "scores", difference, likely)


def _check_loss(record, reference, cases, inputs, difference, likely):
    """A record's loss against the reference, its gradient against the reference's slopes.

    `likely` holds wrong losses, each with words for those who made it, or took its slope.
    """
    for part in ("function", "gradient"):
        assert callable(getattr(record, part, None)), (
            "hand over a record: Loss(name, function, gradient, output_activation)"
        )
    for Y, P in cases:
        mean = reference(Y, P)
        where = f"the loss of {inputs} {_short(P)}"
        result = _call_at_the_edge(record.function, Y, P, where)
        hint = ""
        if shape(result) == () and result is not None:
            fits = [
                (mean * P.size, "This is the sum: take the mean"),
                (mean * len(P), "This is the sum over the samples: take the mean"),
                (-mean, "The sign is wrong"),
                *((mistake(Y, P), words) for mistake, words in likely),
            ]
            hint = _first_that_fits(float(result), fits)
        elif shape(result) == P.shape:
            hint = "These are the losses of the entries: return one number"
        _expect_with_hint(result, mean, where, hint)
    for Y, P in cases:
        slopes = _slopes_of_loss(reference, Y, P)
        where = f"the gradient at {inputs} {_short(P)}"
        try:
            result = _call_at_the_edge(record.gradient, Y, P, where)
        except NotImplementedError:
            raise AssertionError("the loss is right; now its gradient") from None
        hint = ""
        if shape(result) == P.shape:
            mistakes = [
                (-slopes, f"The sign is wrong: {difference}"),
                (slopes * P.size, "The factor of the mean is missing: divide by n k"),
                (slopes * len(P), "The factor of the mean is missing: divide by n"),
                (slopes * 2, "This is twice the slope"),
                *((_slopes_of_loss(mistake, Y, P), words) for mistake, words in likely),
            ]
            found = asarray(result, dtype=_float64)
            for mistake, words in mistakes:
                if not hint and _all(_abs(found - mistake) <= 1e-6 + 1e-5 * _abs(mistake)):
                    hint = words
        elif shape(result) == ():
            hint = "A gradient has a slope for each entry: take no mean"
        _expect_with_hint(result, slopes, where, hint)


def _slopes_of_loss(loss, Y, P, h=1e-5):
    """Central differences of the loss, one entry of P nudged at a time."""
    slopes = array(P, dtype=_float64)
    for i in ndindex(P.shape):
        above, below = array(P), array(P)
        above[i] += h
        below[i] -= h
        slopes[i] = (loss(Y, above) - loss(Y, below)) / (2 * h)
    return slopes


# --- 07 MNIST


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


# --- 05 training


def check_batches(function):
    """Check batches(n, batch_size, rng): every row once, in random order, the last one shorter."""
    for n, size in [(10, 4), (12, 4), (5, 8), (129, 128), (7, 1)]:
        parts = function(n, size, default_rng(0))
        assert parts is not None, "batches returns None: yield index arrays"
        assert not (isinstance(parts, ndarray) and parts.ndim == 1), (
            "batches returns one array: `return` ends the function at the first batch, "
            "`yield` hands out a batch and goes on"
        )
        parts = [*parts]
        assert not any(isinstance(part, slice) for part in parts), (
            "a batch is a slice: yield the shuffled row numbers in it, order[first:last]"
        )
        parts = [[int(i) for i in asarray(part).ravel()] for part in parts]
        rows = [row for part in parts for row in part]
        place = f"of {n} rows in batches of {size}"
        missing, repeated = sorted({*range(n)} - {*rows}), len(rows) - len({*rows})
        assert all(parts), f"{place}: a batch is empty"
        assert not {*rows} - {*range(n)}, f"{place}: row {max(rows)} does not exist"
        assert not repeated, f"{place}: {repeated} came twice; shuffle once, then cut"
        assert not missing, (
            f"{place}: {len(missing)} never came. Is the last, smaller batch there, and whole?"
        )
        sizes = [len(part) for part in parts]
        expected = [size] * (n // size) + [n % size] * (n % size > 0)
        assert sizes == expected, f"{place}: the sizes are {sizes}, expected {expected}"
    drawn = [
        [[int(i) for i in part] for part in function(50, 7, default_rng(s))] for s in (0, 1, 0)
    ]
    orders = [[i for part in parts for i in part] for parts in drawn]
    assert orders[0] != sorted(orders[0]), "the rows come in their own order: shuffle them"
    assert orders[0] == orders[2], "two equal generators gave two orders: draw from rng alone"
    assert orders[0] != orders[1], "two generators gave the same order: draw from rng"
    assert not all(max(part) - min(part) < len(part) for part in drawn[0]), (
        "each batch still holds neighbouring rows: shuffle all rows first, then cut"
    )
    rng = default_rng(0)
    first, second = ([int(i) for part in function(50, 7, rng) for i in part] for _ in range(2))
    assert first != second, "the second epoch has the order of the first: draw from the given rng"


def check_adagrad_update(function):
    """Check adagrad_update(w, s, g, learning_rate, epsilon): w and s changed in place."""
    w, s = array([1.0, -2.0, 0.5]), array([0.0, 0.0, 0.0])
    expected_w, expected_s = w.tolist(), s.tolist()
    for gradient in ([3.0, -0.5, 0.0], [4.0, 0.5, 2.0], [-1.0, 0.25, 2.0]):
        g = array(gradient)
        before = w.copy(), s.copy()
        result = function(w, s, g, 0.1, 0.5)
        assert result is None, "return nothing: w and s themselves are changed, in place"
        assert _all(g == array(gradient)), "your function changed g: work on a copy"
        forgetful = [0.9 * old + 0.1 * slope**2 for old, slope in zip(before[1], g, strict=True)]
        for i, slope in enumerate(gradient):
            expected_s[i] += slope * slope
            expected_w[i] -= 0.1 * slope / (math.sqrt(expected_s[i]) + 0.5)
        assert not _all(w == before[0]), (
            "w has not changed: w -= … changes the array in place, w = w - … makes a new one"
        )
        assert not _all(s == before[1]), (
            "s has not changed: s += … changes the array in place, s = s + … makes a new one"
        )
        assert not _agree(s, array(forgetful)), (
            "s is a running mean that forgets, as in RMSprop: AdaGrad's is the plain sum"
        )
        lump = before[1] + float((g**2).sum())
        assert not _agree(s, lump), "you summed over the entries of g: each has its own sum of g²"
        _expect_array(s, expected_s, "s")
        step = 0.1 * g / (asarray(expected_s) ** 0.5 + 0.5)
        assert not _agree(w, before[0] + step), "w went uphill: subtract the step"
        assert not _agree(w, before[0] - 0.1 * g / (s + 0.5)), (
            "you divided by s + epsilon: take the root of s first"
        )
        inside = [
            old - 0.1 * slope / math.sqrt(total + 0.5)
            for old, slope, total in zip(before[0], gradient, expected_s, strict=True)
        ]
        assert not _agree(w, array(inside)), "epsilon is added to the root, not under it"
        try:
            _expect_array(w, expected_w, "w")
        except AssertionError as error:
            raise AssertionError(
                f"{error}. First add g² to s, then step against g, divided by sqrt(s) + epsilon"
            ) from None


def check_exponential_decay(function):
    """Check exponential_decay(initial, decay_steps, decay_rate): a schedule, a function of t."""
    for initial, steps, rate in [(0.1, 1000, 0.5), (2.0, 10, 0.9)]:
        schedule = function(initial, steps, rate)
        assert callable(schedule), "return a function of the step: define it inside, and return it"
        for step in (0, steps, 3 * steps, steps // 2, 7):
            value = schedule(step)
            expected = initial * math.exp(step / steps * math.log(rate))
            place = f"with ({initial}, {steps}, {rate}) the rate at step {step}"
            try:
                _expect_array(value, expected, place)
            except AssertionError as error:
                raise AssertionError(
                    f"{error}{_decay_hint(value, initial, steps, rate, step)}"
                ) from (None)


def _decay_hint(value, initial, steps, rate, step):
    hints = [
        (initial * rate ** (step // steps), "it must fall at every step: divide with /, not //"),
        (initial * rate**step, "it falls by decay_rate in decay_steps steps, not in one"),
        (initial * math.exp(-rate * step / steps), "the base is decay_rate, not e"),
        (initial * (1 - (1 - rate) * step / steps), "this falls in a straight line"),
        (initial * rate * step / steps, "t / T is the exponent of decay_rate, not a factor"),
        ((initial * rate) ** (step / steps), "the power is of decay_rate alone, not of initial"),
        (initial * rate ** min(1, step / steps), "it does not stop at decay_steps: it falls on"),
    ]
    for wrong, hint in hints:
        if shape(value) == () and abs(value - wrong) < 1e-9:
            return f". {hint[0].upper()}{hint[1:]}"
    return ""


def check_clip_by_norm(function):
    """Check clip_by_norm(gradients, most): all arrays scaled by one factor to the length most."""
    rng = default_rng(5)
    drawn = [rng.normal(size=(3, 2)), rng.normal(size=2), rng.normal(size=(2, 1))]
    worked = [array([[3.0, 0.0]]), array([2.0, 6.0])]  # together of length 7
    for gradients, most in [(worked, 1.0), (worked, 10.0), (worked, 3.5), (drawn, 0.1)]:
        length = math.sqrt(sum(float(v) ** 2 for g in gradients for v in g.ravel()))
        copies = [g.copy() for g in gradients]
        try:
            result = function(copies, most)
        except ValueError as error:
            if "inhomogeneous" not in str(error):
                raise
            raise AssertionError(
                "np.array(gradients) fails, because the arrays have different shapes: "
                "go through the list, array by array"
            ) from None
        for copy, g in zip(copies, gradients, strict=True):
            assert _all(copy == g), "your function changed the arrays it was given: return new ones"
        assert result is not copies, "you returned the list you were given: return a new list"
        assert isinstance(result, list) and len(result) == len(gradients), (
            f"return a list of {len(gradients)} arrays, one for each that was given"
        )
        factor = min(1.0, most / length)
        hint = _clip_hint(result, gradients, most, length)
        for i, (value, g) in enumerate(zip(result, gradients, strict=True)):
            name = f"for arrays of length {length:.4g} and most = {most}, array {i}"
            try:
                _expect_array(value, array([factor * v for v in g.ravel()]).reshape(g.shape), name)
            except AssertionError as error:
                raise AssertionError(f"{error}{hint}") from None
    with errstate(all="ignore"):
        zeros = function([array([0.0, 0.0])], 1.0)
    assert _all(isfinite(zeros[0])), "a gradient of zeros became NaN: its length is 0"


def _clip_hint(result, gradients, most, length):
    def equal(reference):
        pairs = zip(result, gradients, strict=True)
        return all(_agree(value, reference(g)) for value, g in pairs)

    def alone(g):
        own = math.sqrt(sum(float(v) ** 2 for v in g.ravel()))
        return g * min(1.0, most / own)

    lengths = sum(math.sqrt(sum(float(v) ** 2 for v in g.ravel())) for g in gradients)
    if equal(lambda g: g * min(1.0, most / length**2)):
        return ". The root is missing: the length is the root of the sum of squares"
    if equal(lambda g: g * min(1.0, most / lengths)):
        return ". You added the lengths of the arrays: add all squares, then take one root"
    if equal(lambda g: g / length if length > most else g):
        return ". You scaled to length 1, not to length most"
    if equal(lambda g: g * most / length):
        return ". Gradients that are shorter than most stay as they are"
    if equal(alone):
        return ". You took the length of each array by itself: one length, one factor for all"
    if equal(lambda g: asarray([min(max(v, -most), most) for v in g.ravel()]).reshape(g.shape)):
        return ". You cut off each entry: that turns the direction; scale all by one factor"
    return ""


# --- 04 backpropagation


def check_backward_by_loops(function):
    """Check backward_by_loops(dZ, X, W): dX, dW and db of a dense layer, which only sums."""
    rng = default_rng(9)
    for n, n_in, n_out in [(4, 3, 2), (2, 2, 2), (3, 3, 3), (1, 2, 4), (5, 1, 1)]:
        X, W = rng.normal(size=(n, n_in)), rng.normal(size=(n_in, n_out))
        dZ = rng.normal(size=(n, n_out))
        b = array([0.0] * n_out)
        result = _call(function, dZ, X, W)
        slopes = _layer_slopes(lambda z: z, dZ, X, W, b)
        _, dW, db = slopes
        in_loop = "Too often: add to db outside the loop over the inputs"
        mistakes = [
            [(_products(dZ[:, -1:], W.T[-1:]), _LAST_PRODUCT)],
            [(dW / n, _DIVIDED), (-dW, _SIGN), (_products(X.T[:, -1:], dZ[-1:]), _LAST_PRODUCT)],
            [(db / n, _DIVIDED), (db * n_in, in_loop), (dZ[-1], _LAST_PRODUCT)],
        ]
        if n_in == n_out:
            mistakes[0].append((_products(dZ, W), "Go along the rows of W, not down its columns"))
        _expect_gradients(result, slopes, ("dX", "dW", "db"), mistakes, (dZ, X, W))
    function(*(argument.view(_SingleNumbers) for argument in (dZ, X, W)))


def check_skip_backward(function):
    """Check skip_backward(dY, X, W, b): gradients of a layer Y = X + relu(X W + b)."""
    rng = default_rng(10)
    for n, width in [(6, 3), (4, 4), (3, 2), (1, 5)]:
        X, W = rng.normal(size=(n, width)), rng.normal(size=(width, width))
        b, dY = rng.normal(size=width), rng.normal(size=(n, width))
        result = _call(function, dY, X, W, b)
        slopes = _layer_slopes(_relu, dY, X, W, b, skip=True)
        linear = _layer_slopes(lambda z: z, dY, X, W, b, skip=True)
        no_skip = "X reaches Y by two paths: add the gradient that comes by the direct one"
        no_mask = "ReLU's slope is missing: where X W + b is negative nothing comes back"
        mistakes = [[(linear[0], no_mask), (linear[0] - dY, no_mask)]]
        mistakes[0].append((slopes[0] - dY, no_skip))
        mistakes += [[(wrong, no_mask)] for wrong in linear[1:]]
        Z = array(_weighted_sums(X, W, b))
        mistakes[0].append((_products(dY * (Z > 0), W) + dY, "W stands here for its transpose"))
        for at, where in [(X + Z * (Z > 0), "Y"), (X, "X"), (dY, "dY")]:
            hint = f"ReLU's slope is taken at {where}: take it at Z = X W + b, what went into ReLU"
            dZ = dY * (at > 0)
            dX = _products(dZ, W.T) + dY
            wrong = dX, _products(X.T, dZ), array([sum(column) for column in dZ.T])
            for known, value in zip(mistakes, wrong, strict=True):
                known.append((value, hint))
        _expect_gradients(result, slopes, ("dX", "dW", "db"), mistakes, (dY, X, W, b))


def check_softplus_backward(function):
    """Check softplus_backward(dA, X, W, b): gradients of a layer A = ln(1 + e^(X W + b))."""
    rng = default_rng(11)
    for n, n_in, n_out, scale in [(3, 2, 2, 1), (4, 3, 2, 1), (1, 2, 3, 1), (5, 3, 1, 4000)]:
        X, W = rng.normal(size=(n, n_in)) * scale, rng.normal(size=(n_in, n_out))
        b, dA = rng.normal(size=n_out), rng.normal(size=(n, n_out))
        try:
            with errstate(over="raise", invalid="raise", divide="raise"):
                result = _call(function, dA, X, W, b)
        except FloatingPointError as error:
            raise AssertionError(
                f"pre-activations in the thousands make it fail ({error}): take a stable sigmoid"
            ) from None
        slopes = _layer_slopes(_softplus, dA, X, W, b)
        linear = _layer_slopes(lambda z: z, dA, X, W, b)
        twice = _layer_slopes(_softplus, dA, X, W, b, again=True)
        hints = (
            "The slope of softplus is missing: dZ = dA times that slope, entry by entry",
            "The slope is taken at A = ln(1 + e^Z): take it at Z",
            "This uses the slope of the sigmoid: softplus's own slope is the sigmoid itself",
            "This uses the sigmoid at -Z: take it at Z",
        )
        slope = _slope_of(_softplus)
        s = array([[slope(z) for z in row] for row in _weighted_sums(X, W, b)])
        others = [
            (_products(dZ, W.T), _products(X.T, dZ), array([sum(column) for column in dZ.T]))
            for dZ in (dA * s * (1 - s), dA * (1 - s))
        ]
        wrong = zip(linear, twice, *others, strict=True)
        mistakes = [list(zip(values, hints, strict=True)) for values in wrong]
        _expect_gradients(result, slopes, ("dX", "dW", "db"), mistakes, (dA, X, W, b))


def check_combine_gradients(function):
    """Check combine_gradients(gradients, counts): the gradient of a mean loss over all parts."""
    rng = default_rng(12)
    for counts, n_out in [([3, 1], 2), ([2, 2], 1), ([1, 4, 2], 3), ([5], 1)]:
        X, w = rng.normal(size=(sum(counts), 2)), rng.normal(size=(2, n_out))
        Y = rng.normal(size=(sum(counts), n_out))
        starts = [sum(counts[:i]) for i in range(len(counts))]
        parts = [slice(start, start + c) for start, c in zip(starts, counts, strict=True)]
        gradients = [_slopes(_mean_square_of(X[part], Y[part]), w) for part in parts]
        given = [gradient.copy() for gradient in gradients]
        result = function(given, list(counts))
        for before, after in zip(gradients, given, strict=True):
            assert _all(before == after), "your function changed its input: work on a copy"
        expected = _slopes(_mean_square_of(X, Y), w)
        hint = ""
        if shape(result) == expected.shape:
            mean = sum(gradients) / len(gradients)
            each = "Each part counts the same here: weight it by its number of samples"
            mistakes = [
                (mean, each),
                (mean * len(counts), "This is the plain sum: a mean loss wants a weighted mean"),
                (expected * sum(counts), "Divide by the number of all samples"),
                (
                    expected * sum(counts) / len(counts),
                    "Divide by the number of all samples, not by that of the parts",
                ),
                (
                    mean * len(counts) / sum(counts),
                    "Each gradient is a mean already: times its count, before you divide",
                ),
            ]
            inverse = sum(g / c for g, c in zip(gradients, counts, strict=True))
            for factor in (1, sum(counts), 1 / sum(counts), len(counts), 1 / len(counts)):
                divided = "Each part is divided by its count here: multiply by it"
                mistakes.append((inverse * factor, divided))
            hint = _hint_that_fits(result, expected, mistakes)
        where = f"the gradient of parts with {counts} samples"
        _expect_with_hint(result, expected, where, hint)


class _SingleNumbers(ndarray):
    """An array whose entries can be taken one by one, but not multiplied or added all at once."""

    def __array_ufunc__(self, *arguments, **options):
        raise AssertionError(_WHOLE_ARRAYS)

    def __array_function__(self, function, *arguments):
        if function.__name__ in ("dot", "einsum", "inner", "matmul", "outer", "sum", "tensordot"):
            raise AssertionError(_WHOLE_ARRAYS)
        return super().__array_function__(function, *arguments)

    def dot(self, *arguments):
        raise AssertionError(_WHOLE_ARRAYS)


_WHOLE_ARRAYS = (
    "The numbers are right, but this multiplies or adds whole arrays: use single numbers, "
    "as dZ[i, j], in loops"
)
_LAST_PRODUCT = "Only the last product of each sum is left: add with +="
_DIVIDED = "A layer only sums: the 1/n of a mean loss is in dZ already"
_SIGN = "The sign is wrong"


def _relu(z):
    return max(z, 0.0)


def _products(A, B):
    """The matrix product of A and B by loops."""
    return array(
        [[sum(a * b for a, b in zip(row, column, strict=True)) for column in B.T] for row in A]
    )


def _mean_square_of(X, Y):
    """Mean squared error of the linear model X w, as a function of w."""

    def loss(w):
        misses = (_products(X, w) - Y).ravel().tolist()
        return sum(miss * miss for miss in misses) / len(misses)

    return loss


def _slopes(f, x, h=1e-5):
    """Central differences of a function of one array."""
    return _slopes_of_loss(lambda _, values: f(values), None, x, h)


def _layer_slopes(activation, dA, X, W, b, skip=False, again=False):
    """dX, dW and db of a layer f(X W + b), from loops and the slope of f by central differences.

    With `skip` the input is added to the output. With `again` the slope is taken at the output,
    which is a mistake that readers make.
    """
    slope = _slope_of(activation)
    Z = _weighted_sums(X, W, b)
    at = [[activation(z) for z in row] for row in Z] if again else Z
    dZ = dA * array([[slope(z) for z in row] for row in at])
    dX = _products(dZ, W.T) + (dA if skip else 0)
    return dX, _products(X.T, dZ), array([sum(column) for column in dZ.T])


def _hint_that_fits(value, expected, mistakes):
    """Words for the first mistake that a wrong value equals, or no words."""
    found = asarray(value, dtype=_float64)

    def equals(other):
        same = shape(found) == shape(other)
        return same and _all(_abs(found - other) <= 1e-6 + 1e-5 * _abs(asarray(other)))

    if equals(expected):
        return ""
    return next((words for mistake, words in mistakes if equals(mistake)), "")


def _expect_gradients(result, expected, names, mistakes, arguments):
    """Gradients in order, each with the shape of what it belongs to."""
    assert result is not None, "the result is None: does the function return it?"
    assert isinstance(result, tuple | list) and len(result) == len(names), (
        f"return {len(names)} arrays: {', '.join(names)}, in this order"
    )
    shapes = ", ".join(str(argument.shape) for argument in arguments)
    for name, value, right, known in zip(names, result, expected, mistakes, strict=True):
        assert value is not None, f"{name} is None"
        hint = _hint_that_fits(value, right, known)
        if shape(value) != right.shape:
            hint = f"A gradient has the shape of what it belongs to, here {name[1:]}"
            if name == "db":
                hint = "db has one number for each unit: sum over the samples, axis 0"
        _expect_with_hint(value, right, f"{name} for arguments of shapes {shapes}", hint)


# --- 08 beans


def check_centre(function):
    """Check centre(x_train, x_new): both without the column means of x_train."""
    rng = default_rng(8)
    for n_train, n_new, k in [(4, 2, 3), (6, 1, 1), (5, 5, 2)]:
        x_train, x_new = rng.uniform(0, 1, (n_train, k)), rng.uniform(2, 3, (n_new, k))
        result = _call(function, x_train, x_new)
        assert isinstance(result, tuple) and len(result) == 2, (
            "return two arrays: the centred x_train and the centred x_new"
        )
        means = _column_statistics(x_train)[0]
        overall = sum(x_train.ravel().tolist()) / x_train.size
        own = _column_statistics(x_new)[0]
        pooled = _column_statistics([*x_train, *x_new])[0]
        for name, centred, x in zip(("x_train", "x_new"), result, (x_train, x_new), strict=True):
            hint = ""
            if _agree(centred, x - overall) and k > 1:
                hint = "This subtracts one mean of everything: each column has its own (axis=0)"
            elif _agree(centred, x - pooled):
                hint = "This is the mean of both arrays together: use that of x_train alone"
            elif name == "x_new" and _agree(centred, x - own):
                hint = "These are the means of x_new: use those of x_train"
            _expect_with_hint(centred, x - means, f"the centred {name}", hint)


def check_count_dead(function):
    """Check count_dead(Z): the number of columns with no positive entry."""
    worked = array([[-1.0, 2.0, -3.0, 0.0], [-2.0, -1.0, 0.5, 0.0], [-0.1, 3.0, 4.0, -1.0]])
    for Z in (worked, worked[:2], -worked[:, :3], default_rng(9).normal(-1.2, 1, (3, 12))):
        columns = list(zip(*Z.tolist(), strict=True))
        expected = sum(all(z <= 0 for z in column) for column in columns)
        result = _call(function, Z)
        assert shape(result) == (), f"return one number, not an array of shape {shape(result)}"
        hint = _first_that_fits(
            float(result),
            [
                (expected, ""),
                (
                    sum(any(z <= 0 for z in column) for column in columns),
                    "These are off for some sample; dead is off for every sample",
                ),
                (
                    sum(all(z <= 0 for z in row) for row in Z.tolist()),
                    "A unit is a column: look along the samples, axis=0",
                ),
                (
                    sum(all(z < 0 for z in column) for column in columns),
                    "At Z = 0 ReLU says 0 too, and has slope 0",
                ),
                (len(columns) - expected, "These are the living units"),
                (sum(z <= 0 for z in Z.ravel()), "This counts entries, not units"),
            ],
        )
        _expect_with_hint(result, expected, f"the number of dead units of {Z.shape[1]}", hint)


def check_accuracy_error(function):
    """Check accuracy_error(y_true, y_pred): the share of right answers and its standard error."""
    rng = default_rng(10)
    cases = [(array([1, 0, 1, 1]), array([1, 0, 0, 1]))]
    for n, k in [(128, 3), (50, 2)]:
        truth = rng.integers(0, k, n)
        cases.append((truth, (truth + (rng.uniform(size=n) < 0.3)) % k))
    for y_true, y_pred in cases:
        n = len(y_true)
        share = sum(t == p for t, p in zip(y_true.tolist(), y_pred.tolist(), strict=True)) / n
        result = _call(function, y_true, y_pred)
        assert isinstance(result, tuple) and len(result) == 2, (
            "return two numbers: the accuracy and its standard error"
        )
        _expect_array(result[0], share, "the accuracy")
        variance = share * (1 - share)
        hint = ""
        if shape(result[1]) == ():
            hint = _first_that_fits(
                float(result[1]),
                [
                    (variance / n, "This is its square: take the root"),
                    (variance**0.5, "This is the spread of a single answer: divide by n inside"),
                    (variance**0.5 / n, "The n belongs under the root"),
                    ((share / n) ** 0.5, "A share has the variance a (1 - a) / n"),
                    (2 * (variance / n) ** 0.5, "These are two standard errors: one is asked"),
                ],
            )
        _expect_with_hint(result[1], (variance / n) ** 0.5, "the standard error", hint)


def check_stopping_epoch(function):
    """Check stopping_epoch(losses, patience): (best epoch, last epoch), counted from 0."""
    cases = [
        ([0.9, 0.7, 0.6, 0.65, 0.62, 0.5], 2, (2, 4)),
        ([0.9, 0.7, 0.6, 0.65, 0.62, 0.5], 3, (5, 5)),
        ([0.9, 0.8, 0.7], 2, (2, 2)),
        ([0.5, 0.5, 0.5, 0.4], 2, (0, 2)),
        ([0.5, 0.6, 0.4, 0.4, 0.3], 1, (0, 1)),
    ]
    for losses, patience, expected in cases:
        given = list(losses)
        result = function(given, patience)
        assert given == losses, "your function changed its input: work on a copy"
        assert shape(result) == (2,), "return two epochs: the best one and the last one"
        result = tuple(int(epoch) for epoch in result)
        case = f"losses {losses} with patience {patience}"
        assert result != tuple(e + 1 for e in expected), f"{case}: count the epochs from 0"
        assert result != expected[::-1] or expected[0] == expected[1], (
            f"{case}: the best epoch comes first, then the last"
        )
        if result[1] == expected[1]:
            hint = (
                "an equal loss is no improvement"
                if result[0] in range(len(losses)) and losses[result[0]] == losses[expected[0]]
                else "the best epoch has the lowest loss of those that were run"
            )
        elif result[1] > expected[1]:
            hint = f"it ends as soon as {patience} epochs have passed since the best"
        else:
            hint = f"it bears {patience} epochs without a new best, counted from the best"
        assert result == expected, f"{case}: expected {expected}, got {result}; {hint}"
