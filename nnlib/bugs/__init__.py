"""The bug museum: wrong variants of functions and classes of this package, as tutorials had them.

Each variant takes what the original takes, and its docstring says what is wrong, what one sees,
what cures it and where it was seen. Nothing here is imported by `import nnlib`, or used by it.

They come, with thanks, from four published tutorials: Joseph Sasson, Coding A Neural Network From
Scratch in NumPy (Towards Data Science); a laboratory of the course CS565600 Deep Learning at NTHU
(author not stated); Okan Yenigün, Building a Neural Network from Scratch in Python: A Step-by-Step
Guide (2023); and Building A Neural Network From Scratch, on photographs of bean leaves, after the
first course of the Deep Learning Specialization (author not stated).
"""

from nnlib.bugs import functions, networks
from nnlib.bugs._exhibit import EXHIBITS, Exhibit, installed
from nnlib.bugs.functions import *  # noqa: F403
from nnlib.bugs.networks import *  # noqa: F403
from nnlib.bugs.patients import DIAGNOSES, Patient, patient

__all__ = [
    "DIAGNOSES",
    "EXHIBITS",
    "Exhibit",
    "Patient",
    "installed",
    "patient",
    *functions.__all__,
    *networks.__all__,
]
