# `make` lists the targets. The scripts behind them are in .ci.

export CGO_ENABLED = 0

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

.PHONY: help build demo test lint bench soak update clean

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 10

build: ## bin/flakegen, stamped with the version
	go build -trimpath -ldflags '-X main.stamped=$(VERSION)' -o bin/flakegen ./cmd/flakegen

demo: ## set up what is missing, then render, check and build the example
	@.ci/demo

test: ## set up what is missing, then run every check and every test
	@.ci/test

lint: ## formatting, vet, staticcheck, shellcheck, actionlint
	@.ci/lint

bench: ## what flakegen costs, as ratios from one run
	@.ci/bench

soak: ## the laws at full size, every fuzz target, all tests under the race detector
	@.ci/soak

update: ## rewrite the golden files; read the diff before you commit it
	@.ci/update

clean: ## remove what building and testing left here
	rm -rf bin .cache
