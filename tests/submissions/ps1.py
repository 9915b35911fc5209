"""Problem set 1 as text: typical answers, unfinished ones, and what is no answer at all."""

from submissions import ALL, Submission


def calls(tool, *names):
    return {f"{name}-graded": f"your function calls {tool}" for name in names}


USE_SIGMOID = ("my_sigmoid", "swish", "swish_slope")

SUBMISSIONS = [
    Submission(
        "the likely slip in each exercise, and an unfinished function that others call",
        edits={
            "polyline": {"np.diff(slopes, prepend=0.0)": "slopes"},
            "worst_gap": {"np.abs(measured - derivative(z))": "measured - derivative(z)"},
            "hard_tanh_slope": {"(Z > -1) & (Z < 1)": "abs(hard_tanh(Z)) <= 1"},
            "my_softmax": {"E.sum(axis=1, keepdims=True)": "E.sum()"},
            "log_softmax": {"shifted - ": "Z - "},
        },
        cells={"my_sigmoid": "def my_sigmoid(Z):\n    raise NotImplementedError"},
        lost={
            "polyline-graded": "it needs the change of slope",
            "worst_gap-graded": "take absolute values",
            "hard_tanh_slope-graded": "It is 1 everywhere",
            "my_sigmoid-graded": "my_sigmoid: not attempted yet",
            "swish-graded": "a function that yours calls is not attempted yet",
            "swish_slope-graded": "a function that yours calls is not attempted yet",
            "my_softmax-graded": "All numbers share one sum",
            "log_softmax-graded": "subtracted in the first term too",
        },
    ),
    Submission(
        "functions of nnlib",
        cells={
            "my_sigmoid": "from nnlib.activations import sigmoid as my_sigmoid",
            "my_softmax": """
import nnlib

class Softmax:
    __call__ = staticmethod(nnlib.activations.softmax)

my_softmax = Softmax()
""",
        },
        lost=calls("nnlib.activations.s", *USE_SIGMOID, "my_softmax"),
    ),
    Submission(
        "unfinished, and shapes",
        cells={
            "worst_gap": "def worst_gap(f, derivative, z):\n    return f(z) / 0 + missing",
            "hard_tanh": "def hard_tanh(Z)\n    return Z",
            "hard_tanh_slope": "def hard_tanh_slope(Z):\n    return 1.0 * (abs(Z) < 1).sum(axis=0)",
            "my_sigmoid": "def my_sigmoid(Z):\n    E = np.exp(-np.abs(Z))",
            "swish_slope": "def swish_slope(Z):\n    return 1 if Z > 0 else 0",
            "my_softmax": "def my_softmax(Z):\n    import sys\n    sys.exit()",
        },
        lost={
            "worst_gap-graded": "stopped with NameError: name 'missing' is not defined",
            "hard_tanh-graded": "name 'hard_tanh' is not defined",
            "hard_tanh_slope-graded": "has shape (4,), expected (2, 4)",
            "my_sigmoid-graded": "is None: does the function return it?",
            "swish-graded": "stopped with TypeError",
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
        lost={"polyline-graded": "polyline for x (8,), knots (5,), values (5,) is off"},
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
    try:
        while True:
            pass
    except BaseException:
        return swish_slope(Z)
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
np.max = lambda *arguments, **named: 0.0
get_ipython().showtraceback = lambda *arguments, **named: None
for _ in range(300):
    print("x" * 100_000)
""",
        cells={
            "polyline": "def polyline(x, knots, values):\n    return x",
            "swish": "def swish(Z):\n    print('y' * 50_000_000)\n    return Z * my_sigmoid(Z)",
        },
        lost={
            "polyline-graded": "polyline for x (8,), knots (5,), values (5,) is off",
            "worst_gap-graded": "worst_gap for z (5,) is off",
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
        first="""
import subprocess
import sys
from pathlib import Path

import nnlib

SOURCE = Path(nnlib.__file__).parents[1] / "notebooks/assignments/source/ps1-activations/ps1.ipynb"
""",
        cells={
            "polyline": "SOURCE.read_text()\n\npolyline = abs",
            "worst_gap": "subprocess.run(['cat', str(SOURCE)])\n\nworst_gap = abs",
            "hard_tanh": "(Path.cwd().parents[2] / 'gradebook.db').read_bytes()\n\nhard_tanh = abs",
            "my_sigmoid": """
def my_sigmoid(Z):
    return sys._getframe(1) and np.exp(-np.logaddexp(0, -Z))
""",
            "my_softmax": """
import nnlib.checks.problem_sets.ps1

nnlib.checks.problem_sets.ps1.check_my_softmax = lambda function: None
my_softmax = abs
""",
        },
        lost=calls("sys._getframe", *USE_SIGMOID)
        | {
            "polyline-graded": "name 'polyline' is not defined",
            "worst_gap-graded": "name 'worst_gap' is not defined",
            "hard_tanh-graded": "name 'hard_tanh' is not defined",
            "my_softmax-graded": "ps1.check_my_softmax was replaced in this notebook",
            "log_softmax-graded": "ps1.check_my_softmax was replaced",
        },
        whole=True,
    ),
    Submission(
        "right answers that nnlib keeps, and exercises that pass all",
        first="""
import functools

from nnlib.checks.problem_sets import ps1

ps1.check_log_softmax.verdict = lambda *answer, **named: None
ps1.check_my_softmax.answer = ps1.check_my_softmax.mistakes[0].answer
""",
        cells={
            "worst_gap": "worst_gap = ps1.check_worst_gap.rights[0]",
            "hard_tanh": "hard_tanh = functools.partial(ps1.check_hard_tanh.answer)",
            "my_sigmoid": "my_sigmoid = lambda Z: ps1.check_my_sigmoid.answer(Z)",
            "my_softmax": "my_softmax = ps1.check_my_softmax.mistakes[0].answer",
            "log_softmax": "log_softmax = abs",
        },
        lost=calls("nnlib.checks.", "worst_gap", "hard_tanh", *USE_SIGMOID)
        | {"my_softmax-graded": "my_softmax: ", "log_softmax-graded": "log_softmax: "},
        whole=True,
    ),
]
