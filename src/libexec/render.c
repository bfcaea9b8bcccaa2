/* SPDX-License-Identifier: MIT */
/*
 * refgraph-render FORMAT < dot > picture
 *
 * Lays out a graph and draws it.  This is a program of its own because what it
 * uses is neither safe to call beside threads, nor survives want of memory,
 * nor is certain to end: it limits itself, and whoever starts it can end it.
 * Exit status: 0; 1 what was read is no graph or cannot be drawn; 2 usage.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <graphviz/gvc.h>

#define CPU_SECONDS 30
#define WALL_SECONDS 60
#define MEMORY ((rlim_t)2 << 30)

#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#endif

#ifdef HAVE_ASAN
/* The plugins of Graphviz and the libraries below them leak at exit; that is not ours to mend. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}
#endif

static const char *const formats[] = { "svg", "png", "pdf", "dot", NULL };

static void limit(int what, rlim_t most)
{
	struct rlimit now;

	if (getrlimit(what, &now) < 0)
		return;
	if (now.rlim_max == RLIM_INFINITY || now.rlim_max > most)
		now.rlim_max = most;
	now.rlim_cur = now.rlim_max;
	/* Nothing is lost where it fails: whoever waits for us has a clock as well. */
	(void)setrlimit(what, &now);
}

static void limit_all(void)
{
	limit(RLIMIT_CPU, CPU_SECONDS);
#ifndef HAVE_ASAN
	limit(RLIMIT_AS, MEMORY);
#endif
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, MEMORY);
	alarm(WALL_SECONDS);
}

/* All of standard input, NUL-terminated; NULL: it cannot be read or kept. */
static char *read_all(void)
{
	size_t capacity = 1 << 16, length = 0, got;
	char *text = malloc(capacity);

	while (text && (got = fread(text + length, 1, capacity - length - 1, stdin)) > 0) {
		length += got;
		if (capacity - length < 2) {
			char *larger = realloc(text, capacity * 2);

			if (!larger) {
				free(text);
				return NULL;
			}
			text = larger;
			capacity *= 2;
		}
	}
	if (text && ferror(stdin)) {
		free(text);
		return NULL;
	}
	if (text)
		text[length] = '\0';
	return text;
}

static int complain(const char *what)
{
	fprintf(stderr, "refgraph-render: %s\n", what);
	return 1;
}

static int draw(GVC_t *context, graph_t *graph, const char *format)
{
	char *data = NULL;
	RG_GV_LENGTH length = 0;
	int status = 0;

	if (gvLayout(context, graph, "dot") != 0)
		return complain("Graphviz cannot lay the picture out: its plugins are missing or "
				"not configured (as root: dot -c)");
	if (gvRenderData(context, graph, format, &data, &length) != 0 || !data || !length)
		status = complain("Graphviz cannot draw this format: the plugin for it is missing");
	else if (fwrite(data, 1, length, stdout) != length || fflush(stdout) != 0)
		status = complain(strerror(errno));
	gvFreeRenderData(data);
	gvFreeLayout(context, graph);
	return status;
}

int main(int argc, char **argv)
{
	GVC_t *context;
	graph_t *graph;
	char *text;
	int status, i;

	for (i = 0; argc == 2 && formats[i] && strcmp(argv[1], formats[i]) != 0; i++)
		;
	if (argc != 2 || !formats[i]) {
		fputs("usage: refgraph-render svg|png|pdf|dot < DOT > PICTURE\n", stderr);
		return 2;
	}
	limit_all();
	text = read_all();
	if (!text)
		return complain("cannot read the graph from standard input");
	graph = agmemread(text);
	free(text);
	if (!graph)
		return complain("standard input holds no graph in the DOT language");
	context = gvContext();
	status = context ? draw(context, graph, argv[1]) : complain("cannot start Graphviz");
	agclose(graph);
	if (context)
		gvFreeContext(context);
	return status;
}
