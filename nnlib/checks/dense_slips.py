"""Back through a dense layer: its gradients by loops, and the slips that people make there."""

from numpy import zeros

from nnlib import bugs

__all__ = ["add_slips", "dense_gradients", "loops"]


def loops(
    keep=1, db_in_loop=False, own_factor=False, columns=False, fresh=False, ends="",
    units=lambda W: W.shape[1],
):  # fmt: skip
    """Gradients of a dense layer by three loops; the arguments make the mistakes."""

    def answer(dZ, X, W):
        dX, dW, db = zeros(X.shape), zeros(W.shape), zeros(W.shape[1])
        for i in range(X.shape[0]):
            if fresh:
                dX, dW, db = zeros(X.shape), zeros(W.shape), zeros(W.shape[1])
            for j in range(units(W)):
                for k in range(W.shape[0]):
                    if k == 0 or db_in_loop:
                        db[j] = keep * db[j] + dZ[i, j]
                    w, x = (W[j, k] if columns else W[k, j]), X[i, k]
                    dX[i, k] = keep * dX[i, k] + dZ[i, j] * (x if own_factor else w)
                    dW[k, j] = keep * dW[k, j] + dZ[i, j] * (w if own_factor else x)
                if ends == "j":
                    return dX, dW, db
            if ends == "i":
                return dX, dW, db
        return dX, dW, db

    return answer


dense_gradients = loops()


def _spoiled(part, change):
    """The gradients of a dense layer, of which `change` (value, dZ) spoils one."""

    def answer(dZ, X, W):
        parts = dict(zip(("dX", "dW", "db"), dense_gradients(dZ, X, W), strict=True))
        return (*(parts | {part: change(parts[part], dZ)}).values(),)

    return answer


_ONLY_SUMS = "A layer only sums: the 1/n of a mean loss is in dZ already"
_UNITS = "db has one number for each unit: sum over the samples, axis 0"
_ALONG = "W stands here for its transpose: go along the rows of W, not down its columns"
_SHAPE = "A gradient has the shape of what it belongs to, here "
_SIGN = "The sign is wrong: going back, nothing changes sign"
DENSE_SLIPS = [  # made in every layer that begins with X W + b
    (_ONLY_SUMS, bugs.dense_backward_with_mean_bias),
    (_ONLY_SUMS, _spoiled("dW", lambda dW, dZ: dW / len(dZ))),
    (_ONLY_SUMS, _spoiled("dX", lambda dX, dZ: dX / len(dZ))),
    *((_SIGN, _spoiled(part, lambda value, dZ: -value)) for part in ("dX", "dW", "db")),
    (_UNITS, _spoiled("db", lambda db, dZ: dZ)),
    (_UNITS, _spoiled("db", lambda db, dZ: dZ.sum(axis=1))),
    (f"{_UNITS}, all in one axis: (n_out,)", _spoiled("db", lambda db, dZ: db[None])),
    (f"{_UNITS}, not over the units too", _spoiled("db", lambda db, dZ: db.sum())),
    (f"{_SHAPE}W: this is the transpose of dW", _spoiled("dW", lambda dW, dZ: dW.T)),
    (_ALONG, loops(columns=True)),
]


def add_slips(exercise, layer):
    """The slips of a dense layer; `layer` (dense=…) is the answer with these gradients."""
    for says, dense in DENSE_SLIPS:
        exercise.mistake(says, layer(dense))
    exercise.mistake("The order is dX, dW, db", lambda *case: _turned(*exercise.answer(*case)))


def _turned(dX, dW, db):
    return dW, db, dX
