/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_KEYFILE_H
#define CIDSIM_SIM_BASE_KEYFILE_H

/*
 * A strict reader of key files: [group], key=value, # comment. What it accepts, GKeyFile reads
 * the same way; but GKeyFile knows no line numbers, lets the last of two equal keys win and
 * merges two equal groups, so that a message could not say what is wrong, or not where.
 */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/faults.h"

enum {
	KEYFILE_BYTES_MAX = 16 << 20,
	KEYFILE_LINES_MAX = 1000000, /* of all files together */
};

struct keyfile_entry {
	const char *key; /* neither is empty, both are without spaces around them */
	const char *value;
	struct place place;
};

struct keyfile_group {
	const char *name; /* its words with one space between them */
	struct place place;
	struct place latest; /* where it stands in the last file that has it */
	bool cut;            /* there is no ']': its name may lack a part */
	GArray *entries; /* struct keyfile_entry, in the order of the file; added ones at the end */
};

struct keyfile {
	GPtrArray *groups;   /* struct keyfile_group *, in the order of the file */
	GHashTable *by_name; /* name -> struct keyfile_group * */
	GStringChunk *added; /* texts that are not in the file */
	char *text;
	uint32_t lines;
};

/*
 * Read the file at @path ("-" = standard input): a regular file or a pipe, for standard
 * input anything but a folder, at most KEYFILE_BYTES_MAX bytes and never more memory than
 * three times that. Returns the text with a NUL after it and sets *@length; the caller frees it.
 * Returns NULL and adds a fault if it cannot; *@environment becomes true if the system refused.
 */
char *keyfile_read(const char *path, size_t *length, struct faults *faults, bool *environment);

/* Between two files in one text. A line of a file cannot begin with it: control characters are
 * refused. The rest of the line is the name of the second file, as the first has it. */
#define KEYFILE_MARK "\n\x1e"

/* The path of the file @name that is named in the file @path: it is relative to the folder of that.
 * The caller frees it. */
char *keyfile_beside(const char *path, const char *name);

/*
 * Make a key file of @text (taken over, freed with the key file; @text[@length] is NUL). What is
 * wrong is added to @faults and left out of the result; of doubles the first stays. Line ends
 * are LF or CRLF; a byte order mark at the start is skipped. Never returns NULL.
 *
 * Behind KEYFILE_MARK and a name another file begins, at most LINE_FILES_MAX in all. It adds the
 * groups and keys that are not there yet; others are no doubles. It is added to the files of
 * @faults.
 */
struct keyfile *keyfile_parse(char *text, size_t length, struct faults *faults);
void keyfile_free(struct keyfile *file);

/* Put one space between the words of @name and none around them, in place. Returns @name. */
char *keyfile_squeeze(char *name);

/* NULL if there is none; @name as keyfile_squeeze() leaves it. */
const struct keyfile_group *keyfile_find_group(const struct keyfile *file, const char *name);
const struct keyfile_entry *keyfile_find(const struct keyfile_group *group, const char *key);

/* Set @key of group @name to @value, which comes from @place: in place of the one in the file,
 * or as the last of the group; an unknown group is added. All texts are copied but
 * @place.option, which must outlive @file. */
void keyfile_set(struct keyfile *file, const char *name, const char *key, const char *value,
	struct place place);

/*
 * @text, which keyfile_parse() reads without a fault, in the usual form: one empty line before each
 * group and the comment directly above it, none after its head, `key = value`, no blanks at the ends
 * of lines, LF. Comments and single empty lines stay. keyfile_parse() reads the same of both. The
 * caller frees it.
 */
char *keyfile_format(const char *text);

/* Append @file as text, without comments: what keyfile_parse() reads as the same file. */
void keyfile_print(GString *text, const struct keyfile *file);

#endif
