# SPDX-License-Identifier: MIT
# parscale: `make help` lists the targets. Users set CC CXX MPICC CFLAGS LDFLAGS BUILD V WERROR SUITES WITH_* PREFIX DESTDIR; lower case is ours.

# A flavour has its own build folder and runs the tests there; one at a time.
flavour := $(filter asan ubsan tsan clang fuzz,$(MAKECMDGOALS))
ifneq ($(word 2,$(flavour)),)
$(error make one of $(flavour) at a time)
endif
ifneq ($(filter clang fuzz,$(flavour)),)
CC  := clang
CXX := clang++
endif
ifeq ($(flavour),tsan)
WITH_OPENMP := 0 # gcc's OpenMP runtime is not built for it
endif
flavour_flags_asan  := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
flavour_flags_ubsan := -fsanitize=undefined -fno-sanitize-recover=all
flavour_flags_tsan  := -fsanitize=thread
flavour_flags_fuzz  := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -Wno-pass-failed
flavour_flags       := $(flavour_flags_$(flavour))

ifeq ($(origin CC),default)
CC := $(shell command -v gcc >/dev/null && echo gcc || echo cc)
endif
# The C++ compiler of the same make: it links the same OpenMP runtime.
ifeq ($(origin CXX),default)
CXX := $(shell cxx=$$(echo '$(CC)' | sed -E 's,(^|[ /-])clang(-[0-9.]+)?( |$$),\1clang++\2\3,; s,(^|[ /-])gcc(-[0-9.]+)?( |$$),\1g++\2\3,'); \
	command -v $${cxx%% *} >/dev/null && [ "$$cxx" != '$(CC)' ] && echo "$$cxx" || echo c++)
endif
CFLAGS  ?= $(if $(flavour_flags),-O2,-O3) -g
LDFLAGS ?=
BUILD   ?= $(if $(flavour),build-$(flavour),build)
V       ?= 0
WERROR  ?= 0
PREFIX  ?= /usr/local
DESTDIR ?=
# The compiler wrapper of the MPI that parscale-mpi is built with.
MPICC   ?= mpicc
# WITH_X=0 leaves X out even where it is installed.
WITH_OPENMP    ?= 1
WITH_HWLOC     ?= 1
WITH_ZLIB      ?= 1
WITH_BENCHMARK ?= 1
WITH_MPI       ?= $(if $(flavour_flags),0,1)
WITH_AVX       ?= 1

ifneq ($(word 2,$(BUILD)),)
$(error BUILD='$(BUILD)': make takes no blanks in names of files)
endif

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

q   := $(if $(filter 0,$(V)),@)
silent := $(findstring s,$(firstword -$(MAKEFLAGS)))
say  = $(if $(filter 0,$(V)),@$(if $(silent),:,printf '  %-6s %s\n') $(1) $(2))

# Constants are enumerators, also those that floating point is computed with: clang 19 warns of that.
warnings := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wundef -Wvla \
            -Wformat=2 -Wwrite-strings -Wno-enum-float-conversion
werror   := $(if $(filter 1,$(WERROR)),-Werror)
includes := -I. -I$(BUILD)
# Sizes of files and times have 64 bits where pointers have 32, too.
wide     := -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64
# What is not known is NAN, here and in files: floating point follows the standard whatever CFLAGS say.
c_flags  := -std=c11 -D_GNU_SOURCE $(wide) $(warnings) $(werror) $(includes) $(CFLAGS) -fno-fast-math $(flavour_flags) -MMD -MP
cc_flags := -std=c++17 $(wide) -Wall -Wextra $(werror) $(includes) $(CFLAGS) -fno-fast-math $(flavour_flags) -MMD -MP

# A word for the shell, whatever is in it.
quoted = '$(subst ','\'',$(1))'

# What this machine has, probed once; probed again, and all built again, when what was asked for changes.
settings := $(strip $(CC) | $(CXX) | $(CFLAGS) $(flavour_flags) $(LDFLAGS) | $(WITH_OPENMP) $(WITH_HWLOC) $(WITH_ZLIB) $(WITH_BENCHMARK) $(WITH_MPI) $(WITH_AVX) $(MPICC))
ifneq ($(filter-out clean help layers lint format uninstall dist bundle,$(or $(MAKECMDGOALS),all)),)
include $(BUILD)/config.mk
endif
c_flags  += $(arch_flags)
cc_flags += $(arch_flags)
ifneq ($(settings),$(configured))
$(BUILD)/config.mk: FORCE
endif
$(BUILD)/config.mk: scripts/configure Makefile
	@mkdir -p $(BUILD)
	@CC=$(call quoted,$(CC)) CXX=$(call quoted,$(CXX)) CFLAGS=$(call quoted,$(CFLAGS) $(flavour_flags) $(LDFLAGS)) WITH_OPENMP=$(WITH_OPENMP) WITH_HWLOC=$(WITH_HWLOC) WITH_ZLIB=$(WITH_ZLIB) \
		WITH_BENCHMARK=$(WITH_BENCHMARK) WITH_MPI=$(WITH_MPI) WITH_AVX=$(WITH_AVX) MPICC=$(call quoted,$(MPICC)) sh scripts/configure $(BUILD)
	@printf 'configured := %s\n' $(call quoted,$(settings)) >>$@
FORCE:
.PHONY: FORCE

# The ending of a file's name brings its flags; those of instruction sets are scripts/configure's.
flags_ompsimd := -fopenmp-simd
flags_openmp  := $(openmp_flags)
ending_flags   = $(flags_$(lastword $(subst _, ,$(basename $(notdir $(1)))))) $(if $(filter bench/mpi/%,$(1)),$(mpi_cflags))

# Checks of lengths and stacks for all that is no kernel; they want an optimising compiler, and sanitizers look deeper.
hardened := $(if $(flavour_flags),,-fstack-protector-strong $(if $(filter -O2 -O3,$(CFLAGS)),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2))

compile_c  = $(CC) $(c_flags) $(if $(filter base/% bench/%,$(1)),$(hardened)) $(call ending_flags,$(1)) -c $(1) -o $(call objects,$(1))
compile_cc = $(CXX) $(cc_flags) -c $(1) -o $(call objects,$(1))
# Linked with these, gcc's start-up code has numbers near 0 count as 0.
fast_math := -Ofast -ffast-math -funsafe-math-optimizations
link_flags = $(filter-out $(fast_math),$(CFLAGS)) $(flavour_flags) $(openmp_flags) $(LDFLAGS)

objects  = $(patsubst %,$(BUILD)/%.o,$(basename $(1)))
found    = $(sort $(shell find $(1) -type f -name '$(2)' 2>/dev/null))
gbench  := $(call found,bench/gbench,*.c) bench/gbench/gbench.cc
mpi     := $(call found,bench/mpi,*.c)
versus  := $(call found,bench/versus,*.c)
simulation := bench/simulate/chunks.c
apart   := bench/commands/main.c bench/probe/program/echo.c $(gbench) $(mpi) $(versus) $(simulation)
sources := $(filter-out $(apart),$(call found,base kernels bench,*.c))
library := $(BUILD)/libparscale.a
libs     = $(hwloc_libs) $(zlib_libs) -ljansson -lm -lpthread

echoes   := $(BUILD)/parscale-echo $(if $(have_STATIC),$(BUILD)/parscale-echo-static)
programs := $(BUILD)/parscale $(echoes) $(if $(have_BENCHMARK),$(BUILD)/parscale-gbench) $(if $(have_MPI),$(BUILD)/parscale-mpi)
# Test programs lie side by side in $(BUILD)/tests, whatever folder they mirror.
test_sources := $(call found,tests,test_*.c)
tests    := $(patsubst %.c,$(BUILD)/tests/%,$(notdir $(test_sources)))
support  := $(filter-out tests/fuzz/% tests/shim/% tests/soak/% tests/old_linux.c $(test_sources),$(call found,tests,*.c)) bench/versus/primesieve.c
fuzzers  := $(filter-out $(if $(have_ZLIB),,%/fuzz_gzip),$(patsubst %.c,$(BUILD)/%,$(call found,tests/fuzz,fuzz_*.c)))
SUITES   ?= $(filter-out tests/cli/suite.sh tests/cli/process.sh tests/cli/kills.sh,$(wildcard tests/cli/*.sh))

# The thread sanitizer is for what makes workers: tests that say so.
ifeq ($(flavour),tsan)
tests  := $(patsubst %.c,$(BUILD)/tests/%,$(notdir $(shell grep -rlE '(sanitizers|by hand): thread' tests --include='test_*.c')))
SUITES :=
endif

all: $(library) $(programs) ## build the programs
.PHONY: all

# Kernels lie alike in all programs: where a loop crosses a line of the instruction cache does not depend on what is linked
# before it.
$(BUILD)/kernels/%.o: c_flags += -falign-functions=64

$(BUILD)/%.o: %.c $(BUILD)/config.mk
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(q)$(call compile_c,$<)

$(BUILD)/%.o: %.cc $(BUILD)/config.mk
	$(call say,CXX,$<)
	@mkdir -p $(@D)
	$(q)$(call compile_cc,$<)

# Version and commit: looked at in every build, written when they change.
$(BUILD)/bench/machine/build.o: $(BUILD)/build_id.h
$(BUILD)/build_id.h: FORCE
	@mkdir -p $(@D)
	@sh scripts/build-id $@

# Appended, not replaced: a kernel and a probe may have the same name.
$(library): $(call objects,$(sources))
	$(call say,AR,$@)
	$(q)rm -f $@ && $(AR) qcs $@ $^

# What holds the shim is linked by the C++ compiler.
shim = $(filter %/gbench.o,$^)
define link
	$(call say,LD,$@)
	$(q)$(if $(shim),$(CXX),$(CC)) $(link_flags) $(filter %.o,$^) $(library) $(test_libs) $(if $(shim),$(benchmark_libs)) $(own_libs) $(libs) -o $@
endef

$(BUILD)/parscale: $(BUILD)/bench/commands/main.o $(library)
	$(link)

$(BUILD)/parscale-gbench: $(call objects,$(gbench)) $(library)
	$(link)

$(BUILD)/parscale-mpi: $(call objects,$(mpi)) $(library)
	$(link)
$(BUILD)/parscale-mpi: own_libs := $(mpi_libs)

# The same program but for a delay that tests plant in the work: what comparing must find.
planted := $(BUILD)/tests/planted/parscale
$(BUILD)/tests/planted/work.o: bench/harness/work.c $(BUILD)/config.mk
	$(call say,CC,$< with a delay)
	@mkdir -p $(@D)
	$(q)$(CC) $(c_flags) -DPARSCALE_PLANTED -c $< -o $@
$(planted): $(BUILD)/tests/planted/work.o $(BUILD)/bench/commands/main.o $(library)
	$(link)

# Runs programs as an old Linux would.
$(BUILD)/tests/old_linux: $(BUILD)/tests/old_linux.o
	$(call say,LD,$@)
	$(q)$(CC) $(link_flags) $^ -o $@

# Preloaded by tests/cli/calls.sh: a call of the system fails.
shim_library := $(BUILD)/tests/fail.so
$(shim_library): tests/shim/fail.c $(BUILD)/config.mk
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(q)$(CC) $(c_flags) -fPIC -shared $< -ldl -o $@

# Random launches for SOAK_SECONDS.
SOAK_SECONDS ?= 600
SOAK_SEED    ?= 1
$(BUILD)/soak: $(BUILD)/tests/soak/soak.o $(BUILD)/tests/bench/harness/fault_case.o $(library)
	$(link)
soak: $(programs) $(BUILD)/soak ## launch random cells with random faults for SOAK_SECONDS, and check each answer
	$(q)$(BUILD)/soak $(SOAK_SECONDS) $(SOAK_SEED)

$(BUILD)/plots/simulate: $(BUILD)/plots/simulate.o $(library)
	$(link)

# One row of scripts/versus-primesieve, which builds it.
$(BUILD)/bench/versus/versus: $(BUILD)/bench/versus/versus.o $(BUILD)/bench/versus/primesieve.o $(library)
	$(link)
$(BUILD)/bench/versus/versus: test_libs := -ldl

# A STREAM, for scripts/versus-ceilings, which builds it.
$(BUILD)/bench/versus/stream: $(BUILD)/bench/versus/stream_openmp.o $(library)
	$(link)

# How chunks are handed out to thousands of ranks, for scripts/simulate-chunks.
$(BUILD)/bench/simulate/chunks: $(BUILD)/bench/simulate/chunks.o $(library)
	$(link)

# What scripts/estimate-cycles traces.
$(BUILD)/bench/versus/estimate: $(BUILD)/bench/versus/estimate.o $(library)
	$(link)

# The fresh programs of `probe spawn`: nothing but the C library.
$(echoes): $(BUILD)/bench/probe/program/echo.o
	$(call say,LD,$@)
	$(q)$(CC) $(CFLAGS) $(flavour_flags) $(LDFLAGS) $(if $(findstring static,$@),-static) $^ -o $@

$(foreach s,$(test_sources),$(eval $(BUILD)/tests/$(notdir $(basename $(s))): $(call objects,$(s))))
$(tests): $(call objects,$(support)) $(library)
	$(link)
$(tests): test_libs := -lcmocka -ldl
$(filter %/test_meters,$(tests)): $(if $(have_BENCHMARK),$(filter-out %/main.o,$(call objects,$(gbench))))

# Under the thread sanitizer the address space must be where it expects it.
run_tsan = $(shell setarch -R true 2>/dev/null && echo setarch -R)

test: $(programs) $(tests) $(planted) $(if $(flavour_flags),,$(shim_library)) $(BUILD)/plots/simulate $(BUILD)/tests/old_linux ## run every test program and the command-line suite
	$(if $(have_CMOCKA),,$(error the tests need cmocka: scripts/bootstrap installs it))
	@V=$(V) TSAN_OPTIONS=halt_on_error=1 UBSAN_OPTIONS=print_stacktrace=1 $(run_$(flavour)) \
		sh scripts/run-tests $(BUILD) $(tests) $(SUITES)

sweep: $(programs) ## measure this machine by the default plan, into results/
	$(BUILD)/parscale sweep

check: layers lint test ## everything that must pass before a change lands

check-long: ## check, with long tests: 10,000 windows of primes, 200 kills of a sweep
	PARSCALE_LONG=1 PARSCALE_KILLS=200 TEST_TIMEOUT=7200 $(MAKE) check

bench-self: ## time parscale's own costs, compared with the last commit's build
	@BUILD=$(BUILD) sh scripts/bench-self

layers: ## fail on an include that crosses a layer
	@sh scripts/layers

asan: test ## run the tests under AddressSanitizer and UBSan (build-asan)
ubsan: test ## run the tests under UBSan alone (build-ubsan)
tsan: test ## run the tests under ThreadSanitizer, without OpenMP (build-tsan)
# How long each parser is fuzzed.
FUZZ_SECONDS ?= 60
$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(addprefix $(BUILD)/tests/fuzz/,memory_file.o temporary.o) $(library)
	$(call say,LD,$@)
	$(q)$(CC) $(link_flags) -fsanitize=fuzzer $^ $(libs) -o $@

fuzz: $(fuzzers) ## fuzz every parser for FUZZ_SECONDS each, with clang's libFuzzer (build-fuzz)
	$(q)for f in $^; do mkdir -p $$f.corpus && echo $$f && \
		$$f -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -artifact_prefix=$$f. -print_final_stats=1 $$f.corpus >$$f.log 2>&1 && \
		grep number_of_executed_units $$f.log || { tail -n 40 $$f.log; exit 1; }; done

clang: test ## build with clang and run the tests (build-clang)

c_sources     := $(call found,base kernels bench plots tests,*.c)
all_sources   := $(c_sources) $(call found,base kernels bench tests,*.h) bench/gbench/gbench.cc
shell_sources := .ci/run $(filter-out %.md,$(shell grep -lsE '^.!/bin/sh' scripts/* scripts/cluster/*)) $(wildcard tests/cli/*.sh findings/*.sh)

# SC2329: functions that suites hand to `ok` and its like are called there.
lint: ## check heads of sources, map of folders, links and lines of docs; shellcheck
	@sh scripts/heads
	@sh scripts/links
	@sh scripts/prose
	@if command -v shellcheck >/dev/null; then shellcheck -x -e SC2329 $(shell_sources); else echo "lint: no shellcheck here"; fi

analyze: $(BUILD)/config.mk ## static checks by clang-tidy, cppcheck and gcc
	@scripts/analyze

format: ## lay out the C sources with clang-format, in place
	clang-format -i $(all_sources)

charts: $(BUILD)/plots/simulate $(BUILD)/parscale ## draw docs/charts again, from a simulated machine
	@sh scripts/charts $(BUILD)

comma := ,
compdb: ## write compile_commands.json for editors and analysers
	$(file >compile_commands.json,[)
	$(foreach s,$(c_sources),$(file >>compile_commands.json,{"directory": "$(CURDIR)"$(comma) "file": "$(s)"$(comma) \
		"command": "$(call compile_c,$(s))"}$(if $(filter-out $(lastword $(c_sources)),$(s)),$(comma))))
	$(file >>compile_commands.json,])
	@echo compile_commands.json

# Made of --help, by a parscale that runs here: for a build for another machine, name one of this machine.
GUIDE  ?= $(BUILD)/parscale
guides := $(BUILD)/guides/parscale.1 $(addprefix $(BUILD)/guides/parscale.,bash zsh fish)
guides: $(guides) ## make the manual page and the completions of shells, of --help
$(guides): $(BUILD)/guides/parscale.%: $(GUIDE) scripts/guides docs/parscale.1
	$(call say,GUIDE,$@)
	@mkdir -p $(@D)
	$(q)sh scripts/guides $(if $(filter 1,$*),man,$*) $(GUIDE) docs/parscale.1 >$@

# Programs that no user starts are in libexec.
prefix      = $(DESTDIR)$(PREFIX)
helpers     = $(filter $(echoes) $(BUILD)/parscale-mpi,$(programs))
completions = bash:share/bash-completion/completions/parscale zsh:share/zsh/site-functions/_parscale fish:share/fish/vendor_completions.d/parscale.fish
install: $(programs) $(guides) ## copy programs, charts, plans, manual page and completions under PREFIX, below DESTDIR
	install -d $(foreach d,bin libexec/parscale share/parscale/plots share/parscale/scripts/sweeps share/man/man1,"$(prefix)/$(d)")
	install $(filter-out $(helpers),$(programs)) "$(prefix)/bin"
	install $(helpers) "$(prefix)/libexec/parscale"
	install -m 644 $(wildcard plots/*.gp) "$(prefix)/share/parscale/plots"
	install -m 644 $(wildcard scripts/sweeps/*.sweep) "$(prefix)/share/parscale/scripts/sweeps"
	install -m 644 $(BUILD)/guides/parscale.1 "$(prefix)/share/man/man1"
	$(if $(have_BENCHMARK),ln -sf parscale.1 "$(prefix)/share/man/man1/parscale-gbench.1")
	$(foreach c,$(completions),install -D -m 644 $(BUILD)/guides/parscale.$(firstword $(subst :, ,$(c))) "$(prefix)/$(lastword $(subst :, ,$(c)))" &&) :

uninstall: ## remove what `make install` copied there
	rm -f $(foreach p,parscale parscale-gbench,"$(prefix)/bin/$(p)" "$(prefix)/share/man/man1/$(p).1") \
		$(foreach c,$(completions),"$(prefix)/$(lastword $(subst :, ,$(c)))")
	rm -rf "$(prefix)/libexec/parscale" "$(prefix)/share/parscale"

version := $(shell cat VERSION)
dist: ## write parscale-VERSION.tar.xz, the sources as committed
	git archive --format=tar --prefix=parscale-$(version)/ HEAD | xz >parscale-$(version).tar.xz

bundle: ## write parscale-VERSION-ARCH.tar.xz: static programs that run on any Linux (scripts/bundle makes other ARCH)
	@sh scripts/bundle

clean: ## remove what was built
	rm -rf $(BUILD)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
.PHONY: soak sweep guides install uninstall dist bundle test check check-long bench-self layers analyze asan ubsan tsan clang fuzz lint format charts compdb clean help

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
