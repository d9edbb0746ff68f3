# Two commands do it all: `make run` and `make test`.
.DEFAULT_GOAL := help
.PHONY: help run test train lock pictures nlu-report faults clean
PTI := .venv/bin/pti

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run:  ## install, migrate, train where needed, start everything, print the address
	@scripts/install requirements.lock
	@exec $(PTI) up

test:  ## format, lint, types, data, training, all tests
	@scripts/install requirements-dev.lock
	@scripts/check

train:  ## train a model, unless one fits the data
	@scripts/install requirements.lock
	@$(PTI) train

nlu-report:  ## how well the held-out messages are understood
	@scripts/install requirements-dev.lock
	@$(PTI) nlu-report

faults:  ## kill, hang and starve it under load, see that everybody is answered (ARGS="--help")
	@scripts/install requirements-dev.lock
	@.venv/bin/python -W ignore -m tests.faults.run $(ARGS)

pictures:  ## take the pictures of README and docs again (needs Chromium)
	@scripts/install requirements-dev.lock
	@.venv/bin/python -m tests.webchat.take_pictures
	@.venv/bin/python -m tests.console.take_pictures

lock:  ## resolve the dependencies anew (needs uv)
	@scripts/lock

clean:  ## remove what `make run` and `make test` made, except secrets and the database
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .rasa results models/*.tar.gz
