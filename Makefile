# Two commands do it all: `make run` and `make test`.
.DEFAULT_GOAL := help
.PHONY: help run test train lock pictures nlu-report bench faults attacks clean
PTI := .venv/bin/pti
# Where somebody tries to get in, or to get out what is not theirs.
ATTACKS := tests/attacks tests/channels tests/messaging/test_never_a_command.py \
  tests/messaging/test_logs.py tests/twilio/test_webhook_signature.py \
  tests/twilio/test_webhook_messages.py tests/telegram/test_webhook.py \
  tests/phone/test_handoff_webhook.py tests/phone/test_voice_webhook.py tests/people/test_linking.py \
  tests/media/test_content_type.py tests/media/test_download.py tests/webchat/test_api.py \
  tests/webchat/test_files_and_privacy.py tests/console/test_access_matrix.py \
  tests/console/test_audit.py tests/console/test_login.py tests/console/test_second_step.py \
  tests/console/test_sessions.py tests/console/test_pages.py tests/console/test_reading_masking.py \
  tests/imss/test_from_the_contract.py

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

bench:  ## how fast it is, beside stock Rasa (trained once, half an hour; ARGS="--help")
	@scripts/install requirements-dev.lock
	@.venv/bin/python -W ignore -m tests.load.bench $(ARGS)

faults:  ## kill, hang and starve it under load, see that everybody is answered (ARGS="--help")
	@scripts/install requirements-dev.lock
	@.venv/bin/python -W ignore -m tests.faults.run $(ARGS)

attacks:  ## forge, inject, guess, flood, trespass: every test that breaks in
	@scripts/install requirements-dev.lock
	@.venv/bin/pytest -q --numprocesses $$(nproc) --dist loadfile $(ATTACKS) $(ARGS)

pictures:  ## take the pictures of README and docs again (needs Chromium)
	@scripts/install requirements-dev.lock
	@.venv/bin/python -m tests.webchat.take_pictures
	@.venv/bin/python -m tests.console.take_pictures

lock:  ## resolve the dependencies anew (needs uv)
	@scripts/lock

clean:  ## remove what `make run` and `make test` made, except secrets and the database
	rm -rf .venv .bench .mypy_cache .pytest_cache .ruff_cache .hypothesis .rasa results models/*.tar.gz
