"""The model that pages and readers use: layers, steps, and the training in full."""

import inspect

from nnlib.callbacks import History
from nnlib.models.learner import Learner
from nnlib.models.stack import Stack
from nnlib.training import (
    NO_HOOKS,
    Plan,
    as_callbacks,
    hooks_for,
    measure,
    train,
    training_rows,
)

__all__ = ["Sequential"]


class Sequential(Learner):
    """A stack of layers, each fed with the output of the one before, as Keras has it.

    A_0 = X, A_l = f_l(A_{l-1} W_l + b_l) for dense layers

    Parameters
    ----------
    layers : list of Input and Layer, optional
        Layers are built, that is, given their weights, as soon as the width of the data is known:
        from an `Input` at the front, or from the first data that `fit`, `predict` or `build` sees.
    dtype : {"float32", "float64"}
        What weights, data and gradients are held in.
    seed : int or None
        For starting weights, shuffling and layers that are random: seed=7 makes a training
        repeatable. None draws a new one each time. `np.random.seed` has no effect here, since
        every model has a generator of its own.

    Attributes
    ----------
    layers : list of Layer
    history : History or None
        Of the last `fit`.
    """

    history = None
    stop_training = False

    def fit(
        self,
        x,
        y,
        batch_size=None,
        epochs=1,
        verbose="auto",
        callbacks=None,
        validation_split=0.0,
        validation_data=None,
        shuffle=True,
    ):
        """Train for a number of passes over the data.

        Parameters
        ----------
        x : array (n, n_features)
        y : array (n,) or (n, k)
        batch_size : int, optional
            Samples per update, 32 unless told otherwise; the last batch may be smaller.
        epochs : int
            Passes over the data. A second call goes on where the first ended.
        verbose : {"auto", 0, 1, 2}
            0 is silent, 2 prints a line per epoch; 1 and "auto" draw a bar while a person watches.
        callbacks : list of Callback, optional
        validation_split : float
            This share of the rows, taken from the end before shuffling, is not trained on.
        validation_data : tuple (x, y), optional
            Used instead of a split.
        shuffle : bool
            Draw a new order for every epoch; where a batch is all the data there is none to draw.

        However the training ends, `history` holds its finished epochs; interrupted
        (KeyboardInterrupt), the model keeps the weights that it has and can be used.

        Returns
        -------
        History

        Raises
        ------
        ValueError, TypeError
            If model, data or arguments do not fit, before any weight is changed.
        FloatingPointError
            If the loss ceases to be finite. The weights, and what the optimizer remembers, are put
            back to the end of the last epoch in which it was.
        """
        plan = Plan(batch_size, epochs, verbose, shuffle)
        self._check_ready()
        X, Y, validation = training_rows(self, x, y, validation_split, validation_data)
        callbacks = [History(), *as_callbacks(callbacks)]
        self._build_for(X)
        train(self, X, Y, validation, plan, callbacks)
        return self.history

    def _run_epoch(self, X, Y, batch_size, shuffle, hooks=NO_HOOKS):
        n, n_seen, totals = len(X), 0, {}
        order = self.rng.permutation(n) if shuffle and batch_size < n else None
        for step, start in enumerate(range(0, n, batch_size)):
            rows = slice(start, start + batch_size)
            if order is not None:
                rows = order[rows]
            for hook in hooks["on_train_batch_begin"]:
                hook(step, None)
            batch = X[rows]
            for name, value in self.train_step(batch, Y[rows]).items():
                totals[name] = totals.get(name, 0.0) + value * len(batch)
            n_seen += len(batch)
            for hook in hooks["on_train_batch_end"]:
                hook(step, {name: total / n_seen for name, total in totals.items()})
            if self.stop_training:
                break
        return {name: total / n_seen for name, total in totals.items()}

    def evaluate(self, x, y, batch_size=None, verbose="auto", callbacks=None):
        """Loss and metrics on some data, with no weight changed.

        Parameters
        ----------
        x : array (n, n_features)
        y : array (n,) or (n, k)
        batch_size, verbose : optional
            Keras scripts pass them. All samples go through at once, and nothing is printed.
        callbacks : list of Callback, optional

        Returns
        -------
        float, or list of float
            The loss alone, or [loss, metric, …] if the model was compiled with metrics.
        """
        X, Y = self._prepare(x, y)
        callbacks = as_callbacks(callbacks)
        self._build_for(X)
        hooks = hooks_for(self, callbacks, verbose=verbose, epochs=1, steps=1)
        scores = list(measure(self, X, Y, hooks).values())
        return scores if self.metrics else scores[0]


for kind in (Stack, Learner):  # so that Python's own errors of a call name the class one knows
    for method in filter(inspect.isfunction, vars(kind).values()):
        method.__qualname__ = f"{Sequential.__name__}.{method.__name__}"
