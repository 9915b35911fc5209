"""Problem set 1: activation functions and their derivatives."""

from submissions import ALL, Submission

SUBMISSIONS = [
    Submission(
        "the likely slip in each exercise",
        cells={
            "polyline": """
def polyline(x, knots, values):
    slopes = np.diff(values) / np.diff(knots)
    return values[0] + sum(s * np.maximum(x - k, 0) for s, k in zip(slopes, knots))
""",
            "worst_gap": """
def worst_gap(f, derivative, z):
    h = 1e-5
    return np.max((f(z + h) - f(z - h)) / (2 * h) - derivative(z))
""",
            "hard_tanh": """
def hard_tanh(Z):
    Z[Z > 1] = 1
    Z[Z < -1] = -1
    return Z
""",
            "hard_tanh_slope": """
def hard_tanh_slope(Z):
    A = hard_tanh(Z.copy())
    return np.where((A >= -1) & (A <= 1), 1.0, 0.0)
""",
            "my_sigmoid": """
def my_sigmoid(Z):
    return 1 / (1 + np.exp(-Z))
""",
            "swish": """
def swish(Z):
    return Z / (1 + np.exp(Z))
""",
            "swish_slope": """
def swish_slope(Z):
    return my_sigmoid(Z) * my_sigmoid(-Z)
""",
            "my_softmax": """
def my_softmax(Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum()
""",
            "log_softmax": """
def log_softmax(Z):
    return np.log(my_softmax(Z))
""",
        },
        lost={
            "polyline-graded": "it needs the change of slope",
            "worst_gap-graded": "take absolute values",
            "hard_tanh-graded": "your function changed its input",
            "hard_tanh_slope-graded": "It is 1 everywhere",
            "my_sigmoid-graded": "an exponent became large and positive, here -Z at Z = -10,000",
            "swish-graded": "z times the sigmoid of -z",
            "swish_slope-graded": "Here is u' v' alone",
            "my_softmax-graded": "All numbers share one sum",
            "log_softmax-graded": "log_softmax(Z) for Z of shape (2, 3) is off",
        },
    ),
    Submission(
        "another slip in each",
        cells={
            "polyline": """
def polyline(x, knots, values):
    return np.interp(x, knots, values)
""",
            "worst_gap": """
def worst_gap(f, derivative, z):
    h = 1e-5
    return np.max(np.abs((f(z + h) - f(z)) / h - derivative(z)))
""",
            "hard_tanh": """
def hard_tanh(Z):
    return np.minimum(np.maximum(Z, 0), 1)
""",
            "hard_tanh_slope": """
def hard_tanh_slope(Z):
    return (Z > -1) & (Z < 1)
""",
            "my_sigmoid": """
def my_sigmoid(Z):
    return np.where(Z >= 0, 1 / (1 + np.exp(-Z)), np.exp(Z) / (1 + np.exp(Z)))
""",
            "swish": """
def swish(Z):
    return Z * (1 / (1 + np.exp(-Z)))
""",
            "swish_slope": """
def swish_slope(Z):
    A = swish(Z)
    S = np.exp(-np.abs(A))
    S = np.where(A >= 0, 1, S) / (1 + S)
    return S + A * S * (1 - S)
""",
            "my_softmax": """
def my_softmax(Z):
    E = np.exp(Z - Z.max())
    return E / E.sum(axis=1, keepdims=True)
""",
            "log_softmax": """
def log_softmax(Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return np.log(E / E.sum(axis=1, keepdims=True))
""",
        },
        lost={
            "polyline-graded": "Right of the last knot the line goes on",
            "worst_gap-graded": "Go to both sides of z",
            "hard_tanh-graded": "Between -1 and 0 it is z",
            "hard_tanh_slope-graded": "numbers are asked",
            "my_sigmoid-graded": "not even in a branch of np.where that is thrown away",
            "swish-graded": "an exponent became large",
            "swish_slope-graded": "right for the result swish(z)",
            "my_softmax-graded": "not by that of the whole batch",
            "log_softmax-graded": "rounded to 0 before the logarithm",
        },
    ),
    Submission(
        "slips that only special numbers show",
        cells={
            "polyline": """
def polyline(x, knots, values):
    slopes = np.diff(values) / np.diff(knots)
    y = np.full(x.shape, values[0])
    for change, knot in zip(np.diff(slopes, prepend=0), knots):
        y += change * np.maximum(x - knot, 0)
    return y
""",
            "worst_gap": """
def worst_gap(f, derivative, z):
    h = 10e-5
    return np.max(np.abs((f(z + h) - f(z - h)) / (2 * h) - derivative(z)))
""",
            "my_sigmoid": """
def my_sigmoid(Z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-Z))
""",
            "log_softmax": """
def log_softmax(Z):
    D = Z - Z.max()
    return D - np.log(np.exp(D).sum(axis=1, keepdims=True))
""",
        },
        lost={
            "polyline-graded": "add dtype=float",
            "worst_gap-graded": "10e-5 is ten times as large",
            "my_sigmoid-graded": "where np.errstate or np.clip hide it",
            "log_softmax-graded": "not by that of the whole batch",
        },
    ),
    Submission(
        "no parentheses, digits lost, the maximum half forgotten",
        cells={
            "worst_gap": """
def worst_gap(f, derivative, z):
    h = 1e-5
    return np.max(np.abs((f(z + h) - f(z - h)) / 2 * h - derivative(z)))
""",
            "my_sigmoid": """
def my_sigmoid(Z):
    S = 1 / (1 + np.exp(-np.abs(Z)))
    return np.where(Z >= 0, S, 1 - S)
""",
            "log_softmax": """
def log_softmax(Z):
    m = Z.max(axis=1, keepdims=True)
    return Z - np.log(np.exp(Z - m).sum(axis=1, keepdims=True))
""",
            "my_softmax": """
def my_softmax(Z):
    return np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
""",
        },
        lost={
            "worst_gap-graded": "needs its parentheses",
            "my_sigmoid-graded": "1 minus a number near 1 has no digits left",
            "my_softmax-graded": "take the row's maximum off first",
            "log_softmax-graded": "subtracted in the first term too",
        },
    ),
    Submission(
        "the sigmoid left out, and called",
        cells={
            "worst_gap": """
def worst_gap(f, derivative, z):
    h = 1e-5
    return np.max(np.abs((f(z + h) - f(z - h)) / h - derivative(z)))
""",
            "my_sigmoid": "def my_sigmoid(Z):\n    raise NotImplementedError",
            "my_softmax": """
def my_softmax(Z):
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)
""",
            "log_softmax": "def log_softmax(Z):\n    return my_softmax(Z.T).T",
        },
        lost={
            "my_softmax-graded": "It works on columns",
            "log_softmax-graded": "These are the probabilities",
            "worst_gap-graded": "divide by 2h",
            "my_sigmoid-graded": "my_sigmoid: not attempted yet",
            "swish-graded": "swish: a function that yours calls is not attempted yet",
            "swish_slope-graded": "a function that yours calls is not attempted yet",
        },
    ),
    Submission(
        "functions of nnlib, and slow loops",
        cells={
            "polyline": """
def polyline(x, knots, values):
    y = np.empty(x.shape)
    for place in np.ndindex(x.shape):
        y[place] = values[0]
        for i in range(len(knots) - 1):
            slope = (values[i + 1] - values[i]) / (knots[i + 1] - knots[i])
            before = 0 if i == 0 else (values[i] - values[i - 1]) / (knots[i] - knots[i - 1])
            y[place] += (slope - before) * max(x[place] - knots[i], 0)
    return y
""",
            "log_softmax": """
import math

def log_softmax(Z):
    rows = []
    for scores in Z.tolist():
        total = sum(math.exp(score - max(scores)) for score in scores)
        rows.append([score - max(scores) - math.log(total) for score in scores])
    return np.array(rows)
""",
            "hard_tanh": """
from nnlib.activations import relu

def hard_tanh(Z):
    return relu(Z + 1) - relu(Z - 1) - 1
""",
            "my_sigmoid": """
from nnlib.activations import sigmoid as my_sigmoid
""",
            "my_softmax": """
import nnlib

class Softmax:
    __call__ = staticmethod(nnlib.activations.softmax)

my_softmax = Softmax()
""",
        },
        lost={
            "hard_tanh-graded": "your function calls nnlib.activations.relu",
            "my_sigmoid-graded": "your function calls nnlib.activations.sigmoid",
            "swish-graded": "your function calls nnlib.activations.sigmoid",
            "swish_slope-graded": "your function calls nnlib.activations.sigmoid",
            "my_softmax-graded": "your function calls nnlib.activations.softmax",
        },
    ),
    Submission(
        "unfinished, and shapes",
        cells={
            "polyline": "def polyline(x, knots, values):\n    raise NotImplementedError",
            "worst_gap": "def worst_gap(f, derivative, z):\n    return f(z) / 0 + missing",
            "hard_tanh": "def hard_tanh(Z)\n    return Z",
            "hard_tanh_slope": "def hard_tanh_slope(Z):\n    return 1.0 * (abs(Z) < 1).sum(axis=0)",
            "my_sigmoid": "def my_sigmoid(Z):\n    E = np.exp(-np.abs(Z))",
            "swish": """
def swish(Z):
    A = np.zeros_like(Z)
    E = np.exp(-np.abs(Z))
    A[:] = Z * np.where(Z >= 0, 1, E) / (1 + E)
    return A
""",
            "swish_slope": """
def swish_slope(Z):
    if Z > 0:
        return 1
    return 0
""",
            "my_softmax": "def my_softmax(Z):\n    import sys\n    sys.exit()",
        },
        lost={
            "polyline-graded": "not attempted yet",
            "worst_gap-graded": "stopped with NameError: name 'missing' is not defined",
            "hard_tanh-graded": "name 'hard_tanh' is not defined",
            "hard_tanh_slope-graded": "has shape (4,), expected (2, 4)",
            "my_sigmoid-graded": "is None: does the function return it?",
            "swish-graded": "The result holds whole numbers only",
            "swish_slope-graded": "asks a whole array a yes-or-no question",
            "my_softmax-graded": "stopped with SystemExit",
        },
    ),
    Submission(
        "deleted and edited cells",
        cells={
            "my_sigmoid-check": "def swish(Z):\n    return Z * my_sigmoid(Z)",
            "polyline": "def polyline(x, knots, values):\n    return x",
            "polyline-graded": "print('polyline: passed')",
            "worst_gap-graded": "raise ValueError",
        },
        delete=("swish", "swish-graded", "log_softmax-graded"),
        lost={"polyline-graded": "polyline(x, [0.0, 1.0, 2.0, 3.0, 4.0], …) is off"},
    ),
    Submission("not a notebook", text="{", lost=ALL),
    Submission(
        "grade replaced",
        first="import nnlib.checks\nnnlib.checks.grade = lambda *arguments, **named: None",
        cells={"swish": "def swish(Z):\n    return Z"},
        lost=ALL,
        whole=True,
    ),
    Submission(
        "a loop that cannot be interrupted",
        cells={
            "swish_slope": """
def swish_slope(Z):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
""",
        },
        lost=dict.fromkeys(
            ("swish_slope-graded", "my_softmax-graded", "log_softmax-graded"), "not run: Python"
        ),
        whole=True,
    ),
    Submission(
        "comparisons replaced, errors hidden, megabytes printed",
        first="""
import numpy as np
np.allclose = np.all = lambda *arguments, **named: True
np.testing.assert_allclose = lambda *arguments, **named: None
np.max = lambda *arguments, **named: 0.0
get_ipython().showtraceback = lambda *arguments, **named: None
for _ in range(300):
    print("x" * 100_000)
""",
        cells={
            "polyline": "def polyline(x, knots, values):\n    return x",
            "hard_tanh": "def hard_tanh(Z):\n    return Z",
            "swish": """
def swish(Z):
    print("y" * 50_000_000)
    return Z * my_sigmoid(Z)
""",
        },
        lost={
            "polyline-graded": "polyline(x, [0.0, 1.0, 2.0, 3.0, 4.0], …) is off",
            "worst_gap-graded": "worst_gap is off",
            "hard_tanh-graded": "hard_tanh(Z) for Z of shape (2, 4) is off",
        },
        whole=True,
    ),
    Submission(
        "an endless loop, and at the end os._exit",
        cells={
            "swish": "def swish(Z):\n    while True:\n        pass",
            "log_softmax": "import os\n\ndef log_softmax(Z):\n    os._exit(0)",
        },
        lost={
            "swish-graded": "does a loop never end?",
            "log_softmax-graded": "not run: Python ended or hung in cell log_softmax-check",
        },
        whole=True,
    ),
    Submission(
        "the grader's files read, a checker replaced",
        cells={
            "polyline": """
import json
from pathlib import Path

import nnlib

source = Path(nnlib.__file__).parents[1] / "notebooks" / "assignments" / "source"
cells = json.loads((source / "ps1-activations" / "ps1.ipynb").read_text())["cells"]
exec("".join(next(cell["source"] for cell in cells if cell["id"] == "polyline")))
""",
            "worst_gap": """
import subprocess

subprocess.run(["cat", str(source / "ps1-activations" / "ps1.ipynb")])

def worst_gap(f, derivative, z):
    raise ValueError("only reached if cat was allowed")
""",
            "hard_tanh": """
import inspect

from nnlib.checks import ps1

inspect.getsource(ps1)

def hard_tanh(Z):
    return np.clip(Z, -1, 1)
""",
            "hard_tanh_slope": """
(Path.cwd().parents[2] / "gradebook.db").read_bytes()

def hard_tanh_slope(Z):
    return 1.0 * (np.abs(Z) < 1)
""",
            "my_sigmoid": """
def my_sigmoid(Z):
    import sys

    return sys._getframe(2).f_locals["expected"]
""",
            "my_softmax": """
import nnlib.checks.ps1

nnlib.checks.ps1.check_my_softmax = lambda function: None

def my_softmax(Z):
    return Z
""",
        },
        lost={
            "polyline-graded": "name 'polyline' is not defined",
            "worst_gap-graded": "name 'worst_gap' is not defined",
            "hard_tanh-graded": "name 'hard_tanh' is not defined",
            "hard_tanh_slope-graded": "name 'hard_tanh_slope' is not defined",
            "my_sigmoid-graded": "your function calls sys._getframe",
            "swish-graded": "your function calls sys._getframe",
            "swish_slope-graded": "your function calls sys._getframe",
            "my_softmax-graded": "nnlib.checks.ps1.check_my_softmax was replaced in this notebook",
            "log_softmax-graded": "nnlib.checks.ps1.check_my_softmax was replaced",
        },
        whole=True,
    ),
]
