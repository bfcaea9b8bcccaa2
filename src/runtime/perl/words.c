/* SPDX-License-Identifier: MIT */
/* What is called what in Perl, and how its labels are written. */
#include "runtime/perl/private.h"

static const char *const none[] = { NULL };
static const char *const locals[] = { "my", "our", "state", "captured", "local", "stack", NULL };
/* vendor's and the site's own; Debian's vendor is /usr/share/perl5 and <triplet>/perl5/5.36. */
static const char *const installed[] = {
	"/perl5/", "/site_perl/", "/vendor_perl/", "/local/share/perl/", "/local/lib/", NULL,
};
/* privlib and archlib: Debian's perl/5.36 and perl-base, <prefix>/lib/5.36.0 elsewhere. */
static const char *const library[] = { "/perl/5.", "/perl-base/", "/lib/5.", NULL };

const struct rg_words pl_words = {
	.language = "Perl",
	.module = "package",
	.modules = "packages",
	.interpreters = "interpreters",
	.finalizer = "DESTROY",
	.code_key = "perl",
	.no_collector = true,
	.collector_off = "",
	.weaken_one = "Scalar::Util::weaken there frees",
	.weaken_all = "Scalar::Util::weaken at each frees",
	.syntax = "[{-",
	.referent = "->",
	.brace_keys = true,
	.variable = "(\\",
	.element = "$",
	.back = none,
	.frame = none,
	.locals = locals,
	.sigils = "$@%&*",
	.main_module = "main",
	.separator = "::",
	.installed = installed,
	.library = library,
	.history_modules = none,
	.history = none,
	.coroutine = "",
};
