# SPDX-License-Identifier: MIT
# The unit tests: one test_*.c for each noun, in one program. What they share is in tests/support.

unit_tests =
unit_tests += %D%/test_base.c
unit_tests += %D%/test_cpython.c
unit_tests += %D%/test_cpython_execution.c
unit_tests += %D%/test_error.c
unit_tests += %D%/test_image.c
unit_tests += %D%/test_image_hostile.c
unit_tests += %D%/test_image_malloc.c
unit_tests += %D%/test_analysis_audit.c
unit_tests += %D%/test_analysis_chain.c
unit_tests += %D%/test_analysis_condition.c
unit_tests += %D%/test_analysis_containers.c
unit_tests += %D%/test_analysis_cycles.c
unit_tests += %D%/test_analysis_disjoint.c
unit_tests += %D%/test_analysis_growth.c
unit_tests += %D%/test_analysis_merged.c
unit_tests += %D%/test_analysis_leaks.c
unit_tests += %D%/test_analysis_groups.c
unit_tests += %D%/test_analysis_neighborhood.c
unit_tests += %D%/test_analysis_newcomers.c
unit_tests += %D%/test_analysis_query.c
unit_tests += %D%/test_analysis_query_random.c
unit_tests += %D%/test_analysis_retained.c
unit_tests += %D%/test_analysis_retained_sets.c
unit_tests += %D%/test_analysis_signature.c
unit_tests += %D%/test_analysis_root_cycles.c
unit_tests += %D%/test_analysis_tasks.c
unit_tests += %D%/test_analysis_types.c
unit_tests += %D%/test_graph.c
unit_tests += %D%/test_json.c
unit_tests += %D%/test_ndjson.c
unit_tests += %D%/test_options.c
unit_tests += %D%/test_mimalloc.c
unit_tests += %D%/test_perl.c
unit_tests += %D%/test_pmat.c
unit_tests += %D%/test_pools.c
unit_tests += %D%/test_public.c
unit_tests += %D%/test_structs.c
unit_tests += %D%/test_render_output.c
unit_tests += %D%/test_render_picture.c
unit_tests += %D%/test_render_text.c
unit_tests += %D%/test_threads.c
unit_tests += %D%/test_words.c

support_sources =
include tests/support/local.mk

if HAVE_CUNIT
check_PROGRAMS += tests/unit/runner tests/unit/broken
TESTS += tests/unit/runner
else
check-local: no-cunit
endif

no-cunit:
	@echo "make check needs CUnit (Debian: apt-get install libcunit1-dev; then configure again)" >&2
	@exit 1

unit_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CUNIT_CFLAGS)

tests_unit_runner_SOURCES = %D%/runner.c %D%/runner.h $(unit_tests) $(support_sources)
nodist_tests_unit_runner_SOURCES = tests/unit/suites.c
tests_unit_runner_CPPFLAGS = $(unit_cppflags)
tests_unit_runner_LDADD = librefgraph_core.la $(CUNIT_LIBS)

tests_unit_broken_SOURCES = %D%/runner.c %D%/runner.h %D%/broken.c
tests_unit_broken_CPPFLAGS = $(unit_cppflags)
tests_unit_broken_LDADD = $(CUNIT_LIBS)

# The table of suites follows from the list of files.
tests/unit/suites.c: Makefile
	$(AM_V_GEN)$(MKDIR_P) tests/unit && { \
	echo '/* Generated from the list of unit tests. */'; \
	echo '#include "unit/runner.h"'; \
	for test in $(unit_tests); do \
		name=`basename $$test .c`; \
		echo "extern const struct rg_suite rg_suite_$${name#test_};"; \
	done; \
	echo 'const struct rg_suite *const rg_suites[] = {'; \
	for test in $(unit_tests); do \
		name=`basename $$test .c`; \
		echo "	&rg_suite_$${name#test_},"; \
	done; \
	echo '	NULL,'; \
	echo '};'; \
	} >$@.new && mv $@.new $@
CLEANFILES += tests/unit/suites.c

.PHONY: no-cunit
