/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_CONFINE_H
#define CIDSIM_SIM_BASE_CONFINE_H

/* A child process in which code runs that is not ours: a function, or a program that is started. */

#include <stdbool.h>
#include <stdint.h>

/* In the child: its standard input and output are /dev/null, it leaves no core file and has at
 * most 4 GiB of address space, and @more bytes. */
void confine(uint64_t more);

/* In a child: at most @max of @resource, one of RLIMIT_*, in its unit. Only root can raise it again. */
void confine_resource(int resource, uint64_t max);

/* This process, and those that it starts: at most @bytes of memory that can be written to. Nothing
 * in a program with the address sanitizer, which needs more of that than there is. */
void confine_memory(uint64_t bytes);

/* In the child, too: keep the descriptors 0 to 2, and @a and @b as 3 and 4; close all others.
 * Returns false if that fails. */
bool confine_descriptors(int a, int b);

/* In the child, last: set a filter of system calls. From now on the child can read, write and seek
 * in what it has open, write at most @file_max bytes to a file, get memory, set its timers and
 * signals, and end. All other system calls fail with EPERM: the child cannot open, make or remove
 * files, start processes or programs, send signals to others, or use the network. Returns whether
 * the filter is set: it needs Linux on x86-64 or arm64, and a program without the address
 * sanitizer. */
bool confine_calls(uint64_t file_max);

/* Who is confined by confine_program(). */
enum confined {
	CONFINE_COMPILER = 1, /* makes and removes files */
	CONFINE_PROGRAM = 2,  /* reads files, and writes to files */
	CONFINE_CODE = 4      /* code of others in a process of ours */
};

/* In a child, last: set a filter of system calls for @who, and for all processes that it starts.
 * They cannot use the network, trace other processes, or change the system (mount, make devices,
 * load modules, set the clock, make namespaces) even if root starts them. Those but the compiler
 * also cannot make folders, or remove, rename or link files, or change who may use them; open()
 * makes a file. The code of others cannot start processes or programs either, or send signals to
 * others. All that fails with EPERM; clone3() with ENOSYS for programs, which then use clone().
 * A filter sees no names: files of /proc can be opened. Returns whether the filter is set: it needs
 * Linux on x86-64 or arm64. Allocates nothing. */
bool confine_program(enum confined who);

#endif
