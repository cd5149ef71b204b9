/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_FAULTS_H
#define CIDSIM_SIM_BASE_FAULTS_H

/* The faults found in one input file: collected in any order, listed in the order of the lines. */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	FAULTS_MAX = 20, /* that are kept: those with the lowest lines */
};

/* Where a value comes from. */
struct place {
	uint32_t line;      /* from 1; 0 = the file, no line of it */
	const char *option; /* "--set mm app.count": an option instead of a line; NULL = the file */
};

struct faults;

/* @path is the name of the file for messages. Never returns NULL. */
struct faults *faults_new(const char *path);
void faults_free(struct faults *faults);

/* Note a fault: "PATH:LINE: text", "PATH: text" or "OPTION: text". Options come before lines.
 * The faults of one line stay in the order in which they were added. */
void faults_add(struct faults *faults, struct place place, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

/* The same with the text @message, which is taken over. */
void faults_take(struct faults *faults, struct place place, char *message);

/* How many have been added, also those beyond FAULTS_MAX. */
size_t faults_count(const struct faults *faults);

/* Append the messages to @errors (which owns its strings), "PATH: too many errors" as the last
 * one if there were more than FAULTS_MAX. */
void faults_list(const struct faults *faults, GPtrArray *errors);

/* "line 7", or the option's name. The caller frees it. */
char *place_to_string(struct place place);

#endif
