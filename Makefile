# Set-up, demo, tests and measurements. Each target does all its own set-up and may be run twice.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help setup packages test-packages demo test check bench pictures clean

help:
	@echo "make demo    read a sample mailbox on this machine and show what came out"
	@echo "make test    the whole test suite"
	@echo "make check   the fast part: lint, types, import arrows, unit tests"
	@echo "make bench   measurements (bench.json)"
	@echo "make pictures  the pictures of the staff site in docs/pictures"

packages:
	@deploy/debian-packages.sh

test-packages:
	@deploy/debian-packages.sh test

$(VENV)/.complete: requirements.lock pyproject.toml deploy/virtual-environment.sh parsers/swift_models.py parsers/whole_numbers.py
	@deploy/virtual-environment.sh $(VENV)

setup: packages $(VENV)/.complete

demo: setup
	@$(BIN)/python -m intake.demonstration

check: test-packages setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -n 2 --dist loadfile -m "not slow"

test: test-packages setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -n 2 --dist loadfile

bench: setup
	@deploy/debian-packages.sh bench
	@$(BIN)/python -m tests.bench

pictures: test-packages setup
	@$(BIN)/python -m tests.review.screenshots

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
