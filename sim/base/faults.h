/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_FAULTS_H
#define CIDSIM_SIM_BASE_FAULTS_H

/*
 * The faults found in one input file: collected in any order, listed in the order of the lines.
 * The lines of a file that it includes are counted on behind its own.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/base/line-files.h"

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

/* The files of the input: at first one, with the path of faults_new(). */
struct line_files *faults_files(struct faults *faults);

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

/* "line 7", with several files "line 7 of base.scn", or the option's name. The caller frees it. */
char *place_to_string(const struct line_files *files, struct place place);

#endif
