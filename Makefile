# make, make test, make demo, make check, make install: `make help` lists them all.
# Executables are in build/bin. Each target first makes sure that the packages it needs are installed.

BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
JOBS ?= $(shell nproc)

# Asked when a recipe runs, not before: the packages may have been installed by then.
GENERATOR = $$(command -v ninja >/dev/null && echo '-G Ninja')
LAUNCHER = $$(command -v ccache >/dev/null && echo '-DCMAKE_CXX_COMPILER_LAUNCHER=ccache')
# $(call configure,FOLDER,OPTIONS): a folder keeps the generator it was first configured with; a first attempt that
# fails leaves no cache that the next one would trust.
configure = mkdir -p $(1) \
	&& cmake -S . -B $(1) $$(test -f $(1)/CMakeCache.txt || echo "$(GENERATOR)") $(LAUNCHER) $(2) \
	>$(1)/configure.log 2>&1 || { cat $(1)/configure.log; rm -f $(1)/CMakeCache.txt; exit 2; }
compile = cmake --build $(1) -j $(JOBS)
ctest = ctest --test-dir $(1) --output-on-failure -j 2
sources = git ls-files -z '*.h' '*.cc'

.PHONY: build test demo bench sanitize check format install clean help
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

demo: build  ## show several agents sharing one queue
	@tests/support/demo.sh

bench: build  ## measure the tools
	@tests/bench/run.sh

sanitize:  ## run all tests with the address and undefined-behaviour sanitizers, in build-asan
	@cmake/packages.sh build test
	@$(call configure,build-asan,-DSMB_TESTS=ON -DSMB_SANITIZE=address$(comma)undefined -DCMAKE_BUILD_TYPE=RelWithDebInfo)
	@$(call compile,build-asan)
	@$(call ctest,build-asan) && echo 'OK:sanitizers_passed' || { echo 'FAIL:sanitizers_failed'; exit 1; }

check:  ## format, clang-tidy and all tests
	@cmake/packages.sh build test check
	@$(sources) | xargs -0 -r clang-format --dry-run -Werror
	@$(call configure,$(BUILD),-DSMB_TESTS=ON)
	@$(call compile,$(BUILD))
	@cmake/tidy.sh $(BUILD) $(JOBS)
	@$(MAKE) --no-print-directory test

format:  ## lay out all sources as .clang-format says
	@cmake/packages.sh check
	@$(sources) | xargs -0 -r clang-format -i

install: build  ## install below PREFIX (/usr/local), staged in DESTDIR
	@DESTDIR='$(DESTDIR)' cmake --install $(BUILD) --prefix '$(PREFIX)' >/dev/null
	@echo 'OK:installed:$(DESTDIR)$(PREFIX)'

clean:  ## remove what was built
	@rm -rf $(BUILD) build-asan

help:  ## list these targets
	@sed -n 's/^\([a-z]*\):[^#]*## */\1\t/p' $(MAKEFILE_LIST) | expand -t 12

comma := ,
