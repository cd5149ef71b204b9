/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* sigaction */
#include "sim/cli/stop.h"

#include <glib.h>

/* timeout(1) sends its signal twice, to the process and to its group. */
enum { PATIENCE = 3 };

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

static unsigned armed; /* how often */
static volatile sig_atomic_t asked;
static volatile sig_atomic_t *volatile to_set[STOP_FLAGS_MAX];
static GMutex mutex; /* for who changes to_set and armed */

static void on_signal(int signal_number)
{
	if (++asked >= PATIENCE) {
		signal(signal_number, SIG_DFL);
		raise(signal_number);
	}
	for (size_t i = 0; i < STOP_FLAGS_MAX; i++) {
		if (to_set[i])
			*to_set[i] = 1;
	}
}

static void handle(void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART }, present;

	g_assert(handler != SIG_IGN);
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		if (sigaction(signals[i], NULL, &present) == 0 && present.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	}
}

void stop_arm(void)
{
	g_mutex_lock(&mutex);
	if (armed++ == 0)
		handle(on_signal);
	g_mutex_unlock(&mutex);
}

void stop_disarm(void)
{
	g_mutex_lock(&mutex);
	g_assert(armed > 0);
	if (--armed == 0)
		handle(SIG_DFL);
	g_mutex_unlock(&mutex);
}

bool stop_asked(void)
{
	return asked > 0;
}

/* Put @to in the place of @from. */
static void replace_flag(volatile sig_atomic_t *from, volatile sig_atomic_t *to)
{
	size_t i = 0;

	g_assert(from != to);
	g_mutex_lock(&mutex);
	while (i < STOP_FLAGS_MAX && to_set[i] != from)
		i++;
	g_assert(i < STOP_FLAGS_MAX);
	to_set[i] = to;
	g_mutex_unlock(&mutex);
}

void stop_sets(volatile sig_atomic_t *flag)
{
	replace_flag(NULL, flag);
	if (asked)
		*flag = 1;
}

void stop_forgets(volatile sig_atomic_t *flag)
{
	replace_flag(flag, NULL);
}
