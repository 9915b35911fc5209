"""Arrays that know whether somebody worked with single numbers of them, or with all at once."""

from numpy import asarray, ndarray

__all__ = ["SingleNumbers", "plain"]


class SingleNumbers(ndarray):
    """An array that notes whether it was multiplied or added as a whole, or transposed.

    Taking numbers out of it, and whatever gives only zeros to begin with, as X * 0, is no note.
    """

    def __array_finalize__(self, source):
        self.notes = getattr(source, "notes", set())

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **options):
        if out:
            options["out"] = tuple(map(plain, out))
        result = getattr(ufunc, method)(*map(plain, inputs), **options)
        is_whole = asarray(result).size > 1 or method != "__call__"
        if ufunc.__name__ in ("add", "subtract", "multiply", "matmul") and is_whole:
            self.notes.update(["whole"] if asarray(result).any() else [])
        return result

    @property
    def T(self):
        self.notes.add("transposed")
        return ndarray.transpose(self)

    def transpose(self, *axes):
        self.notes.add("transposed")
        return ndarray.transpose(self, *axes)


def plain(value):
    """The same without notes."""
    return asarray(value) if isinstance(value, SingleNumbers) else value
