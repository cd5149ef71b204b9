/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_PROGRAM_H
#define CIDSIM_SIM_BASE_PROGRAM_H

/* Runs a program that reads a text and prints one, with an end to it: a compiler, a solver. */

#include <gio/gio.h>
#include <stdbool.h>

enum program_end {
	PROGRAM_ENDED,   /* by itself */
	PROGRAM_STOPPED, /* as stop() said */
	PROGRAM_TOO_LONG,
	PROGRAM_FAILED, /* it could not be started, or talked to, or prints too much: @error */
};

struct program {
	GSubprocessLauncher *launcher; /* with the pipes that are wanted; taken */
	const char *const *words;      /* the program and its arguments, ended by NULL */
	const char *input;             /* for its standard input; NULL: none */
	unsigned seconds;              /* then it is ended */
	bool (*stop)(void *context);   /* asked a few times in a second: whether to end it; NULL: never */
	void *context;
	bool has_group; /* it leads a group of processes, all of which end when it is ended */

	char *printed; /* what it printed, on both outputs that are pipes, any bytes; the caller's
	                */
	bool good;     /* it ended with status 0 */
};

/* Run @program to its end. In any thread. */
enum program_end program_run(struct program *program, GError **error);

#endif
