"""How long an epoch takes, beside other libraries and beside the least that it could take.

    make bench                                         everything
    python tests/bench.py mnist --rounds 3             one table
    python tests/bench.py growth --save                the README's picture of growth
    python tests/bench.py --shared                     processor time, where others use the machine

Every side trains the same network with plain gradient descent on equal batches, shuffled anew for
each epoch, and records the loss. The sides take turns, one thread each, and the medians are
printed. A ratio is the median over the rounds of that round's ratio, so that a busy minute hits
both of its sides. PyTorch and Keras take part where they are installed (extra `compare`).
"""

import argparse
import cProfile
import os
import pstats
import time
import warnings
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_info, threadpool_limits

from nnlib import SGD, Dense, Input, Sequential

RATE = 0.05
PICTURE = Path(__file__).resolve().parents[1] / "notebooks" / "_static" / "growth.png"


@dataclass(frozen=True)
class Task:
    """A network and its data: `widths` from the features to the outputs, ReLU between them."""

    rows: int
    widths: tuple
    batch_size: int
    epochs: int  # of one measurement

    def data(self):
        """Numbers from 0 to 1, four in five of them 0, as in pictures of digits; and labels."""
        rng = np.random.default_rng(0)
        x = rng.random((self.rows, self.widths[0]), dtype="float32")
        x[rng.random(x.shape, dtype="float32") > 0.2] = 0
        return x, rng.integers(0, max(2, self.widths[-1]), self.rows)

    @property
    def multiplications(self):
        """Of one epoch: two products for the first layer, three for every other."""
        products = [n_in * n_out for n_in, n_out in pairwise(self.widths)]
        return self.rows * (3 * sum(products) - products[0])


TASKS = {
    "mnist": Task(60_000, (784, 64, 10), 128, epochs=3),
    "beans": Task(1_034, (30_000, 4, 3, 2, 1), 1_034, epochs=5),
    "iris": Task(120, (4, 6, 8, 10, 3), 32, epochs=100),
}


def nnlib(task, x, y):
    binary = task.widths[-1] == 1
    layers = [Dense(units, "relu") for units in task.widths[1:-1]]
    output = Dense(task.widths[-1], "sigmoid" if binary else "softmax")
    model = Sequential([Input((task.widths[0],)), *layers, output], seed=0)
    loss = "binary_crossentropy" if binary else "sparse_categorical_crossentropy"
    model.compile(SGD(RATE), loss)
    return lambda epochs: model.fit(x, y, task.batch_size, epochs, verbose=0)


def scikit_learn(task, x, y):
    settings = {"alpha": 0, "tol": 0, "n_iter_no_change": 10**9, "momentum": 0}
    model = MLPClassifier(
        task.widths[1:-1], solver="sgd", batch_size=task.batch_size, learning_rate_init=RATE
    )
    return lambda epochs: model.set_params(max_iter=epochs, **settings).fit(x, y)


def pytorch(task, x, y):
    import torch

    torch.set_num_threads(1)
    layers = []
    for n_in, n_out in pairwise(task.widths):
        layers += [torch.nn.Linear(n_in, n_out), torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
    loss_function = torch.nn.CrossEntropyLoss()
    x, y = torch.tensor(x), torch.tensor(y)
    if task.widths[-1] == 1:
        loss_function, y = torch.nn.BCEWithLogitsLoss(), y[:, None].float()

    def run(epochs):
        for _ in range(epochs):
            total = 0.0
            for rows in torch.randperm(len(x)).split(task.batch_size):
                whole = len(rows) == len(x)  # nothing to gather
                loss = loss_function(model(x if whole else x[rows]), y if whole else y[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total += loss.item() * len(rows)

    return run


def keras(task, x, y):
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    binary = task.widths[-1] == 1
    layers = [keras.layers.Dense(units, "relu") for units in task.widths[1:-1]]
    output = keras.layers.Dense(task.widths[-1], "sigmoid" if binary else "softmax")
    model = keras.Sequential([keras.Input((task.widths[0],)), *layers, output])
    loss = "binary_crossentropy" if binary else "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.SGD(RATE), loss)
    return lambda epochs: model.fit(x, y, task.batch_size, epochs, verbose=0)


class PlainNetwork:
    """The network of the MNIST laboratory, its bugs cured: float64, samples as columns inside."""

    def __init__(self, task, x, y):
        self.rng = np.random.default_rng(0)
        self.binary = task.widths[-1] == 1
        self.x, self.batch_size = x.astype(float), task.batch_size
        self.y = y[:, None] if self.binary else np.eye(task.widths[-1])[y]
        self.depth = len(task.widths) - 1
        self.params, self.cache, self.grads = {}, {}, {}
        for i, (n_in, n_out) in enumerate(pairwise(task.widths), start=1):
            self.params[f"W{i}"] = self.rng.normal(size=(n_out, n_in)) * np.sqrt(1 / n_in)
            self.params[f"b{i}"] = np.zeros((n_out, 1))

    def forward(self, x):
        params, cache = self.params, self.cache
        cache["A0"] = x.T
        for i in range(1, self.depth + 1):
            cache[f"Z{i}"] = np.matmul(params[f"W{i}"], cache[f"A{i - 1}"]) + params[f"b{i}"]
            cache[f"A{i}"] = np.maximum(cache[f"Z{i}"], 0)
        Z = cache[f"Z{self.depth}"]
        if self.binary:
            return 1 / (1 + np.exp(-Z))
        E = np.exp(Z - Z.max(axis=0))
        return E / np.sum(E, axis=0)

    def loss(self, y, P):
        if self.binary:
            return -np.mean(y.T * np.log(P) + (1 - y.T) * np.log(1 - P))
        return -np.sum(y.T * np.log(P)) / len(y)

    def backward(self, y, P):
        dZ = P - y.T
        for i in range(self.depth, 0, -1):
            self.grads[f"W{i}"] = 1 / len(y) * np.matmul(dZ, self.cache[f"A{i - 1}"].T)
            self.grads[f"b{i}"] = 1 / len(y) * np.sum(dZ, axis=1, keepdims=True)
            if i > 1:
                dA = np.matmul(self.params[f"W{i}"].T, dZ)
                dZ = dA * np.where(self.cache[f"Z{i - 1}"] > 0, 1, 0)

    def fit(self, epochs):
        for _ in range(epochs):
            order = self.rng.permutation(len(self.x))
            x, y, total = self.x[order], self.y[order], 0.0
            for first in range(0, len(x), self.batch_size):
                rows = slice(first, first + self.batch_size)
                P = self.forward(x[rows])
                total += self.loss(y[rows], P) * len(y[rows])
                self.backward(y[rows], P)
                for key in self.params:
                    self.params[key] = self.params[key] - RATE * self.grads[key]


def plain_loop(task, x, y):
    return PlainNetwork(task, x, y).fit


def floor(task, x, y, gather=True):
    """The matrix products of every step, and the gather of its batch, into buffers; no more."""
    rng = np.random.default_rng(0)
    size = min(task.batch_size, task.rows)
    shapes = list(pairwise(task.widths))
    weights = [rng.random(shape, dtype="float32") for shape in shapes]
    gradients = [np.empty_like(W) for W in weights]
    buffers = [np.ones((size, width), dtype="float32") for width in task.widths]
    backward = list(zip(weights, gradients, strict=True))[::-1]

    def step(batch):
        A = [batch, *(buffer[: len(batch)] for buffer in buffers[1:])]
        for W, below, above in zip(weights, A[:-1], A[1:], strict=True):
            np.matmul(below, W, out=above)
        for (W, dW), below, above in zip(backward, A[-2::-1], A[:0:-1], strict=True):
            np.matmul(below.T, above, out=dW)
            if below is not batch:
                np.matmul(above, W.T, out=below)

    def run(epochs):
        for _ in range(epochs):
            order = rng.permutation(task.rows)
            for first in range(0, task.rows, size):
                batch = x[first : first + size]
                if gather and size < task.rows:
                    rows = order[first : first + size]
                    batch = x.take(rows, axis=0, out=buffers[0][: len(rows)], mode="clip")
                step(batch)

    return run


SIDES = {
    "nnlib": nnlib,
    "floor": floor,
    "MLPClassifier": scikit_learn,
    "plain loop": plain_loop,
    "PyTorch": pytorch,
    "Keras": keras,
}
NEEDS = {"PyTorch": ["torch"], "Keras": ["keras", "torch"]}


def measure(runs, epochs, rounds, clock=time.perf_counter):
    """Seconds per epoch of every run, an array of one per round; the runs take turns."""
    seconds = {name: [] for name in runs}
    for run in runs.values():
        run(1)  # warm up
    for _ in range(rounds):
        for name, run in runs.items():
            start = clock()
            run(epochs)
            seconds[name].append((clock() - start) / epochs)
    return {name: np.array(values) for name, values in seconds.items()}


def compare(name, rounds, clock):
    """Print the table of one task."""
    task = TASKS[name]
    x, y = task.data()
    installed = [side for side in SIDES if all(find_spec(n) for n in NEEDS.get(side, []))]
    runs = {side: SIDES[side](task, x, y) for side in installed}
    seconds = measure(runs, task.epochs, rounds, clock)
    shape = "-".join(map(str, task.widths))
    print(f"\n{name}: {shape}, {task.rows:,} rows in batches of {task.batch_size:,}")
    print(f"{'':<15}{'ms per epoch':>14}{'fastest':>10}{'slowest':>10}{'x nnlib':>9}")
    for side, values in seconds.items():
        ratio = np.median(values / seconds["nnlib"])
        numbers = 1000 * np.array([np.median(values), values.min(), values.max()])
        print(f"{side:<15}{numbers[0]:14.2f}{numbers[1]:10.2f}{numbers[2]:10.2f}{ratio:9.2f}")
    print(f"nnlib takes {np.median(seconds['nnlib'] / seconds['floor']):.2f} times the floor")


def profile(rounds, clock):
    """Print where the time of an epoch of the MNIST task goes."""
    task = TASKS["mnist"]
    x, y = task.data()
    runs = {"nnlib": nnlib(task, x, y), "floor": floor(task, x, y)}
    runs["products"] = floor(task, x, y, gather=False)
    seconds = {k: np.median(v) for k, v in measure(runs, task.epochs, rounds, clock).items()}
    gather = seconds["floor"] - seconds["products"]
    print("\nprofile of an epoch of mnist, shares of its time")
    print(f"{'matrix products':<34}{seconds['products'] / seconds['nnlib']:7.1%}")
    print(f"{'gather of the batches':<34}{gather / seconds['nnlib']:7.1%}")
    print("by function, as cProfile sees it (each with what it calls)")
    profiler = cProfile.Profile()
    profiler.runcall(runs["nnlib"], 1)
    stats = pstats.Stats(profiler)
    rows = [
        (cumulative, calls, function)
        for (file, _, function), (_, calls, _, cumulative, _) in stats.stats.items()
        if f"{os.sep}nnlib{os.sep}" in file
    ]
    for cumulative, calls, function in sorted(rows, reverse=True):
        if cumulative > 0.002 * stats.total_tt:
            print(f"  {function:<32}{cumulative / stats.total_tt:7.1%}  {calls:>6} calls")


def growth(rounds, clock, save):
    """Print, and draw, how time grows with the rows, the width and the depth of a network."""
    steps = (1, 2, 5, 10)
    tasks = {
        "rows": [Task(2_560 * k, (256, 256, 10), 128, epochs=1) for k in steps],
        "width": [Task(2_560, (256, 256 * k, 10), 128, epochs=1) for k in steps],
        "depth": [Task(2_560, (256, *[256] * k, 10), 128, epochs=1) for k in steps],
    }
    print("\ngrowth from 256-256-10, 2,560 rows in batches of 128; work: multiplications")
    print(f"{'':<12}{'work':>10}{'ms per epoch':>14}{'x work':>9}{'x time':>9}{'ns each':>10}")
    points = {}
    for name, series in tasks.items():
        runs = {k: nnlib(t, *t.data()) for k, t in zip(steps, series, strict=True)}
        seconds = {k: np.median(v) for k, v in measure(runs, 1, rounds, clock).items()}
        points[name] = [t.multiplications for t in series], list(seconds.values())
        for k, work, t in zip(steps, *points[name], strict=True):
            grown = work / points[name][0][0], t / points[name][1][0]
            print(
                f"{name + f' x {k}':<12}{work:10.2e}{1000 * t:14.2f}"
                f"{grown[0]:9.1f}{grown[1]:9.1f}{1e9 * t / work:10.4f}"
            )
    if save:
        draw_growth(points)


def draw_growth(points):
    """Write the picture of `growth`: time against work, both logarithmic."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.style.use("tableau-colorblind10")
    figure, ax = plt.subplots(figsize=(6.5, 4), layout="constrained")
    for (name, (work, seconds)), style in zip(points.items(), ("o-", "s--", "^-."), strict=True):
        ax.loglog(np.array(work) / 1e6, 1000 * np.array(seconds), style, label=f"{name} x 1 to 10")
    work, seconds = (np.array(values) for values in points["rows"])
    ends = np.array([work[0], 15 * work[0]])
    ax.loglog(ends / 1e6, 1000 * seconds[0] * ends / work[0], "k:", label="in proportion")
    ax.set(xlabel="multiplications in an epoch, millions", ylabel="time of an epoch, ms")
    ax.set(xticks=[500, 1000, 2000, 5000], yticks=[5, 10, 20, 50, 100])
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter("{x:,.0f}")
        axis.set_minor_formatter("")
    ax.legend()
    figure.savefig(PICTURE, dpi=100, metadata={"Software": None})
    print(f"drawn in {PICTURE.name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    everything = [*TASKS, "profile", "growth"]
    parser.add_argument("tables", nargs="*", metavar="table", help=", ".join(everything))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--save", action="store_true", help="keep the picture of growth")
    parser.add_argument("--shared", action="store_true", help="processor time, on a busy machine")
    options = parser.parse_args()
    clock = time.process_time if options.shared else time.perf_counter
    warnings.simplefilter("ignore")  # MLPClassifier wants more epochs
    threadpool_limits(1)
    kernels = {f"{lib['internal_api']} {lib.get('architecture')}" for lib in threadpool_info()}
    print(f"NumPy {np.__version__}, scikit-learn {sklearn.__version__}; {', '.join(kernels)}")
    for table in options.tables or everything:
        if table in TASKS:
            compare(table, options.rounds, clock)
        elif table == "profile":
            profile(options.rounds, clock)
        elif table == "growth":
            growth(options.rounds, clock, options.save)
        else:
            parser.error(f"no table {table!r}: choose of {', '.join(everything)}")


if __name__ == "__main__":
    main()
