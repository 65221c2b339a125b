# `make bench` and `make test` do everything from a bare checkout; ARGS="..." passes further pytest arguments.
PYTHON := $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
ARGS ?=
# The points of the main job, unless ARGS selects some itself.
POINTS = $(if $(filter -k% -m% --functions% bench/%,$(ARGS)),,-k fn_a)

.PHONY: bench test lint wheel benchmarks clean

bench: .venv/.installed
	$(BIN)/pytest bench $(POINTS) -n 5 $(ARGS)

test: .venv/.installed lint
	$(BIN)/pytest tests -n 2 --durations=10 $(ARGS)

lint: .venv/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

wheel: .venv/.installed
	$(BIN)/python -m hatchling build -t wheel -d dist

benchmarks: .venv/.installed
	@for f in benchmarks/bench_*.py; do $(BIN)/python $$f; done

.venv/.installed: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "make: Python 3.11 or newer is needed, and none was found on PATH" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

clean:
	rm -rf .venv
