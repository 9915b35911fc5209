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
    "check_add_row",
    "check_confusion_matrix",
    "check_count_parameters",
    "check_dense_by_loops",
    "check_elu",
    "check_hat",
    "check_he_weights",
    "check_huber",
    "check_leaky",
    "check_matrix_product",
    "check_mean_surprise",
    "check_shape_of_product",
    "check_small_network",
    "check_smoothed",
    "check_softplus",
    "check_square_derivative",
    "check_stable_binary",
    "check_standardise",
    "check_sum_over_samples",
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
        place = f" at {list(first)}" if first else ""
        raise AssertionError(
            f"{name} is off by up to {gap.max():.3g}: "
            f"expected {expected[first]:.4g}{place}, got {value[first]:.4g}"
        )


def _short(values):
    head = ", ".join(f"{value:.4g}" for value in values.ravel()[:4])
    return f"[{head}{', …' if values.size > 4 else ''}]"


def _agree(value, expected):
    return shape(value) == shape(expected) and _all(_abs(asarray(value) - expected) < 1e-9)


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
        try:
            _expect_array(result, expected, "hat(x)")
        except AssertionError as error:
            raise AssertionError(f"{error}. {_hat_hint(result, expected, x)}") from None


def _hat_hint(result, expected, x):
    if shape(result) != x.shape:
        return "Return a number for each x"
    wrong = _abs(asarray(result, dtype=_float64) - expected) > 1e-6
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
        _expect_array(result, expected, f"leaky(Z, {slope})")


def check_softplus(record):
    """Check a record of softplus(z) = ln(1 + e^z) and its derivative, also inside a Dense layer."""
    _check_activation(record, lambda z: max(z, 0.0) + math.log1p(math.exp(-abs(z))))


def check_elu(record):
    """Check a record of elu(z) = z for z > 0, else e^z - 1, and its derivative, also in a layer."""
    _check_activation(record, lambda z: z if z > 0 else math.expm1(z))


def _check_activation(record, reference):
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
                f"{name} fails for large numbers ({error}): e^z must not be computed for a large "
                "positive z, not even in a branch of np.where that is thrown away"
            ) from None
    _expect_array(result, [reference(float(z)) for z in large], f"{name} at z = {_short(large)}")


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
                f"b of shape ({k},) fits Z of shape ({n}, {k}), but ValueError was raised: {error}"
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
        try:
            result = _call(function, rng.normal(size=shape_Z), rng.normal(size=shape_b))
        except ValueError:
            continue
        raise AssertionError(
            f"Z of shape {shape_Z} and b of shape {shape_b} gave an array of shape "
            f"{shape(result)} without complaint: raise ValueError unless b.shape is (Z.shape[1],)"
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
        result = _call(function, X, W)
        try:
            _expect_array(result, expected, f"the product of {X.shape} and {W.shape}")
        except AssertionError as error:
            hint = ""
            if X is worked[0] and shape(result) == (2, 2):
                hint = _PRODUCT_HINTS.get(tuple(asarray(result).ravel().tolist()), "")
            raise AssertionError(f"{error}{hint}") from None


_SIZES = [(4, 3, 2), (1, 5, 1), (2, 1, 3)]
_PRODUCT_HINTS = {
    (5, 12, 21, 32): ". This multiplies cell by cell, as X * W does: sum over the inner index",
    (23, 34, 31, 46): ". This is W times X: the order matters",
    (19, 43, 22, 50): ". This is the transpose: the rows of the result belong to the rows of X",
    (17, 23, 39, 53): ". This multiplies rows by rows: take the columns of W",
}


def check_shape_of_product(function):
    """Check shape_of_product(first, second): outer numbers; ValueError if the inner ones differ."""
    for first, second in [((5, 3), (3, 2)), ((120, 4), (4, 6)), ((1, 7), (7, 1))]:
        try:
            result = function(first, second)
        except ValueError as error:
            raise AssertionError(
                f"{first} times {second} can be multiplied, but ValueError was raised: {error}"
            ) from None
        expected = first[0], second[1]
        assert result is not None, "the result is None: does the function return it?"
        assert shape(result) == (2,), f"return two numbers, as {expected}; got {result!r}"
        assert tuple(result) == expected, (
            f"{first} times {second} has the shape {expected}, got {tuple(result)}: "
            "the rows of the first, the columns of the second"
        )
    for first, second in [((5, 3), (5, 3)), ((784, 128), (784, 64)), ((2, 3), (2, 2))]:
        try:
            result = function(first, second)
        except ValueError:
            continue
        raise AssertionError(
            f"{first} times {second} cannot be multiplied ({first[1]} is not {second[0]}), "
            f"but {result!r} was returned: raise ValueError when the inner numbers differ"
        )


def _weighted_sums(X, W, b):
    """The pre-activations of a dense layer, number by number."""
    return [
        [sum(x * w for x, w in zip(row, unit, strict=True)) + bias for unit, bias in units]
        for units in [list(zip(W.T, b, strict=True))]
        for row in X
    ]


def check_dense_by_loops(function):
    """Check dense_by_loops(X, W, b): X W + b for any shapes that fit."""
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
        result = _call(function, X, W, b)
        if shape(result) == shape(expected):
            found = asarray(result, dtype=_float64)
            hints = [
                (array(expected) - b, "the bias is missing: add b[j] to unit j"),
                (
                    array(expected) + (W.shape[0] - 1) * b,
                    "the bias is added once for every input: add it once for each cell of Z",
                ),
            ]
            if len(X) == len(b):
                by_sample = array(expected) - b + b[:, None]
                hints.append((by_sample, "each sample got a bias: b[j] belongs to unit j"))
            for mistake, hint in hints:
                if _all(_abs(array(expected) - mistake) < 1e-9):
                    continue  # in this case the mistake makes no difference
                assert not _all(_abs(found - mistake) < 1e-9), hint
        _expect_array(result, expected, f"Z for X {X.shape} and W {W.shape}")


def check_count_parameters(function):
    """Check count_parameters(widths): the weights and biases of a dense network."""
    for widths, expected in [
        ([2, 3], 9),
        ([784, 64, 10], 50890),
        ([4, 6, 8, 10, 3], 209),
        ([30000, 4, 3, 2, 1], 120030),
    ]:
        result = function(list(widths))
        biases = sum(widths[1:])
        assert result is not None, "the result is None: does the function return it?"
        assert result != expected - biases, (
            f"{widths}: {result} are the weights alone; each unit has a bias too"
        )
        assert result != expected + widths[0], (
            f"{widths}: {result} counts biases for the inputs too; only units have one"
        )
        assert result == expected, f"{widths} has {expected} parameters, got {result}"


def check_translate_convention(function):
    """Check translate_convention(X, W, b): from columns, (out, in), (out, 1) into ours."""
    rng = default_rng(3)
    for n, n_in, n_out in [(4, 2, 3), (5, 3, 1), (3, 3, 3), (1, 4, 2)]:
        X, W = rng.normal(size=(n_in, n)), rng.normal(size=(n_out, n_in))
        b = rng.normal(size=(n_out, 1))
        result = _call(function, X, W, b)
        assert isinstance(result, tuple | list) and len(result) == 3, (
            "return three arrays: X, W and b, in this order"
        )
        for name, found, given in zip("XW", result[:2], (X, W), strict=True):
            expected = [[given[i, j] for i in range(len(given))] for j in range(given.shape[1])]
            if shape(found) == given.shape:
                assert not _all(asarray(found) == given), (
                    f"{name} is still as it was, {given.shape}: it has to be transposed"
                )
            try:
                _expect_array(found, expected, name)
            except AssertionError as error:
                hint = "Swap its axes with .T: reshape keeps the order of the numbers"
                raise AssertionError(f"{error}. {hint}") from None
        assert shape(result[2]) == (n_out,), (
            f"b has shape {shape(result[2])}, expected {(n_out,)}: one axis, a number for each unit"
        )
        _expect_array(result[2], [number for (number,) in b], "b")


def check_he_weights(function):
    """Check he_weights(shape, rng): mean 0 and variance 2 / n_in, drawn from rng."""
    for n_in, n_out in [(200, 50), (50, 200), (400, 100)]:
        W = function((n_in, n_out), default_rng(4))
        assert W is not None, "the weights are None: does the function return them?"
        assert shape(W) == (n_in, n_out), f"the weights have shape {shape(W)}, {n_in, n_out} asked"
        W = asarray(W, dtype=_float64)
        assert _all(isfinite(W)), "the weights hold NaN or infinity"
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
        surprises = [-math.log(row[label]) for row, label in zip(P, y, strict=True)]
        n, mean = len(y), sum(surprises) / len(y)
        result = _call(function, P, y)
        hint = ""
        if shape(result) in ((n, n), (n,)):
            hint = "Pick one probability from each row, P[np.arange(n), y], and take the mean"
        elif shape(result) == ():
            everything = -sum(math.log(p) for p in P.ravel()) / P.size
            hint = _first_that_fits(
                float(result),
                [
                    (mean * n, "This is the sum over the samples: take the mean"),
                    (-mean, "The sign is wrong: the logarithm of a probability is negative"),
                    (mean / math.log(2), "This is in bits: take the natural logarithm"),
                    (mean / math.log(10), "Take the natural logarithm, np.log"),
                    (everything, "This counts every class: only the true one counts"),
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
        (array([[1.0], [0.0]]), array([[2.0], [-1.0]])),
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
        try:
            with errstate(over="raise", invalid="raise", divide="raise"):
                result = _call(function, Y, Z)
        except FloatingPointError as error:
            raise AssertionError(
                f"{where} fails ({error}): e^z must not be computed for a large positive z, and "
                "no logarithm may be taken of a probability that was rounded to 0"
            ) from None
        hint = ""
        if shape(result) == ():
            fits = [
                (sum(swapped) / len(losses), "The targets are swapped: -log σ(z) belongs to y = 1"),
                (-mean, "The sign is wrong"),
                (sum(losses), "This is the sum: take the mean over all entries"),
                (math.log(1e7), "This is -log(1e-7): the probability was clipped"),
            ]
            hint = _first_that_fits(float(result), fits)
        elif shape(result) == Y.shape:
            hint = "These are the losses of the entries: take their mean"
        _expect_with_hint(result, mean, where, hint)


def check_huber(record):
    """Check a record of the Huber loss: d²/2 up to a miss of 1, |d| - 1/2 beyond, and gradient."""

    def huber(Y, A):
        misses = [abs(a - y) for a, y in zip(A.ravel().tolist(), Y.ravel().tolist(), strict=True)]
        return sum(d * d / 2 if d <= 1 else d - 0.5 for d in misses) / len(misses)

    rng = default_rng(7)
    cases = [(array([[0.0], [0.0]]), array([[0.5], [-3.0]])), (array([[2.0]]), array([[-50.0]]))]
    cases += [(rng.normal(0, 2, size), rng.normal(0, 2, size)) for size in ((5, 1), (4, 3))]
    _check_loss(record, huber, cases, "A - Y, not Y - A")


def check_smoothed(record):
    """Check a record of the categorical cross-entropy with labels smoothed by 0.1."""

    def smoothed(Y, Z, share=0.1):
        total = 0.0
        for targets, scores in zip(Y.tolist(), Z.tolist(), strict=True):
            top = max(scores)
            log_sum = top + math.log(sum(math.exp(z - top) for z in scores))
            for y, z in zip(targets, scores, strict=True):
                total -= ((1 - share) * y + share / len(scores)) * (z - log_sum)
        return total / len(Y)

    rng = default_rng(8)
    cases = []
    for n, k in [(1, 3), (4, 3), (5, 2)]:
        Y = array([[float(label == c) for c in range(k)] for label in rng.integers(0, k, n)])
        cases.append((Y, rng.normal(0, 2, (n, k))))
    cases.append((array([[1.0, 0.0, 0.0]]), array([[-800.0, 0.0, 800.0]])))
    _check_loss(record, smoothed, cases, "softmax(Z) minus the smoothed targets")


def _check_loss(record, reference, cases, difference):
    """A record's loss against the reference, its gradient against the reference's slopes."""
    for part in ("function", "gradient"):
        assert callable(getattr(record, part, None)), (
            "hand over a record: Loss(name, function, gradient, output_activation)"
        )
    for Y, P in cases:
        mean = reference(Y, P)
        result = _call(record.function, Y, P)
        hint = ""
        if shape(result) == ():
            fits = [
                (mean * P.size, "This is the sum: take the mean"),
                (mean * len(P), "This is the sum over the samples: take the mean"),
            ]
            hint = _first_that_fits(float(result), fits)
        elif shape(result) == P.shape:
            hint = "These are the losses of the entries: return one number"
        _expect_with_hint(result, mean, f"the loss of outputs {_short(P)}", hint)
    for Y, P in cases:
        slopes = _slopes_of_loss(reference, Y, P)
        try:
            result = _call(record.gradient, Y, P)
        except NotImplementedError:
            raise AssertionError("the loss is right; now its gradient") from None
        hint = ""
        if shape(result) == P.shape:
            mistakes = [
                (-slopes, f"The sign is wrong: {difference}"),
                (slopes * P.size, "The factor of the mean is missing: divide by n k"),
                (slopes * len(P), "The factor of the mean is missing: divide by n"),
                (slopes * 2, "This is twice the slope"),
            ]
            found = asarray(result, dtype=_float64)
            for mistake, words in mistakes:
                if not hint and _all(_abs(found - mistake) <= 1e-6 + 1e-5 * _abs(mistake)):
                    hint = words
        _expect_with_hint(result, slopes, f"the gradient at {_short(P)}", hint)


def _slopes_of_loss(loss, Y, P, h=1e-5):
    """Central differences of the loss, one entry of P nudged at a time."""
    slopes = array(P, dtype=_float64)
    for i in ndindex(P.shape):
        above, below = array(P), array(P)
        above[i] += h
        below[i] -= h
        slopes[i] = (loss(Y, above) - loss(Y, below)) / (2 * h)
    return slopes
