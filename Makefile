# Every command sets up what it needs. `make help` lists them.
# Needs git, make and Python 3.10 or newer; PYTHON=/path/to/python chooses one.

CANDIDATES = $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python3.10 python)
BIN = .venv/bin
NEW_ENOUGH = import sys; sys.exit(sys.version_info < (3, 10))

.PHONY: help run test lab notebooks site badges assignments grade coverage mutants bench figures clean
.DEFAULT_GOAL := help

help: ## list the commands
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

run: .venv/installed ## run every notebook and write pages to build/html (NOTEBOOK=06_iris: one)
	$(BIN)/python notebooks/run.py $(NOTEBOOK)

test: .venv/installed ## check style, run the unit tests and compare every notebook with its outputs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/pytest --nbval -n auto --dist loadfile

lab: .venv/installed ## open the series in JupyterLab
	JUPYTER_PREFER_ENV_PATH=1 $(BIN)/jupyter lab notebooks/00_start_here.ipynb

notebooks: .venv/installed ## run notebooks on the real data, store their outputs (NOTEBOOK=06_iris: one)
	$(BIN)/python notebooks/run.py --in-place $(NOTEBOOK)
	$(BIN)/python notebooks/readme.py

site: .venv/site ## build the site from the stored outputs, into build/site
	$(BIN)/python -m sphinx -q --fail-on-warning --keep-going notebooks build/site
	@echo "site: $(CURDIR)/build/site/index.html"

badges: .venv/installed ## write the badges of a repository into README.md (REPO=owner/name)
	$(BIN)/python notebooks/readme.py --badges "$(REPO)"

assignments: .venv/installed ## generate the student versions of the problem sets
	$(BIN)/python notebooks/assignments/grade.py --release

grade: .venv/installed ## grade a folder of students (SUBMISSIONS=DIR), to DIR-graded
	$(BIN)/python notebooks/assignments/grade.py $(if $(SUBMISSIONS),"$(SUBMISSIONS)")

coverage: .venv/installed ## lines and branches of nnlib that the unit tests run through
	$(BIN)/python -m pip install --disable-pip-version-check --quiet -e '.[coverage]'
	$(BIN)/pytest tests -m "not slow" -n auto --dist loadfile --cov

mutants: .venv/installed ## break the core on purpose, see what the tests let through (MODULE=losses: one)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet -e '.[mutants]'
	$(BIN)/python tests/mutants.py $(MODULE)

bench: .venv/installed ## time an epoch beside other libraries (pip install -e '.[compare]' for all)
	$(BIN)/python tests/bench.py

figures: .venv/installed ## recompute the figures in the prose of the pages (PAGE=02_dense_layer: one)
	cd tests && ../$(BIN)/python -m figures $(PAGE)

clean: ## remove .venv, build and the caches of tools
	rm -rf .venv build nnlib.egg-info .pytest_cache .ruff_cache .hypothesis .coverage*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@for python in $(CANDIDATES); do \
		if $$python -c '$(NEW_ENOUGH)' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "nnlib needs Python 3.10 or newer: install one, or name it with PYTHON=..."; exit 1; \
	fi; \
	echo "making .venv with $$($$found --version); the first time this takes some minutes"; \
	$$found -m venv .venv

.venv/installed: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -e '.[dev,course]'
	touch $@

.venv/site: .venv/installed
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -e '.[dev,site]'
	touch $@
