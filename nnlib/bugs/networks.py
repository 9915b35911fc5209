"""Wrong layers and wrong training loops, as subclasses of the right ones."""

import numpy as np

from nnlib.bugs._exhibit import replaces
from nnlib.layers import Dense
from nnlib.models import Sequential

__all__ = [
    "DenseInFloat64",
    "DenseWithIntegerBiases",
    "SequentialDroppingOne",
    "SequentialOverwritingItsOutput",
    "SequentialSeedingEverything",
    "SequentialSlidingByARow",
    "SequentialUpdatingTooEarly",
    "SequentialWithLastingMemory",
]


@replaces(
    "layers.Dense",
    killed_by="test_layers.py::test_biases_start_where_they_are_told_to_and_are_never_whole_numbers",
)
class DenseWithIntegerBiases(Dense):
    """Biases that are whole numbers.

    Symptom: a step in place stops with NumPy's "Cannot cast ufunc 'subtract' output"; a step that
    is not in place makes new arrays, and whoever holds the old ones sees no change.

    Cure: give every array of parameters a float dtype when it is made.

    Seen: Yenigün's guide, which writes its biases as [4, 2].
    """

    def build(self, input_shape, rng, dtype="float32"):
        super().build(input_shape, rng, dtype)
        self.b = self.b.astype(int)


@replaces("layers.Dense", killed_by="test_layers.py::test_forward_keeps_float32")
class DenseInFloat64(Dense):
    """Weights in float64 whatever was asked for.

    Symptom: twice the memory, and up to four times the time, for digits that no training needs.

    Cure: draw the starting weights, then cast them to the dtype of the model.

    Seen: the laboratory and the tutorial on bean leaves. What NumPy draws is float64, and float64
    times float32 is float64.
    """

    def build(self, input_shape, rng, dtype="float32"):
        super().build(input_shape, rng, "float64")


@replaces(
    "models.Sequential",
    killed_by="test_models.py::test_golden_run_of_the_published_iris_network",
)
class SequentialWithLastingMemory(Sequential):
    """A memory of forward values that grows and is never emptied, and is read from its start.

    Symptom: the first step is right, and passes the gradient check; every later one follows slopes
    at the values of the first. In the published run the cosine between these and the true slopes
    has a median of 0.108 and falls to -0.471; the loss is 0.9218 after 20 steps, not 0.7996. A
    batch of another size stops with an error about shapes.

    Cure: a layer keeps the values of the last forward pass, and no others.

    Seen: Sasson's tutorial.
    """

    def __init__(self, *arguments, **options):
        self.memory = []
        super().__init__(*arguments, **options)

    def backward(self, Y):
        output_Z = self.layers[-1].Z  # the error at the output is taken from the new values
        self.memory += [(layer.X, layer.Z) for layer in self.layers]
        for layer, (X, Z) in zip(self.layers, self.memory, strict=False):
            layer.X, layer.Z = X, Z
        self.layers[-1].Z = output_Z
        super().backward(Y)


@replaces("models.Sequential", killed_by="test_walk.py::test_one_step_of_rate_1e_4")
class SequentialUpdatingTooEarly(Sequential):
    """A step that changes each layer's weights before it passes the gradient on through them.

    Symptom: hardly any at a small rate, and all gradients are right when no step is taken. At the
    published walk's rate the first entry passed back is -0.03213686 instead of -0.032.

    Cure: backward changes nothing; the optimizer steps when all gradients are known.

    Seen: Yenigün's guide and the tutorial on bean leaves.
    """

    def train_step(self, X, Y):
        record = self._record(Y, self.forward(X))
        dZ = self.output_gradient(Y)
        if not self.loss.output_activation:
            dZ = dZ * self.layers[-1].activation.derivative(self.layers[-1].Z)
        for layer, below in zip(self.layers[::-1], [*self.layers[-2::-1], None], strict=True):
            layer.backward_preactivation(dZ)
            layer.W -= self.optimizer.learning_rate * layer.dW  # plain descent
            layer.b -= self.optimizer.learning_rate * layer.db
            if below is not None:
                dZ = dZ @ layer.W.T * below.activation.derivative(below.Z)
        return record


@replaces(
    "models.Sequential",
    killed_by="test_models.py::test_every_sample_is_used_once_an_epoch",
)
class SequentialSlidingByARow(Sequential):
    """An epoch that counts layers where it should count batches, and slides by one row.

    Symptom: with 20 epochs, three layers and batches of 64, 40 steps on 65 distinct rows of 64,000.
    The loss falls, and ends at what these few rows can teach.

    Cure: for start in range(0, n, batch_size); count the rows that an epoch sees.

    Seen: Yenigün's guide.
    """

    def _run_epoch(self, X, Y, batch_size, shuffle, hooks=None):
        records = []
        for start in range(max(1, len(self.layers) - 1)):
            rows = slice(start, start + batch_size)
            records.append(self.train_step(X[rows], Y[rows]))
        return {name: sum(r[name] for r in records) / len(records) for name in records[0]}


@replaces(
    "models.Sequential",
    killed_by="test_models.py::test_every_sample_is_used_once_an_epoch",
)
class SequentialDroppingOne(Sequential):
    """An epoch whose last batch ends one sample early.

    Symptom: no accuracy shows it. 129 rows in batches of 128 stop the program, or divide by zero:
    the last batch is empty.

    Cure: min(start + batch_size, n), or a slice, which ends by itself.

    Seen: the laboratory of NTHU's CS565600, as `shape[0] - 1`.
    """

    def _run_epoch(self, X, Y, batch_size, shuffle, hooks=None):
        n = len(X)
        order = self.rng.permutation(n) if shuffle else np.arange(n)
        records = []
        for start in range(0, n, batch_size):
            rows = order[start : min(start + batch_size, n - 1)]
            records.append(self.train_step(X[rows], Y[rows]))
        return {name: sum(r[name] for r in records) / len(records) for name in records[0]}


@replaces(
    "models.Sequential",
    killed_by="test_models.py::test_backward_changes_nothing_that_went_forward",
)
class SequentialOverwritingItsOutput(Sequential):
    """A backward pass that turns the probabilities into its gradient, in place.

    Symptom: what `forward` returned to its caller changes afterwards: rows of probabilities that
    summed to 1 sum to 0. Whoever measures the accuracy after the step measures nonsense.

    Cure: A - Y makes a new array; A -= Y does not.

    Seen: Sasson's tutorial.
    """

    def output_gradient(self, Y):
        if self.loss.output_activation is None:
            return super().output_gradient(Y)
        dZ = self.layers[-1].A
        dZ -= Y
        dZ /= Y.size if self.loss.output_activation == "sigmoid" else len(Y)
        return dZ


@replaces(
    "models.Sequential",
    killed_by="test_models.py::test_a_seed_gives_the_same_training_and_touches_no_global_state",
)
class SequentialSeedingEverything(Sequential):
    """A model that seeds NumPy's random numbers for the whole process.

    Symptom: whatever else draws random numbers repeats itself: a loop over models draws the same
    split, the same noise, the same order of rows every time, and five seeds look like five
    agreeing experiments.

    Cure: a generator of the model's own, numpy.random.default_rng(seed).

    Seen: Sasson's tutorial.
    """

    def __init__(self, *arguments, **options):
        np.random.seed(99)  # noqa: NPY002
        super().__init__(*arguments, **options)
