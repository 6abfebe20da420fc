# The front door. `make run` starts Cooee, `make test` proves it.
.PHONY: run test check bench fmt clean help
export UV_PYTHON_DOWNLOADS := never
export PATH := $(CURDIR)/.venv/bin:$(HOME)/.cargo/bin:$(PATH)
# Every process of Cooee would compile all of it anew: 1.4 s of its start.
unexport PYTHONDONTWRITEBYTECODE
SETUP := scripts/setup.sh

run:    ## sets everything up and starts an instance with a demo community on http://localhost:8000
	@$(SETUP) tools python engine client
	@# Firefox checks no loopback addresses: docs/decisions/0005. The site itself stays on loopback.
	@COOEE_DEMO=$${COOEE_DEMO:-1} COOEE_EDGE_HOST=$${COOEE_EDGE_HOST:-0.0.0.0} exec .venv/bin/cooee serve

test:   ## sets everything up and runs every suite; the minutes of each at the end
	@$(SETUP) tools python-dev engine client browsers database speech payments
	@scripts/suites.sh

check:  ## every linter and type checker
	@$(SETUP) tools python-dev engine client
	@scripts/check.sh

bench:  ## measures the figures of the README, and writes them there and into bench/results.json
	@$(SETUP) tools python-dev engine client browsers speech
	@cargo build --quiet --locked --profile ci -p cooee-load
	@.venv/bin/python -m bench

fmt:    ## formats Python, Rust and TypeScript
	@$(SETUP) python-dev
	@ruff format . && ruff check --fix --quiet . && cargo fmt --all && npm --prefix client run fmt

clean:  ## removes what was built; keeps data/
	rm -rf target .venv .cache client/node_modules cooee/web cooee/media/*.so

help:
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'
