/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* sigaction */
#include "sim/cli/stop.h"

#include <assert.h>
#include <stddef.h>

/* timeout(1) sends its signal twice, to the process and to its group. */
enum { PATIENCE = 3 };

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

static unsigned armed; /* how often */
static volatile sig_atomic_t asked;
static volatile sig_atomic_t *volatile to_set;

static void on_signal(int signal_number)
{
	if (++asked >= PATIENCE) {
		signal(signal_number, SIG_DFL);
		raise(signal_number);
	}
	if (to_set)
		*to_set = 1;
}

static void handle(void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART }, present;

	assert(handler != SIG_IGN);
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		if (sigaction(signals[i], NULL, &present) == 0 && present.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	}
}

void stop_arm(void)
{
	if (armed++ == 0)
		handle(on_signal);
}

void stop_disarm(void)
{
	assert(armed > 0);
	if (--armed == 0)
		handle(SIG_DFL);
}

bool stop_asked(void)
{
	return asked > 0;
}

void stop_sets(volatile sig_atomic_t *flag)
{
	assert(!flag || !to_set);
	to_set = flag;
	if (flag && asked)
		*flag = 1;
}
