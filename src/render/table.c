/* SPDX-License-Identifier: MIT */
/*
 * A table: cells are kept raw, so that the same table is aligned and grouped
 * for people and plain for machines.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/vector.h"
#include "render/text.h"

#define MAX_COLUMNS 64
#define GAP 2       /* spaces between columns */
#define NARROWEST 12 /* text is not shortened below this */

struct cell {
	char *text;    /* NULL: a number, or empty */
	int64_t number;
	bool empty;
};

/* A line of its own before the row that begins with cell number @cell. */
struct line {
	char *text;
	size_t cell;
	bool heading;
};

struct rg_table {
	struct rg_column columns[MAX_COLUMNS];
	size_t column_count;
	RG_VECTOR(struct cell) cells;
	RG_VECTOR(struct line) lines;
	bool failed;
};

rg_error *rg_table_new(const struct rg_column *columns, size_t count, rg_table **ret)
{
	rg_table *table;

	if (!count || count > MAX_COLUMNS)
		return rg_error_new(RG_ERROR_INVALID, "a table has 1 to %d columns, not %zu",
				    MAX_COLUMNS, count);
	table = rg_calloc(1, sizeof(*table));
	if (!table)
		return rg_error_no_memory();
	memcpy(table->columns, columns, count * sizeof(*columns));
	table->column_count = count;
	*ret = table;
	return NULL;
}

void rg_table_free(rg_table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->cells.count; i++)
		rg_free(table->cells.data[i].text);
	rg_vector_free(&table->cells);
	for (size_t i = 0; i < table->lines.count; i++)
		rg_free(table->lines.data[i].text);
	rg_vector_free(&table->lines);
	rg_free(table);
}

static void add(rg_table *table, struct cell cell)
{
	if (!rg_vector_push(&table->cells, cell)) {
		rg_free(cell.text);
		table->failed = true;
	}
}

void rg_table_text(rg_table *table, const char *text)
{
	char *copy = rg_strdup(text);

	if (copy)
		add(table, (struct cell){ copy, 0, false });
	else
		table->failed = true;
}

void rg_table_number(rg_table *table, int64_t value)
{
	add(table, (struct cell){ NULL, value, false });
}

void rg_table_empty(rg_table *table)
{
	add(table, (struct cell){ NULL, 0, true });
}

static void add_line(rg_table *table, const char *text, bool heading)
{
	struct line line = { rg_text_cleaned(text), table->cells.count, heading };

	if (!line.text || !rg_vector_push(&table->lines, line)) {
		rg_free(line.text);
		table->failed = true;
	}
}

void rg_table_heading(rg_table *table, const char *text)
{
	add_line(table, text, true);
}

void rg_table_note(rg_table *table, const char *text)
{
	add_line(table, text, false);
}

/* A tenth of a per cent has no sign trouble: shares are never negative, changes may be. */
static void format_permille(int64_t value, char buffer[RG_FORMAT_SIZE])
{
	uint64_t size = value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value;

	snprintf(buffer, RG_FORMAT_SIZE, "%s%" PRIu64 ".%u", value < 0 ? "-" : "", size / 10,
		 (unsigned int)(size % 10));
}

static void format_number(enum rg_column_kind kind, int64_t value, char buffer[RG_FORMAT_SIZE])
{
	switch (kind) {
	case RG_COLUMN_DELTA:
		rg_format_delta(value, buffer);
		break;
	case RG_COLUMN_BYTES:
		rg_format_bytes(value < 0 ? 0 : (uint64_t)value, buffer);
		break;
	case RG_COLUMN_BYTES_DELTA:
		rg_format_bytes_delta(value, buffer);
		break;
	case RG_COLUMN_PERMILLE:
		format_permille(value, buffer);
		break;
	case RG_COLUMN_TEXT:
	case RG_COLUMN_COUNT:
	default:
		if (value < 0)
			rg_format_delta(value, buffer);
		else
			rg_format_count((uint64_t)value, buffer);
		break;
	}
}

/* The cell as it is shown, to be freed; NULL: no memory. */
static char *shown(const struct rg_column *column, const struct cell *cell)
{
	char buffer[RG_FORMAT_SIZE];

	if (cell->empty)
		return rg_strdup("");
	if (cell->text)
		return rg_text_cleaned(cell->text);
	format_number(column->kind, cell->number, buffer);
	return rg_strdup(buffer);
}

/* What is laid out: all texts with the title row first, and the width of each column. */
struct layout {
	char **texts;
	size_t rows;
	size_t widths[MAX_COLUMNS];
};

static void layout_free(struct layout *layout, size_t columns)
{
	if (layout->texts)
		for (size_t i = 0; i < layout->rows * columns; i++)
			rg_free(layout->texts[i]);
	rg_free(layout->texts);
}

/* Takes from the widest text column until the table fits, or none is left to take from. */
static void fit(const rg_table *table, struct layout *layout, size_t available)
{
	for (;;) {
		size_t total = 0, widest = table->column_count;

		for (size_t c = 0; c < table->column_count; c++) {
			total += layout->widths[c] + (c ? GAP : 0);
			if (table->columns[c].kind == RG_COLUMN_TEXT &&
			    layout->widths[c] > NARROWEST &&
			    (widest == table->column_count ||
			     layout->widths[c] > layout->widths[widest]))
				widest = c;
		}
		if (total <= available || widest == table->column_count)
			return;
		layout->widths[widest]--;
	}
}

static rg_error *lay_out(const rg_table *table, const struct rg_table_style *style,
			 struct layout *layout)
{
	size_t columns = table->column_count, cells = table->cells.count;

	layout->rows = 1 + cells / columns;
	layout->texts = rg_calloc(layout->rows * columns, sizeof(*layout->texts));
	if (!layout->texts)
		return rg_error_no_memory();
	for (size_t i = 0; i < layout->rows * columns; i++) {
		const struct rg_column *column = &table->columns[i % columns];
		char *text = i < columns ? rg_strdup(column->title)
					 : shown(column, &table->cells.data[i - columns]);
		size_t width;

		if (!text)
			return rg_error_no_memory();
		layout->texts[i] = text;
		width = rg_text_columns(text);
		if (width > layout->widths[i % columns])
			layout->widths[i % columns] = width;
	}
	if (style->width) {
		size_t available = style->width > style->indent ? style->width - style->indent : 1;
		size_t most = available + 4096;

		/* A hostile name of megabytes must not make fit() count them down. */
		for (size_t c = 0; c < columns; c++)
			if (layout->widths[c] > most)
				layout->widths[c] = most;
		fit(table, layout, available);
	}
	return NULL;
}

static void pad(rg_sink *sink, size_t spaces)
{
	static const char blank[] = "                                ";

	while (spaces) {
		size_t n = spaces < sizeof(blank) - 1 ? spaces : sizeof(blank) - 1;

		rg_sink_write(sink, blank, n);
		spaces -= n;
	}
}

static rg_error *write_row(const rg_table *table, const struct rg_table_style *style,
			   const struct layout *layout, size_t row, rg_sink *sink)
{
	size_t columns = table->column_count, last = columns;
	bool bold = style->color && row == 0;

	/* Nothing is written after the last cell that says something. */
	while (last && !*layout->texts[row * columns + last - 1])
		last--;
	pad(sink, last ? style->indent : 0);
	if (bold)
		rg_sink_puts(sink, "\033[1m");
	for (size_t c = 0; c < last; c++) {
		size_t width = layout->widths[c], taken;
		char *text = rg_text_shorten(layout->texts[row * columns + c], width,
					     style->ascii ? "..." : "\u2026");

		if (!text)
			return rg_error_no_memory();
		taken = rg_text_columns(text);
		if (c)
			pad(sink, GAP);
		if (table->columns[c].kind != RG_COLUMN_TEXT)
			pad(sink, width - taken);
		rg_sink_puts(sink, text);
		if (table->columns[c].kind == RG_COLUMN_TEXT && c + 1 < last)
			pad(sink, width - taken);
		rg_free(text);
	}
	rg_sink_puts(sink, bold ? "\033[0m\n" : "\n");
	return NULL;
}

/* The lines that stand before the row that begins with cell number @cell; from *@at on. */
static rg_error *write_lines(const rg_table *table, const struct rg_table_style *style,
			     size_t cell, rg_sink *sink, size_t *at)
{
	size_t available = style->width > style->indent ? style->width - style->indent : 1;

	for (; *at < table->lines.count && table->lines.data[*at].cell == cell; (*at)++) {
		const struct line *line = &table->lines.data[*at];
		char *text = style->width ? rg_text_shorten(line->text, available,
							    style->ascii ? "..." : "\u2026")
					  : rg_strdup(line->text);

		if (!text)
			return rg_error_no_memory();
		if (line->heading && line->cell)
			rg_sink_puts(sink, "\n");
		pad(sink, style->indent);
		rg_sink_printf(sink, line->heading && style->color ? "\033[1m%s\033[0m\n" : "%s\n",
			       text);
		rg_free(text);
	}
	return NULL;
}

rg_error *rg_table_write(const rg_table *table, const struct rg_table_style *style, rg_sink *sink)
{
	struct layout layout = { NULL, 0, { 0 } };
	size_t line = 0;
	rg_error *error;

	if (table->failed)
		return rg_error_no_memory();
	error = lay_out(table, style, &layout);
	for (size_t row = 0; !error && row < layout.rows; row++) {
		error = write_row(table, style, &layout, row, sink);
		if (!error)
			error = write_lines(table, style, row * table->column_count, sink, &line);
	}
	layout_free(&layout, table->column_count);
	return error;
}

static void csv_text(rg_sink *sink, const char *text)
{
	size_t quote = strcspn(text, "\",\r\n");

	if (!text[quote]) {
		rg_sink_puts(sink, text);
		return;
	}
	rg_sink_puts(sink, "\"");
	for (; *text; text++)
		rg_sink_write(sink, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
	rg_sink_puts(sink, "\"");
}

static rg_error *csv_cell(const struct rg_column *column, const struct cell *cell, rg_sink *sink)
{
	char buffer[RG_FORMAT_SIZE];
	char *clean;

	if (cell->empty)
		return NULL;
	if (cell->text) {
		clean = rg_text_cleaned(cell->text);
		if (!clean)
			return rg_error_no_memory();
		csv_text(sink, clean);
		rg_free(clean);
	} else if (column->kind == RG_COLUMN_PERMILLE) {
		format_permille(cell->number, buffer);
		rg_sink_puts(sink, buffer);
	} else {
		rg_sink_printf(sink, "%" PRId64, cell->number);
	}
	return NULL;
}

rg_error *rg_table_csv(const rg_table *table, rg_sink *sink)
{
	size_t columns = table->column_count;
	bool first = true;

	if (table->failed)
		return rg_error_no_memory();
	for (size_t c = 0; c < columns; c++) {
		if (!table->columns[c].key)
			continue;
		rg_sink_puts(sink, first ? "" : ",");
		csv_text(sink, table->columns[c].key);
		first = false;
	}
	rg_sink_puts(sink, "\n");
	for (size_t i = 0; i + columns <= table->cells.count; i += columns) {
		first = true;
		for (size_t c = 0; c < columns; c++) {
			if (!table->columns[c].key)
				continue;
			rg_sink_puts(sink, first ? "" : ",");
			RG_TRY(csv_cell(&table->columns[c], &table->cells.data[i + c], sink));
			first = false;
		}
		rg_sink_puts(sink, "\n");
	}
	return NULL;
}
