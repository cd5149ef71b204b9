/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _DEFAULT_SOURCE /* sigaltstack() */
#include "sim/kernel/limits.h"

#include <glib.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "sim/base/confine.h"

#define MEMORY_MAX (UINT64_C(4) << 30) /* address space */
#define FILE_MAX (UINT64_C(1) << 28)   /* bytes of a file that is written */

enum {
	TICK_US = 500000,
	LOOP_TICKS = 5, /* of processor time without a sign of life */
	STACK_BYTES = 1 << 16,
};

static void limit_all(void)
{
	setpgid(0, 0);
	confine_resource(RLIMIT_FSIZE, FILE_MAX);
}

void limits_of_compiler(void)
{
	limit_all();
	confine_resource(RLIMIT_CORE, 0);
	confine_resource(RLIMIT_AS, MEMORY_MAX);
	confine_program(CONFINE_COMPILER);
}

static void reset_signals(void)
{
	static const int signals[] = { SIGPROF, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTERM };

	for (size_t i = 0; i < G_N_ELEMENTS(signals); i++)
		signal(signals[i], SIG_DFL);
	signal(SIGINT, SIG_IGN); /* the other side asks this one to end */
}

/*
 * A timer of processor time looks whether limits_alive() was called since it looked last. If each
 * call set a timer anew, that would be a system call: then calls are few, and a slow machine that
 * only allots memory between two of them would look like code that loops.
 */
static volatile sig_atomic_t was_called;

static void on_tick(int number)
{
	static int ticks; /* without a call */

	ticks = was_called ? 0 : ticks + 1;
	was_called = 0;
	if (ticks < LOOP_TICKS)
		return;
	signal(number, SIG_DFL);
	raise(number);
}

static void watch_loops(void)
{
	static char stack[STACK_BYTES]; /* those of the code's operations are small */
	const stack_t own = { .ss_sp = stack, .ss_size = sizeof(stack) };
	const struct timeval tick = { .tv_usec = TICK_US };
	const struct itimerval timer = { .it_value = tick, .it_interval = tick };
	const struct sigaction action = { .sa_handler = on_tick,
		.sa_flags = SA_ONSTACK | SA_RESTART };

	sigaltstack(&own, NULL);
	sigaction(SIGPROF, &action, NULL);
	setitimer(ITIMER_PROF, &timer, NULL);
}

void limits_alive(void)
{
	was_called = 1;
}

void limits_of_code(int parent, uint64_t memory)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	reset_signals();
	limit_all();
	confine(memory);
	confine_program(CONFINE_CODE);
	watch_loops();
}
