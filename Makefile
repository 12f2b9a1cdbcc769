# SPDX-License-Identifier: MIT
# parscale: `make help` lists the targets. Users set CC CXX CFLAGS LDFLAGS BUILD V WERROR WITH_*; lower case is ours.

ifeq ($(origin CC),default)
CC := gcc
endif
CXX     ?= c++
CFLAGS  ?= -O3 -g
LDFLAGS ?=
BUILD   ?= build
V       ?= 0
WERROR  ?= 0
# WITH_X=0 leaves X out even where it is installed.
WITH_OPENMP    ?= 1
WITH_HWLOC     ?= 1
WITH_BENCHMARK ?= 1

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

q   := $(if $(filter 0,$(V)),@)
say  = $(if $(filter 0,$(V)),@printf '  %-6s %s\n' $(1) $(2))

warnings := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wundef -Wvla \
            -Wformat=2 -Wwrite-strings
werror   := $(if $(filter 1,$(WERROR)),-Werror)
includes := -Ikernels -Ibench -I$(BUILD)
c_flags  := -std=c11 -D_GNU_SOURCE $(warnings) $(werror) $(includes) $(CFLAGS) -MMD -MP
cc_flags := -std=c++17 -Wall -Wextra $(werror) $(includes) $(CFLAGS) -MMD -MP

# What this machine has, probed once; `make clean` or a changed scripts/configure probes again.
include $(BUILD)/config.mk
$(BUILD)/config.mk: scripts/configure
	@mkdir -p $(BUILD)
	@CC="$(CC)" CXX="$(CXX)" CFLAGS="$(CFLAGS) $(LDFLAGS)" WITH_OPENMP=$(WITH_OPENMP) WITH_HWLOC=$(WITH_HWLOC) \
		WITH_BENCHMARK=$(WITH_BENCHMARK) sh scripts/configure $(BUILD)

# The ending of a file's name brings its flags.
flags_avx2    := $(if $(filter x86_64,$(arch)),-mavx2 -mbmi -mbmi2 -mpopcnt)
flags_avx512  := $(if $(filter x86_64,$(arch)),$(flags_avx2) -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512cd -mprefer-vector-width=512)
flags_ompsimd := -fopenmp-simd
flags_openmp  := $(openmp_flags)
ending_flags   = $(flags_$(lastword $(subst _, ,$(basename $(notdir $(1))))))

objects = $(patsubst %,$(BUILD)/%.o,$(basename $(1)))
kernels := $(wildcard kernels/*.c)
harness := $(filter-out bench/main.c,$(wildcard bench/*.c bench/backend/*.c bench/probe/*.c))
library := $(BUILD)/libparscale.a
libs     = $(hwloc_libs) -ljansson -lm -lpthread
programs := $(BUILD)/parscale $(if $(have_BENCHMARK),$(BUILD)/parscale-gbench)
tests    := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/test_*.c))

all: $(programs) ## build the programs
.PHONY: all

$(BUILD)/%.o: %.c $(BUILD)/config.mk
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(q)$(CC) $(c_flags) $(call ending_flags,$<) -c $< -o $@

$(BUILD)/%.o: %.cc $(BUILD)/config.mk
	$(call say,CXX,$<)
	@mkdir -p $(@D)
	$(q)$(CXX) $(cc_flags) -c $< -o $@

$(library): $(call objects,$(kernels) $(harness))
	$(call say,AR,$@)
	$(q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/parscale: $(BUILD)/bench/main.o $(library)
	$(call say,LD,$@)
	$(q)$(CC) $(CFLAGS) $(openmp_flags) $(LDFLAGS) $^ $(libs) -o $@

$(BUILD)/parscale-gbench: $(call objects,$(wildcard bench/gbench/*.c bench/gbench/*.cc)) $(library)
	$(call say,LD,$@)
	$(q)$(CXX) $(CFLAGS) $(openmp_flags) $(LDFLAGS) $^ $(benchmark_libs) $(libs) -o $@

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(library)
	$(call say,LD,$@)
	$(q)$(CC) $(CFLAGS) $(openmp_flags) $(LDFLAGS) $^ -lcmocka $(libs) -o $@

test: $(programs) $(tests) ## run every test program and the command-line suite
	@sh scripts/run-tests $(BUILD) $(tests)

clean: ## remove what was built
	rm -rf $(BUILD)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
.PHONY: test clean help

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
