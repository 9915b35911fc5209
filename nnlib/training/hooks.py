"""The callbacks of one run: that they are callbacks, and which of their hooks have to be called."""

import difflib
import inspect

from nnlib._guards import check
from nnlib.callbacks import Callback

__all__ = ["NO_HOOKS", "as_callbacks", "hooks_for"]

_ARGUMENTS = {  # of each hook, without self
    name: tuple(inspect.signature(hook).parameters)[1:]
    for name, hook in vars(Callback).items()
    if name.startswith("on_")
}
_OLDER = {"on_train_batch_begin": "on_batch_begin", "on_train_batch_end": "on_batch_end"}

NO_HOOKS = dict.fromkeys(_ARGUMENTS, ())


def as_callbacks(callbacks):
    """A list of callbacks, or an error that says what is not one, or has a hook nobody calls."""
    if callbacks is not None and not isinstance(callbacks, list | tuple):
        raise TypeError(f"callbacks takes a list: callbacks=[{callbacks!r}]")
    for callback in callbacks or ():
        message = f"a callback is an object of a Callback class, got {callback!r}"
        check(isinstance(callback, Callback), message, TypeError)
        for name in dir(callback):
            if name.startswith("on_"):
                _check_hook(callback, name)
    return list(callbacks or ())


def _check_hook(callback, name):
    kind = type(callback).__name__
    if name not in _ARGUMENTS:
        near = difflib.get_close_matches(name, _ARGUMENTS, n=1, cutoff=0)[0]
        raise ValueError(f"{kind} has {name}, which is never called: did you mean {near}?")
    try:
        inspect.signature(getattr(callback, name)).bind(*_ARGUMENTS[name])
    except TypeError:
        *first, _ = _ARGUMENTS[name]
        written = ", ".join(["self", *first, "logs=None"])
        raise TypeError(f"{kind} needs def {name}({written}), as Keras has it") from None


def hooks_for(model, callbacks, **params):
    """Tell the callbacks of a run about it; for each hook, the methods that somebody wrote.

    Parameters
    ----------
    model : Sequential
    callbacks : list of Callback
    **params : "verbose", "epochs", "steps", as Keras names them

    Returns
    -------
    dict of str to sequence of methods
        Empty where no callback overrides the hook, so that a loop has nothing to call.
    """
    if not callbacks:
        return NO_HOOKS
    for callback in callbacks:
        callback.set_model(model)
        callback.set_params(params)
    return {
        name: [getattr(callback, name) for callback in callbacks if _overrides(callback, name)]
        for name in _ARGUMENTS
    }


def _overrides(callback, name):
    names = (name, _OLDER.get(name, name))
    return any(
        getattr(type(callback), n) is not getattr(Callback, n) or n in vars(callback) for n in names
    )
