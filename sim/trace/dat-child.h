/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_TRACE_DAT_CHILD_H
#define CIDSIM_SIM_TRACE_DAT_CHILD_H

/*
 * The process that reads a trace.dat, through trace-cmd's libraries. These trust what is in the
 * file: one that is damaged can make them crash, never end, print, or exit. So they run in a
 * process of their own, which writes what it reads as text:
 *
 *     # kernel 7.2.13           comments as in other text of traces (read-text.c)
 *     NUMBER LINE               a line of text, of the record of that number
 *     ! TEXT                    the file cannot be read: TEXT says why
 *     # ignored COUNT NAME      events that are not written
 *     # end                     that was all
 *
 * It ends with DAT_CHILD_FAILED if the fault is of the system, not of the file: no memory, a read
 * error, a write error.
 */

#include <glib.h>

enum { DAT_CHILD_FAILED = 3 }; /* the exit status of the program when there is no memory */

/* Read from the file @dat, write to the pipe @text. Does not return. */
void dat_child_run(int dat, int text) G_GNUC_NORETURN;

#endif
