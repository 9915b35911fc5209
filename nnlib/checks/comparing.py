"""Judging outcomes: is an answer right, and which known mistake does it make?

Nothing here runs an answer. NumPy's functions are bound by name, so that nothing a page redefines
can change a verdict.
"""

from numpy import abs as _abs
from numpy import all as _all
from numpy import argwhere, asarray, errstate, generic, isfinite, isnan, ndarray, shape
from numpy import float64 as _float64

__all__ = ["alike_everywhere", "describe", "expect_equal", "judge"]

SMALLEST = 1e-7  # a difference that is none, beside the relative one
YES_OR_NO = (
    "your function asks a whole array a yes-or-no question (in an `if`, or with `and`, `or`, "
    "`max`): the argument is an array, so compute all its numbers at once, as np.maximum or "
    "np.where do"
)
FLOATS = {
    "overflow": "An exponent became large and positive. That must not happen, not even in a branch "
    "of np.where that is thrown away",
    "divide by zero encountered in log": "A number was rounded to 0 before its logarithm was taken",
    "divide by zero": "Something was divided by 0",
    "invalid value": "Something that is no number came up: 0 / 0, infinity minus infinity, or the "
    "logarithm or root of a negative number",
}
WHOLE = "It holds whole numbers only"


def judge(exercise, outcomes):
    """What is wrong, in words, with the sentence of the known mistake that fits; None if nothing.

    Parameters
    ----------
    exercise : Exercise
    outcomes : list of Outcome
        Those of an answer, case by case.
    """
    seen = [_seen(exercise, outcome, case) for outcome, case in _pairs(exercise, outcomes)]
    right = [
        _seen(exercise, outcome, case) for outcome, case in _pairs(exercise, exercise.expected)
    ]
    for i, (found, expected) in enumerate(zip(seen, right, strict=False)):
        problem = _problem(exercise, exercise.cases[i], outcomes[i], found, expected)
        if problem:
            part = _first_wrong_part(exercise, found, expected)
            sentence = _sentence(exercise, seen, right, part, i)
            sentence = sentence or _general(found, expected, part)
            return problem if sentence in problem else _joined(problem, sentence)
    return next((_misuse(outcome.misuse) for outcome in outcomes if outcome.misuse), None)


def _pairs(exercise, outcomes):
    return zip(outcomes, exercise.cases, strict=False)


def _joined(problem, sentence):
    return f"{problem}{'' if problem.endswith(('?', '!', '.')) else '.'} {sentence}"


class _Refused(str):
    """The sentence with which an observation was refused before any comparison."""


class _Raised(tuple):
    """The name of an error, and its message."""


def _seen(exercise, outcome, case):
    """What is compared of an outcome, found once: a value, parts by name, an error or a refusal."""
    if outcome.seen is None:
        outcome.seen = _look_at(exercise, outcome, case)
    return outcome.seen


def _look_at(exercise, outcome, case):
    if outcome.error:
        return _Raised((outcome.error, "" if outcome.raised else outcome.said))
    value = outcome.value
    try:
        if exercise.changes:
            value = _arrays_after(exercise, value, case)
        if exercise.read:
            value = exercise.read(value, *case)
    except AssertionError as error:
        return _Refused(error)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return _Refused(f"the result is {_kind(value)}, which has another form than is asked")
    if exercise.parts:
        names = exercise.parts
        if not isinstance(value, tuple | list) or len(value) != len(names):
            return _Refused(_not_these_parts(value, names))
        return dict(zip(names, value, strict=True))
    return value if isinstance(value, dict) and exercise.read else {"": value}


def _not_these_parts(value, names):
    listed = f"{len(names)} things, {', '.join(names)}, in this order"
    if value is None:
        return f"the result is None: does the function return it? Return {listed}"
    return f"return {listed}; got {_kind(value)}"


def _arrays_after(exercise, value, case):
    """What an answer left in the arguments that it is to change, or an error in words."""
    returned, after = value
    names = " and ".join(exercise.changes)
    assert returned is None, f"return nothing: {names} themselves are changed, in place"
    return after


def _problem(exercise, case, outcome, found, expected):
    where = describe(exercise, case)
    if isinstance(expected, _Raised):
        return _not_raised(outcome, found, expected, where)
    if isinstance(found, _Raised):
        return _stopped(outcome, where)
    if isinstance(found, _Refused):
        return str(found)
    for part, right in expected.items():
        what = f"{part} of {where}" if part else where
        problem = difference(found.get(part), right, what, exercise.tolerance)
        if problem:
            return _unchanged(exercise, part, found, case) or problem
    if outcome.changed and exercise.keeps:
        return f"your function changed its input, {', '.join(outcome.changed)}: work on a copy"
    return None


def describe(exercise, case):
    """The call of a case, in words: the name, and of each argument its shape or value."""
    said, name = [], exercise.name
    if exercise.takes:
        name, case = f"the {case[0]} of {exercise.name}", case[1:]
    for argument, value in zip(exercise.arguments, case, strict=False):
        if isinstance(value, ndarray) and value.size > 4:
            whole = " of whole numbers" if value.dtype.kind in "iu" else ""
            said.append(f"{argument} {value.shape}{whole}")
        elif isinstance(value, ndarray | int | float | str | tuple):
            said.append(f"{argument} = {_short(value)}")
        elif isinstance(value, list):
            said.append(f"{argument} = {_cut(str(_shapes(value)))}")
    return f"{name} for {', '.join(said)}" if said else name


def _shapes(value):
    """The shapes of arrays in a list, also in tuples that it holds."""
    if isinstance(value, list | tuple):
        return type(value)(map(_shapes, value))
    return value.shape if isinstance(value, ndarray) else value


def _short(value):
    if isinstance(value, ndarray) and value.ndim:
        return f"[{', '.join(map(_short, value))}]"
    return f"{value:.6g}" if isinstance(value, float) else _cut(str(value))


def _cut(text):
    return text if len(text) <= 60 else f"{text[:56]} …"


def _stopped(outcome, where):
    if outcome.error == "NotImplementedError":
        return f"{where}: {outcome.said}"
    if outcome.error == "TooMany":
        return f"{where}: {outcome.said}"
    if outcome.error == "AssertionError":
        return f"an `assert` in your function failed{f': {outcome.said}' if outcome.said else ''}"
    if "truth value of an array" in outcome.said:
        return YES_OR_NO
    if outcome.error == "TooLong":
        return f"{where} did not end: {outcome.said}"
    said = f": {outcome.said}" if outcome.said else ""
    return f"{where} stopped with {outcome.error}{said}{outcome.place}"


def _general(found, expected, part):
    """What helps where no known mistake fits: it comes from the kind of the problem alone."""
    if isinstance(found, _Raised) and found[0] == "FloatingPointError":
        return next((words for begin, words in FLOATS.items() if found[1].startswith(begin)), "")
    if part is not None and _is_numeric(found[part]) and _is_numeric(expected[part]):
        kinds = [asarray(value).dtype.kind for value in (found[part], expected[part])]
        if (
            kinds[0] in "iu"
            and kinds[1] == "f"
            and shape(found[part]) == shape(expected[part]) != ()
        ):
            return WHOLE
    return ""


def _not_raised(outcome, found, expected, where):
    """What to say where an error was to be raised, and another or none came."""
    name = expected[0]
    if name in outcome.kinds:
        return None
    if isinstance(found, _Raised):
        return f"{where} should raise {name}, but {_stopped(outcome, 'it')}"
    value = outcome.value
    if isinstance(value, Exception) or (isinstance(value, type) and issubclass(value, Exception)):
        return f"{where} should raise {name}, but returned the error: `raise` it instead"
    if value is None:
        return f"{where} should raise {name}, but returned None (printing a message raises nothing)"
    return f"{where} should raise {name}, but returned {_kind(value)} without complaint"


def _unchanged(exercise, part, found, case):
    """Of an array that was to be changed in place: whether it is as it was."""
    if part in exercise.changes:
        before = case[exercise.arguments.index(part)]
        if not _text_of_difference(found[part], before, 0):
            return (
                f"{part} has not changed: {part} -= … or {part}[...] = … changes the array in "
                f"place, {part} = … makes a new one"
            )
    return None


def _misuse(tool):
    if tool.startswith(("nnlib.", "sys.", "inspect.")):
        return f"your function calls {tool}: the task is to write it yourself"
    if tool in ("@", ".T"):
        return f"the numbers are right, but your function uses {tool}: the task is to do without it"
    name = tool.replace("numpy.", "np.").replace("builtins.", "")
    return f"the numbers are right, but your function calls {name}: the task is to do without it"


# --- comparing


def difference(value, expected, name, tolerance=1e-5):
    """How a value differs from what is expected, in words, or None: form first, then numbers."""
    is_list = isinstance(expected, list | tuple)
    if is_list and not all(_is_numeric(entry) and shape(entry) == () for entry in expected):
        return _difference_of_lists(value, expected, name, tolerance)
    if not is_list and not _is_numeric(expected):
        unlike = _unlike(value, expected, tolerance)
        return f"{name} should be {_kind(expected)}, got {_kind(value)}" if unlike else None
    expected = asarray(expected)
    return _form(value, expected, name) or _text_of_difference(value, expected, tolerance, name)


def _difference_of_lists(values, expected, name, tolerance):
    if values is None:
        return f"{name} is None: does the function return it?"
    if not isinstance(values, list | tuple) or len(values) != len(expected):
        return f"{name} should be a list of {len(expected)}, got {_kind(values)}"
    pairs = enumerate(zip(values, expected, strict=True))
    found = (difference(*pair, f"{name}: item {i}", tolerance) for i, pair in pairs)
    return next((words for words in found if words), None)


def expect_equal(value, expected, name, tolerance=1e-5):
    """Raise an AssertionError in words unless a value is what is expected."""
    problem = difference(value, expected, name, tolerance)
    assert not problem, problem


def _form(value, expected, name):
    if value is None:
        return f"{name} is None: does the function return it?"
    wanted = f"shape {expected.shape}" if expected.ndim else "a number"
    if isinstance(value, dict | set | str) or callable(value):
        return f"{name} is {_kind(value)}, {wanted} is asked"
    try:
        found = asarray(value)
    except ValueError:
        return f"{name} holds rows of several lengths, {wanted} is asked"
    if found.dtype.kind not in "biuf":
        return f"{name} is {_kind(value)}, {wanted} is asked"
    if found.shape != expected.shape:
        asked = f"expected {expected.shape}" if expected.ndim else "a single number is asked"
        return f"{name} has shape {found.shape}, {asked}"
    if found.dtype.kind == "b" and expected.dtype.kind != "b":
        return f"{name} holds True and False: numbers are asked"
    return None


def _text_of_difference(value, expected, tolerance, name=""):
    if shape(value) != shape(expected):
        return f"{name} has shape {shape(value)}, expected {shape(expected)}"
    value, expected = asarray(value, dtype=_float64), asarray(expected, dtype=_float64)
    if not _all(isfinite(value) | (value == expected)):
        return f"{name} holds NaN or infinity"
    with errstate(invalid="ignore"):  # inf - inf; what is equal is no difference below
        gap = _abs(value - expected)
    wrong = ~(
        (gap <= (SMALLEST if tolerance else 0) + tolerance * _abs(expected)) | (value == expected)
    )
    if not wrong.any():
        return None
    first = tuple(int(i) for i in argwhere(wrong)[0])
    place, most = (f" at {list(first)}", "up to ") if first else ("", "")
    right, found = _apart(expected[first], value[first])
    return f"{name} is off by {most}{gap.max():.3g}: expected {right}{place}, got {found}"


def _apart(first, second):
    """Two different numbers in 4 digits, or in as many as show that they differ."""
    texts = ((f"{first:.{digits}g}", f"{second:.{digits}g}") for digits in range(4, 18))
    return next((pair for pair in texts if pair[0] != pair[1]), (f"{first}", f"{second}"))


def _kind(value):
    """What a value is, in words."""
    if isinstance(value, ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, str):
        return f"the text {_cut(repr(value))}"
    if callable(value):
        return "a function"
    if isinstance(value, tuple | list | dict | set):
        return f"a {type(value).__name__} of {len(value)}"
    return _cut(repr(value))


# --- mistakes


def _sentence(exercise, seen, right, part, where):
    """The sentence of the mistake that does what the answer does, wherever the answer is wrong.

    Of a record the cases of the field that is wrong first count. Where an answer stops with an
    error, the same kind of error is alike; but only the same words, or a number, are a proof.
    """
    cases = exercise.cases[: len(seen)]
    kept = [i for i, case in enumerate(cases) if not exercise.takes or case[0] == cases[where][0]]
    best, most = "", 0
    for mistake, outcomes in exercise.mistaken:
        does = [_seen(exercise, outcome, case) for outcome, case in _pairs(exercise, outcomes)]
        alike = [i for i in kept if i < len(does) and _alike(exercise, seen[i], does[i], part)]
        off = [i for i in kept if not _alike(exercise, seen[i], right[i], part)]
        proof = any(i in alike and _is_proof(seen[i], does[i]) for i in off)
        if proof and {*off} <= {*alike} and len(alike) > most:
            best, most = mistake.says, len(alike)
    return best


def _is_proof(first, second):
    return not isinstance(first, _Raised) or first == second


def _first_wrong_part(exercise, found, expected):
    """The name of the first part that is wrong, or None where the answer gave no parts."""
    if isinstance(found, dict) and isinstance(expected, dict):
        for name, right in expected.items():
            if difference(found.get(name), right, "", exercise.tolerance):
                return name
    return None


def alike_everywhere(exercise, outcomes, others):
    """Whether two lists of outcomes are the same, case by case."""
    both = zip(outcomes, others, exercise.cases, strict=False)
    seen = ((_seen(exercise, one, case), _seen(exercise, other, case)) for one, other, case in both)
    return all(_alike(exercise, one, other, None) for one, other in seen)


def _alike(exercise, first, second, part):
    """Whether two answers did the same with a case, as far as the part goes."""
    if type(first) is not type(second):
        return False
    if isinstance(first, _Raised):
        return first[0] == second[0]
    if isinstance(first, _Refused):
        return first == second
    names = first if part is None else (part,)
    return first.keys() == second.keys() and all(
        not _unlike(first.get(n), second.get(n), exercise.tolerance) for n in names
    )


def _unlike(first, second, tolerance):
    """Whether two things that answers gave differ; NaN is like NaN."""
    if isinstance(first, tuple | list) and isinstance(second, tuple | list):
        pairs = zip(first, second, strict=False)
        return len(first) != len(second) or any(_unlike(*pair, tolerance) for pair in pairs)
    if isinstance(first, ndarray) != isinstance(second, ndarray):  # a list beside an array
        first, second = _as_array(first), _as_array(second)
    if not (_is_numeric(first) and _is_numeric(second)):
        plain = (str, dict, set, type(None))
        return not (isinstance(first, plain) and type(first) is type(second) and first == second)
    first, second = (asarray(value, dtype=_float64) for value in (first, second))
    if first.shape != second.shape:
        return True
    with errstate(invalid="ignore"):
        close = isfinite(second) & (_abs(first - second) <= SMALLEST + tolerance * _abs(second))
    return not _all(close | (first == second) | (isnan(first) & isnan(second)))


def _as_array(value):
    try:
        return asarray(value) if isinstance(value, list | tuple) else value
    except ValueError:  # rows of several lengths
        return value


def _is_numeric(value):
    kinds = ndarray, generic, float, int
    return isinstance(value, kinds) and asarray(value).dtype.kind in "biuf"
