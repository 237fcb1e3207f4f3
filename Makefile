# The commands a person needs; README.md explains them. Everything Go needs is
# pinned in go.mod, tools included.

REGISTRY ?=
ARCH     ?= $(shell go env GOARCH)
export CGO_ENABLED = 0

# SQLite is C made Go: the race detector makes it ten times slower and has
# nothing to find in it. Everything else is watched.
race := -race -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc=-race=false

programs := analyzers responders feeder
# The version is the commit's, where git can tell it.
stamp    := $(shell git rev-parse --git-dir >/dev/null 2>&1 && echo auto || echo false)
goflags  := -trimpath -buildvcs=$(stamp) -ldflags='-s -w'

.PHONY: help build cross run demo test fuzz lint vuln catalog process templates angular screenshots images load export bench clean
.DEFAULT_GOAL := help

help: ## list these commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

build: ## static binaries for this machine, in bin/
	@mkdir -p bin
	go build $(goflags) -o bin/ $(addprefix ./,$(programs)) ./docker/setup

cross: ## static binaries for linux/amd64 and linux/arm64, in dist/
	@for arch in amd64 arm64; do \
	  mkdir -p dist/linux-$$arch && \
	  GOOS=linux GOARCH=$$arch go build $(goflags) -o dist/linux-$$arch/ $(addprefix ./,$(programs)) ./docker/setup || exit 1; \
	done

run: build ## the feeder on its default sources, page on 127.0.0.1
	bin/feeder run

demo: build ## the feeder on bundled posts, without network
	bin/feeder demo

test: ## every test, race detector on
	CGO_ENABLED=1 go test $(race) -timeout 14m ./...
	go -C docker/validate test ./...

fuzz: ## each fuzz target for FUZZTIME (default 30s)
	@go list ./... | while read -r pkg; do \
	  for target in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "$$pkg $$target" && go test -run='^$$' -fuzz="^$$target$$" -fuzztime=$(or $(FUZZTIME),30s) $$pkg || exit 1; \
	  done; \
	done

lint: ## gofmt, go mod tidy, go vet, staticcheck
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "run gofmt -w on these"; exit 1; }
	go mod tidy -diff
	go vet ./...
	go tool staticcheck ./...
	go -C docker/validate mod tidy -diff
	go -C docker/validate vet ./...

vuln: ## govulncheck; asks the Go vulnerability database on the network
	go tool govulncheck ./...

catalog: ## write the catalogs and the tables in the docs; REGISTRY= changes the images' prefix
	REGISTRY=$(REGISTRY) go test ./analyzers ./responders -run '^TestCatalog$$' -count=1 -update
	go test . ./shared/ioc -run '^TestCatalog$$' -count=1 -update

process: build ## folders for Cortex' process runner (no Docker, no network): dist/process
	@for program in analyzers responders; do \
	  mkdir -p dist/process/$$program && cp bin/$$program dist/process/$$program/ && \
	  bin/$$program catalog --command > dist/process/$$program/$$program.json && \
	  bin/$$program list --images | cut -f1 | while read -r worker; do ln -sfn $$program dist/process/$$program/$$worker; done || exit 1; \
	done
	@echo "copy dist/process to the Cortex server and name its two catalogs in application.conf; see analyzers/README.md"

templates: build ## TheHive report templates, in dist/
	@mkdir -p dist
	bin/analyzers templates -o dist/waggle-templates.zip

# The versions that TheHive 4.1.24 holds; what the hashes do not fit is not run.
angular: ## AngularJS and Bootstrap from npm, for the tests of the report templates, in dist/npm
	@rm -rf dist/npm && mkdir -p dist/npm/angular dist/npm/bootstrap
	@cd dist/npm && npm pack --silent angular@1.7.8 bootstrap@3.4.1 >/dev/null && printf '%s  %s\n' \
	  1d38d5bed53da9b5a1e6591f2adb97a394dc4f2a33948142b1e0be8fe6e2177c angular-1.7.8.tgz \
	  990c17dbc1560f3262b6a5404c6ed01ff5a58487b8f553663a284c37fb8ec5cc bootstrap-3.4.1.tgz | sha256sum --check --quiet && \
	  tar xzf angular-1.7.8.tgz -C angular --strip-components=1 && tar xzf bootstrap-3.4.1.tgz -C bootstrap --strip-components=1

screenshots: angular ## pictures of every worker's reports as TheHive shows them, in dist/screenshots
	WAGGLE_SCREENSHOTS=$(CURDIR)/dist/screenshots go test . -run '^TestTemplates$$' -count=1

# IMAGEFLAGS='-arch amd64' makes those of one architecture.
images: cross ## every image as archives to load, with lists of components (SBOM), in dist/images; REGISTRY= changes the prefix
	go run ./docker/images -registry '$(REGISTRY)' $(IMAGEFLAGS)

load: ## the images for this machine, into its Docker engine
	@mkdir -p dist/linux-$(ARCH)
	GOOS=linux GOARCH=$(ARCH) go build $(goflags) -o dist/linux-$(ARCH)/ $(addprefix ./,$(programs))
	go run ./docker/images -registry '$(REGISTRY)' -arch $(ARCH)
	docker load --input dist/images/waggle-images-linux-$(ARCH).tar

export: cross templates ## one tar for a site without network: images, catalogs, templates, notes: dist/waggle-export.tar
	go run ./docker/images -registry '$(REGISTRY)' -export dist/waggle-export.tar $(IMAGEFLAGS)

bench: build ## figures beside peers, into dist/bench/results.md too (15 minutes)
	go run ./bench $(BENCHFLAGS)

clean:
	rm -rf bin dist
