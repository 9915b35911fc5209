"""Our gradients against those that PyTorch derives by itself, for networks drawn at random."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib import SGD, Dense, Input, Sequential
from nnlib.losses import one_hot

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install -e '.[compare]'")

ACTIVATIONS = {
    "linear": lambda Z: Z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": lambda Z: torch.nn.functional.leaky_relu(Z, 0.2),
    "softmax": lambda Z: torch.softmax(Z, dim=1),
}
LOSSES = {
    "mean_squared_error": torch.nn.functional.mse_loss,
    "binary_crossentropy": torch.nn.functional.binary_cross_entropy_with_logits,
    "categorical_crossentropy": torch.nn.functional.cross_entropy,
}
OUTPUTS = {"binary_crossentropy": "sigmoid", "categorical_crossentropy": "softmax"}


@st.composite
def problems(draw):
    """A network, its loss, and a batch."""
    hidden = st.sampled_from([name for name in ACTIVATIONS if name != "softmax"])
    widths = draw(st.lists(st.integers(1, 7), min_size=2, max_size=5))
    loss = draw(st.sampled_from(sorted(LOSSES)))
    layers = [Dense(units, draw(hidden), "lecun_normal") for units in widths[1:-1]]
    layers.append(Dense(widths[-1], OUTPUTS.get(loss) or draw(hidden), "lecun_normal"))
    dtype = draw(st.sampled_from(["float32", "float64"]))
    seed, n = draw(st.integers(0, 10**6)), draw(st.integers(1, 9))
    model = Sequential([Input((widths[0],)), *layers], dtype=dtype, seed=seed)
    model.compile(SGD(), loss)
    rng = np.random.default_rng(seed)
    for parameter in model.parameters:
        parameter[...] = rng.normal(size=parameter.shape)  # biases too
    targets = {
        "mean_squared_error": rng.normal(size=(n, widths[-1])),
        "binary_crossentropy": rng.integers(0, 2, (n, widths[-1])),
        "categorical_crossentropy": one_hot(rng.integers(0, widths[-1], n), widths[-1]),
    }[loss]
    return model, rng.normal(size=(n, widths[0])).astype(dtype), targets.astype(dtype)


def loss_and_gradients_of_torch(model, x, y):
    parameters = [torch.tensor(array, requires_grad=True) for array in model.parameters]
    A = torch.tensor(x)
    for layer, W, b in zip(model.layers, parameters[::2], parameters[1::2], strict=True):
        Z = A @ W + b
        A = ACTIVATIONS[layer.activation.name](Z)
    value = LOSSES[model.loss.name](Z if model.loss.name in OUTPUTS else A, torch.tensor(y))
    value.backward()
    return value.item(), A.detach().numpy(), [p.grad.numpy() for p in parameters]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(problems())
def test_gradients_are_those_of_autograd(problem):
    model, x, y = problem
    loss, gradients = model.loss_and_gradients(x, y)
    expected, outputs, derived = loss_and_gradients_of_torch(model, x, y)
    bound = {"float32": 2e-5, "float64": 1e-12}[str(model.dtype)]
    assert loss == pytest.approx(expected, rel=bound, abs=bound)
    np.testing.assert_allclose(model.predict(x), outputs, rtol=bound, atol=bound)
    size = max(1.0, *(np.abs(g).max() for g in derived))
    for ours, theirs in zip(gradients, derived, strict=True):
        assert ours.dtype == model.dtype
        np.testing.assert_allclose(ours, theirs, rtol=bound, atol=bound * size)
