# `make bench` and `make test` do everything from a bare checkout; ARGS="..." passes further pytest arguments.
PYTHON := $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
ARGS ?=
# The points of the main job, unless ARGS selects some itself: by their ids, which may stand in quotes, or else.
TEST = bench/test_synthesis.py
IDS = $(filter $(TEST)% '$(TEST)% "$(TEST)%,$(subst --deselect ,--deselect=,$(ARGS)))
POINTS = $(if $(IDS),,bench $(if $(filter -k% -m% --functions% bench/%,$(ARGS)),,-k fn_a))

# The published grid: three trials of each task at length 100, and of graph_has_cycle at 300.
TASKS = parity_all,parity_first_half,patternmatch1,patternmatch2,parity_rand_3,parity_rand_10,palindrome,dyck2,\
automata_parity,prime_decimal_tf_check,prime_plus_47,sha256_parity
PAPER = $(BIN)/pytest bench -q -q -n 2 --model enumerator,learner:all --trials 3 --test-size 1000 \
	--reports-dir reports/paper

.PHONY: bench test lint wheel benchmarks paper clean

bench: .venv/.installed
	$(BIN)/pytest $(POINTS) -n 5 $(ARGS)

# Three processes, as on two processors one of them waits for a server or a limit most of the time.
# Modules are compiled once, whatever the shell says: hundreds of processes import them, and those of the jail keep none.
test: export PYTHONDONTWRITEBYTECODE :=
test: .venv/.installed lint
	$(BIN)/python -m compileall -q -j 0 bench targets tests/support
	$(BIN)/pytest tests -n 3 --durations=10 $(ARGS)

lint: .venv/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

wheel: .venv/.installed
	$(BIN)/python -m hatchling build -t wheel -d dist

benchmarks: .venv/.installed
	$(BIN)/python -m benchmarks $(ARGS)

# The enumerator and every learner that is installed, beside the published numbers. It asks nobody. What solves no
# point makes pytest end with 1, and that is no error here.
paper: .venv/.installed
	rm -rf reports/paper
	$(PAPER) --functions "$(TASKS)" --lengths 100 $(ARGS) || test $$? -eq 1
	$(PAPER) --functions graph_has_cycle --lengths 300 $(ARGS) || test $$? -eq 1
	$(BIN)/python -m bench.paper reports/paper/runs/* --format markdown > reports/paper/tables.md
	@cat reports/paper/tables.md

.venv/.installed: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null || { echo "make: Python 3.11 or newer is needed, and $(if $(PYTHON),$(PYTHON) is none,none was found on PATH)" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

clean:
	rm -rf .venv
