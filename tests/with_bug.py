"""A pytest plugin, `-p with_bug`: the tests meet nnlib with the bug that NNLIB_BUG names.

The variant is in its place before any test module is imported, so that tests which import the
original by name get the variant.
"""

import os

import nnlib
import nnlib.bugs

if os.environ.get("NNLIB_BUG"):
    _kept = nnlib.bugs.installed(os.environ["NNLIB_BUG"])  # kept, or leaving would undo it
    _kept.__enter__()
