# What a newcomer and a developer type. Needs Python >= 3.11 and the package registries, nothing else.
# The first Python that is new enough. When there is none, the start says so in one line.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && exit; \
	done; echo python3)
# Makes .venv from the hashed lock and becomes its Python. -I: see vekst/bootstrap.py.
BASE = $(PYTHON) -I vekst/bootstrap.py base
TOOLS = $(PYTHON) -I vekst/bootstrap.py test
.DEFAULT_GOAL := help

help: ## Show these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{printf "make %-10s %s\n", $$1, $$2}'

run: ## Prepare everything and run the portal (PORT=8000)
	@$(BASE) -m vekst.start

test: ## Prepare everything, then every check and every test
	@$(TOOLS) -m tests

lint: ## Only the checks that need no server
	@$(TOOLS) -m tests lint

bench: ## Measure the portal under load
	@$(TOOLS) -m bench

messages: ## Bring the English catalogue up to date with the code, and say what it lacks
	@$(BASE) -m vekst.translations update

lock: ## Compile requirements/*.txt, with hashes, from requirements/*.in
	@for name in base local test; do $(TOOLS) -m piptools compile --quiet --generate-hashes --strip-extras \
		--allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header \
		--output-file requirements/$$name.txt requirements/$$name.in || exit 1; done

.PHONY: help run test lint bench messages lock
