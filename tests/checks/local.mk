# SPDX-License-Identifier: MIT
# What "make check" proves of the sources, the library, the headers and the manual, beside running the tests.

source_checks =
source_checks += %D%/layering.py
source_checks += %D%/exports.py
source_checks += %D%/headers.py
source_checks += %D%/docs.py
source_checks += %D%/completion.py
source_checks += %D%/listed.py
source_checks += %D%/style.py
source_checks += %D%/runner.py
source_checks += %D%/selftest.py
TESTS += $(source_checks)
EXTRA_DIST += $(source_checks) %D%/common.py %D%/api.py %D%/options.py %D%/installed.sh

# What a release consists of, for listed.py.
check_DATA = tests/checks/distributed
tests/checks/distributed: Makefile
	$(AM_V_GEN)$(MKDIR_P) tests/checks && for file in $(DISTFILES); do echo "$${file#$(srcdir)/}"; done >$@
CLEANFILES += tests/checks/distributed

# After a change of what is public: writes the list of exported functions anew.
update-map:
	$(AM_V_GEN)RG_SRCDIR='$(abs_top_srcdir)' PYTHONDONTWRITEBYTECODE=1 $(PYTHON3) $(srcdir)/tests/checks/exports.py --map

installcheck-local:
	CC='$(CC)' PKG_CONFIG='$(PKG_CONFIG)' MODE_CFLAGS='$(MODE_CFLAGS)' DESTDIR='$(DESTDIR)' \
	BINDIR='$(bindir)' LIBDIR='$(libdir)' PKGCONFIGDIR='$(pkgconfigdir)' \
	PKGLIBEXECDIR='$(pkglibexecdir)' PKGDATADIR='$(pkgdatadir)' VERSION='$(PACKAGE_VERSION)' \
	PKGLIBEXECDIR='$(pkglibexecdir)' VERSION='$(PACKAGE_VERSION)' \
	RG_SRCDIR='$(abs_top_srcdir)' RG_BUILDDIR='$(abs_top_builddir)' PYTHON3='$(PYTHON3)' CXX='$(CXX)' \
	PKGLIBEXECDIR='$(pkglibexecdir)' PKGDATADIR='$(pkgdatadir)' DATADIR='$(datadir)' VERSION='$(PACKAGE_VERSION)' \
	COMMAND='$(if $(bin_PROGRAMS),yes,no)' HELPER='$(if $(pkglibexec_PROGRAMS),yes,no)' \
	$(SHELL) '$(srcdir)/tests/checks/installed.sh'

.PHONY: update-map
