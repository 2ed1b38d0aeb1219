# make, make test, make demo, make check, make install: `make help` lists them all.
# Executables are in build/bin. Each target first makes sure that the packages it needs are installed.

BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
JOBS ?= $(shell nproc)
SECONDS ?= 30

# Asked when a recipe runs, not before: the packages may have been installed by then.
GENERATOR = $$(command -v ninja >/dev/null && echo '-G Ninja')
LAUNCHER = $$(command -v ccache >/dev/null && echo '-DCMAKE_CXX_COMPILER_LAUNCHER=ccache')
# $(call configure,FOLDER,OPTIONS): a folder keeps the generator it was first configured with; a first attempt that
# fails leaves no cache that the next one would trust.
configure = mkdir -p $(1) \
	&& cmake -S . -B $(1) $$(test -f $(1)/CMakeCache.txt || echo "$(GENERATOR)") $(LAUNCHER) $(2) \
	>$(1)/configure.log 2>&1 || { cat $(1)/configure.log; rm -f $(1)/CMakeCache.txt; exit 2; }
compile = cmake --build $(1) -j $(JOBS)
# $(call ctest,FOLDER,SECONDS): a test may take so long, where it has no limit of its own.
ctest = ctest --test-dir $(1) --output-on-failure -j 2 --timeout $(or $(2),300)
# ThreadSanitizer's memory layout does not fit every kernel's address randomization: off, where that is allowed.
unshuffled = $$(setarch -R true 2>/dev/null && echo 'setarch -R')
# $(call quoted,TEXT): one word of a command line
quoted = '$(subst ','\'',$(1))'
sources = git ls-files -z '*.h' '*.cc'

.PHONY: build test soak demo bench fuzz sanitize check generate format install uninstall deb clean help
.DEFAULT_GOAL := build

build:  ## compile the tools into build/bin (the default)
	@cmake/packages.sh build
	@test -f $(BUILD)/CMakeCache.txt || { $(call configure,$(BUILD),-DSMB_TESTS=OFF); }
	@$(call compile,$(BUILD))

test:  ## compile everything and run all tests
	@cmake/packages.sh build test
	@$(call configure,$(BUILD),-DSMB_TESTS=ON)
	@$(call compile,$(BUILD))
	@$(call ctest,$(BUILD)) && echo 'OK:tests_passed' || { echo 'FAIL:tests_failed'; exit 1; }

soak:  ## the proofs in their long form: every point with every fault, and half an hour of chaos
	@cmake/packages.sh build test
	@$(call configure,$(BUILD),-DSMB_TESTS=ON)
	@$(call compile,$(BUILD))
	@SMB_SOAK=1 $(call ctest,$(BUILD),3600) -L 'crash|process|chaos' && echo 'OK:soak_passed' || { echo 'FAIL:soak_failed'; exit 1; }

demo: build  ## show several agents sharing one queue
	@tests/support/demo.sh

bench: build  ## measure the tools against their bars, and write docs/benchmarks.md
	@cmake/packages.sh bench
	@tests/bench/run.sh

fuzz:  ## fuzz every reader of files for SECONDS (30) each, with libFuzzer and sanitizers, in build-fuzz
	@cmake/packages.sh build test fuzz
	@$(call configure,build-fuzz,-DSMB_TESTS=ON -DSMB_SANITIZE=fuzzer-no-link$(comma)address$(comma)undefined \
		-DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++)
	@$(call compile,build-fuzz) --target fuzzers
	@tests/fuzz/run.sh build-fuzz $(SECONDS)

sanitize:  ## all tests under ASan and UBSan, in build-asan; what uses threads under TSan, in build-tsan
	@cmake/packages.sh build test
	@$(call configure,build-asan,-DSMB_TESTS=ON -DSMB_SANITIZE=address$(comma)undefined -DCMAKE_BUILD_TYPE=RelWithDebInfo)
	@$(call compile,build-asan)
	@$(call ctest,build-asan,900) || { echo 'FAIL:sanitizers_failed:address,undefined'; exit 1; }
	@$(call configure,build-tsan,-DSMB_TESTS=ON -DSMB_SANITIZE=thread -DCMAKE_BUILD_TYPE=RelWithDebInfo)
	@$(call compile,build-tsan) --target threaded
	@$(unshuffled) $(call ctest,build-tsan,900) -L threads || { echo 'FAIL:sanitizers_failed:thread'; exit 1; }
	@echo 'OK:sanitizers_passed'

check:  ## format, clang-tidy, the words of guarantee and all tests
	@cmake/packages.sh build test check
	@$(sources) | xargs -0 -r clang-format --dry-run -Werror
	@tests/support/check_guarantees.py .
	@$(call configure,$(BUILD)/tidy,-DSMB_TESTS=OFF -DSMB_UNITY=OFF)
	@cmake/tidy.sh $(BUILD)/tidy $(JOBS)
	@$(MAKE) --no-print-directory test

format:  ## lay out all sources as .clang-format says
	@cmake/packages.sh check
	@$(sources) | xargs -0 -r clang-format -i

generate:  ## write what is derived from the program: pages, manual pages, completions, schemas, the picture
	@cmake/packages.sh build test
	@$(call configure,$(BUILD),-DSMB_TESTS=ON)
	@$(call compile,$(BUILD)) --target smbatcher smbatcher-net generate-docs
	@$(BUILD)/tests/generate-docs docs/machine-contract.md docs/troubleshooting.md docs/requests.md
	@python3 cmake/generate.py $(BUILD)/bin
	@python3 tests/support/picture.py $(BUILD)/bin docs/two-agents.svg

install:  ## install below PREFIX (/usr/local), staged in DESTDIR
	@cmake/install.sh check $(call quoted,$(PREFIX)) $(call quoted,$(DESTDIR))
	@$(MAKE) --no-print-directory build
	@cmake/install.sh install $(call quoted,$(PREFIX)) $(call quoted,$(DESTDIR)) $(call quoted,$(BUILD))

deb: build  ## write a Debian package into build
	@cmake/packages.sh deb
	@cmake/deb.sh $(BUILD)

uninstall:  ## remove what `make install` put below PREFIX
	@cmake/install.sh uninstall $(call quoted,$(PREFIX)) $(call quoted,$(DESTDIR))

clean:  ## remove what was built
	@rm -rf $(BUILD) build-asan build-tsan build-fuzz

help:  ## list these targets
	@sed -n 's/^\([a-z]*\):[^#]*## */\1\t/p' $(MAKEFILE_LIST) | expand -t 12

comma := ,
