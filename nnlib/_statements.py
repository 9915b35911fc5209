"""One statement of Python at a time: what it takes, what it gives, and why NumPy refuses it."""

import ast
import contextlib
import copy
import inspect
import io
import linecache
import textwrap
import warnings

import numpy as np

KINDS = (ast.Assign, ast.AugAssign, ast.Return, ast.Expr)


class Statement:
    """An assignment, return or expression, about to run on the values in `names`.

    Of a ternary (`a if c else b`) only the branch that is taken is kept, as text too.
    """

    def __init__(self, node, source, names):
        self.node, self.text = node, ast.get_source_segment(source, node)
        if isinstance(node.value, ast.IfExp):
            choice, self.node = node.value, copy.copy(node)
            taken = eval(ast.unparse(choice.test), names)
            self.node.value = choice.body if taken else choice.orelse
        if self.node is not node or "\n" in self.text:
            self.text = ast.unparse(self.node)
        self.takes = arrays_in(self.node, names)
        self.only_returns_names = isinstance(node, ast.Return) and _is_names(node.value)
        self.is_drawable = bool(self.takes) and not self.only_returns_names

    def run(self, names, filename="<line>"):
        """Run it in `names`; the value of a return or an expression."""
        if isinstance(self.node, ast.Return | ast.Expr):
            tree = ast.Expression(self.node.value)
            return eval(compile(tree, filename, "eval", dont_inherit=True), names)
        tree = ast.Module([self.node], type_ignores=[])
        exec(compile(tree, filename, "exec", dont_inherit=True), names)

    def table(self, names, value):
        """After the run: its text, then a row for each array it took and each result it gave."""
        rows = [] if self.only_returns_names else [("takes", *row) for row in self.takes.items()]
        rows += [("gives", *row) for row in self._gives(names, value)]
        width = max((len(name) for _, name, _ in rows), default=0)
        lines = [f"    {role}  {name:{width}}  {_describe(what)}" for role, name, what in rows]
        return "\n".join([self.text, *lines])

    def _gives(self, names, value):
        if isinstance(self.node, ast.Return | ast.Expr):
            result = self.node.value
            if isinstance(result, ast.Tuple):
                return [(ast.unparse(e), v) for e, v in zip(result.elts, value, strict=True)]
            return [(ast.unparse(result) if _is_names(result) else "result", value)]
        targets = self.node.targets if isinstance(self.node, ast.Assign) else [self.node.target]
        targets = [e for t in targets for e in (t.elts if isinstance(t, ast.Tuple) else [t])]
        texts = [ast.unparse(t.value if isinstance(t, ast.Subscript) else t) for t in targets]
        return [(text, eval(text, names)) for text in texts]


def _is_names(node):
    return all(isinstance(part, ast.Name) for part in getattr(node, "elts", [node]))


def _describe(value):
    if isinstance(value, np.ndarray) and value.ndim:
        return f"{value.shape} {value.dtype}"
    if value is None:
        return "None"
    if isinstance(value, int | float | complex | np.generic | np.ndarray):
        return "a number"
    return f"a {type(value).__name__}"


def arrays_in(node, names):
    """Text and value of each array that a statement reads, from left to right; it calls nothing."""
    found = {}

    def look(part):
        value = None
        readable = isinstance(part, ast.Name | ast.Attribute | ast.Subscript)
        if readable and not any(isinstance(inner, ast.Call) for inner in ast.walk(part)):
            with contextlib.suppress(Exception):  # the variable of a comprehension, for instance
                value = eval(ast.unparse(part), names)
        is_array = isinstance(value, np.ndarray) and value.ndim
        if not is_array or isinstance(part, ast.Subscript):
            for child in ast.iter_child_nodes(part):
                look(child)
        if is_array:
            found[ast.unparse(part)] = value

    if isinstance(node, ast.Assign):  # its target is not read, but the mask in A[mask] = 0 is
        for part in [node.value, *(t.slice for t in node.targets if isinstance(t, ast.Subscript))]:
            look(part)
    else:
        look(node)
    return found


def straight_lines(f):
    """The statements of a function without blocks, and its source, numbered as in its file."""
    if not inspect.isfunction(f):
        raise TypeError(f"explain_function takes a function written in Python, got {f!r}")
    source = textwrap.dedent(inspect.getsource(f))
    source = "\n" * (f.__code__.co_firstlineno - 1) + source
    function = ast.parse(source).body[0]
    if not isinstance(function, ast.FunctionDef):
        raise ValueError(f"explain_function takes a function made by `def`, got {f!r}")
    body = function.body[1:] if ast.get_docstring(function) else function.body
    for node in body:
        is_last = isinstance(node, ast.Return) and node is body[-1] and node.value is not None
        if not (is_last or is_plain_call(node) or isinstance(node, ast.Assign | ast.AugAssign)):
            raise ValueError(
                "explain_function draws functions of straight lines, assignments and then a "
                f"return, but {f.__name__} has `{ast.unparse(node).splitlines()[0]}`"
            )
    return body, source


def is_plain_call(node):
    """Whether a statement is a call and nothing else: it runs, and is not shown."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)


def statement_at(frame, line_number):
    """The statement, no block, that stands in a line of a frame's source, or None; the source."""
    lines = linecache.getlines(frame.f_code.co_filename, frame.f_globals)
    source = "".join(lines)
    with contextlib.suppress(SyntaxError):
        for node in ast.walk(ast.parse(source)):
            is_simple = isinstance(node, KINDS) and node.value is not None
            if is_simple and node.lineno <= line_number <= node.end_lineno:
                return node, source
    return None, source


def names_in(frame):
    return {**frame.f_globals, **frame.f_locals}


def failed_statement(traceback):
    """The statement outside NumPy that raised an error, or None; the names that it saw."""
    while traceback.tb_next:
        module = traceback.tb_next.tb_frame.f_globals.get("__name__", "")
        if module.split(".")[0] == "numpy":
            break
        traceback = traceback.tb_next
    names = names_in(traceback.tb_frame)
    node, source = statement_at(traceback.tb_frame, traceback.tb_lineno)
    return node and Statement(node, source, names), names


def cause_of(error, statement, names):
    """The smallest part of a statement that raises the same kind of error, with its shapes."""
    for part in reversed(list(ast.walk(statement.node))):
        if isinstance(part, ast.expr) and type(aside(part, names)[1]) is type(error):
            break
    else:
        if not isinstance(statement.node, ast.AugAssign):
            return None  # a message of someone's own, after `raise`
        part = statement.node
    pieces = [piece for piece in ast.iter_child_nodes(part) if isinstance(piece, ast.expr)]
    arrays = {ast.unparse(piece): aside(piece, names)[0] for piece in pieces}
    arrays = {text: array for text, array in arrays.items() if isinstance(array, np.ndarray)}
    arrays = arrays or arrays_in(part, names)
    shapes = " and ".join(f"{text} has shape {array.shape}" for text, array in arrays.items())
    return f"Cause: {ast.unparse(part)}" + (f", where {shapes}" if shapes else "")


def aside(expression, names):
    """Value of an expression and the error it raises, evaluated silently and on copies."""
    try:
        with silence():
            return eval(ast.unparse(expression), copies(expression, names)), None
    except Exception as error:
        return None, error


def copies(node, names):
    """The names, with a copy of every value that a piece of code mentions."""
    used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} & names.keys()
    copied = dict(names)
    for name in used:
        with contextlib.suppress(Exception):  # a module cannot be copied, and need not be
            copied[name] = copy.deepcopy(names[name])
    return copied


@contextlib.contextmanager
def silence():
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield
