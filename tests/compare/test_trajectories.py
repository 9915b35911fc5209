"""Keras's own results, kept in a file, against ours: the parity that is tested everywhere."""

import json

import keras_runs
import numpy as np
import pytest
import tables
from keras_runs import BOUND

KEPT = json.loads(keras_runs.FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("dtype", keras_runs.DTYPES)
@pytest.mark.parametrize("case", keras_runs.CASES, ids=str)
def test_training_follows_keras(case, dtype):
    theirs = KEPT[str(case)]
    ours = keras_runs.train(keras_runs.nnlib_in(dtype), case)
    np.testing.assert_allclose(ours["loss"], theirs["loss"], rtol=BOUND)
    weights = np.array(theirs["weights"])
    assert np.linalg.norm(ours["weights"] - weights) < BOUND * np.linalg.norm(weights)
    outputs = ours["outputs"][-1, :3].ravel()
    np.testing.assert_allclose(outputs, theirs["outputs"], rtol=BOUND, atol=BOUND)


def test_a_wrong_definition_would_show():
    """Classical momentum in the place of Nesterov's, and epsilon at the root's other side."""
    for name, other in (("Nesterov", "momentum"), ("RMSprop 1e-3", "RMSprop")):
        for loss in keras_runs.LOSSES:
            kept = [KEPT[str(keras_runs.Case(optimizer, loss))] for optimizer in (name, other)]
            a, b = (np.array(run["loss"]) for run in kept)
            assert np.max(np.abs(a / b - 1)) > 1e-2


def test_page_10_names_the_bound():
    assert f"differ by less than {BOUND * 1e5:.0f} parts in 100,000" in tables.CELLS["names-seen"]


def test_the_file_is_small_and_complete():
    assert keras_runs.FILE.stat().st_size < 50_000
    assert list(KEPT) == [str(case) for case in keras_runs.CASES]
    assert all(len(run["loss"]) == keras_runs.N_EPOCHS for run in KEPT.values())
