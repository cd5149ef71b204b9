/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_FOLDER_H
#define CIDSIM_TESTS_LIB_FOLDER_H

/* A folder of the test's own, and what is in it. */

#include <glib.h>
#include <glib/gstdio.h>

/* In memory if possible, which is better than a disk for thousands of files. Ends with folder_remove(). */
char *folder_new(void);

/* Names in @dir, hidden ones too. */
unsigned folder_files(const char *dir);

/* Remove all that is in it. */
void folder_empty(const char *dir);

/* With all that is in it; frees @dir. */
void folder_remove(char *dir);

/* What is wrong, with the name of @dir cut off. Frees @fault; the caller frees the text. */
char *folder_message(const char *dir, GError *fault);

#endif
