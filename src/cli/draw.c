/* SPDX-License-Identifier: MIT */
/*
 * Pictures in every form: a tree or DOT written here, SVG, PNG and PDF drawn by
 * refgraph-render.  That program may be missing, fail or hang; then the DOT is
 * kept beside the wanted picture, and the error names it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "render/dot.h"

#define PATIENCE_MS 40000

extern char **environ;

/* How drawing ended; NULL: it went well. */
struct drawing {
	const char *why;
	char said[512]; /* by refgraph-render on standard error */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* REFGRAPH_RENDER_SECONDS lets who draws something large wait longer, or a test less long. */
static int64_t patience(void)
{
	const char *word = getenv("REFGRAPH_RENDER_SECONDS");
	long seconds = word ? strtol(word, NULL, 10) : 0;

	return seconds > 0 && seconds < 86400 ? (int64_t)seconds * 1000 : PATIENCE_MS;
}

/* Starts refgraph-render; its ends of the pipes go to @out and @err. */
static const char *start(const char *format, int in, int out, int err, pid_t *ret)
{
	const char *folder = getenv("REFGRAPH_LIBEXEC");
	posix_spawn_file_actions_t actions;
	char path[4096];
	char *arguments[3];
	int number;

	if (!folder || !*folder)
		folder = PKGLIBEXECDIR;
	snprintf(path, sizeof(path), "%s/refgraph-render", folder);
	arguments[0] = path;
	arguments[1] = (char *)format;
	arguments[2] = NULL;
	if (posix_spawn_file_actions_init(&actions))
		return "cannot be started";
	number = posix_spawn_file_actions_adddup2(&actions, in, 0);
	if (!number)
		number = posix_spawn_file_actions_adddup2(&actions, out, 1);
	if (!number)
		number = posix_spawn_file_actions_adddup2(&actions, err, 2);
	if (!number)
		number = posix_spawn(ret, path, &actions, NULL, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (number == ENOENT)
		return "is not installed";
	return number ? "cannot be started" : NULL;
}

/* Passes what comes from the two pipes on, until both end; false: it took too long. */
static bool pump(int out, int err, rg_sink *sink, struct drawing *drawing)
{
	struct pollfd ends[2] = { { out, POLLIN, 0 }, { err, POLLIN, 0 } };
	int64_t deadline = now_ms() + patience();
	size_t said = 0;
	char buffer[65536];

	while (ends[0].fd >= 0 || ends[1].fd >= 0) {
		int64_t left = deadline - now_ms();
		int ready = left > 0 ? poll(ends, 2, (int)left) : 0;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return false;
		for (int i = 0; i < 2; i++) {
			ssize_t got;

			if (!ends[i].revents)
				continue;
			got = read(ends[i].fd, buffer, sizeof(buffer));
			if (got <= 0) {
				ends[i].fd = -1;
			} else if (i == 0) {
				rg_sink_write(sink, buffer, (size_t)got);
			} else {
				size_t room = sizeof(drawing->said) - 1 - said;
				size_t n = (size_t)got < room ? (size_t)got : room;

				memcpy(drawing->said + said, buffer, n);
				said += n;
			}
		}
	}
	drawing->said[strcspn(drawing->said, "\n")] = '\0';
	return true;
}

static void close_pair(const int pair[2])
{
	for (int i = 0; i < 2; i++)
		if (pair[i] >= 0)
			close(pair[i]);
}

/* Draws the DOT in @in into @picture; says why not in drawing->why. */
static void draw(const char *format, int in, rg_sink *picture, struct drawing *drawing)
{
	int out[2] = { -1, -1 }, err[2] = { -1, -1 }, status = 0;
	pid_t child;

	if (pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0) {
		drawing->why = "cannot be started: no pipe";
		close_pair(out);
		close_pair(err);
		return;
	}
	drawing->why = start(format, in, out[1], err[1], &child);
	close(out[1]);
	close(err[1]);
	out[1] = err[1] = -1;
	if (!drawing->why) {
		if (!pump(out[0], err[0], picture, drawing)) {
			kill(child, SIGKILL);
			drawing->why = "took too long";
		}
		while (waitpid(child, &status, 0) < 0 && errno == EINTR)
			;
		if (!drawing->why && WIFSIGNALED(status))
			drawing->why = WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGALRM ||
				       WTERMSIG(status) == SIGKILL
					       ? "took too long or too much memory"
					       : "crashed";
		else if (!drawing->why && (!WIFEXITED(status) || WEXITSTATUS(status)))
			drawing->why = "failed";
	}
	close_pair(out);
	close_pair(err);
}

/* Keeps the DOT beside the picture that could not be drawn. */
static int keep_dot(struct cli *cli, const char *dot, size_t length,
		    const struct drawing *drawing)
{
	const char *wanted = cli->options.output ? cli->options.output : "refgraph";
	const char *suffix = strrchr(wanted, '.'), *slash = strrchr(wanted, '/');
	size_t stem = suffix && (!slash || suffix > slash) ? (size_t)(suffix - wanted)
							   : strlen(wanted);
	char *path = malloc(stem + sizeof(".dot"));
	rg_sink *sink = NULL;
	rg_error *error;

	if (!path)
		return cli_no_memory();
	memcpy(path, wanted, stem);
	memcpy(path + stem, ".dot", sizeof(".dot"));
	error = rg_sink_file(path, &sink);
	if (!error) {
		rg_sink_write(sink, dot, length);
		error = rg_sink_commit(sink);
	}
	if (error)
		cli_say("%s: the picture was not drawn: refgraph-render %s%s%s; and its DOT could "
			"not be kept: %s", wanted, drawing->why, *drawing->said ? ": " : "",
			drawing->said, rg_error_message(error));
	else
		cli_say("%s: the picture was not drawn: refgraph-render %s%s%s; its DOT is in %s: "
			"draw it with Graphviz, or fewer nodes with --depth and --limit-nodes",
			wanted, drawing->why, *drawing->said ? ": " : "", drawing->said, path);
	rg_error_free(error);
	rg_sink_free(sink);
	free(path);
	return CLI_TROUBLE;
}

/* A file without a name that holds @dot, from its start. */
static int dot_file(const char *dot, size_t length, FILE **ret)
{
	FILE *file = tmpfile();

	if (file && fwrite(dot, 1, length, file) == length && fflush(file) == 0 &&
	    lseek(fileno(file), 0, SEEK_SET) == 0) {
		*ret = file;
		return CLI_OK;
	}
	cli_say("cannot hand the picture on: no temporary file: %s", strerror(errno));
	if (file)
		fclose(file);
	return CLI_TROUBLE;
}

static int render(struct cli *cli, const char *dot, size_t length)
{
	static const char *const formats[] = {
		[CLI_SVG] = "svg", [CLI_PNG] = "png", [CLI_PDF] = "pdf",
	};
	struct drawing drawing = { NULL, "" };
	rg_sink *picture = NULL;
	FILE *file = NULL;
	rg_error *error;
	size_t size;
	int status;

	status = dot_file(dot, length, &file);
	if (status)
		return status;
	/* Kept until it is whole: half a picture must not reach standard output. */
	error = rg_sink_memory(&picture);
	if (error) {
		status = cli_fail(error);
	} else {
		draw(formats[cli->options.format], fileno(file), picture, &drawing);
		(void)rg_sink_bytes(picture, &size);
		if (!drawing.why && !size && !rg_sink_failed(picture))
			drawing.why = "drew nothing";
		if (drawing.why) {
			status = keep_dot(cli, dot, length, &drawing);
		} else {
			const char *bytes = rg_sink_bytes(picture, &size);

			status = rg_sink_failed(picture) ? cli_no_memory() : cli_open(cli);
			if (!status)
				rg_sink_write(cli->sink, bytes, size);
		}
	}
	rg_sink_free(picture);
	fclose(file);
	return status;
}

int cli_draw(struct cli *cli, rg_picture *picture)
{
	rg_sink *memory = NULL;
	const char *dot, *why;
	size_t length;
	rg_error *error;
	int status;

	if (cli->options.format != CLI_DOT && cli->options.format != CLI_SVG &&
	    !cli->options.output && isatty(STDOUT_FILENO)) {
		cli_say("a picture is not for a terminal: name a file with -o");
		return CLI_TROUBLE;
	}
	error = rg_sink_memory(&memory);
	if (error)
		return cli_fail(error);
	why = dot_write(picture, memory);
	dot = rg_sink_bytes(memory, &length);
	if (why || rg_sink_failed(memory)) {
		cli_say("%s", why ? why : "out of memory while writing DOT");
		status = CLI_TROUBLE;
	} else if (cli->options.format == CLI_DOT) {
		status = cli_open(cli);
		if (!status)
			rg_sink_write(cli->sink, dot, length);
	} else {
		status = render(cli, dot, length);
	}
	rg_sink_free(memory);
	return status;
}
