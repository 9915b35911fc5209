"""Is everything there that the pages need? The list is the one that `pip` read: the package's own.

Only the standard library is imported here, and `packaging`, which matplotlib and Jupyter bring.
"""

import site
import sys
import sysconfig
from importlib import metadata
from pathlib import Path

__all__ = ["check_installation"]


def check_installation():
    """Print "ok", or what is wrong and the line that mends it, for all that the pages need.

    Looked at are nnlib itself, the Python that runs this code, and each package that nnlib asks
    for, with the least version that it accepts. The lines to run are for a cell of a page: there
    `%pip` installs for the Python of the page's own kernel, whichever that is.

    Example of a line: numpy: 1.26.4 is too old: %pip install "numpy>=2.0"
    """
    verdicts = _verdicts()
    for name, trouble in verdicts.items():
        print(f"{name}: {trouble or 'ok'}")
    if troubles := sum(trouble is not None for trouble in verdicts.values()):
        print(
            f"{troubles} of {len(verdicts)} not ok: do what stands behind each (for all packages "
            "at once: %pip install -e ..), with %pip in a cell of its own; then restart the kernel."
        )
    else:
        print("Everything is there.")


def _verdicts():
    """For each name what is wrong with it, in words, or None."""
    nnlib = _installed_nnlib()
    if nnlib is None:
        return {
            "nnlib": "found by its path, but not installed for the Python of this kernel. Choose "
            "the kernel of the environment it is installed in (menu Kernel, Change Kernel), or "
            "install it and all it needs for this one: %pip install -e .."
        }
    verdicts = {"nnlib": None, "kernel": _trouble_with_kernel(nnlib)}
    try:
        from packaging.requirements import Requirement
        from packaging.specifiers import SpecifierSet
    except ModuleNotFoundError:
        return verdicts | {"packaging": "missing: %pip install packaging"}
    needed = SpecifierSet(nnlib.metadata["Requires-Python"] or "")
    verdicts["Python"] = _trouble_with_python(needed)
    for requirement in map(Requirement, nnlib.requires or []):
        # What only `.[dev]` asks for is not needed to read.
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            verdicts[requirement.name] = _trouble_with_package(requirement)
    return verdicts


def _installed_nnlib():
    """The distribution that an installer recorded; the egg-info of a bare checkout is none."""
    for distribution in metadata.distributions(name="nnlib"):
        if distribution.read_text("RECORD") is not None:
            return distribution
    return None


def _trouble_with_kernel(nnlib):
    folders = [*site.getsitepackages(), sysconfig.get_path("purelib")]
    if site.ENABLE_USER_SITE:
        folders.append(site.getusersitepackages())
    if Path(nnlib.locate_file("")).resolve() in {Path(folder).resolve() for folder in folders}:
        return None
    return (
        "this Python is not the one that nnlib was installed for. Choose the kernel of that "
        "environment (menu Kernel, Change Kernel), or install for this one: %pip install -e .."
    )


def _trouble_with_python(needed):
    version = ".".join(map(str, sys.version_info[:3]))
    if needed.contains(version, prereleases=True):
        return None
    return (
        f"{version} does not fit, {needed} is asked: make the environment anew with such a Python"
    )


def _trouble_with_package(requirement):
    command = f'%pip install "{requirement.name}{requirement.specifier}"'
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        version = None
    if version is None:  # also what a half-removed package answers
        return f"missing: {command}"
    if requirement.specifier.contains(version, prereleases=True):
        return None
    return f"{version} is too old: {command}"
