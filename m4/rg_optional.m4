# SPDX-License-Identifier: MIT
# Optional libraries as switches of three states, so that a packager can say what a build must have and the
# default takes what is there.

# RG_OPTIONAL(name, NAME, pkg-config modules, what it is for)
# --------------------------------------------------------------------------------------------------------
# Adds --with-NAME=auto|yes|no, sets NAME_CFLAGS and NAME_LIBS, defines HAVE_NAME in config.h and as an
# Automake conditional, and leaves "yes (version)" or "no (why)" in rg_summary_NAME.
AC_DEFUN([RG_OPTIONAL], [
AC_ARG_WITH([$1],
	[AS_HELP_STRING([--with-$1=auto|yes|no], [$4 @<:@auto@:>@])],
	[], [with_$1=auto])
rg_have_$1=no
AS_CASE([$with_$1],
	[no], [rg_summary_$1="no (switched off)"],
	[yes|auto], [
		PKG_CHECK_MODULES([$2], [$3], [
			rg_have_$1=yes
			rg_summary_$1="yes ($($PKG_CONFIG --modversion $3))"
			AC_DEFINE([HAVE_$2], [1], [Define to 1 to build with $1: $4])
		], [
			AS_IF([test "$with_$1" = yes],
				[AC_MSG_ERROR([--with-$1=yes was given, and pkg-config finds no $3: $$2_PKG_ERRORS])])
			rg_summary_$1="no (pkg-config finds no $3)"
		])
	],
	[AC_MSG_ERROR([--with-$1 takes auto, yes or no, not "$with_$1"])])
AM_CONDITIONAL([HAVE_$2], [test "$rg_have_$1" = yes])
])

# RG_SWITCH(name, what it does)
# -----------------------------
# --enable-NAME, off by default; leaves yes or no in enable_NAME and refuses anything else.
AC_DEFUN([RG_SWITCH], [
AC_ARG_ENABLE([$1], [AS_HELP_STRING([--enable-$1], [$2 @<:@no@:>@])], [], [enable_$1=no])
AS_CASE([$enable_$1], [yes|no], [],
	[AC_MSG_ERROR([--enable-$1 takes yes or no, not "$enable_$1"])])
])

# RG_REQUIRE_FLAG(variable, flag, switch)
# ---------------------------------------
# Appends a flag that the compiler must be able to compile and link with; the switch that asked is named when it cannot.
AC_DEFUN([RG_REQUIRE_FLAG], [
AC_MSG_CHECKING([whether $CC builds programs with $2])
rg_saved_CFLAGS=$CFLAGS
CFLAGS="$CFLAGS $2"
AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
	[AC_MSG_RESULT([yes]); $1="$$1 $2"],
	[AC_MSG_RESULT([no]); AC_MSG_ERROR([$3 needs a compiler and libraries that support $2])])
CFLAGS=$rg_saved_CFLAGS
])
