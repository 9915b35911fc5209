"""Scikit-learn estimators over `Sequential`, for pipelines, cross-validation and grid search.

Not imported by `import nnlib`, which does without scikit-learn: `from nnlib.wrappers import …`.
"""

import copy
import functools
from types import FunctionType

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MultiOutputMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from nnlib import optimizers
from nnlib.layers import Dense, Input
from nnlib.models import Sequential

__all__ = ["NetworkClassifier", "NetworkRegressor"]


def whole_or_not_at_all(fit):
    """Let a `fit` that raises an error leave the estimator as it was."""

    @functools.wraps(fit)
    def guarded(self, *args, **kwargs):
        before = vars(self).copy()
        try:
            return fit(self, *args, **kwargs)
        except Exception:
            vars(self).clear()
            vars(self).update(before)
            raise

    return guarded


class _Network(BaseEstimator):
    """What both estimators share; each adds its output layer, its loss and its targets."""

    def __init__(
        self,
        hidden_layer_sizes=(100,),
        activation="relu",
        optimizer="adam",
        kernel_initializer="glorot_uniform",
        batch_size=32,
        epochs=100,
        shuffle=True,
        random_state=None,
    ):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.optimizer = optimizer
        self.kernel_initializer = kernel_initializer
        self.batch_size = batch_size
        self.epochs = epochs
        self.shuffle = shuffle
        self.random_state = random_state

    def set_params(self, **params):
        """Change settings; optimizer__learning_rate and its like are the optimizer's own.

        Parameters
        ----------
        **params
            An optimizer that is a name becomes an object with that name's other settings.

        Returns
        -------
        self
        """
        optimizer = params.get("optimizer", self.optimizer)
        if isinstance(optimizer, str) and any(name.startswith("optimizer__") for name in params):
            params["optimizer"] = optimizers.get(optimizer)
        return super().set_params(**params)

    def _make_model(self, n_outputs, activation, loss, dtype):
        """A compiled network; the estimator's own parameters stay as they were given."""
        seed = check_random_state(self.random_state).randint(2**31 - 1)
        hidden = [
            Dense(units, self.activation, self.kernel_initializer)
            for units in np.atleast_1d(self.hidden_layer_sizes).tolist()
        ]
        output = Dense(n_outputs, activation, self.kernel_initializer)
        layers = [Input((self.n_features_in_,)), *hidden, output]
        self.model_ = Sequential(layers, dtype=dtype, seed=seed)
        self.model_.compile(optimizers.get(copy.deepcopy(self.optimizer)), loss)
        self.loss_curve_ = []

    def _train(self, X, y, epochs):
        history = self.model_.fit(
            X, y, batch_size=self.batch_size, epochs=epochs, verbose=0, shuffle=self.shuffle
        )
        self.loss_curve_ += history.history.get("loss", [])
        return self

    def _outputs(self, X):
        check_is_fitted(self)
        return self.model_.predict(validate_data(self, X, dtype=_FLOATS, reset=False))


def named_after(cls):
    """Give the estimator an `__init__` under its own name, which errors of a call show."""
    shared = _Network.__init__
    cls.__init__ = FunctionType(
        shared.__code__, shared.__globals__, "__init__", shared.__defaults__
    )
    cls.__init__.__qualname__ = f"{cls.__name__}.__init__"
    return cls


_FLOATS = [np.float64, np.float32]  # float32 stays what it is, everything else becomes float64


@named_after
class NetworkClassifier(ClassifierMixin, _Network):
    """A network with softmax outputs that learns classes of any name from cross-entropy.

    P(y = classes_[c] | x) = softmax(A W + b)_c, with A the last hidden layer's output

    Parameters
    ----------
    hidden_layer_sizes : tuple of int, or int
        Units of each hidden layer; () is logistic regression.
    activation : str or ActivationFunction
        Of the hidden layers.
    optimizer : str or optimizer
        Copied for every fit, so that one object can serve many; Adam with its defaults if not
        told otherwise.
    kernel_initializer : str or callable (shape, rng)
        Starting weights.
    batch_size : int
        Samples per update.
    epochs : int
        Passes over the data in `fit`; `partial_fit` makes one.
    shuffle : bool
        Draw a new order for every epoch.
    random_state : int, RandomState instance or None
        For starting weights and shuffling, as everywhere in scikit-learn.

    Attributes
    ----------
    classes_ : ndarray (n_classes,)
    model_ : Sequential
    loss_curve_ : list of float
        Mean loss of each epoch.
    n_features_in_ : int
    feature_names_in_ : ndarray of str (n_features_in_,)
        If X is a table with names.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> NetworkClassifier(random_state=0).fit(X, y).score(X, y) > 0.95
    True
    """

    @whole_or_not_at_all
    def fit(self, X, y):
        """Train from new starting weights.

        Parameters
        ----------
        X : array (n, n_features)
        y : array (n,)
            Class labels: numbers or strings.

        Returns
        -------
        self
        """
        X, y = self._check(X, y, reset=True)
        self._start(X, np.unique(y))
        return self._train(X, np.searchsorted(self.classes_, y), self.epochs)

    @whole_or_not_at_all
    def partial_fit(self, X, y, classes=None):
        """Go on from the present weights with one pass over some samples.

        Parameters
        ----------
        X : array (n, n_features)
        y : array (n,)
        classes : array (n_classes,)
            Every class that will ever be met; needed at the first call.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If the first call names no classes, a later one names others, or y holds another.
        """
        first = not hasattr(self, "model_")
        if first and classes is None:
            raise ValueError("the first partial_fit needs classes, every class that y may hold")
        X, y = self._check(X, y, reset=first)
        if first:
            self._start(X, np.unique(classes))
        elif classes is not None and not np.array_equal(np.unique(classes), self.classes_):
            raise ValueError(f"classes is {classes!r}, but was {self.classes_!r} at the start")
        unknown = np.setdiff1d(y, self.classes_)
        if len(unknown):
            raise ValueError(f"y holds {unknown.tolist()}, which is not among classes")
        return self._train(X, np.searchsorted(self.classes_, y), epochs=1)

    def predict_proba(self, X):
        """Probability of every class, in the order of `classes_`.

        Parameters
        ----------
        X : array (n, n_features)

        Returns
        -------
        P : ndarray (n, n_classes)
            Each row sums to 1.
        """
        return self._outputs(X)

    def predict(self, X):
        """The most probable class of every sample.

        Parameters
        ----------
        X : array (n, n_features)

        Returns
        -------
        y : ndarray (n,)
        """
        best = self._outputs(X).argmax(axis=1)
        return self.classes_[best]

    def _check(self, X, y, reset):
        X, y = validate_data(self, X, y, dtype=_FLOATS, reset=reset)
        check_classification_targets(y)
        return X, y

    def _start(self, X, classes):
        self.classes_ = classes
        self._make_model(len(classes), "softmax", "sparse_categorical_crossentropy", X.dtype)


@named_after
class NetworkRegressor(RegressorMixin, MultiOutputMixin, _Network):
    """A network with linear outputs that learns numbers from their squared error.

    y = A W + b, with A the last hidden layer's output

    Parameters
    ----------
    hidden_layer_sizes, activation, optimizer, kernel_initializer, batch_size, epochs, shuffle, \
random_state
        As for `NetworkClassifier`.

    Attributes
    ----------
    model_ : Sequential
    loss_curve_ : list of float
        Mean squared error of each epoch.
    n_features_in_ : int
    feature_names_in_ : ndarray of str (n_features_in_,)
        If X is a table with names.

    Notes
    -----
    Neither X nor y is scaled here: put a StandardScaler before it in a pipeline, and a
    TransformedTargetRegressor around it where y is large.
    """

    @whole_or_not_at_all
    def fit(self, X, y):
        """Train from new starting weights.

        Parameters
        ----------
        X : array (n, n_features)
        y : array (n,) or (n, n_outputs)

        Returns
        -------
        self
        """
        X, y = self._check(X, y, reset=True)
        self._start(X, y)
        return self._train(X, y, self.epochs)

    @whole_or_not_at_all
    def partial_fit(self, X, y):
        """Go on from the present weights with one pass over some samples.

        Parameters
        ----------
        X : array (n, n_features)
        y : array (n,) or (n, n_outputs)

        Returns
        -------
        self
        """
        first = not hasattr(self, "model_")
        X, y = self._check(X, y, reset=first)
        if first:
            self._start(X, y)
        return self._train(X, y, epochs=1)

    def predict(self, X):
        """The network's answers, in the shape that the targets had.

        Parameters
        ----------
        X : array (n, n_features)

        Returns
        -------
        y : ndarray (n,) or (n, n_outputs)
        """
        outputs = self._outputs(X)
        return outputs[:, 0] if self._one_column else outputs

    def _check(self, X, y, reset):
        return validate_data(
            self, X, y, dtype=_FLOATS, multi_output=True, y_numeric=True, reset=reset
        )

    def _start(self, X, y):
        self._one_column = y.ndim == 1
        n_outputs = 1 if self._one_column else y.shape[1]
        self._make_model(n_outputs, "linear", "mean_squared_error", X.dtype)
