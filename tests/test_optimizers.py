"""Optimizers: one step against the formula, in place, in the dtype of the weights."""

from functools import partial

import numpy as np
import pytest

from nnlib import SGD, Adam, RMSprop, optimizers
from nnlib.optimizers import momentum_update, sgd_update
from nnlib.optimizers.schedules import PolynomialDecay

GRADIENTS = [np.array([1.0, -2.0]), np.array([0.5, 0.5]), np.array([-1.0, 3.0])]


def run(optimizer, gradients=GRADIENTS):
    w = np.array([1.0, 2.0])
    for g in gradients:
        optimizer.apply([g], [w])
    return w


def test_plain_steps_are_the_formula():
    expected = np.array([1.0, 2.0]) - 0.1 * sum(GRADIENTS)
    np.testing.assert_allclose(run(SGD(0.1)), expected, rtol=1e-15)


@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum_is_the_formula(nesterov):
    w, v = np.array([1.0, 2.0]), np.zeros(2)
    for g in GRADIENTS:
        v = 0.9 * v - 0.1 * g
        w = w + (0.9 * v - 0.1 * g if nesterov else v)
    np.testing.assert_allclose(run(SGD(0.1, momentum=0.9, nesterov=nesterov)), w, rtol=1e-14)


def test_momentum_as_an_average_is_classical_momentum_at_another_rate():
    """v = 0.9 v + 0.1 g at rate 4 is classical momentum 0.9 at rate 4 (1 - 0.9) = 0.4."""
    w, v = np.array([1.0, 2.0]), np.zeros(2)
    for g in GRADIENTS:
        v = 0.9 * v + 0.1 * g
        w = w - 4 * v
    np.testing.assert_allclose(run(SGD(0.4, momentum=0.9)), w, rtol=1e-14)


def test_updates_are_in_place_and_leave_the_gradient_alone():
    w, v, g = np.ones(2), np.zeros(2), np.array([1.0, -1.0])
    sgd_update(w, g, 0.5)
    np.testing.assert_array_equal(w, [0.5, 1.5])
    momentum_update(w, v, g, 0.5, 0.9)
    np.testing.assert_array_equal(v, [-0.5, 0.5])
    np.testing.assert_array_equal(w, [0.0, 2.0])
    np.testing.assert_array_equal(g, [1, -1])


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (SGD, {}),
        (SGD, {"momentum": np.float64(0.9)}),
        (SGD, {"momentum": 0.9, "nesterov": True}),
        (RMSprop, {"rho": np.float64(0.9)}),
        (Adam, {"beta_1": np.float64(0.9)}),
    ],
)
def test_float32_weights_stay_float32(kind, settings):
    optimizer = kind(np.float64(0.1), **settings)
    w = np.ones(3, np.float32)
    optimizer.apply([np.ones(3, np.float32)], [w])
    assert w.dtype == np.float32
    assert type(optimizer.learning_rate) is float
    assert all(array.dtype == np.float32 for arrays in optimizer.memory for array in arrays)


def test_each_parameter_has_its_own_velocity():
    optimizer, w = SGD(0.1, momentum=0.9), [np.zeros(2), np.zeros((2, 3))]
    optimizer.apply([np.ones(2), 2 * np.ones((2, 3))], w)
    optimizer.apply([np.zeros(2), np.zeros((2, 3))], w)
    np.testing.assert_allclose(w[0], -0.19)
    np.testing.assert_allclose(w[1], -0.38)


def test_rmsprop_is_the_formula():
    w, v = np.array([1.0, 2.0]), np.zeros(2)
    for g in GRADIENTS:
        v = 0.9 * v + 0.1 * g**2
        w = w - 0.01 * g / np.sqrt(v + 1e-7)
    np.testing.assert_allclose(run(RMSprop(0.01)), w, rtol=1e-14)


def test_adam_is_the_formula_of_the_paper():
    """Algorithm 1 with bias-corrected means; its ε is ours divided by sqrt(1 - β₂^t)."""
    w, m, v = np.array([1.0, 2.0]), np.zeros(2), np.zeros(2)
    for t, g in enumerate(GRADIENTS, start=1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        epsilon = 1e-7 / np.sqrt(1 - 0.999**t)
        w = w - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + epsilon)
    np.testing.assert_allclose(run(Adam(0.01)), w, rtol=1e-14)


def test_the_first_step_of_adam_has_the_size_of_the_learning_rate():
    w = np.zeros(3)
    Adam(0.01).apply([np.array([1e-3, -5.0, 1e4])], [w])
    np.testing.assert_allclose(w, [-0.01, 0.01, -0.01], rtol=0.01)


def test_a_schedule_is_asked_at_every_step():
    decay = PolynomialDecay(0.4, decay_steps=4, end_learning_rate=0.2)
    rates = [decay(step) for step in range(6)]
    np.testing.assert_allclose(rates, [0.4, 0.35, 0.3, 0.25, 0.2, 0.2])
    np.testing.assert_allclose(PolynomialDecay(1, 4, 0, power=2)(1), 0.5625)
    optimizer = SGD(decay)
    expected = np.array([1.0, 2.0]) - sum(
        rate * g for rate, g in zip(rates, GRADIENTS, strict=False)
    )
    np.testing.assert_allclose(run(optimizer), expected)
    assert optimizer.iterations == 3


def test_a_schedule_falls_to_a_ten_thousandth_in_a_straight_line_unless_told_otherwise():
    decay = PolynomialDecay(1.0001, 10)
    np.testing.assert_allclose([decay(step) for step in (0, 5, 10)], [1.0001, 0.5001, 0.0001])
    assert [PolynomialDecay(0.5, 1, 0)(step) for step in range(3)] == [0.5, 0, 0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 10), "initial_learning_rate must be a number above 0, got 0"),
        ((0.1, 0), "decay_steps must be a whole number, 1 or more, got 0"),
        ((0.1, 10.5), "decay_steps must be a whole number, 1 or more, got 10.5"),
        ((0.1, 10, -1), "end_learning_rate must be a number, at least 0, got -1"),
        ((0.1, 10, 0, 0), "power must be a number above 0, got 0"),
    ],
)
def test_schedules_out_of_range_are_errors(arguments, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        PolynomialDecay(*arguments)


def test_a_schedule_that_gives_no_number_is_named_and_nothing_changes():
    optimizer, w = SGD(lambda step: None), np.ones(2)
    with pytest.raises(ValueError, match=r"^what a schedule gives must be a number, got None$"):
        optimizer.apply([np.ones(2)], [w])
    assert optimizer.iterations == 0
    np.testing.assert_array_equal(w, 1)


def test_a_schedule_is_asked_for_the_step_to_come():
    asked = []
    optimizer = SGD(lambda step: asked.append(step) or 0.5)
    run(optimizer)
    assert asked == [0, 1, 2]


def test_gradients_of_other_shapes_are_named_and_nothing_changes():
    optimizer, w = Adam(), [np.ones(2), np.ones((2, 3))]
    message = r"^expected gradients of shapes \[\(2,\), \(2, 3\)\], but got \[\(2,\)\]$"
    with pytest.raises(ValueError, match=message):
        optimizer.apply([np.ones(2)], w)
    assert optimizer.memory is None and optimizer.iterations == 0
    assert all((array == 1).all() for array in w)


@pytest.mark.parametrize(
    ("kind", "settings", "n"),
    [(SGD, {}, 0), (SGD, {"momentum": 0.9}, 1), (RMSprop, {}, 1), (Adam, {}, 2)],
)
def test_an_optimizer_remembers_what_its_formula_needs_and_no_more(kind, settings, n):
    optimizer = kind(**settings)
    optimizer.apply([np.ones(2), np.ones((2, 3))], [np.ones(2), np.ones((2, 3))])
    shapes = [[array.shape for array in arrays] for arrays in optimizer.memory]
    assert shapes == [[(2,)] * n, [(2, 3)] * n]


def test_an_optimizer_serves_one_model():
    optimizer = SGD(0.1, momentum=0.9)
    optimizer.apply([np.ones(2)], [np.ones(2)])
    message = "^this optimizer remembers the parameters of another model: give each model its own$"
    for others in ([np.ones(3)], [np.ones(2), np.ones(2)]):
        with pytest.raises(ValueError, match=message):
            optimizer.apply(others, others)
    plain = SGD(0.1)
    plain.apply([np.ones(2)], [np.ones(2)])
    with pytest.raises(ValueError, match=message):
        plain.apply([np.ones(3)], [np.ones(3)])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"learning_rate": 0}, "learning_rate must be a number above 0"),
        ({"learning_rate": -1}, "learning_rate"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"learning_rate": float("inf")}, "learning_rate"),
        ({"momentum": 1}, "momentum must be at least 0 and below 1"),
        ({"momentum": -0.1}, "momentum"),
        ({"momentum": np.nan}, "momentum must be at least 0 and below 1, got nan"),
        ({"nesterov": True}, "^nesterov=True needs a momentum above 0, 0.9 for instance$"),
    ],
)
def test_settings_out_of_range_are_errors(settings, message):
    with pytest.raises(ValueError, match=message):
        SGD(**settings)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (RMSprop, {"learning_rate": 0}),
        (RMSprop, {"rho": 1}),
        (RMSprop, {"epsilon": 0}),
        (Adam, {"learning_rate": 0}),
        (Adam, {"beta_1": 1}),
        (Adam, {"beta_2": -1}),
        (Adam, {"epsilon": 0}),
    ],
)
def test_settings_of_the_others_out_of_range(kind, settings):
    ((name, value),) = settings.items()
    wanted = "at least 0 and below 1" if name in ("rho", "beta_1", "beta_2") else "a number above 0"
    with pytest.raises(ValueError, match=f"^{name} must be {wanted}, got {value}$"):
        kind(**settings)


def test_a_share_of_0_is_taken():
    assert (RMSprop(rho=0).rho, Adam(beta_1=0, beta_2=0).beta_1, SGD(momentum=0).momentum) == (
        0, 0, 0,
    )  # fmt: skip


def test_an_optimizer_without_an_update_says_so():
    with pytest.raises(NotImplementedError):
        optimizers.Optimizer(0.1).apply([np.ones(2)], [np.ones(2)])


def test_names_are_Keras_names_in_any_case():
    assert isinstance(optimizers.get("Adam"), Adam)
    assert isinstance(optimizers.get("SGD"), SGD)
    with pytest.raises(TypeError, match="optimizer must be a name or a suitable object, got 5"):
        optimizers.get(5)


def test_an_optimizer_names_its_settings():
    assert repr(SGD(0.1)) == "SGD(learning_rate=0.1, momentum=0.0)"
    nesterov = SGD(0.1, momentum=0.9, nesterov=True)
    assert repr(nesterov) == "SGD(learning_rate=0.1, momentum=0.9, nesterov=True)"


def test_get():
    optimizer = SGD(0.5)
    assert optimizers.get(optimizer) is optimizer
    assert optimizers.get("sgd").learning_rate == 0.01
    with pytest.raises(ValueError, match="Did you mean 'sgd'"):
        optimizers.get("sdg")
    with pytest.raises(TypeError, match=r"write SGD\(\)"):
        optimizers.get(SGD)
    assert isinstance(optimizers.get("adam"), Adam) and isinstance(
        optimizers.get("rmsprop"), RMSprop
    )
    assert repr(optimizer) == "SGD(learning_rate=0.5, momentum=0.0)"
    assert repr(Adam()) == "Adam(learning_rate=0.001)"
    assert repr(RMSprop()) == "RMSprop(learning_rate=0.001, rho=0.9)"


def test_settings_are_read_and_changed_by_name():
    optimizer = Adam(0.1)
    run(optimizer)
    memory = optimizer.memory
    assert optimizer.get_params() == {
        "learning_rate": 0.1, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7,
    }  # fmt: skip
    assert optimizer.set_params(learning_rate=0.5, beta_1=0) is optimizer
    assert (optimizer.learning_rate, optimizer.beta_1, optimizer.beta_2) == (0.5, 0, 0.999)
    assert optimizer.memory is memory and optimizer.iterations == 3
    for settings, message in [
        ({"learning_rate": 0.2, "beta_1": 2}, "beta_1 must be at least 0 and below 1, got 2"),
        ({"learning_rate": 0.2, "momentum": 0}, "Adam has no setting 'momentum'. Known: learning_"),
    ]:
        with pytest.raises(ValueError, match=message):
            optimizer.set_params(**settings)
        assert optimizer.learning_rate == 0.5


def test_a_momentum_set_later_takes_effect_or_is_refused():
    late = SGD(0.1)
    late.momentum = 0.9
    np.testing.assert_array_equal(run(late), run(SGD(0.1, momentum=0.9)))
    early = SGD(0.1, momentum=0.9)
    early.momentum = 0
    np.testing.assert_array_equal(run(early), run(SGD(0.1)))
    stepped = SGD(0.1)
    run(stepped)
    changes = partial(setattr, stepped, "momentum"), lambda m: stepped.set_params(momentum=m)
    for change in changes:
        with pytest.raises(ValueError, match="has taken steps without a momentum: make a new one"):
            change(0.9)
        change(0.0)
    with pytest.raises(ValueError, match="momentum must be at least 0 and below 1, got 9"):
        SGD().momentum = 9
    again = SGD(0.1, momentum=0.5)
    run(again)
    again.momentum = 0.9  # the velocity is kept
    w, v = np.array([1.0, 2.0]), again.memory[0][0].copy()
    again.apply([GRADIENTS[0]], [w])
    np.testing.assert_allclose(w, [1.0, 2.0] + 0.9 * v - 0.1 * GRADIENTS[0], rtol=1e-14)
