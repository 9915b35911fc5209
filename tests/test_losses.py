"""Losses: worked numbers, gradients against central differences, stability, targets."""

import numpy as np
import pytest
from scipy import sparse

from nnlib import Dense, losses
from nnlib.activations import sigmoid, softmax
from nnlib.gradient_check import numerical_gradient, relative_error
from nnlib.losses import (
    binary_crossentropy,
    binary_crossentropy_gradient,
    categorical_crossentropy,
    categorical_crossentropy_gradient,
    mean_squared_error,
    mean_squared_error_gradient,
    one_hot,
)
from nnlib.losses.targets import LABELS

PAIRS = {
    "mean_squared_error": (mean_squared_error, mean_squared_error_gradient),
    "binary_crossentropy": (binary_crossentropy, binary_crossentropy_gradient),
    "categorical_crossentropy": (categorical_crossentropy, categorical_crossentropy_gradient),
}
pairs = pytest.mark.parametrize(("loss", "gradient"), PAIRS.values(), ids=PAIRS)


def targets(name, n, k, rng):
    if "categorical" in name:
        return one_hot(rng.integers(0, k, n), k)
    return rng.integers(0, 2, (n, k)).astype(float)


@pairs
@pytest.mark.parametrize("k", [1, 3])
def test_gradient_agrees_with_central_differences(loss, gradient, k):
    rng = np.random.default_rng(k)
    Y, P = targets(loss.__name__, 5, k, rng), rng.normal(0, 2, (5, k))
    kept = Y.copy(), P.copy()
    assert relative_error(gradient(Y, P), numerical_gradient(lambda P: loss(Y, P), P)) < 1e-8
    np.testing.assert_array_equal((Y, P), kept)


def test_mean_squared_error_of_the_published_walk():
    Y = np.array([[9.0], [13], [5], [-2], [-1]])
    A = np.array([[8.92], [12.04], [4], [4], [4.864]])
    np.testing.assert_allclose(
        (A - Y) ** 2, [[0.0064], [0.9216], [1], [36], [34.386496]], rtol=1e-12
    )
    assert mean_squared_error(Y, A) == pytest.approx(14.4628992, rel=1e-12)
    np.testing.assert_allclose(mean_squared_error_gradient(Y, A), 2 / 5 * (A - Y))


def test_three_losses_one_gradient():
    rng = np.random.default_rng(3)
    for n, k in [(4, 1), (4, 3)]:
        Z = rng.normal(size=(n, k))
        Y = targets("categorical", n, k, rng)
        np.testing.assert_allclose(mean_squared_error_gradient(Y, Z), 2 * (Z - Y) / (n * k))
        np.testing.assert_allclose(
            binary_crossentropy_gradient(Y, Z), (sigmoid(Z) - Y) / (n * k), rtol=1e-14
        )
        np.testing.assert_allclose(
            categorical_crossentropy_gradient(Y, Z), (softmax(Z) - Y) / n, rtol=1e-14
        )


def test_categorical_crossentropy_of_the_published_examples():
    Z = np.array([[8.97399717, -4.76946857, -5.33537056]])
    Y = one_hot([0], 3)
    assert categorical_crossentropy(Y, Z) == pytest.approx(1.68497e-06, rel=1e-5)
    np.testing.assert_allclose(
        categorical_crossentropy_gradient(Y, Z),
        [[-1.68496861e-06, 1.07470170e-06, 6.10266912e-07]],
        rtol=1e-7,
    )
    p = np.array([[3.01929735e-07, 7.83961013e-09, 9.99999690e-01]])
    assert categorical_crossentropy(Y, np.log(p)) == pytest.approx(15.0130715, rel=1e-8)


def test_losses_are_what_their_definitions_say():
    rng = np.random.default_rng(0)
    Z, y = rng.normal(size=(6, 3)), rng.integers(0, 3, 6)
    by_hand = -np.mean([np.log(softmax(z)[c]) for z, c in zip(Z, y, strict=True)])
    assert categorical_crossentropy(one_hot(y, 3), Z) == pytest.approx(by_hand, rel=1e-14)
    Y, P = rng.integers(0, 2, (6, 2)), sigmoid(Z[:, :2])
    by_hand = -np.mean(Y * np.log(P) + (1 - Y) * np.log(1 - P))
    assert binary_crossentropy(Y, Z[:, :2]) == pytest.approx(by_hand, rel=1e-14)
    assert categorical_crossentropy(one_hot(y, 3), np.zeros((6, 3))) == pytest.approx(np.log(3))
    assert binary_crossentropy(Y, np.zeros((6, 2))) == pytest.approx(np.log(2))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("z", [1e4, 710, 89, 37, 1, 0])
def test_crossentropies_are_right_far_from_zero(dtype, z):
    Z = np.array([[z], [-z]], dtype)
    rows = np.array([[z, -z], [-z, z]], dtype)
    right, wrong = np.array([[1], [0]], dtype), np.array([[0], [1]], dtype)
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        for Y, expected in ((right, np.log1p(np.exp(-z))), (wrong, z + np.log1p(np.exp(-z)))):
            assert binary_crossentropy(Y, Z) == pytest.approx(expected, rel=1e-6)
            gradient = binary_crossentropy_gradient(Y, Z)
            assert gradient.dtype == dtype and np.isfinite(gradient).all()
        for Y, gap in ((np.eye(2, dtype=dtype), 2 * z), (np.eye(2, dtype=dtype)[::-1], -2 * z)):
            expected = np.log1p(np.exp(-abs(gap))) + max(-gap, 0)
            value = categorical_crossentropy(Y, rows)
            assert value == pytest.approx(expected, rel=1e-6, abs=1e-7)
            gradient = categorical_crossentropy_gradient(Y, rows)
            assert gradient.dtype == dtype and np.isfinite(gradient).all()


@pytest.mark.parametrize("function", [binary_crossentropy, binary_crossentropy_gradient])
@pytest.mark.parametrize("target", [5, -0.1, np.nan])
def test_yes_or_no_lies_between_0_and_1(function, target):
    message = r"^Y must lie between 0 and 1, got .* to .*: write no as 0, yes as 1$"
    with pytest.raises(ValueError, match=message):
        function(np.array([[target], [0.0]]), np.zeros((2, 1)))
    assert np.isfinite(function([[0.3], [1]], np.zeros((2, 1)))).all()


def test_a_single_sigmoid_with_a_loss_for_classes_is_told_the_loss_for_yes_or_no():
    for name in ("sparse_categorical_crossentropy", "categorical_crossentropy"):
        message = r"use binary_crossentropy, or Dense\(k, activation='softmax'\) for k classes$"
        with pytest.raises(ValueError, match=message):
            losses.get(name).check_layers([Dense(1, "sigmoid")])


def test_one_hot():
    np.testing.assert_array_equal(one_hot([1, 0, 2], 3), [[0, 1, 0], [1, 0, 0], [0, 0, 1]])
    np.testing.assert_array_equal(one_hot(np.array([1.0, 0.0]), 2), [[0, 1], [1, 0]])


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (
            [0, 3],
            "^labels must lie between 0 and 2, got 0 to 3: do they start at 1, "
            r"or does the output layer have too few units\?$",
        ),
        ([-1, 0], "between 0 and 2, got -1 to 0"),
        (
            [0.5, 1, 2, 1],
            r"^labels must be whole numbers from 0 to 2, got \[0.5, 1.0, 2.0\]…$",
        ),
        (["setosa"], r"^y must hold numbers, got text \('setosa'\): sklearn.preprocessing.Label"),
        (sparse.eye(3, format="csr"), r"^y is a sparse matrix: pass y.toarray\(\)$"),
        (np.ma.masked_equal([0, 1, 9], 9), "^y has masked entries"),
        ([[0], [1]], r"^labels need one axis, \(n,\), but got shape \(2, 1\)$"),
    ],
)
def test_one_hot_rejects_what_is_no_label(y, message):
    with pytest.raises(ValueError, match=message):
        one_hot(y, 3)


@pytest.mark.parametrize("n_classes", [0, 2.5, None])
def test_one_hot_needs_a_number_of_classes(n_classes):
    with pytest.raises(ValueError, match=r"^n_classes must be a whole number, 1 or more, got "):
        one_hot([0], n_classes)


@pytest.mark.parametrize(
    ("name", "y", "n", "k", "expected"),
    [
        ("mse", [1, 2], 2, 1, [[1], [2]]),
        ("mse", [[1, 2], [3, 4]], 2, 2, [[1, 2], [3, 4]]),
        ("binary_crossentropy", [True, False], 2, 1, [[1], [0]]),
        ("categorical_crossentropy", [[1, 0], [0.25, 0.75]], 2, 2, [[1, 0], [0.25, 0.75]]),
        ("categorical_crossentropy", [[1, 0], [0.25, 0.7505]], 2, 2, [[1, 0], [0.25, 0.7505]]),
        ("sparse_categorical_crossentropy", [1, 0], 2, 2, [[0, 1], [1, 0]]),
        ("sparse_categorical_crossentropy", [[1], [0]], 2, 2, [[0, 1], [1, 0]]),
    ],
)
def test_targets_take_the_shape_of_the_outputs(name, y, n, k, expected):
    Y = losses.get(name).prepare_targets(y, n, k, np.dtype("float32"))
    assert Y.dtype == np.float32
    np.testing.assert_array_equal(Y, np.float32(expected))


@pytest.mark.parametrize(
    ("name", "y", "k", "message"),
    [
        ("mse", [1.0, 2.0], 1, "x has 3 samples but y has 2: give each sample its target$"),
        ("mse", [[1.0, 2.0, 3.0]], 1, r"y has 1: give each sample its target, or pass y\.T"),
        ("mse", [1.0, 2.0, 3.0], 3, r"\(3, 3\), but got \(3,\): give one column for each output"),
        ("mse", np.ones((3, 2)), 1, "for each output, or .+ units=2"),
        ("mse", np.ones((3, 1, 1)), 1, r"got \(3, 1, 1\): give each sample one row of targets$"),
        ("mse", [1.0, np.nan, 3.0], 1, "^y holds NaN or infinity: leave those samples out$"),
        (
            "mse",
            ["a", "b", "c", "d"],
            1,
            r"^y must hold numbers, got text \('a'\): "
            "sklearn.preprocessing.LabelEncoder makes labels from names$",
        ),
        ("mse", [], 1, r"^y holds no samples, shape \(0,\): give each sample its target$"),
        ("mse", 3.0, 1, r"no samples, shape \(\)"),
        ("mse", [[1.0], [2.0, 3.0]], 1, "^y must be an array of numbers, its rows of one length$"),
        ("binary_crossentropy", [0, 2, 1], 1, "between 0 and 1, got 0 to 2: write no as 0"),
        (
            "categorical_crossentropy",
            [0, 1, 2],
            3,
            ": with class labels use sparse_categorical_crossentropy, "
            r"or one_hot\(y, k\)$",
        ),
        ("categorical_crossentropy", [[0], [1], [2]], 3, "use sparse_categorical_crossentropy"),
        ("categorical_crossentropy", [[1, 1], [0, 1], [1, 0]], 2, "sums to 1: name one class"),
        ("categorical_crossentropy", [[2, -1], [0, 1], [1, 0]], 2, "0 and 1, got -1 to 2: one_hot"),
        (
            "categorical_crossentropy",
            [[1, 0], [0, 1], [0.99, 0]],
            2,
            "^categorical_crossentropy expects one-hot rows, but not every row of y sums to 1: "
            "name one class in each, or use binary_crossentropy and sigmoid where several may be "
            "true$",
        ),
        (
            "sparse_categorical_crossentropy",
            np.eye(3),
            3,
            r"expects class labels of shape \(n,\) but got \(3, 3\): "
            "with one-hot rows use categorical_crossentropy$",
        ),
        ("sparse_categorical_crossentropy", [1, 2, 3], 3, "do they start at 1"),
    ],
)
def test_targets_that_do_not_fit_are_errors_that_name_the_fix(name, y, k, message):
    with pytest.raises(ValueError, match=message):
        losses.get(name).prepare_targets(y, 3, k, np.dtype("float32"))


def test_get():
    assert losses.get("mse") is losses.get("mean_squared_error")
    assert losses.get(losses.get("mse")) is losses.get("mse")
    with pytest.raises(ValueError, match="Did you mean 'categorical_crossentropy'"):
        losses.get("categorical_cross_entropy")
    with pytest.raises(TypeError, match="loss must be a name"):
        losses.get(mean_squared_error)


@pytest.mark.parametrize("function", [mean_squared_error, binary_crossentropy])
def test_nothing_broadcasts(function):
    with pytest.raises(ValueError):
        function(np.zeros(3), np.zeros((3, 1)))


def test_a_record_takes_functions_only():
    wrong = {"function": ("mine", 3, np.abs, None), "gradient": ("mine", np.abs, 3, None)}
    for name, settings in wrong.items():
        with pytest.raises(TypeError, match=f"^{name} must be a function, got 3$"):
            losses.Loss(*settings)
    assert losses.Loss("mine", np.abs, np.abs, None).gradient is np.abs


def test_a_record_of_ones_own_says_how_its_targets_are_read():
    functions = losses.categorical_crossentropy, losses.categorical_crossentropy_gradient
    plain = losses.Loss("surprise", *functions, "softmax")
    labels = losses.Loss("surprise", *functions, "softmax", LABELS)
    rows = labels.prepare_targets([1, 0], 2, 2, "float64")
    np.testing.assert_array_equal(rows, [[0, 1], [1, 0]])
    np.testing.assert_array_equal(plain.prepare_targets(rows, 2, 2, "float64"), rows)
    with pytest.raises(ValueError, match="with class labels use sparse_categorical_crossentropy"):
        plain.prepare_targets([1, 0], 2, 2, "float64")
    with pytest.raises(ValueError, match=r"^surprise expects one-hot rows"):
        plain.prepare_targets(np.ones((2, 2)), 2, 2, "float64")
    free = losses.Loss("free", *functions, None)
    np.testing.assert_array_equal(free.prepare_targets([[7, -3]], 1, 2, "float64"), [[7, -3]])
    with pytest.raises(ValueError, match=r"^tanh loss expects targets between 0 and 1"):
        losses.Loss("tanh loss", *functions, "tanh").prepare_targets([[7, -3]], 1, 2, "float64")
