# make demo    set everything up, run the main job on a simulated field, print what it found
# make test    set everything up, run the tests; ARGS="-k grid" goes to pytest
.PHONY: setup demo test stop lint clean

export DEEPCAL_HOME ?= $(CURDIR)/var
BIN := .venv/bin

setup:
	@tools/setup.sh

demo: setup
	@$(BIN)/deepcal db status > /dev/null 2>&1 && running=yes || running=no; \
	trap '[ $$running = yes ] || $(BIN)/deepcal db stop > /dev/null' EXIT; trap 'exit 130' INT; trap 'exit 143' TERM; \
	$(BIN)/deepcal demo $(ARGS)

test: setup
	@$(BIN)/pytest $(ARGS)

stop:
	@[ ! -x $(BIN)/deepcal ] || $(BIN)/deepcal db stop

lint: setup
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# The data folder stays: its database and stacks may hold what nobody wants to make again.
clean: stop
	@rm -rf .venv dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "kept $(DEEPCAL_HOME): remove it by hand if its database and stacks are not wanted"
