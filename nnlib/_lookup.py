"""Find a thing by the name a caller gave, and say what is near when there is none of that name."""

import difflib


def look_up(name, table, kind):
    """`table[name]`, or a ValueError that lists the known names and the nearest one."""
    if isinstance(name, str) and name in table:
        return table[name]
    if not isinstance(name, str):
        raise TypeError(f"{kind} must be a name or a suitable object, got {name!r}")
    near = difflib.get_close_matches(name.lower(), table, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"unknown {kind} {name!r}.{hint} Known: {', '.join(table)}")
