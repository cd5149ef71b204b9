/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_DUMPS_H
#define CIDSIM_TESTS_LIB_DUMPS_H

/*
 * Dumps of machines, as a debugger prints them: a list of facts, of which a share is left out, in
 * random order, in one of several forms.
 */

#include <glib.h>

#include "sim/base/prng.h"
#include "sim/machine/machine.h"

enum dumps_form {
	DUMPS_LINES,    /* a fact a line, in any order */
	DUMPS_PLAIN,    /* a line for the mm, each CPU, each task */
	DUMPS_CRASH,    /* structs over several lines, run queues, stacks */
	DUMPS_ONE_LINE, /* structs of gdb and drgn */
	DUMPS_FORMS
};

struct dumps_options {
	enum dumps_form form;
	unsigned percent;   /* of the facts that are left out */
	const char *kernel; /* "kernel 6.19.6", "revision v3"; NULL: not printed */
	uint32_t bit;       /* that was cleared outside of the pool; 0: none */
};

/* The text; the caller frees it. */
char *dumps_print(
	const struct machine *machine, const struct dumps_options *options, struct prng *prng);

#endif
