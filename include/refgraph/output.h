/* SPDX-License-Identifier: MIT */
/*
 * Where results go and what they look like: sinks, text for people, tables,
 * JSON.
 *
 * A sink remembers its first failure; everything written to it after that is
 * dropped, and rg_sink_commit() reports it.  So callers write without checking
 * each step and check once, at the end.
 */
#ifndef REFGRAPH_OUTPUT_H
#define REFGRAPH_OUTPUT_H

#ifndef REFGRAPH_H
#error "include <refgraph/refgraph.h>, which is the only supported header"
#endif

#if defined(__GNUC__)
#define RG_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define RG_PRINTF(text, first)
#endif

typedef struct rg_sink rg_sink;
typedef struct rg_json rg_json;
typedef struct rg_table rg_table;

/* --- sinks ------------------------------------------------------------- */

/*
 * rg_sink_fd - a sink that writes to the open descriptor @fd, which stays the
 * caller's; @name is copied and used in messages.  *@ret is released with
 * rg_sink_free().  Errors: RG_ERROR_NO_MEMORY.  O(1).
 */
RG_API RG_MUST_CHECK rg_error *rg_sink_fd(int fd, const char *name, rg_sink **ret);

/*
 * rg_sink_file - a sink that becomes the file @path when it is committed: until
 * then a temporary file of mode 0600 in the same folder holds what is written.
 * Where @path exists and is not a regular file (/dev/stdout, a FIFO) it is
 * written directly.  *@ret is released with rg_sink_free().
 * Errors: RG_ERROR_IO, RG_ERROR_NO_MEMORY.  O(1).
 */
RG_API RG_MUST_CHECK rg_error *rg_sink_file(const char *path, rg_sink **ret);

/*
 * rg_sink_memory - a sink that keeps everything; see rg_sink_bytes().
 * *@ret is released with rg_sink_free().  Errors: RG_ERROR_NO_MEMORY.  O(1).
 */
RG_API RG_MUST_CHECK rg_error *rg_sink_memory(rg_sink **ret);

/*
 * rg_sink_bytes - what was written to a memory sink so far, NUL-terminated;
 * its length goes to @ret_length unless that is NULL.  Owned by the sink, valid
 * until the next write.  NULL for other sinks.  O(1); cannot fail.
 */
RG_API const char *rg_sink_bytes(const rg_sink *sink, size_t *ret_length);

/* rg_sink_write - appends @length bytes as they are.  O(length); what fails is kept. */
RG_API void rg_sink_write(rg_sink *sink, const void *bytes, size_t length);
/*
 * rg_sink_receive - rg_sink_write() to the sink @sink in the form that
 * rg_dump_convert() calls; hands out the sink's first failure.
 * Errors: RG_ERROR_IO, RG_ERROR_NO_MEMORY.  O(length).
 */
RG_API RG_MUST_CHECK rg_error *rg_sink_receive(void *sink, const void *bytes, size_t length);
/* rg_sink_puts - appends a string as it is.  O(length); what fails is kept. */
RG_API void rg_sink_puts(rg_sink *sink, const char *string);
/*
 * rg_sink_text - appends text that came out of a dump so that a terminal can
 * show it: as rg_text_clean() has it.  O(length); what fails is kept.
 */
RG_API void rg_sink_text(rg_sink *sink, const char *text);
/* rg_sink_printf - appends formatted text as it is.  O(length); what fails is kept. */
RG_API void rg_sink_printf(rg_sink *sink, const char *format, ...) RG_PRINTF(2, 3);

/*
 * rg_sink_failed - whether a write has failed, so that a long loop can stop
 * early.  O(1); cannot fail.
 */
RG_API bool rg_sink_failed(const rg_sink *sink);

/*
 * rg_sink_commit - writes what is buffered and, for a file, puts it in its
 * place; reports the first failure of all.  After a failure nothing has taken
 * the file's place.  The sink still has to be freed.
 * Errors: RG_ERROR_IO, RG_ERROR_NO_MEMORY.  O(what is buffered).
 */
RG_API RG_MUST_CHECK rg_error *rg_sink_commit(rg_sink *sink);

/*
 * rg_sink_free - releases @sink; what was not committed is thrown away.  NULL
 * is allowed.  O(1); cannot fail.
 */
RG_API void rg_sink_free(rg_sink *sink);

/* --- text for people --------------------------------------------------- */

/* Enough room for every rg_format_* function. */
#define RG_FORMAT_SIZE 40

/* rg_format_count - "1,204" into the caller's @buffer, which is returned.  O(1); cannot fail. */
RG_API char *rg_format_count(uint64_t value, char buffer[RG_FORMAT_SIZE]);
/* rg_format_delta - "+1,204", "-3", "0" into the caller's @buffer.  O(1); cannot fail. */
RG_API char *rg_format_delta(int64_t value, char buffer[RG_FORMAT_SIZE]);
/*
 * rg_format_bytes - "512 B", "76.4 MiB" into the caller's @buffer: powers of
 * 1024, one decimal.  O(1); cannot fail.
 */
RG_API char *rg_format_bytes(uint64_t bytes, char buffer[RG_FORMAT_SIZE]);
/*
 * rg_format_bytes_delta - "+18.4 MiB", "-512 B", "0 B" into the caller's @buffer.
 * O(1); cannot fail.
 */
RG_API char *rg_format_bytes_delta(int64_t bytes, char buffer[RG_FORMAT_SIZE]);

/*
 * rg_text_clean - @text as valid UTF-8 on one line: bad sequences, lone
 * surrogates and non-characters become U+FFFD, control characters \n, \t or
 * \xNN, and so do the characters that turn the direction of text.  Writes at
 * most @size bytes with the closing NUL to @buffer, never half a character, and
 * returns the length of the whole.  O(length); cannot fail.
 */
RG_API size_t rg_text_clean(const char *text, char *buffer, size_t size);

/* --- tables ------------------------------------------------------------ */

/* What a column holds; everything but text is aligned to the right. */
enum rg_column_kind {
	RG_COLUMN_TEXT = 0,
	RG_COLUMN_COUNT = 1,       /* 1,204 */
	RG_COLUMN_DELTA = 2,       /* +1,204 */
	RG_COLUMN_BYTES = 3,       /* 76.4 MiB */
	RG_COLUMN_BYTES_DELTA = 4, /* +76.4 MiB */
	RG_COLUMN_PERMILLE = 5,    /* 23.2, of a value of 232 */
};

/* One column of a table. */
struct rg_column {
	const char *title;        /* for people */
	const char *key;          /* in CSV; NULL: the column is left out there */
	enum rg_column_kind kind;
};

/* How a table is shown. */
struct rg_table_style {
	size_t width;  /* columns of the terminal; 0: nothing is shortened */
	bool color;    /* header and headings bold */
	bool ascii;    /* "..." instead of an ellipsis character */
	size_t indent; /* spaces before each line */
};

/*
 * rg_table_new - an empty table; @columns is copied, its strings are not.
 * *@ret is released with rg_table_free().
 * Errors: RG_ERROR_NO_MEMORY, RG_ERROR_INVALID (no column, or more than 64).
 * O(columns).
 */
RG_API RG_MUST_CHECK rg_error *rg_table_new(const struct rg_column *columns, size_t count,
					    rg_table **ret);
/* rg_table_free - releases @table; NULL is allowed.  O(cells); cannot fail. */
RG_API void rg_table_free(rg_table *table);

/*
 * rg_table_text - the next cell, row by row; @text is copied.  O(length); what
 * fails is kept, and reported when the table is written.
 */
RG_API void rg_table_text(rg_table *table, const char *text);
/* rg_table_number - the next cell, of any kind but text.  O(1); what fails is kept. */
RG_API void rg_table_number(rg_table *table, int64_t value);
/* rg_table_empty - the next cell, with nothing in it.  O(1); what fails is kept. */
RG_API void rg_table_empty(rg_table *table);

/*
 * rg_table_heading - a line over all columns above the rows that come next, after
 * an empty one if there are rows before; not in CSV.  @text is copied.  O(length);
 * what fails is kept.
 */
RG_API void rg_table_heading(rg_table *table, const char *text);
/*
 * rg_table_note - a line over all columns after the rows so far; not in CSV.
 * @text is copied.  O(length); what fails is kept.
 */
RG_API void rg_table_note(rg_table *table, const char *text);

/*
 * rg_table_write - the table aligned for people.  Where it is wider than the
 * style allows, the widest text is shortened in its middle.
 * Errors: RG_ERROR_NO_MEMORY; failures to write stay with the sink.
 * O(cells).
 */
RG_API RG_MUST_CHECK rg_error *rg_table_write(const rg_table *table,
					      const struct rg_table_style *style, rg_sink *sink);
/*
 * rg_table_csv - the table as RFC 4180 has it, numbers raw (permille as a
 * decimal fraction), lines ended by LF.  Errors: as rg_table_write().  O(cells).
 */
RG_API RG_MUST_CHECK rg_error *rg_table_csv(const rg_table *table, rg_sink *sink);

/* --- JSON -------------------------------------------------------------- */

/*
 * rg_json_new - a writer of one JSON text to @sink, without a tree in memory.
 * The outermost two levels are broken into lines, the rest is not, so that an
 * entry of a list is a line.  Strings are repaired to valid UTF-8 (U+FFFD).
 * *@ret is released with rg_json_free().  Errors: RG_ERROR_NO_MEMORY.  O(1).
 */
RG_API RG_MUST_CHECK rg_error *rg_json_new(rg_sink *sink, rg_json **ret);

/*
 * rg_json_finish - ends the text and reports a wrong use (an object left open,
 * a member without a key): RG_ERROR_INVALID.  Failures to write stay with the
 * sink.  Does not release @json.  O(1).
 */
RG_API RG_MUST_CHECK rg_error *rg_json_finish(rg_json *json);
/* rg_json_free - releases @json, not its sink; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_json_free(rg_json *json);

/*
 * rg_json_put_object - begins an object that rg_json_put_end() ends; at most 60 deep.
 * Here and below @key names the value in an object, and is NULL in an array and
 * for the outermost value.  O(length of @key); what fails is kept.
 */
RG_API void rg_json_put_object(rg_json *json, const char *key);
/* rg_json_put_array - begins an array that rg_json_put_end() ends.  O(1); what fails is kept. */
RG_API void rg_json_put_array(rg_json *json, const char *key);
/* rg_json_put_end - ends the innermost object or array.  O(1); what fails is kept. */
RG_API void rg_json_put_end(rg_json *json);
/* rg_json_put_string - a string; null for NULL.  O(length); what fails is kept. */
RG_API void rg_json_put_string(rg_json *json, const char *key, const char *text);
/* rg_json_put_u64 - a number, with all its digits.  O(1); what fails is kept. */
RG_API void rg_json_put_u64(rg_json *json, const char *key, uint64_t value);
/* rg_json_put_i64 - a number, with all its digits.  O(1); what fails is kept. */
RG_API void rg_json_put_i64(rg_json *json, const char *key, int64_t value);
/*
 * rg_json_put_double - a number, with as many digits as tell it from any other;
 * null if it is none.  O(1); what fails is kept.
 */
RG_API void rg_json_put_double(rg_json *json, const char *key, double value);
/* rg_json_put_bool - true or false.  O(1); what fails is kept. */
RG_API void rg_json_put_bool(rg_json *json, const char *key, bool value);
/* rg_json_put_null - null.  O(1); what fails is kept. */
RG_API void rg_json_put_null(rg_json *json, const char *key);
/*
 * rg_json_put_address - the string "0x7f..", lower-case, unpadded: JavaScript loses
 * integers above 2^53.  O(1); what fails is kept.
 */
RG_API void rg_json_put_address(rg_json *json, const char *key, uint64_t address);

#endif
