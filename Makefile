# What a newcomer and a developer type. Needs Python >= 3.11 and the package registries, nothing else.
PYTHON ?= python3
VENV := .venv
.DEFAULT_GOAL := help

help: ## Show these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{printf "make %-10s %s\n", $$1, $$2}'

run: ## Prepare everything and run the portal (PORT=8000)
	@$(PYTHON) -m vekst.start run

test: ## Prepare everything, then every check and test
	@$(PYTHON) -m vekst.start test

lint: ## Format what can be formatted, then the checks that need no server
	@$(PYTHON) -m vekst.start lint

bench: ## Measure the portal under load
	@$(PYTHON) -m vekst.start bench

messages: ## Bring the English catalogue up to date with the code and say what it lacks
	@$(VENV)/bin/python -m vekst.translations update

lock: ## Compile requirements/*.txt with hashes from requirements/*.in
	@$(VENV)/bin/python -m vekst.start lock

.PHONY: help run test lint bench messages lock
