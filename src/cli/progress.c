/* SPDX-License-Identifier: MIT */
/*
 * How far a long call has come: one line on a terminal's standard error, after
 * a second, gone before anything else is said.  The library's callback only
 * stores numbers; a thread of its own shows them, so that a stage which tells
 * nothing still has its line.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"

#define FIRST_MS 1000 /* nothing is shown of what takes less */
#define EVERY_MS 100
#define CLEAR "\r\033[K"

/* One for the process: a signal's handler has to find it. */
static struct {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool running, stop;
	_Atomic(const char *) stage; /* a string that stays */
	atomic_uint_least64_t done, total;
	atomic_bool shown;
	struct timespec begun; /* the first call of all: several dumps share one second */
} progress = { .lock = PTHREAD_MUTEX_INITIALIZER };

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

static void put(const char *text, size_t length)
{
	if (write(STDERR_FILENO, text, length) < 0)
		atomic_store(&progress.shown, false);
}

/* The line goes, then the process as it would have. */
static void on_signal(int number)
{
	if (atomic_load(&progress.shown))
		put(CLEAR, sizeof(CLEAR) - 1);
	raise(number);
}

static void catch_signals(bool on)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct sigaction action, old;

		if (sigaction(signals[i], NULL, &old) < 0)
			continue;
		memset(&action, 0, sizeof(action));
		sigemptyset(&action.sa_mask);
		action.sa_handler = on ? on_signal : SIG_DFL;
		/* The handler is gone when it raises the signal anew. */
		action.sa_flags = (int)SA_RESETHAND;
		if (on ? old.sa_handler == SIG_DFL : old.sa_handler == on_signal)
			sigaction(signals[i], &action, NULL);
	}
}

static uint64_t milliseconds(const struct timespec *from, const struct timespec *to)
{
	return (uint64_t)((to->tv_sec - from->tv_sec) * 1000 +
			  (to->tv_nsec - from->tv_nsec) / 1000000);
}

/* 2.7 M, 812 k, 96: short enough to read while it changes. */
static void short_number(double value, char buffer[16])
{
	if (value >= 1e6)
		snprintf(buffer, 16, "%.1f M", value / 1e6);
	else if (value >= 1e3)
		snprintf(buffer, 16, "%.0f k", value / 1e3);
	else
		snprintf(buffer, 16, "%.0f", value);
}

/* "reading objects  62%  2.7 M/s"; @spent are milliseconds in this stage. */
static void show(const char *stage, uint64_t done, uint64_t total, uint64_t spent)
{
	char line[160], number[16], rate[16];
	int length, percent = 100;

	length = snprintf(line, sizeof(line), CLEAR "%.60s", stage);
	if (total && done < total)
		percent = (int)(100.0 * (double)done / (double)total);
	if (total) {
		length += snprintf(line + length, sizeof(line) - (size_t)length, "  %2d%%",
				   percent);
	} else if (done) {
		short_number((double)done, number);
		length += snprintf(line + length, sizeof(line) - (size_t)length, "  %s", number);
	}
	/* Stages of a few steps have no rate worth telling. */
	if (done > 1000 && spent >= EVERY_MS) {
		short_number((double)done * 1000 / (double)spent, rate);
		length += snprintf(line + length, sizeof(line) - (size_t)length, "  %s/s", rate);
	}
	atomic_store(&progress.shown, true);
	put(line, (size_t)length);
}

static void *tick(void *unused)
{
	const char *stage = NULL, *current;
	struct timespec now, until, since = progress.begun;
	uint64_t age;

	(void)unused;
	pthread_mutex_lock(&progress.lock);
	while (!progress.stop) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		current = atomic_load(&progress.stage);
		if (current != stage) {
			stage = current;
			since = now;
		}
		age = milliseconds(&progress.begun, &now);
		if (age >= FIRST_MS && stage)
			show(stage, atomic_load(&progress.done), atomic_load(&progress.total),
			     milliseconds(&since, &now));
		until = now;
		until.tv_nsec += EVERY_MS * 1000000L;
		if (until.tv_nsec >= 1000000000L) {
			until.tv_nsec -= 1000000000L;
			until.tv_sec++;
		}
		pthread_cond_timedwait(&progress.wake, &progress.lock, &until);
	}
	pthread_mutex_unlock(&progress.lock);
	return NULL;
}

static bool note(void *user, const char *stage, uint64_t done, uint64_t total)
{
	(void)user;
	atomic_store(&progress.done, done);
	atomic_store(&progress.total, total);
	atomic_store(&progress.stage, stage);
	return true;
}

static bool is_wanted(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

rg_progress_fn *cli_progress_start(void)
{
	pthread_condattr_t monotonic;

	if (!is_wanted())
		return NULL;
	if (progress.running)
		return note;
	if (!progress.begun.tv_sec)
		clock_gettime(CLOCK_MONOTONIC, &progress.begun);
	progress.stop = false;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&progress.wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	/* Without a thread there is no line, and nothing else is lost. */
	progress.running = pthread_create(&progress.thread, NULL, tick, NULL) == 0;
	if (progress.running)
		catch_signals(true);
	return note;
}

void cli_progress_stage(const char *stage)
{
	if (cli_progress_start())
		note(NULL, stage, 0, 0);
}

void cli_progress_stop(void)
{
	if (!progress.running)
		return;
	pthread_mutex_lock(&progress.lock);
	progress.stop = true;
	pthread_cond_signal(&progress.wake);
	pthread_mutex_unlock(&progress.lock);
	pthread_join(progress.thread, NULL);
	pthread_cond_destroy(&progress.wake);
	progress.running = false;
	if (atomic_exchange(&progress.shown, false))
		put(CLEAR, sizeof(CLEAR) - 1);
	atomic_store(&progress.stage, NULL);
	catch_signals(false);
}
