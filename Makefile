# One command for each job. Needs GNU make and Python 3.11 or newer; nothing else.
#
#   make demo     set up, run the founding scenario, say where its report is
#   make test     set up, then format, lint, types, layers, tests and the built wheel: what CI runs
#   make check    format, lint, types and layers only
#   make docs     write the generated pages and the golden help texts again
#   make bench    measure every figure that is claimed
#   make soak     every test, with a thousand new examples for each law; takes long
#   make lock     pin every dependency again, with hashes
#   make clean    remove what make has made

PYTHON ?= python3
WORKERS ?= 2

# Paths are relative, so that the folder may have a space in its name.
PIP = python -m pip --disable-pip-version-check --quiet
LOCKED = $(PIP) install --require-hashes
ITSELF = $(PIP) install --no-index --no-deps
LOCK = build/lock-venv/bin/pip-compile --quiet --no-config --generate-hashes --allow-unsafe \
	--strip-extras --no-emit-options --no-emit-index-url --no-emit-trusted-host --no-emit-find-links

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test check tests wheel docs bench soak lock clean

help:
	@sed -n '3,10s/^#   //p' Makefile

demo: .venv/.ready-to-run
	.venv/bin/tocsin run joined-watch --out out/joined-watch
	@echo
	@echo 'The report, for any browser: out/joined-watch/report.html'

test: check tests wheel

check: .venv/.ready-to-test
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

tests: .venv/.ready-to-test
	.venv/bin/python -m pytest -n $(WORKERS)

# The wheel, in an environment with what it declares and nothing else.
wheel: .venv/.ready-to-test build/wheel-venv/.ready
	rm -rf dist
	.venv/bin/python -m build --wheel --no-isolation --outdir dist . >build/wheel-log.txt \
		|| { cat build/wheel-log.txt; exit 1; }
	rm -f build/wheel-log.txt
	build/wheel-venv/bin/$(ITSELF) --force-reinstall dist/*.whl
	build/wheel-venv/bin/tocsin --version
	build/wheel-venv/bin/tocsin --help >build/wheel-venv/help.txt
	build/wheel-venv/bin/tocsin catalog check

docs: .venv/.ready-to-test
	.venv/bin/python scripts/write_commands.py
	.venv/bin/python scripts/write_messages.py
	.venv/bin/python scripts/write_rules.py

bench: .venv/.ready-to-test
	@for file in benchmarks/*.py; do \
		echo "$$file"; .venv/bin/python "$$file" || exit 1; done

soak: .venv/.ready-to-test
	HYPOTHESIS_PROFILE=soak .venv/bin/python -m pytest -n $(WORKERS) -m 'slow or not slow'

lock: build/lock-venv/.ready
	CUSTOM_COMPILE_COMMAND='make lock' $(LOCK) --upgrade --only-build-deps --build-deps-for wheel \
		--output-file requirements/build.txt pyproject.toml
	CUSTOM_COMPILE_COMMAND='make lock' $(LOCK) --upgrade \
		--output-file requirements/run.txt pyproject.toml
	CUSTOM_COMPILE_COMMAND='make lock' $(LOCK) --upgrade --extra dev \
		--constraint requirements/build.txt --constraint requirements/run.txt \
		--output-file requirements/dev.txt pyproject.toml

clean:
	rm -rf .venv build dist out \
		.mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

# Environments. A stamp is newer than the lock it was made from, so nothing is installed twice.

.venv/.ready-to-run: requirements/run.txt requirements/build.txt pyproject.toml | .venv/.made
	.venv/bin/$(LOCKED) -r requirements/build.txt -r requirements/run.txt
	.venv/bin/$(ITSELF) --no-build-isolation --editable .
	@touch $@

.venv/.ready-to-test: requirements/dev.txt .venv/.ready-to-run
	.venv/bin/$(LOCKED) -r requirements/dev.txt
	@touch $@

build/wheel-venv/.ready: requirements/run.txt | build/wheel-venv/.made
	build/wheel-venv/bin/$(LOCKED) -r requirements/run.txt
	@touch $@

build/lock-venv/.ready: | build/lock-venv/.made
	build/lock-venv/bin/$(PIP) install 'pip-tools==7.6.2'
	@touch $@

%/.made:
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "tocsin needs Python 3.11 or newer; '$(PYTHON)' is not. Name another, for example:" >&2; \
		echo "    make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	'$(PYTHON)' -m venv $*
	@touch $@
