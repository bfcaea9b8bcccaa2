# SPDX-License-Identifier: MIT
# Programs that embed CPython, once or several times; speaks TAP.
check_PROGRAMS += tests/embed/embed
tests_embed_embed_SOURCES = %D%/embed.c
tests_embed_embed_CPPFLAGS = -D_GNU_SOURCE
# Without the sanitizers, whose shadow memory would be in the core.
tests_embed_embed_CFLAGS = $(WARN_CFLAGS)
tests_embed_embed_LDFLAGS = -pthread
TESTS += %D%/embed.py
EXTRA_DIST += %D%/embed.py %D%/program.py
