# Tasks. `make help` lists them. Cargo's output lies outside the clone, so that every clone on a machine shares it.
export CARGO_TARGET_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/otklik/target
CARGO := $(shell command -v cargo || echo $(HOME)/.cargo/bin/cargo)
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run run-kafka kafka test test-slow chaos week attack check build setup fmt doc deny advisories fuzz clean

help: ## List the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Set up what is missing, build, and run against the sample district
	@deploy/setup.sh run
	@exec "$(CARGO_TARGET_DIR)/release/otklik" run --sample $(ARGS)

run-kafka: ## The same with each role as a process of its own, on Kafka
	@deploy/setup.sh kafka
	@deploy/setup.sh run
	@exec "$(CARGO_TARGET_DIR)/release/otklik" run --sample --apart $(ARGS)

kafka: ## Start a Kafka node for development on 127.0.0.1:9092; stop it with STOP=1
	@deploy/setup.sh kafka
	@deploy/kafka/broker.sh $(if $(STOP),stop,start)

test: ## Set up what the tests need, then run every check and every test but the slow ones
	@deploy/setup.sh test
	@$(MAKE) --no-print-directory check
	$(CARGO) test --workspace --quiet $(ARGS) -- --skip slow::

test-slow: ## The slow tests: kills, restarts of a broker, roles apart, simulated weeks and months
	@deploy/setup.sh test
	$(CARGO) test --workspace --quiet $(ARGS) -- slow::

chaos: ## Kill roles and broker at random while 200,000 posts flow, and compare what is left; SEED=42
	@deploy/setup.sh test
	OTKLIK_CHAOS_POSTS=$(or $(POSTS),200000) OTKLIK_KILLS=$(or $(KILLS),50) OTKLIK_BROKER_RESTARTS=3 OTKLIK_SEED=$(or $(SEED),42) \
	    $(CARGO) test --package otklik --test e2e -- slow::chaos --nocapture

attack: ## Attack an instance for five minutes from all sides at once, on the loopback, and hold the times it must keep
	@deploy/setup.sh test
	OTKLIK_ATTACK_S=$(or $(SECONDS_LONG),300) $(CARGO) test --package otklik --test e2e --release -- slow::attack --nocapture

check: ## Formatting, lints, docs, and the structure: folders, crates and rooms as ARCHITECTURE.md says
	@.ci/structure
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --quiet -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --document-private-items --quiet

build: ## Build the release binary; ./otklik finds it
	$(CARGO) build --release

setup: ## Set up what is missing for running and testing, and nothing else
	@deploy/setup.sh only

fmt: ## Format the code
	$(CARGO) fmt --all

doc: ## Build the developer documentation
	$(CARGO) doc --workspace --no-deps

TOOLS := $(dir $(CARGO_TARGET_DIR))tools
INSTALL_DENY = test -x "$(TOOLS)/bin/cargo-deny" || CARGO_TARGET_DIR="$(TOOLS)/target" $(CARGO) install cargo-deny --locked --root "$(TOOLS)"
deny: ## Licences, sources and banned crates (the first time it installs cargo-deny, some minutes)
	@$(INSTALL_DENY)
	"$(TOOLS)/bin/cargo-deny" --log-level error check licenses sources bans

# Not in CI, which must end the same way tomorrow. Without the database nothing was checked, and that is no success.
ADVISORY_DB ?= https://github.com/RustSec/advisory-db
advisories: ## Known vulnerabilities of the dependencies; needs the advisory database: ADVISORY_DB=address of a mirror
	@GIT_TERMINAL_PROMPT=0 timeout 60 git ls-remote --exit-code "$(ADVISORY_DB)" HEAD >/dev/null || { \
	    echo "advisories: nothing was checked: there is no advisory database at $(ADVISORY_DB)." >&2; \
	    echo "Run it where that address can be reached, or name a git mirror: make advisories ADVISORY_DB=https://…" >&2; exit 1; }
	@$(INSTALL_DENY)
	@config=$$(mktemp --suffix=.toml) && trap 'rm -f "$$config"' EXIT && \
	    { cat deny.toml; printf '\n[advisories]\ndb-urls = ["%s"]\n' "$(ADVISORY_DB)"; } >"$$config" && \
	    "$(TOOLS)/bin/cargo-deny" check --config "$$config" advisories

week: ## A simulated week of 390 sources on VK's limits: nothing missed, late or refused
	OTKLIK_WEEK=300x7 $(CARGO) test --release --package ingest --lib -- slow::week --nocapture

# Each with its crate and the folder of invented documents that it begins with; what longer runs made of those lies packed in corpus/.
# Without a sanitizer: what it looks for are panics and endless loops of safe Rust, and the C libraries beside it do not link with one.
FUZZ := ingest:telegram:telegram ingest:telegram_discussion:telegram ingest:vk:vk ingest:vk_comments:vk ingest:vk_events:vk ingest:max:max \
    ingest:feed:feed ingest:list:feed ingest:robots:feed ingest:exports:vk ingest:masks:privacy alerts:presses:.
fuzz: ## Fuzz each parser of foreign bytes for SECONDS_EACH (default 60); needs nightly Rust and cargo-fuzz
	@for entry in $(FUZZ); do IFS=: read -r crate target seeds <<< "$$entry"; corpus=$$crate/fuzz/corpus/$$target; mkdir -p $$corpus; \
	    [ ! -e $$corpus.tar.zst ] || tar --zstd -xf $$corpus.tar.zst -C $$corpus; \
	    cargo +nightly fuzz run --sanitizer none --fuzz-dir $$crate/fuzz --target-dir "$(CARGO_TARGET_DIR)/fuzz" $$target \
	        $$corpus $$crate/fixtures/$$seeds -- -max_total_time=$(or $(SECONDS_EACH),60) -timeout=25 || exit 1; done

clean: ## Remove cargo's output of this project
	rm -rf "$(CARGO_TARGET_DIR)"
