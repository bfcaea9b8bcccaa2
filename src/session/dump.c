/* SPDX-License-Identifier: MIT */
/*
 * Opening a dump: the one place that knows images, runtimes and formats alike.
 * A core goes through image and runtime, any other file through its format;
 * from there on both are a builder that has been filled.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/io.h"
#include "base/options.h"
#include "format/format.h"
#include "graph/store.h"
#include "image/image.h"
#include "runtime/runtime.h"
#include "session/session.h"

/* Where the graph comes from: what a runtime and a format have in common. */
struct source {
	rg_error *(*objects)(void *state, rg_builder *builder);
	rg_error *(*references)(void *state, rg_builder *builder);
	void (*info)(void *state, struct rg_dump_info *ret);
	const struct rg_graph_hooks *hooks;
	void (*close)(void *state);
	void *state;
};

struct rg_dump {
	char *path;
	struct rg_dump_info info;
	struct source source;
	const struct rg_runtime *runtime; /* of a core; else NULL */
	const struct rg_format *format;   /* of another file; else NULL */
	const struct rg_words *words;     /* of its runtime; NULL: not known */
	rg_image *image;
	rg_builder *builder;
	struct rg_progress progress;
	bool has_references;
	bool failed;                      /* reading references failed: the builder is half full */
};

/* Whether a file that begins so is for the image: ELF, or compressed as cores come. */
static bool is_image(const unsigned char *head, size_t length)
{
	static const struct {
		const char *magic;
		size_t length;
	} known[] = {
		{ "\177ELF", 4 },	  { "\x28\xb5\x2f\xfd", 4 }, { "\xfd" "7zXZ", 5 },
		{ "\x1f\x8b", 2 },	  { "\x04\x22\x4d\x18", 4 },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (length >= known[i].length && !memcmp(head, known[i].magic, known[i].length))
			return true;
	return false;
}

/* Says first what the core lacks: that is why nothing was found in it, more often than not. */
static rg_error *explain(rg_error *error, const rg_dump *dump)
{
	enum rg_error_code code = rg_error_code(error);
	rg_error *whole;

	if (!dump->image->missing_count ||
	    (code != RG_ERROR_NO_RUNTIME && code != RG_ERROR_CORRUPT))
		return rg_error_prefix(error, dump->path);
	whole = rg_error_new(code, "%s; in what it holds: %s; see docs/taking-a-dump.md",
			     dump->image->missing[0], rg_error_message(error));
	rg_error_free(error);
	return whole;
}

static rg_error *open_core(rg_dump *dump, const struct rg_open_options *options)
{
	struct rg_image_options where = { .exe = NULL };
	rg_error *error;

	where.exe = options->exe;
	where.sysroots = options->sysroots;
	where.sysroot_count = options->sysroot_count;
	where.progress = dump->progress;
	RG_TRY(rg_image_open_core(dump->path, &where, &dump->image));
	error = rg_runtime_open(dump->image, options->runtime, &dump->progress, &dump->runtime,
				&dump->source.state);
	if (error)
		return explain(error, dump);
	dump->source.objects = dump->runtime->objects;
	dump->source.references = dump->runtime->references;
	dump->source.info = dump->runtime->info;
	dump->source.hooks = &dump->runtime->hooks;
	dump->source.close = dump->runtime->close;
	dump->words = dump->runtime->words;
	return NULL;
}

static rg_error *open_file(rg_dump *dump, const struct rg_format *format, struct rg_file *file)
{
	struct rg_dump_info info = { .path = dump->path };
	const struct rg_runtime *runtime;

	RG_TRY(format->open(dump->path, file, &dump->progress, &dump->source.state));
	dump->format = format;
	dump->source.objects = format->objects;
	dump->source.references = format->references;
	dump->source.info = format->info;
	dump->source.hooks = &format->hooks;
	dump->source.close = format->close;
	/* What was written down of a runtime says what the runtime says. */
	dump->source.info(dump->source.state, &info);
	runtime = rg_runtime_of_dump(format->title);
	if (info.runtime)
		dump->words = rg_runtime_words(info.runtime);
	else if (runtime)
		dump->words = runtime->words;
	return NULL;
}

static rg_error *open_source(rg_dump *dump, const struct rg_open_options *options)
{
	struct rg_file file;
	const struct rg_format *format;
	size_t head;

	RG_TRY(rg_file_open(dump->path, &file));
	head = file.size < 4096 ? (size_t)file.size : 4096;
	if (head && is_image(file.data, head)) {
		rg_file_close(&file);
		return open_core(dump, options);
	}
	format = head ? rg_format_find(file.data, head) : NULL;
	if (format)
		return open_file(dump, format, &file);
	rg_file_close(&file);
	return rg_error_new(RG_ERROR_NOT_A_DUMP,
			    "%s: %s: neither a core (ELF) nor a portable dump; make one with "
			    "gcore PID, or refgraph convert CORE -o FILE.ndjson", dump->path,
			    head ? "is no dump" : "is empty");
}

/* What is known after objects and after references: fills info anew. */
static void refresh(rg_dump *dump)
{
	struct rg_dump_info *info = &dump->info;
	size_t threads;

	info->path = dump->path;
	info->command = info->executable = "";
	info->runtime = info->runtime_name = NULL;
	if (dump->image) {
		info->command = dump->image->command;
		info->executable = rg_image_executable(dump->image);
		info->pid = dump->image->pid;
		info->signal = dump->image->signal;
		info->format = "ELF core";
		info->runtime = dump->runtime->name;
		info->runtime_name = dump->runtime->title;
		info->total_bytes = dump->image->dump_bytes;
		info->complete = dump->image->complete;
		info->missing = (const char *const *)dump->image->missing;
		info->missing_count = dump->image->missing_count;
	} else {
		info->format = dump->format->title;
	}
	dump->source.info(dump->source.state, info);
	if (!info->runtime) {
		const struct rg_runtime *runtime = rg_runtime_of_dump(info->format);

		info->runtime = runtime ? runtime->name : "unknown";
		info->runtime_name = runtime ? runtime->title : "unknown runtime";
	}
	info->words = rg_graph_words(rg_builder_graph(dump->builder));
	info->collector.absent = info->words->no_collector;
	if (dump->has_references) {
		rg_graph_threads(rg_builder_graph(dump->builder), &threads);
		info->threads = threads;
	}
}

static rg_error *read_objects(rg_dump *dump)
{
	struct rg_graph_hooks hooks = *dump->source.hooks;
	const rg_graph *graph;

	RG_TRY(rg_builder_new(&dump->builder));
	hooks.user = dump->source.state;
	rg_builder_hooks(dump->builder, &hooks);
	rg_builder_progress(dump->builder, &dump->progress);
	rg_builder_words(dump->builder, dump->words);
	RG_TRY(dump->source.objects(dump->source.state, dump->builder));
	RG_TRY(rg_builder_finish_objects(dump->builder));
	graph = rg_builder_graph(dump->builder);
	dump->info.objects = rg_graph_object_count(graph);
	for (rg_id id = 0; id < graph->count; id++) {
		dump->info.object_bytes += rg_store_size(graph, id) + rg_store_owned(graph, id);
		dump->info.unreached += (graph->flags[id] & RG_OBJECT_UNREACHED) != 0;
	}
	refresh(dump);
	/* All memory is there, yet not all of it made sense: that is not whole either. */
	if (dump->image && dump->image->complete && dump->info.unreadable) {
		RG_TRY(rg_image_lacks(dump->image,
				      "not every object could be decoded (unreadable counts them): "
				      "what these refer to is in no answer: dump again"));
		refresh(dump);
	}
	return NULL;
}

rg_error *rg_dump_open(const char *path, const struct rg_open_options *options, rg_dump **ret)
{
	struct rg_open_options how;
	rg_dump *dump;
	rg_error *error;

	RG_TRY(rg_options_read(options, sizeof(how), &how));
	dump = rg_calloc(1, sizeof(*dump));
	if (!dump)
		return rg_error_no_memory();
	dump->progress = (struct rg_progress){ how.progress, how.progress_user };
	dump->path = rg_strdup(path);
	error = dump->path ? open_source(dump, &how) : rg_error_no_memory();
	if (!error)
		error = read_objects(dump);
	if (error) {
		rg_dump_close(dump);
		return error;
	}
	*ret = dump;
	return NULL;
}

void rg_dump_close(rg_dump *dump)
{
	if (!dump)
		return;
	rg_builder_free(dump->builder);
	if (dump->source.state)
		dump->source.close(dump->source.state);
	rg_image_close(dump->image);
	rg_free(dump->path);
	rg_free(dump);
}

const struct rg_dump_info *rg_dump_info(const rg_dump *dump)
{
	return &dump->info;
}

const struct rg_progress *rg_dump_progress(const rg_dump *dump)
{
	return &dump->progress;
}

rg_image *rg_dump_image(rg_dump *dump)
{
	return dump->image;
}

rg_error *rg_dump_own(rg_dump *dump, rg_error *(*each)(void *user, uint64_t start, uint64_t end),
		      void *user)
{
	if (!dump->runtime || !dump->runtime->own)
		return NULL;
	return dump->runtime->own(dump->source.state, each, user);
}

enum rg_memory rg_dump_memory(const rg_dump *dump, uint64_t address)
{
	if (!dump->image)
		return RG_MEMORY_UNKNOWN;
	if (rg_image_segment(dump->image, address))
		return RG_MEMORY_THERE;
	return rg_image_was_mapped(dump->image, address) ? RG_MEMORY_LACKING : RG_MEMORY_UNMAPPED;
}

const rg_graph *rg_dump_objects(const rg_dump *dump)
{
	return rg_builder_graph(dump->builder);
}

rg_error *rg_dump_graph(rg_dump *dump, const rg_graph **ret)
{
	if (dump->failed)
		return rg_error_new(RG_ERROR_INVALID, "%s: its references could not be read "
				    "before: open the dump again", dump->path);
	if (!dump->has_references) {
		dump->failed = true;
		RG_TRY(dump->source.references(dump->source.state, dump->builder));
		RG_TRY(rg_builder_finish(dump->builder, dump->info.has_refcounts));
		dump->failed = false;
		dump->has_references = true;
		refresh(dump);
	}
	*ret = rg_builder_graph(dump->builder);
	return NULL;
}
