"""Judging outcomes: is an answer right, and which known mistake does it make?

Nothing here runs an answer.
"""

from numpy import asarray, ndarray, shape

from nnlib.checks.differences import cut, difference, is_numeric, kind, unlike

__all__ = ["alike_everywhere", "describe", "judge"]

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
        return _Refused(f"the result is {kind(value)}, which has another form than is asked")
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
    return f"return {listed}; got {kind(value)}"


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
            said.append(f"{argument} = {cut(str(_shapes(value)))}")
    return f"{name} for {', '.join(said)}" if said else name


def _shapes(value):
    """The shapes of arrays in a list, also in tuples that it holds."""
    if isinstance(value, list | tuple):
        return type(value)(map(_shapes, value))
    return value.shape if isinstance(value, ndarray) else value


def _short(value):
    if isinstance(value, ndarray) and value.ndim:
        return f"[{', '.join(map(_short, value))}]"
    return f"{value:.6g}" if isinstance(value, float) else cut(str(value))


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
    if part is not None and is_numeric(found[part]) and is_numeric(expected[part]):
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
    return f"{where} should raise {name}, but returned {kind(value)} without complaint"


def _unchanged(exercise, part, found, case):
    """Of an array that was to be changed in place: whether it is as it was."""
    if part in exercise.changes:
        before = case[exercise.arguments.index(part)]
        if difference(found[part], before, part, tolerance=0) is None:
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
        not unlike(first.get(n), second.get(n), exercise.tolerance) for n in names
    )
