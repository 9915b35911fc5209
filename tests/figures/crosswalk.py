"""Figures of page 10 that nnlib, scikit-learn and SciPy give; tests/compare has the others."""

import functools
import math
import warnings
from itertools import pairwise

import numpy as np
from scipy.special import softmax
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelBinarizer, StandardScaler

from figures import figure
from nnlib import SGD, Dense, Input, Sequential
from nnlib.datasets import load_iris
from nnlib.losses import binary_crossentropy
from nnlib.wrappers import NetworkClassifier

PAGE = "10_crosswalk"


def scaled_iris():
    iris = load_iris(seed=0)
    scaler = StandardScaler().fit(iris.x_train)
    return scaler.transform(iris.x_train), iris.y_train, scaler.transform(iris.x_test), iris.y_test


@functools.cache
def trained(**settings):
    """Ten of scikit-learn's networks: epochs trained, and accuracy on the test flowers."""
    x, y, x_test, y_test = scaled_iris()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        models = [MLPClassifier(random_state=seed, **settings).fit(x, y) for seed in range(10)]
    return [model.n_iter_ for model in models], [model.score(x_test, y_test) for model in models]


@figure(PAGE, "all train for 200 and are not done", quick=True)
def epochs_of_scikit_learn():
    (epochs,) = set(trained()[0])
    return epochs


@figure(PAGE, "with `max_iter=2000` they stop after 452 to 509")
def epochs_until_the_loss_stands_still():
    epochs, _ = trained(max_iter=2000)
    return 2000, min(epochs), max(epochs)


@figure(
    PAGE,
    "stop after 12 to 33 epochs, with test accuracies from 0.333 to 0.867; unstopped they all "
    "reach 0.967",
    quick=True,
)
def early_stopping_of_scikit_learn():
    epochs, accuracies = trained(early_stopping=True)
    (unstopped,) = set(trained()[1])
    return min(epochs), max(epochs), min(accuracies), max(accuracies), unstopped


@figure(
    PAGE, "one output and 37 parameters on 4 features; our network with two outputs has 44", True
)
def two_classes():
    x, y, *_ = scaled_iris()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        theirs = MLPClassifier((6,), max_iter=1).fit(x[y < 2], y[y < 2])
    assert theirs.n_outputs_ == 1
    ours = Sequential([Input((4,)), Dense(6, "relu"), Dense(2, "softmax")])
    return sum(w.size for w in theirs.coefs_ + theirs.intercepts_), 4, ours.count_params()


@figure(PAGE, "Given the perfect probability 1, ours charges 0.313", quick=True)
def a_probability_for_a_pre_activation():
    one = np.ones((1, 1))
    return 1, binary_crossentropy(one, one)


@figure(PAGE, "makes shape (24, 1) from 24 labels of two classes", quick=True)
def one_column_for_two_classes():
    labels = np.tile([0, 1], 12)
    assert LabelBinarizer().fit_transform(2 * labels).shape[1] == 1  # class 1 is absent
    return *LabelBinarizer().fit_transform(labels).shape, len(labels)


@figure(PAGE, "cost $\\ln 24$ = 3.178 and not $\\ln 3$ = 1.099", quick=True)
def softmax_of_everything():
    Z, y = np.zeros((8, 3)), [0, 1, 2, 0, 1, 2, 0, 1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # "do not sum to one"
        return 24, log_loss(y, softmax(Z)), 3, log_loss(y, softmax(Z, axis=1))


@figure(PAGE, "6 of 10 searches end with the two best shapes equal to the last digit")
def searches_that_end_level():
    """With the page's grid at the best rate; the shape that stands first is taken."""
    iris, shapes = load_iris(seed=0), [(), (10,), (10, 10)]
    level = 0
    for seed in range(10):
        network = NetworkClassifier(optimizer=SGD(0.1), epochs=100, random_state=seed)
        search = GridSearchCV(
            make_pipeline(StandardScaler(), network),
            {"networkclassifier__hidden_layer_sizes": shapes},
            cv=StratifiedKFold(5, shuffle=True, random_state=seed),
        ).fit(iris.x_train, iris.y_train)
        scores = search.cv_results_["mean_test_score"]
        best, second = np.sort(scores)[:-3:-1]
        level += math.isclose(best, second)
        assert search.best_index_ == np.flatnonzero(np.isclose(scores, best))[0]
    return level, 10


@figure(
    PAGE, "Ten hidden layers of 64 units instead of one are only 2.1 times the work", quick=True
)
def work_of_ten_hidden_layers():
    def work(*widths):
        products = [n_in * n_out for n_in, n_out in pairwise(widths)]
        return 3 * sum(products) - products[0]

    return 64, work(784, *[64] * 10, 10) / work(784, 64, 10)
