SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --warn-undefined-variables --no-builtin-rules
.DEFAULT_GOAL := help

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
CONNECTORS := $(patsubst %/api.cue,%,$(wildcard connectors/*/api.cue))
# Connectors that between them use what the language has.
SCHEMES := $(wildcard golden/schemes/*)
# Modules of their own, so that what only tests need never reaches users.
MODULES := golden/consumer golden/sdk golden/live
# Connectors of servers that tests start.
LIVE := $(patsubst %/,%,$(dir $(wildcard golden/live/*/*.cue)))

.PHONY: help
help: ## Show the targets.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 12

.PHONY: demo
demo: ## Take Slack's spec through vet, generate, the twin's faults, and the score.
	@go run ./golden/demo

# A browser uses the twin's page; databases, Redis, a registry and a provider of OAuth on Node judge golden/live.
.PHONY: tools
tools: ## Install the Debian packages that make test needs besides Go, where they are missing.
	@missing=(); \
	command -v chromium >/dev/null || missing+=(chromium); \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql); \
	command -v redis-server >/dev/null || missing+=(redis-server); \
	command -v docker-registry >/dev/null || missing+=(docker-registry); \
	command -v npm >/dev/null || missing+=(nodejs npm); \
	if (($${#missing[@]})); then apt-get update -qq && apt-get install -y -qq "$${missing[@]}"; fi >/dev/null

.PHONY: test
test: ## Run every test, here and in the modules below golden/.
	go run ./golden/runtests . $(MODULES)

# One binary a package, so that a seed costs nothing but its run.
.PHONY: seeds
seeds: ## Play the scenarios of Slack and of each connector of golden/schemes with seeds 1 to 200.
	@dir=$$(mktemp -d); failed=0; \
	for pkg in $$(grep -rl --include='*_test.go' 'func TestGauntlet(' $(CONNECTORS) $(SCHEMES) | xargs dirname | sort -u); do \
		go test -c -o $$dir/gauntlet ./$$pkg; \
		for seed in $$(seq 200); do \
			(cd $$pkg && PORIN_SEED=$$seed $$dir/gauntlet -test.run '^TestGauntlet$$' >$$dir/said 2>&1) || { failed=1; echo "$$pkg, seed $$seed:"; cat $$dir/said; }; \
		done; \
		echo "$$pkg: 200 seeds"; \
	done; rm -r $$dir; exit $$failed

.PHONY: mutate
mutate: ## Make each rule of Slack's client wrong, and hold the gauntlet to noticing 95% of them; minutes.
	@go run ./cmd/porin test connectors/slack --mutate --at-least 95

.PHONY: race
race: ## Run the runtime's tests with the race detector.
	go test -race -vet=off ./runtime/... ./connectors/...

.PHONY: generate
generate: ## Write every generated package anew.
	go run ./cmd/porin generate $(CONNECTORS) $(LIVE)
	cd golden/consumer && go generate ./...

.PHONY: check
check: ## Check formatting, vet, lint, and that generated code is current.
	@test -z "$$(gofmt -l $$(git ls-files '*.go' 2>/dev/null || find . -name '*.go'))" || { gofmt -l .; exit 1; }
	go vet ./...
	go mod tidy -diff
	@# SA1019: generated packages call their own deprecated methods.
	@# SA5008: a decimal whose type is text has the option string, which encoding/json keeps for plain numbers.
	go run $(STATICCHECK) -checks inherit,-SA1019,-SA5008 ./...
	@for dir in $(CONNECTORS) $(LIVE); do go run ./cmd/porin generate --check $$dir; done
	cd golden/consumer && go mod tidy -diff && go vet ./... && go tool porin generate --check tracker
	cd golden/sdk && go vet ./...
	cd golden/live && go mod tidy -diff && go vet ./...

.PHONY: bench
bench: ## Measure against the budgets of docs/performance.md, and print ratios.
	go run ./golden/bench

.PHONY: bench-peers
bench-peers: ## Measure beside oapi-codegen and go-swagger on the documents of PORIN_CORPUS.
	@go run ./golden/compare

.PHONY: score
score: ## Score every connector of the repository, and hold each scenario against golden/score/scores.
	@go run ./golden/score $(CONNECTORS) $(SCHEMES) golden/consumer/tracker $(LIVE)

.PHONY: clients
clients: ## Judge other people's clients, and write docs/clients.md. Needs Node and npm.
	@go run ./golden/clients

.PHONY: fidelity
fidelity: ## Compare requests with those of other libraries, and write docs/fidelity.md.
	@go run ./golden/clients -fidelity

.PHONY: corpus
corpus: ## Take every OpenAPI document of PORIN_CORPUS from draft to a smoke test.
	@go run ./golden/corpus

.PHONY: naming
naming: ## Hold drafted names against the Go SDKs of Stripe, GitHub, OpenAI, Twilio and Slack.
	@go run ./golden/naming

.PHONY: labels
labels: ## Hold the drafter against the labels of golden/draft/labels.
	@go run ./golden/labels

.PHONY: install
install: ## Install the porin command.
	go install ./cmd/porin
