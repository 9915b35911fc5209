"""What Binder makes of binder/: the right Python, our packages, and postBuild at the end.

The first test needs the extra `site`, which has repo2docker, the program that Binder runs.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
NOWHERE = "http://127.0.0.1:9"  # a port that nothing listens on


def test_the_rendered_dockerfile(monkeypatch):
    conda = pytest.importorskip("repo2docker.buildpacks.conda", reason="needs the extra site")
    monkeypatch.chdir(ROOT)
    pack = conda.CondaBuildPack(base_image="docker.io/library/buildpack-deps:jammy")
    assert pack.detect()
    pack.platform = "linux/amd64"
    assert pack.python_version == "3.12"
    dockerfile = pack.render(build_args={})
    lock = re.search(r"COPY .*py-2d3-2e12-2dlinux\S+ \S+/environment\.lock", dockerfile)
    update = dockerfile.index('--file "binder/environment.yml"')
    post_build = dockerfile.index("RUN ./binder/postBuild")
    assert lock and lock.start() < update < post_build
    assert "requirements.txt" not in dockerfile and "pip install" not in dockerfile
    names = yaml.safe_load((ROOT / "binder" / "environment.yml").read_text(encoding="utf-8"))
    assert not [entry for entry in names["dependencies"] if isinstance(entry, dict)], "pip's part"


@pytest.mark.skipif(shutil.which("bash") is None, reason="postBuild is for bash")
def test_post_build_installs_the_package_and_forgives_a_missing_network(tmp_path):
    """With a pip that only notes what it is asked, and with no network."""
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "pip").write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/pip.txt\n', encoding="utf-8")
    (tools / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
    for tool in tools.iterdir():
        tool.chmod(0o755)
    settings = {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "NNLIB_CACHE_DIR": str(tmp_path / "cache"),
        "http_proxy": NOWHERE,
        "https_proxy": NOWHERE,
    }
    ours = {name: value for name, value in os.environ.items() if not name.startswith("NNLIB_")}
    done = subprocess.run(
        ["bash", "binder/postBuild"],
        cwd=ROOT,
        env=ours | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    asked = (tmp_path / "pip.txt").read_text(encoding="utf-8").split()
    assert asked == ["install", "--no-deps", "--no-cache-dir", "-e", "."]
    assert "the pages will use the bundled samples" in done.stdout
