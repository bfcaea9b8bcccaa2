# SPDX-License-Identifier: MIT
# The interpreter matrix: run by tests/run.sh, not by "make check".
EXTRA_DIST += tests/matrix/build-interpreters.sh tests/matrix/chains.py tests/matrix/compare.py \
	tests/matrix/debian.sh tests/matrix/explained.py tests/matrix/fetch-interpreters.sh tests/matrix/oracle.py \
	tests/matrix/labels.py tests/matrix/required tests/matrix/run.py tests/matrix/run.sh tests/matrix/selftest.py \
	tests/matrix/stacks.py
EXTRA_DIST += tests/matrix/programs/asyncio_loop.py
EXTRA_DIST += tests/matrix/programs/buffers.py
EXTRA_DIST += tests/matrix/programs/classes.py
EXTRA_DIST += tests/matrix/programs/containers.py
EXTRA_DIST += tests/matrix/programs/contexts.py
EXTRA_DIST += tests/matrix/programs/database.py
EXTRA_DIST += tests/matrix/programs/deep.py
EXTRA_DIST += tests/matrix/programs/exceptions.py
EXTRA_DIST += tests/matrix/programs/extensions.py
EXTRA_DIST += tests/matrix/programs/frozen.py
EXTRA_DIST += tests/matrix/programs/functions.py
EXTRA_DIST += tests/matrix/programs/garbage.py
EXTRA_DIST += tests/matrix/programs/generators.py
EXTRA_DIST += tests/matrix/programs/iterators.py
EXTRA_DIST += tests/matrix/programs/modules.py
EXTRA_DIST += tests/matrix/programs/novelties.py
EXTRA_DIST += tests/matrix/programs/resurrect.py
EXTRA_DIST += tests/matrix/programs/subclassed.py
EXTRA_DIST += tests/matrix/programs/system.py
EXTRA_DIST += tests/matrix/programs/tasks.py
EXTRA_DIST += tests/matrix/programs/text.py
EXTRA_DIST += tests/matrix/programs/thirdparty.py
EXTRA_DIST += tests/matrix/programs/threads.py
EXTRA_DIST += tests/matrix/programs/types_made.py
