"""Progress bars that appear only when a person watches.

A bar left in a stored notebook is noise at best and a dead widget at worst, so a bar is drawn
only in a live Jupyter or VS Code session or in a terminal.
"""

import os
import sys


def person_watches():
    """Whether somebody is there to see a bar or move a slider: a live notebook or a terminal."""
    return (
        "JPY_SESSION_NAME" in os.environ
        or "VSCODE_PID" in os.environ
        or (sys.stderr is not None and sys.stderr.isatty())
    )


def progress(iterable, description, **options):
    """`iterable` behind a tqdm bar that vanishes when done, or as it is when nobody watches.

    Parameters
    ----------
    iterable : iterable
    description : str
        Written in front of the bar.
    **options : for tqdm
        `total=`, `unit=`, `unit_scale=`.

    Returns
    -------
    iterable
    """
    if not person_watches():
        return iterable
    from tqdm.auto import tqdm

    return tqdm(iterable, desc=description, leave=False, **options)
