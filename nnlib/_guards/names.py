"""Names of things, as "relu": found, or answered with what is known and what was meant."""

import difflib

__all__ = ["look_up"]

# One thing under another name, as Keras, PyTorch or scikit-learn has it.
_SAME = {
    "activation": {"identity": "linear", "logistic": "sigmoid"},
    "initializer": {"xavieruniform": "glorot_uniform", "kaimingnormal": "he_normal"},
    "loss": {
        "bce": "binary_crossentropy",
        "logloss": "binary_crossentropy",
        "cce": "categorical_crossentropy",
    },
    "metric": {
        "acc": "accuracy",
        "binaryaccuracy": "accuracy",
        "categoricalaccuracy": "accuracy",
        "sparsecategoricalaccuracy": "accuracy",
    },
}

# What other libraries have and nnlib has not, however near its name may be to a known one.
_LACKING = {
    "activation": """
        celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh
        log_sigmoid log_softmax mish relu6 selu silu soft_shrink softplus softsign
        sparse_plus sparse_sigmoid sparsemax squareplus swish tanh_shrink threshold prelu
    """,
    "initializer": """
        constant glorot_normal he_uniform identity lecun_uniform normal one ones orthogonal
        random_normal random_uniform truncated_normal uniform variance_scaling xavier_normal
        kaiming_uniform
    """,
    "loss": """
        binary_focal_crossentropy categorical_focal_crossentropy categorical_hinge
        cosine_similarity cross_entropy ctc dice hinge huber kl_divergence kld log_cosh mae mape
        mean_absolute_error mean_absolute_percentage_error mean_squared_logarithmic_error msle nll
        poisson squared_hinge tversky
    """,
    "metric": """
        auc cosine_similarity f1 f1_score mae mape mean_absolute_error mean_squared_error mse
        precision r2 r2_score recall rmse root_mean_squared_error top_k_categorical_accuracy
    """,
    "optimizer": """
        adadelta adafactor adagrad adamax adamw ftrl lamb lbfgs lion muon nadam
    """,
}


def look_up(name, table, kind):
    """`table[name]`, or a ValueError that lists the known names and the one that was meant."""
    if isinstance(name, str) and name in table:
        return table[name]
    if not isinstance(name, str):
        raise TypeError(f"{kind} must be a name or a suitable object, got {name!r}")
    known = f"Known: {', '.join(table)}"
    if _plain(name) in map(_plain, _LACKING.get(kind, "").split()):
        raise ValueError(f"unknown {kind} {name!r}: nnlib has none of that name. {known}")
    meant = _meant(_plain(name), table, kind)
    hint = f" Did you mean {meant!r}?" if meant else ""
    raise ValueError(f"unknown {kind} {name!r}.{hint} {known}")


def _plain(name):
    """LeakyReLU, leaky-relu and leaky_relu are one name."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _meant(name, table, kind):
    """The known name of which this is a misspelling, or another word for the same thing."""
    if name in _SAME.get(kind, {}):
        return _SAME[kind][name]
    plain = {_plain(known): known for known in table}
    swapped = [known for known in plain if sorted(known) == sorted(name)]  # sdg for sgd
    near = swapped or difflib.get_close_matches(name, plain, n=1, cutoff=0.75)
    return plain[near[0]] if near else None
