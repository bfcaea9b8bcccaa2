# SPDX-License-Identifier: MIT
# One small core for each layout of an interpreter, and what must be found in it.
TESTS += %D%/readers.py %D%/perl_readers.py
EXTRA_DIST += %D%/perl_readers.py %D%/make_perl.py %D%/program.pl
EXTRA_DIST += %D%/perl-5.36.0-debian.core.xz %D%/perl-5.36.0-debian.json
EXTRA_DIST += %D%/README.md %D%/make.py %D%/program.py %D%/readers.py
EXTRA_DIST += %D%/cpython-3.8.18.core.xz %D%/cpython-3.8.18.json
EXTRA_DIST += %D%/cpython-3.9.18.core.xz %D%/cpython-3.9.18.json
EXTRA_DIST += %D%/cpython-3.10.13.core.xz %D%/cpython-3.10.13.json
EXTRA_DIST += %D%/cpython-3.11.2-debian.core.xz %D%/cpython-3.11.2-debian.json
EXTRA_DIST += %D%/cpython-3.12.1.core.xz %D%/cpython-3.12.1.json
EXTRA_DIST += %D%/cpython-3.13.0.core.xz %D%/cpython-3.13.0.json
EXTRA_DIST += %D%/cpython-3.13.5-debian.core.xz %D%/cpython-3.13.5-debian.json
EXTRA_DIST += %D%/cpython-3.14.10-debian.core.xz %D%/cpython-3.14.10-debian.json
EXTRA_DIST += %D%/cpython-3.14.7t.core.xz %D%/cpython-3.14.7t.json
EXTRA_DIST += %D%/cpython-3.15.2-debian.core.xz %D%/cpython-3.15.2-debian.json
