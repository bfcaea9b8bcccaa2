/* SPDX-License-Identifier: MIT */
/*
 * A process that embeds one CPython or several, as found in shared libraries:
 *
 *     embed SCRIPT OUT (LIBRARY HOME OWN SUBS)...
 *
 * loads each LIBRARY, in a namespace of its own where OWN is 1, starts it with
 * PYTHONHOME=HOME and SUBS sub-interpreters beside the main one (each with a GIL
 * of its own where that exists; HOME "-": it is not started at all), and runs
 * SCRIPT in every interpreter.  Then,
 * once for each of them, a forked child has the script's witness() write down
 * what is there to OUT.LIBRARY.INTERPRETER, the first counted from 0; this
 * process stays as it was, says where each _PyRuntime is, and waits for its dump.
 * No header of Python's is needed: what is called is the same in 3.8 to 3.15.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIBRARIES_MAX 8
#define SUBS_MAX 8

/* PyInterpreterConfig and PyStatus, since 3.12. */
struct config {
	int use_main_obmalloc, allow_fork, allow_exec, allow_threads, allow_daemon_threads;
	int check_multi_interp_extensions, gil;
};
struct status {
	int type;
	const char *function, *message;
	int exit_code;
};
#define OWN_GIL 2

struct python {
	void *handle;
	void *states[1 + SUBS_MAX];
	unsigned count;
};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "embed: %s: %s\n", what, why ? why : "failed");
	exit(1);
}

/* The function of that name in a library, as whatever the caller makes of it. */
static void find(void *handle, const char *name, void *ret)
{
	void *symbol = dlsym(handle, name);

	if (!symbol)
		die(name, dlerror());
	memcpy(ret, &symbol, sizeof(symbol));
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = malloc(1 << 16);
	size_t length;

	if (!file || !text)
		die(path, NULL);
	length = fread(text, 1, (1 << 16) - 1, file);
	text[length] = '\0';
	fclose(file);
	return text;
}

static void run(void *handle, const char *text, const char *out, unsigned library, unsigned index)
{
	int (*run_string)(const char *, void *);
	char line[4096];

	find(handle, "PyRun_SimpleStringFlags", &run_string);
	snprintf(line, sizeof(line), "OUT, NUMBER = '%s.%u.%u', %u", out, library, index, index);
	if (run_string(line, NULL) || run_string(text, NULL))
		die("the script", NULL);
}

/* A sub-interpreter, which becomes the current one. */
static void *add_interpreter(void *handle)
{
	struct status (*from_config)(void **, const struct config *);
	struct config config = { 0, 1, 1, 1, 1, 1, OWN_GIL };
	void *(*plain)(void), *state = NULL;

	if (dlsym(handle, "Py_NewInterpreterFromConfig")) {
		find(handle, "Py_NewInterpreterFromConfig", &from_config);
		if (from_config(&state, &config).type)
			state = NULL;
	} else {
		find(handle, "Py_NewInterpreter", &plain);
		state = plain();
	}
	if (!state)
		die("Py_NewInterpreter", NULL);
	return state;
}

static void start(struct python *python, const char *path, const char *home, int own,
		  unsigned subs)
{
	int (*set)(const char *, const char *, int);
	void (*initialize)(int);
	void *(*swap)(void *);

	python->handle = own ? dlmopen(LM_ID_NEWLM, path, RTLD_NOW | RTLD_LOCAL)
			     : dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!python->handle)
		die(path, dlerror());
	if (!strcmp(home, "-"))
		return;
	/* The environment of the library's own libc, which is another one in a namespace. */
	find(python->handle, "setenv", &set);
	set("PYTHONHOME", home, 1);
	find(python->handle, "Py_InitializeEx", &initialize);
	initialize(0);
	find(python->handle, "PyThreadState_Swap", &swap);
	python->states[python->count++] = swap(NULL);
	while (python->count <= subs) {
		swap(python->states[0]);
		python->states[python->count++] = add_interpreter(python->handle);
		swap(NULL);
	}
}

/* In a child, whose memory is this process's: nothing that it does shows here. */
static void witness(struct python *python, void *state)
{
	void *(*swap)(void *), *(*import)(const char *);
	void *(*call)(void *, const char *, const char *, ...);
	pid_t child = fork();
	int status = 1;

	if (!child) {
		find(python->handle, "PyThreadState_Swap", &swap);
		find(python->handle, "PyImport_AddModule", &import);
		find(python->handle, "PyObject_CallMethod", &call);
		swap(state);
		_exit(call(import("__main__"), "witness", NULL) ? 0 : 1);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status)
		die("the witness", NULL);
}

int main(int argc, char **argv)
{
	static struct python pythons[LIBRARIES_MAX];
	void *(*swap)(void *);
	unsigned count, i, k;
	char *text;

	if (argc < 7 || (argc - 3) % 4 || (argc - 3) / 4 > LIBRARIES_MAX)
		die("usage", "embed SCRIPT OUT (LIBRARY HOME OWN SUBS)...");
	text = read_file(argv[1]);
	count = (unsigned)(argc - 3) / 4;
	for (i = 0; i < count; i++) {
		char **words = argv + 3 + 4 * i;
		unsigned subs = (unsigned)atoi(words[3]);

		start(&pythons[i], words[0], words[1], atoi(words[2]),
		      subs < SUBS_MAX ? subs : SUBS_MAX);
		find(pythons[i].handle, "PyThreadState_Swap", &swap);
		for (k = 0; k < pythons[i].count; k++) {
			swap(pythons[i].states[k]);
			run(pythons[i].handle, text, argv[2], i, k);
			swap(NULL);
		}
	}
	for (i = 0; i < count; i++)
		for (k = 0; k < pythons[i].count; k++)
			witness(&pythons[i], pythons[i].states[k]);
	for (i = 0; i < count; i++)
		printf("runtime %p\n", dlsym(pythons[i].handle, "_PyRuntime"));
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
