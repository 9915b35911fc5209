"""Settings that every test needs, the kernels of nbval included, which inherit this environment."""

import os
import tempfile

# A cache of their own: tests neither trust nor touch the user's.
os.environ["NNLIB_CACHE_DIR"] = tempfile.mkdtemp(prefix="nnlib-tests-")
# Nobody watches a test run, wherever it was started from: no bars, no sliders.
for name in ("JPY_SESSION_NAME", "VSCODE_PID"):
    os.environ.pop(name, None)
