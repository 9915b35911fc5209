"""The scikit-learn estimators: scikit-learn's own checks first, then what they leave open."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris, make_regression
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from nnlib import SGD, Adam
from nnlib.wrappers import NetworkClassifier, NetworkRegressor


@parametrize_with_checks([NetworkClassifier(), NetworkRegressor()])
def test_scikit_learn_accepts_them(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def iris():
    return load_iris(return_X_y=True)


def weights_of(estimator):
    return np.concatenate([array.ravel() for array in estimator.model_.get_weights()])


def test_import_nnlib_does_without_them():
    import nnlib

    assert not hasattr(nnlib, "NetworkClassifier")


def test_no_hidden_layer_is_least_squares():
    X, y, coefficients = make_regression(200, 3, n_informative=3, coef=True, random_state=0)
    network = NetworkRegressor((), optimizer=SGD(0.1), batch_size=200, epochs=300).fit(X, y + 5)
    W, b = network.model_.get_weights()
    np.testing.assert_allclose(W[:, 0], coefficients, rtol=1e-6)
    np.testing.assert_allclose(b, [5], rtol=1e-6)
    assert network.loss_curve_[0] > 100 and network.loss_curve_[-1] < 1e-6


@pytest.mark.parametrize("shuffle", [True, False])
def test_fit_is_partial_fit_as_often_as_there_are_epochs(iris, shuffle):
    X, y = iris
    settings = {"hidden_layer_sizes": (5,), "shuffle": shuffle, "random_state": 3}
    whole = NetworkClassifier(epochs=4, **settings).fit(X, y)
    parts = NetworkClassifier(**settings)
    for _ in range(4):
        parts.partial_fit(X, y, classes=[0, 1, 2])
    np.testing.assert_array_equal(weights_of(whole), weights_of(parts))
    assert parts.loss_curve_ == whole.loss_curve_ and len(whole.loss_curve_) == 4

    numbers = NetworkRegressor(epochs=4, **settings).fit(X, y)
    parts = NetworkRegressor(**settings)
    for _ in range(4):
        parts.partial_fit(X, y)
    np.testing.assert_array_equal(weights_of(numbers), weights_of(parts))
    assert parts.loss_curve_ == numbers.loss_curve_


def test_fit_starts_anew_and_partial_fit_goes_on(iris):
    X, y = iris
    network = NetworkClassifier((5,), epochs=2, random_state=0).fit(X, y)
    first, losses = weights_of(network), network.loss_curve_
    np.testing.assert_array_equal(weights_of(network.fit(X, y)), first)
    network.partial_fit(X, y)
    assert len(network.loss_curve_) == 3 and network.loss_curve_[:2] == losses


def test_classes_may_bear_any_name_and_come_in_any_order(iris):
    X, y = iris
    names = np.array(["virginica", "setosa", "versicolor"])[(y + 1) % 3]  # alphabetical: 0, 1, 2
    by_name = NetworkClassifier((5,), epochs=5, random_state=0).fit(X, names)
    by_number = NetworkClassifier((5,), epochs=5, random_state=0).fit(X, y)
    assert by_name.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    np.testing.assert_array_equal(by_name.predict_proba(X), by_number.predict_proba(X))
    np.testing.assert_array_equal(by_name.predict(X), by_name.classes_[by_number.predict(X)])
    np.testing.assert_allclose(by_name.predict_proba(X).sum(axis=1), 1)


def test_a_class_may_be_missing_from_the_first_batches(iris):
    X, y = iris
    network = NetworkClassifier(random_state=0).partial_fit(X[:100], y[:100], classes=[2, 1, 0])
    assert network.classes_.tolist() == [0, 1, 2]
    for _ in range(100):
        network.partial_fit(X, y)
    assert network.score(X, y) > 0.9


def test_partial_fit_refuses_classes_that_do_not_fit(iris):
    X, y = iris
    with pytest.raises(ValueError, match="the first partial_fit needs classes"):
        NetworkClassifier().partial_fit(X, y)
    network = NetworkClassifier().partial_fit(X[:50], y[:50], classes=[0, 1])
    with pytest.raises(ValueError, match=r"y holds \[2\], which is not among classes"):
        network.partial_fit(X, y)
    with pytest.raises(ValueError, match="was array"):
        network.partial_fit(X[:50], y[:50], classes=[0, 1, 2])
    with pytest.raises(ValueError, match="Unknown label type"):
        NetworkClassifier().fit(X, X[:, 0])


@pytest.mark.parametrize("kind", [NetworkClassifier, NetworkRegressor])
def test_random_state_is_that_of_scikit_learn(kind, iris):
    def trained(random_state):
        return weights_of(kind((4,), epochs=2, random_state=random_state).fit(*iris))

    np.testing.assert_array_equal(trained(0), trained(0))
    assert np.any(trained(0) != trained(1))
    shared = np.random.RandomState(0)
    first = trained(shared)
    np.testing.assert_array_equal(first, trained(0))
    assert np.any(trained(shared) != first)  # the generator has moved on
    state = np.random.get_state()  # noqa: NPY002
    try:
        np.random.seed(0)  # noqa: NPY002 - None is the global generator in scikit-learn
        np.testing.assert_array_equal(trained(None), first)
    finally:
        np.random.set_state(state)  # noqa: NPY002


def test_one_optimizer_serves_many_fits(iris):
    X, y = iris
    optimizer = Adam(0.01)
    network = NetworkClassifier((4,), optimizer=optimizer, epochs=2, random_state=0)
    first = weights_of(network.fit(X, y))
    np.testing.assert_array_equal(weights_of(clone(network).fit(X, y)), first)
    assert optimizer.iterations == 0 and network.optimizer is optimizer
    assert network.model_.optimizer.iterations == 2 * 5


def test_float32_stays_and_all_else_is_float64(iris):
    X, y = iris
    for kind in (NetworkClassifier, NetworkRegressor):
        for dtype, held in ((np.float32, np.float32), (np.float64, np.float64), (int, np.float64)):
            network = kind(epochs=1).fit(X.astype(dtype), y)
            assert network.model_.parameters[0].dtype == held


def test_predictions_have_the_shape_of_the_targets(iris):
    X, y = iris
    network = NetworkRegressor(epochs=1)
    assert network.fit(X, y).predict(X).shape == (150,)
    assert network.fit(X, y[:, None]).predict(X).shape == (150, 1)
    assert network.fit(X, X[:, :2]).predict(X).shape == (150, 2)


def test_one_number_is_one_hidden_layer(iris):
    X, y = iris
    a, b = (NetworkClassifier(h, epochs=1, random_state=0).fit(X, y) for h in (7, (7,)))
    np.testing.assert_array_equal(weights_of(a), weights_of(b))


def test_wrong_settings_are_named_at_fit(iris):
    with pytest.raises(ValueError, match="unknown activation"):
        NetworkClassifier(activation="relo").fit(*iris)
    with pytest.raises(ValueError, match="unknown optimizer"):
        NetworkClassifier(optimizer="lbfgs").fit(*iris)
    with pytest.raises(ValueError, match="epochs must be a whole number"):
        NetworkRegressor(epochs=0.5).fit(*iris)


@pytest.mark.parametrize("optimizer", ["adam", Adam()])
def test_an_optimizers_settings_are_set_and_searched_as_scikit_learn_writes_them(iris, optimizer):
    network = NetworkClassifier((4,), optimizer=optimizer, epochs=20, random_state=0)
    network.set_params(optimizer__learning_rate=0.05)
    assert network.get_params()["optimizer__learning_rate"] == 0.05
    direct = NetworkClassifier((4,), optimizer=Adam(0.05), epochs=20, random_state=0)
    np.testing.assert_array_equal(weights_of(network.fit(*iris)), weights_of(direct.fit(*iris)))
    search = GridSearchCV(network, {"optimizer__learning_rate": [1e-6, 0.05]}, cv=2).fit(*iris)
    assert search.best_params_ == {"optimizer__learning_rate": 0.05}
    assert network.optimizer.learning_rate == 0.05  # the search changed copies
    copy = clone(network)
    assert copy.optimizer is not network.optimizer and copy.optimizer.learning_rate == 0.05
    network.set_params(optimizer="sgd", optimizer__momentum=0.9)
    assert repr(network.optimizer) == "SGD(learning_rate=0.01, momentum=0.9)"
    with pytest.raises(ValueError, match="SGD has no setting 'rho'"):
        network.set_params(optimizer__rho=0.9)


@pytest.mark.parametrize("estimator", [NetworkClassifier, NetworkRegressor])
def test_errors_name_the_estimator_and_no_class_behind_it(estimator):
    with pytest.raises(TypeError, match=rf"^{estimator.__name__}\.__init__\(\) got an unexpected"):
        estimator(lr=0.1)
    assert estimator(epochs=3).get_params()["epochs"] == 3


def test_a_fit_that_is_refused_leaves_the_estimator_as_it_was(iris):
    X, y = iris
    network = NetworkClassifier(epochs=2, random_state=0)
    with pytest.raises(ValueError, match="batch_size must be a whole number"):
        network.set_params(batch_size="auto").fit(X, y)
    with pytest.raises(NotFittedError):
        network.predict(X)
    network.set_params(batch_size=32).fit(X, y)
    before, losses = network.predict_proba(X), list(network.loss_curve_)
    with pytest.raises(ValueError, match="batch_size"):
        network.set_params(batch_size=0).fit(X[:, :2], y)
    np.testing.assert_array_equal(network.predict_proba(X), before)
    assert network.loss_curve_ == losses
    first = NetworkClassifier()
    with pytest.raises(ValueError, match="not among classes"):
        first.partial_fit(X, y, classes=[0, 1])
    assert first.partial_fit(X, y, classes=[0, 1, 2]).classes_.tolist() == [0, 1, 2]


def test_no_epochs_are_no_training(iris):
    network = NetworkClassifier(epochs=0, random_state=0).fit(*iris)
    assert network.loss_curve_ == [] and len(network.predict(iris[0])) == len(iris[1])


def test_pipeline_and_cross_validation(iris):
    X, y = iris
    pipeline = make_pipeline(StandardScaler(), NetworkClassifier(random_state=0))
    scores = cross_val_score(pipeline, X, y, cv=5)
    assert scores.mean() > 0.94 and scores.min() > 0.85


def test_grid_search_finds_the_setting_that_learns(iris):
    X, y = iris
    network = NetworkClassifier((6,), epochs=30, random_state=0)
    pipeline = make_pipeline(StandardScaler(), network)
    grid = {"networkclassifier__optimizer": [SGD(1e-6), SGD(0.1, momentum=0.9)]}
    search = GridSearchCV(pipeline, grid, cv=3).fit(X, y)
    assert search.best_params_["networkclassifier__optimizer"].learning_rate == 0.1
    assert search.best_score_ > 0.93 > search.cv_results_["mean_test_score"].min()
