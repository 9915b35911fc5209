"""One training script for Keras and for nnlib, and the runs that both have to agree on.

`train(keras, case)` is a Keras script in a function; the argument stands for its import line, and
may be the package keras or the package nnlib. Keras's own results are kept in trajectories.json,
so that agreement is tested where Keras is not installed. Written anew by

    KERAS_BACKEND=torch python tests/compare/keras_runs.py
"""

import functools
import json
import types
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import nnlib

FILE = Path(__file__).with_name("trajectories.json")
DTYPES = ["float32", "float64"]
BOUND = (
    2e-5  # relative, after 20 epochs: of every loss, and of the weights in norm; page 10 names it
)
N_ROWS, N_FEATURES, N_HIDDEN, N_EPOCHS = 40, 4, 6, 20
OPTIMIZERS = {
    "SGD": lambda keras: keras.optimizers.SGD(learning_rate=0.1),
    "momentum": lambda keras: keras.optimizers.SGD(learning_rate=0.05, momentum=0.9),
    "Nesterov": lambda keras: keras.optimizers.SGD(learning_rate=0.05, momentum=0.9, nesterov=True),
    "RMSprop": lambda keras: keras.optimizers.RMSprop(learning_rate=0.01),
    "Adam": lambda keras: keras.optimizers.Adam(learning_rate=0.01),
    # An epsilon so large that it matters whether it stands under the root or beside it:
    "RMSprop 1e-3": lambda keras: keras.optimizers.RMSprop(0.01, rho=0.8, epsilon=1e-3),
    "Adam 1e-3": lambda keras: keras.optimizers.Adam(0.01, beta_1=0.8, epsilon=1e-3),
    "falling rate": lambda keras: keras.optimizers.SGD(
        keras.optimizers.schedules.PolynomialDecay(0.2, decay_steps=40, end_learning_rate=0.01)
    ),
}
LOSSES = [
    "mean_squared_error",
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
]
OUTPUTS = {"mean_squared_error": "linear", "binary_crossentropy": "sigmoid"}  # else softmax


@dataclass(frozen=True)
class Case:
    """What differs between two runs."""

    optimizer: str
    loss: str
    hidden: str = "tanh"
    output: str | None = None
    units: int = 3

    def __str__(self):
        output = self.output or OUTPUTS.get(self.loss, "softmax")
        return f"{self.optimizer}, {self.loss}, {self.hidden}, {output} {self.units}"


CASES = [
    *(Case(optimizer, loss) for optimizer in OPTIMIZERS for loss in LOSSES),
    *(
        Case("momentum", "sparse_categorical_crossentropy", hidden)
        for hidden in ("linear", "sigmoid", "relu", "leaky_relu")
    ),
    *(
        Case("Adam", "mean_squared_error", "relu", output)
        for output in ("sigmoid", "tanh", "relu", "leaky_relu")
    ),
    Case("SGD", "binary_crossentropy", units=1),
    Case("SGD", "mean_squared_error", units=1),
]


def make_data(case):
    """Features, targets with noise in plenty, so that no class is ever sure, and weights."""
    draw = np.random.RandomState(0)  # the one generator whose numbers never change
    x = draw.normal(size=(N_ROWS, N_FEATURES))
    y = {
        "mean_squared_error": draw.normal(size=(N_ROWS, case.units)),
        "binary_crossentropy": draw.randint(0, 2, size=(N_ROWS, case.units)),
        "categorical_crossentropy": np.eye(case.units)[draw.randint(0, case.units, N_ROWS)],
        "sparse_categorical_crossentropy": draw.randint(0, case.units, N_ROWS),
    }[case.loss]
    shapes = (N_FEATURES, N_HIDDEN), (N_HIDDEN,), (N_HIDDEN, case.units), (case.units,)
    return x, y, [draw.normal(scale=0.5, size=shape) for shape in shapes]


def train(keras, case):
    """The script. Returns its records, outputs and weights, and all outputs between epochs."""
    x, y, weights = make_data(case)
    outputs = []

    class Watch(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            outputs.append(self.model.predict(x, verbose=0))

    model = keras.Sequential(
        [
            keras.Input(shape=(N_FEATURES,)),
            keras.layers.Dense(N_HIDDEN, activation=case.hidden),
            keras.layers.Dense(
                case.units, activation=case.output or OUTPUTS.get(case.loss, "softmax")
            ),
        ]
    )
    model.compile(
        optimizer=OPTIMIZERS[case.optimizer](keras),
        loss=case.loss,
        metrics=[] if case.loss == "mean_squared_error" else ["accuracy"],
    )
    model.set_weights(weights)
    history = model.fit(
        x,
        y,
        batch_size=16,  # 40 rows: the last batch of an epoch has 8
        epochs=N_EPOCHS,
        verbose=0,
        callbacks=[Watch()],
        validation_data=(x[:10], y[:10]),
        shuffle=False,
    )
    scores = model.evaluate(x, y, batch_size=16, verbose=0)
    return {
        **history.history,
        "scores": scores,
        "outputs": np.array(outputs, dtype=float),
        "weights": np.concatenate([np.ravel(array) for array in model.get_weights()]),
    }


def nnlib_in(dtype):
    """The package with models of that type, which in Keras is a setting of the whole package."""
    sequential = functools.partial(nnlib.Sequential, dtype=dtype)
    return types.SimpleNamespace(**{**vars(nnlib), "Sequential": sequential})


def write_trajectories():
    """Keep what Keras computes in float64: losses, the last outputs of three rows, weights."""
    import keras

    keras.config.set_floatx("float64")
    kept = {}
    for case in CASES:
        run = train(keras, case)
        kept[str(case)] = {
            "loss": run["loss"],
            "outputs": run["outputs"][-1, :3].ravel().tolist(),
            "weights": run["weights"].tolist(),
        }
    rounded = json.loads(json.dumps(kept), parse_float=lambda text: float(f"{float(text):.7g}"))
    lines = [f"{json.dumps(name)}: {json.dumps(run)}" for name, run in rounded.items()]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{FILE}: {len(CASES)} runs of Keras {keras.__version__}, {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    write_trajectories()
