"""What holds for every network, batch and setting, tried on examples that hypothesis draws.

The examples are the same at every run, and a failing one is shrunk to the smallest that fails.
"""

import math
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnlib import SGD, Adam, Dense, Input, RMSprop, Sequential
from nnlib.activations import softmax
from nnlib.gradient_check import numerical_gradient
from nnlib.layers import dense_backward
from nnlib.losses import (
    binary_crossentropy,
    categorical_crossentropy,
    mean_squared_error,
    one_hot,
)
from nnlib.optimizers.schedules import PolynomialDecay

steady = settings(derandomize=True, deadline=None, max_examples=200)

HIDDEN = ["linear", "sigmoid", "tanh", "relu", "leaky_relu"]
OUTPUTS = [("mean_squared_error", output) for output in HIDDEN] + [
    ("binary_crossentropy", "sigmoid"),
    ("categorical_crossentropy", "softmax"),
    ("sparse_categorical_crossentropy", "softmax"),
]
KINKED = {"relu", "leaky_relu"}
OPTIMIZERS = {
    "SGD": lambda: SGD(0.1),
    "momentum": lambda: SGD(0.1, momentum=0.9),
    "Nesterov": lambda: SGD(0.1, momentum=0.9, nesterov=True),
    "RMSprop": lambda: RMSprop(0.01),
    "Adam": lambda: Adam(0.01),
}


def normal(shape, rng):
    return rng.normal(size=shape)


def random_targets(loss, shape, rng):
    n, k = shape
    if loss == "sparse_categorical_crossentropy":
        return rng.integers(0, k, n)
    if loss == "categorical_crossentropy":
        return rng.dirichlet(np.ones(k), n)
    return rng.random(shape)


@st.composite
def problems(draw, dtypes=("float64",), optimizers=("SGD",)):
    """A network of up to four layers, with weights and biases drawn, and a batch for it."""
    loss, output = draw(st.sampled_from(OUTPUTS))
    hidden = draw(st.lists(st.tuples(st.integers(1, 5), st.sampled_from(HIDDEN)), max_size=3))
    n, n_features, k = draw(st.integers(1, 6)), draw(st.integers(1, 4)), draw(st.integers(1, 4))
    seed = draw(st.integers(0, 2**32 - 1))
    model = Sequential([Input((n_features,))], dtype=draw(st.sampled_from(dtypes)), seed=seed)
    for units, activation in [*hidden, (k, output)]:
        model.add(Dense(units, activation, kernel_initializer=normal, bias_initializer=normal))
    model.compile(OPTIMIZERS[draw(st.sampled_from(optimizers))](), loss)
    rng = np.random.default_rng([seed, 1])
    return model, rng.normal(size=(n, n_features)), random_targets(loss, (n, k), rng)


def copies(arrays):
    return [array.copy() for array in arrays]


def assert_all_equal(before, after):
    for one, two in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, two)


# --- gradients


@steady
@given(problems())
def test_every_gradient_agrees_with_central_differences(problem):
    model, x, y = problem
    loss, gradients = model.loss_and_gradients(x, y)
    kinked = [layer for layer in model.layers if layer.activation.name in KINKED]
    # At a kink there is no slope to agree with, so keep every z further away than a nudge moves it.
    assume(all(np.abs(layer.Z).min() > 1e-3 for layer in kinked))
    for parameter, gradient in zip(model.parameters, copies(gradients), strict=True):
        kept = parameter.copy()

        def loss_at(values, parameter=parameter):
            parameter[...] = values
            return model.loss_and_gradients(x, y)[0]

        slope = numerical_gradient(loss_at, kept)
        parameter[...] = kept
        np.testing.assert_allclose(gradient, slope, rtol=1e-6, atol=1e-8 * max(1, loss))


@steady
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_a_batch_does_not_matter(problem, random):
    model, x, y = problem
    order = list(range(len(x)))
    random.shuffle(order)
    loss, gradients = model.loss_and_gradients(x, y)
    gradients = copies(gradients)
    again, permuted = model.loss_and_gradients(x[order], y[order])
    assert again == pytest.approx(loss, rel=1e-13)
    for one, two in zip(gradients, permuted, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-12, atol=1e-14)


@steady
@given(problems())
def test_loss_and_gradient_of_a_batch_are_the_means_of_its_samples(problem):
    model, x, y = problem
    loss, gradients = model.loss_and_gradients(x, y)
    gradients = copies(gradients)
    rows = [slice(i, i + 1) for i in range(len(x))]
    singles = [model.loss_and_gradients(x[row], y[row]) for row in rows]
    assert loss == pytest.approx(np.mean([value for value, _ in singles]), rel=1e-13)
    for i, gradient in enumerate(gradients):
        mean = np.mean([single[i] for _, single in singles], axis=0)
        np.testing.assert_allclose(gradient, mean, rtol=1e-12, atol=1e-14)


@steady
@given(st.integers(1, 6), st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_dense_backward_changes_none_of_its_inputs(n, n_in, n_out, seed):
    rng = np.random.default_rng(seed)
    inputs = [rng.normal(size=shape) for shape in ((n, n_out), (n, n_in), (n_in, n_out))]
    before = copies(inputs)
    dense_backward(*inputs)
    assert_all_equal(before, inputs)


@steady
@given(problems(dtypes=("float32", "float64")))
def test_backward_changes_no_parameter_and_none_of_its_inputs(problem):
    model, x, y = problem
    model.loss_and_gradients(x, y)
    X = x.astype(model.dtype)
    Y = model.loss.prepare_targets(y, len(x), model.layers[-1].units, model.dtype)
    model.forward(X)

    def everything():
        seen = [array for layer in model.layers for array in (layer.X, layer.Z, layer.A)]
        return [X, Y, *model.parameters, *seen]

    before = copies(everything())
    model.backward(Y)
    assert_all_equal(before, everything())
    for layer in model.layers:
        dZ = np.ones_like(layer.Z)
        layer.backward_preactivation(dZ)
        np.testing.assert_array_equal(dZ, 1)
    assert_all_equal(before, everything())


@steady
@given(problems(dtypes=("float32", "float64"), optimizers=tuple(OPTIMIZERS)))
def test_a_training_step_keeps_shapes_and_dtype(problem):
    model, x, y = problem
    shapes = [array.shape for array in model.parameters]
    model.fit(x, y, batch_size=4, verbose=0)
    assert [array.shape for array in model.parameters] == shapes
    assert [array.shape for array in model.gradients] == shapes
    memory = [array for kept in model.optimizer.memory for array in kept]
    everything = [*model.parameters, *model.gradients, *memory, model.predict(x)]
    assert {array.dtype for array in everything} == {model.dtype}


# --- softmax, labels and losses


@st.composite
def scores(draw, most=1000.0, dtypes=("float32", "float64")):
    shape = draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    width = draw(st.sampled_from(dtypes))
    limits = st.floats(-most, most, width=int(width[-2:]))
    return draw(arrays(width, shape, elements=limits))


@st.composite
def shares(draw, shape):
    """Targets between 0 and 1, none nearer to 0 than 1e-6."""
    values = st.sampled_from([0.0, 1.0]) | st.floats(1e-6, 1)
    return draw(arrays("float64", shape, elements=values))


@steady
@given(scores())
def test_rows_of_softmax_are_probabilities_that_sum_to_1(Z):
    A = softmax(Z)
    assert A.shape == Z.shape and A.dtype == Z.dtype
    assert A.min() >= 0
    np.testing.assert_allclose(A.sum(axis=1), 1, rtol=4 * np.finfo(Z.dtype).eps)


@steady
@given(
    arrays("float32", (3, 4), elements=st.integers(-1000, 1000)),
    arrays("float32", (3, 1), elements=st.integers(-(2**20), 2**20)),
)
def test_softmax_takes_no_notice_of_a_shift_of_a_row(Z, shift):
    """Whole numbers, so that Z + shift is not rounded: the answers are the same to the last bit."""
    np.testing.assert_array_equal(softmax(Z + shift), softmax(Z))


@steady
@given(st.lists(st.integers(0, 6), max_size=8))
def test_argmax_takes_one_hot_back(labels):
    Y = one_hot(labels, 7)
    assert Y.shape == (len(labels), 7)
    np.testing.assert_array_equal(Y.sum(axis=1), 1)
    assert Y.argmax(axis=1).tolist() == labels


@steady
@given(scores(most=1e4), st.data())
def test_losses_are_never_negative_and_never_overflow(Z, data):
    T = data.draw(shares(Z.shape)).astype(Z.dtype)
    n, k = Z.shape
    labels = data.draw(st.lists(st.integers(0, k - 1), min_size=n, max_size=n))
    for loss, Y in (
        (mean_squared_error, T),
        (binary_crossentropy, T),
        (categorical_crossentropy, one_hot(labels, k).astype(Z.dtype)),
    ):
        value = loss(Y, Z)
        assert 0 <= value < np.inf
        assert value.dtype == Z.dtype
    assert mean_squared_error(Z, Z) == 0


@steady
@given(scores(most=10.0, dtypes=("float64",)), st.data())
def test_losses_equal_their_definitions(Z, data):
    """Written out entry by entry; below |z| = 10 the naive forms lose few digits."""
    n, k = Z.shape
    T = data.draw(shares(Z.shape))
    squares, surprise, cross = 0.0, 0.0, 0.0
    Y = (T + 1) / (T + 1).sum(axis=1, keepdims=True)
    for i in range(n):
        total = sum(math.exp(z) for z in Z[i])
        for c in range(k):
            z, t = float(Z[i, c]), float(T[i, c])
            p = 1 / (1 + math.exp(-z))
            squares += (z - t) ** 2
            surprise -= t * math.log(p) + (1 - t) * math.log(1 - p)
            cross -= float(Y[i, c]) * math.log(math.exp(z) / total)
    assert mean_squared_error(T, Z) == pytest.approx(squares / (n * k), rel=1e-12)
    assert binary_crossentropy(T, Z) == pytest.approx(surprise / (n * k), rel=1e-10, abs=1e-11)
    assert categorical_crossentropy(Y, Z) == pytest.approx(cross / n, rel=1e-10, abs=1e-11)


# --- optimizers: the formulas for one number, in Python's floats

rates = st.floats(1e-4, 1)
decays = st.floats(0.05, 0.999)
gradient_lists = st.lists(st.floats(-100, 100), min_size=1, max_size=4)
starts = st.floats(-10, 10)


def walk(optimizer, w, gradients):
    """Where the optimizer takes w: once alone, once among other numbers."""
    parameters = [np.array([w]), np.full((2, 3), w)]
    for g in gradients:
        optimizer.apply([np.array([g]), np.full((2, 3), g)], parameters)
    np.testing.assert_array_equal(parameters[1], parameters[0][0])
    return parameters[0][0]


def close(value):
    return pytest.approx(value, rel=1e-12, abs=1e-12)


@steady
@given(starts, gradient_lists, rates)
def test_plain_sgd_is_the_formula(w, gradients, rate):
    assert walk(SGD(rate), w, gradients) == close(w - rate * math.fsum(gradients))


@steady
@given(starts, gradient_lists, rates, decays, st.booleans())
def test_momentum_is_the_formula(w, gradients, rate, momentum, nesterov):
    end, v = w, 0.0
    for g in gradients:
        v = momentum * v - rate * g
        end += momentum * v - rate * g if nesterov else v
    assert walk(SGD(rate, momentum, nesterov), w, gradients) == close(end)


@steady
@given(starts, gradient_lists, rates, decays, st.floats(1e-8, 1e-2))
def test_rmsprop_is_the_formula(w, gradients, rate, rho, epsilon):
    end, v = w, 0.0
    for g in gradients:
        v = rho * v + (1 - rho) * g * g
        end -= rate * g / math.sqrt(v + epsilon)
    assert walk(RMSprop(rate, rho, epsilon), w, gradients) == close(end)


@steady
@given(starts, gradient_lists, rates, decays, decays, st.floats(1e-8, 1e-2))
def test_adam_is_the_formula(w, gradients, rate, beta_1, beta_2, epsilon):
    """The paper's algorithm 1, whose ε is ours divided by sqrt(1 - β₂^t)."""
    end, m, v = w, 0.0, 0.0
    for t, g in enumerate(gradients, start=1):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g * g
        m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
        end -= rate * m_hat / (math.sqrt(v_hat) + epsilon / math.sqrt(1 - beta_2**t))
    assert walk(Adam(rate, beta_1, beta_2, epsilon), w, gradients) == close(end)


@steady
@given(rates, rates, st.integers(1, 50), st.floats(0.5, 3))
def test_a_schedule_goes_from_one_end_to_the_other_and_stays(first, last, steps, power):
    decay = PolynomialDecay(first, steps, last, power)
    values = [decay(step) for step in range(steps + 3)]
    assert values[0] == pytest.approx(first)
    assert values[steps:] == pytest.approx([last] * 3)
    differences = np.diff(values) * np.sign(last - first)
    assert (differences >= -1e-15).all()


# --- weights out and in


@steady
@given(problems(dtypes=("float32", "float64")))
def test_weights_that_are_saved_come_back(problem):
    model, x, _ = problem
    weights, outputs = model.get_weights(), model.predict(x)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weights.npz"
        model.save_weights(path)
        model.set_weights([np.zeros_like(array) for array in weights])
        assert not any(array.any() for array in model.get_weights())
        model.load_weights(path)
    assert_all_equal(weights, model.get_weights())
    np.testing.assert_array_equal(model.predict(x), outputs)


@steady
@given(problems(dtypes=("float32", "float64")))
def test_weights_out_are_copies_and_weights_in_are_copied(problem):
    model, _, _ = problem
    ours = copies(model.parameters)
    for array in model.get_weights():
        array += 1
    assert_all_equal(ours, model.parameters)
    given_weights = [2 * array for array in ours]
    model.set_weights(given_weights)
    for array in given_weights:
        array += 1
    assert_all_equal([2 * array for array in ours], model.parameters)
    assert {array.dtype for array in model.parameters} == {model.dtype}
