# The two commands of the README, and what a contributor needs.
# One release build serves the demo, the tests and the processes that they start; tests look inside modules.
FLAGS = -c release -Xswiftc -enable-testing
SWIFT_BUILD = swift build $(FLAGS)

.PHONY: help build demo test format check clean

help:
	@echo "make demo    build, then make a small world and map it (half a minute after the build)"
	@echo "make test    build and run every test"
	@echo "make build   the tilth program: .build/release/tilth"
	@echo "make format  format the sources        make check  what a commit must pass besides the tests"

build:
	@scripts/setup
	$(SWIFT_BUILD) --product tilth

demo: build
	.build/release/tilth demo --directory .demo

test:
	@scripts/setup tests
	$(SWIFT_BUILD) --build-tests
	swift test $(FLAGS) --skip-build

format:
	swift format --in-place --recursive Sources Tests Package.swift

# The import check only fires on the second build.
check:
	swift format lint --strict --recursive Sources Tests Package.swift
	$(SWIFT_BUILD) --explicit-target-dependency-import-check error
	$(SWIFT_BUILD) --explicit-target-dependency-import-check error

clean:
	rm -rf .build .demo .venv
