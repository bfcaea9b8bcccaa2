/* SPDX-License-Identifier: MIT */
/* What objects of a type are for, and what that makes of one of them: open, bounded, a view. */
#include "runtime/cpython/private.h"

#define TYPE_MRO 344
#define MOST_BASES 64

struct role {
	const char *name; /* of the type or of a base, module.qualname */
	enum rg_role role;
};

/* C types of the interpreter and its library, and well-known classes of packages. */
static const struct role known[] = {
	{ "list", RG_ROLE_COLLECTION },
	{ "dict", RG_ROLE_COLLECTION },
	{ "set", RG_ROLE_COLLECTION },
	{ "collections.deque", RG_ROLE_COLLECTION },
	{ "functools._lru_cache_wrapper", RG_ROLE_CACHE },
	{ "memoryview", RG_ROLE_VIEW },
	{ "numpy.ndarray", RG_ROLE_VIEW },
	{ "frame", RG_ROLE_FRAME },
	{ "traceback", RG_ROLE_TRACEBACK },
	{ "BaseException", RG_ROLE_EXCEPTION },
	{ "generator", RG_ROLE_COROUTINE },
	{ "coroutine", RG_ROLE_COROUTINE },
	{ "async_generator", RG_ROLE_COROUTINE },
	{ "_asyncio.Task", RG_ROLE_TASK },
	{ "asyncio.tasks.Task", RG_ROLE_TASK },
	{ "_thread._local", RG_ROLE_THREAD_LOCAL },
	{ "_threading_local.local", RG_ROLE_THREAD_LOCAL },

	{ "_io.FileIO", RG_ROLE_FILE },
	{ "mmap.mmap", RG_ROLE_FILE },
	{ "posix.DirEntryIterator", RG_ROLE_FILE },
	{ "posix.ScandirIterator", RG_ROLE_FILE },
	{ "_socket.socket", RG_ROLE_SOCKET },
	{ "zmq.sugar.socket.Socket", RG_ROLE_SOCKET },

	{ "sqlite3.Connection", RG_ROLE_CONNECTION },
	{ "sqlite3.Cursor", RG_ROLE_CURSOR },
	{ "http.client.HTTPConnection", RG_ROLE_CONNECTION },
	{ "smtplib.SMTP", RG_ROLE_CONNECTION },
	{ "ftplib.FTP", RG_ROLE_CONNECTION },
	{ "imaplib.IMAP4", RG_ROLE_CONNECTION },
	{ "poplib.POP3", RG_ROLE_CONNECTION },
	{ "multiprocessing.connection._ConnectionBase", RG_ROLE_CONNECTION },
	{ "sqlalchemy.engine.base.Connection", RG_ROLE_CONNECTION },
	{ "sqlalchemy.engine.cursor.CursorResult", RG_ROLE_CURSOR },
	{ "sqlalchemy.engine.cursor.BaseCursorResult", RG_ROLE_CURSOR },
	{ "sqlalchemy.orm.session.Session", RG_ROLE_SESSION },
	{ "psycopg2.extensions.connection", RG_ROLE_CONNECTION },
	{ "psycopg2.extensions.cursor", RG_ROLE_CURSOR },
	{ "psycopg.Connection", RG_ROLE_CONNECTION },
	{ "psycopg.AsyncConnection", RG_ROLE_CONNECTION },
	{ "psycopg.Cursor", RG_ROLE_CURSOR },
	{ "pymysql.connections.Connection", RG_ROLE_CONNECTION },
	{ "pymysql.cursors.Cursor", RG_ROLE_CURSOR },
	{ "MySQLdb.connections.Connection", RG_ROLE_CONNECTION },
	{ "MySQLdb.cursors.BaseCursor", RG_ROLE_CURSOR },
	{ "asyncpg.connection.Connection", RG_ROLE_CONNECTION },
	{ "redis.connection.Connection", RG_ROLE_CONNECTION },
	{ "redis.connection.AbstractConnection", RG_ROLE_CONNECTION },
	{ "pymongo.pool.Connection", RG_ROLE_CONNECTION },
	{ "pymongo.cursor.Cursor", RG_ROLE_CURSOR },
	{ "ldap3.core.connection.Connection", RG_ROLE_CONNECTION },
	{ "requests.sessions.Session", RG_ROLE_SESSION },
	{ "httpx._client.BaseClient", RG_ROLE_SESSION },
	{ "aiohttp.client.ClientSession", RG_ROLE_SESSION },
};

enum rg_role cpy_own_role(const struct cpy_type *type)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(type->name, known[i].name))
			return known[i].role;
	return RG_ROLE_NONE;
}

enum rg_role cpy_role(struct cpy *cpy, const struct cpy_type *type)
{
	uint64_t mro = cpy_get(cpy, type->address, TYPE_MRO), count;
	enum rg_role role = type->own_role;

	count = mro ? cpy_get(cpy, mro, CPY_HEAD) : 0;
	for (uint64_t i = 1; role == RG_ROLE_NONE && i < count && i < MOST_BASES; i++) {
		uint64_t at = cpy_get(cpy, mro, cpy->layout.tuple.items + 8 * i);
		const struct cpy_type *base = cpy_type_at(cpy, at);

		if (base)
			role = base->own_role;
	}
	return role;
}

/* ---- what it makes of one object ------------------------------------------- */

/* A descriptor at 16, or below zero. */
static void describe_descriptor(struct cpy *cpy, uint64_t object, struct rg_description *ret)
{
	int32_t descriptor = (int32_t)cpy_get32(cpy, object, 16);

	ret->has_open = true;
	ret->open = descriptor >= 0;
	if (ret->open)
		ret->descriptor = descriptor;
}

/* FileIO.__init__ keeps what it was given as .name in the instance's dict. */
static void describe_file(struct cpy *cpy, const struct cpy_type *type, uint64_t object,
			  struct rg_description *ret)
{
	uint64_t dict = type->dictoffset > 0
				? cpy_get(cpy, object, (uint64_t)type->dictoffset) : 0;
	uint64_t name = dict ? cpy_dict_get(cpy, dict, "name") : 0;

	describe_descriptor(cpy, object, ret);
	if (name && cpy_str(cpy, name, ret->text, sizeof(ret->text)) < 0)
		ret->text[0] = '\0';
}

/* maxsize 96: below zero without a limit. */
static void describe_cache(struct cpy *cpy, uint64_t object, struct rg_description *ret)
{
	int64_t most = (int64_t)cpy_get(cpy, object, 96);

	ret->has_bound = true;
	ret->bound = most < 0 ? UINT64_MAX : (uint64_t)most;
}

/* The Py_buffer at 56: obj 64, len 72. */
static void describe_memoryview(struct cpy *cpy, uint64_t object, struct rg_description *ret)
{
	ret->base = cpy_get(cpy, object, 64);
	ret->has_shown = ret->base && cpy_read_field(cpy, object, 72, &ret->shown);
}

void cpy_describe_role(struct cpy *cpy, const struct cpy_type *type, uint64_t object,
		       struct rg_description *ret)
{
	const char *solid = type->row ? type->row->name : "";

	if (!strcmp(solid, "_io.FileIO"))
		describe_file(cpy, type, object, ret);
	else if (!strcmp(solid, "_socket.socket"))
		describe_descriptor(cpy, object, ret);
	else if (!strcmp(solid, "functools._lru_cache_wrapper"))
		describe_cache(cpy, object, ret);
	else if (!strcmp(solid, "memoryview"))
		describe_memoryview(cpy, object, ret);
	else if (!strcmp(solid, "numpy.ndarray"))
		ret->has_shown = cpy_ndarray_view(cpy, object, &ret->base, &ret->shown);
	else if (!strcmp(solid, "sqlite3.Connection")) {
		/* The handle of the library at 16 goes when it is closed. */
		ret->has_open = true;
		ret->open = cpy_get(cpy, object, 16) != 0;
	}
}
