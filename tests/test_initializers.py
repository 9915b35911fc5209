"""Initializers: the distribution that each promises."""

import numpy as np
import pytest

from nnlib import initializers
from nnlib.initializers import glorot_uniform, he_normal, lecun_normal, zeros

SHAPE = (400, 600)


@pytest.mark.parametrize(
    ("initializer", "variance"),
    [(lecun_normal, 1 / 400), (glorot_uniform, 2 / 1000), (he_normal, 2 / 400)],
)
def test_mean_and_variance(initializer, variance):
    for seed in range(5):
        W = initializer(SHAPE, np.random.default_rng(seed))
        assert W.shape == SHAPE
        # 240,000 draws: the sample variance of a normal is within 2% at 7 standard deviations
        assert W.var() == pytest.approx(variance, rel=0.02)
        assert abs(W.mean()) < 5 * np.sqrt(variance / W.size)


def test_glorot_uniform_stays_within_its_limit_and_fills_it():
    W = glorot_uniform(SHAPE, np.random.default_rng(0))
    limit = np.sqrt(6 / 1000)
    assert 0.999 * limit < np.abs(W).max() <= limit
    assert np.mean(np.abs(W) < limit / 2) == pytest.approx(0.5, abs=0.01)


def test_glorot_uniform_takes_a_bias_for_as_wide_in_as_out():
    b = glorot_uniform((50_000,), np.random.default_rng(0))
    limit = np.sqrt(6 / 100_000)
    assert b.shape == (50_000,)
    assert 0.999 * limit < np.abs(b).max() <= limit


@pytest.mark.parametrize("initializer", [lecun_normal, he_normal])
def test_normals_have_the_tails_of_a_normal(initializer):
    W = initializer(SHAPE, np.random.default_rng(0))
    assert np.mean(np.abs(W) > 2 * W.std()) == pytest.approx(0.0455, abs=0.003)


def test_zeros_needs_no_generator():
    assert (zeros((3, 2)) == np.zeros((3, 2))).all()


def test_a_seed_gives_the_same_weights_again():
    draws = [he_normal((3, 2), np.random.default_rng(7)) for _ in range(2)]
    np.testing.assert_array_equal(*draws)


def test_get():
    assert initializers.get("he_normal") is he_normal
    assert initializers.get(np.zeros) is np.zeros
    with pytest.raises(ValueError, match="Did you mean 'glorot_uniform'"):
        initializers.get("glorot_unifrom")
    with pytest.raises(TypeError, match="initializer must be a name"):
        initializers.get(0.1)
