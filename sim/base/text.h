/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_TEXT_H
#define CIDSIM_SIM_BASE_TEXT_H

/*
 * Numbers and tables for people. From integers only, and the same in every locale. Strings that
 * are returned are the caller's.
 */

#include <glib.h>
#include <stdint.h>

enum { TEXT_WIDTH = 80 }; /* columns of a line of a report */

/* @ns in the unit that suits, cut (not rounded) after three decimals: "12 ns", "1.234 ms". */
char *text_time(uint64_t ns);

/* @bytes in the unit that suits, cut after one decimal: "12 bytes", "1.5 GiB". */
char *text_size(uint64_t bytes);

/* Thousandths: "1.234". */
char *text_milli(uint64_t milli);

/* "98.7 %", rounded; "-" if @total is 0. Only 0 gives "0.0 %", and only @total gives "100.0 %". */
char *text_percent(uint64_t part, uint64_t total);

/* @text as it can be printed: where it is not UTF-8, or has control characters, with '?' for them.
 * Not to be freed. */
const char *text_clean(const char *text);

/* How messages name the file at @path: "-" is "<stdin>". Clean, not to be freed. */
const char *text_path(const char *path);

/* @words, NULL-terminated, as one line for a shell: each quoted if it needs to be. */
char *text_shell_line(const char *const *words);

/* Append the words of @words to @text, in lines of at most @width columns. The first one continues
 * a line that has @indent columns, the next ones begin with @indent blanks. No end of the last
 * line. A word that is longer than a line has one of its own. */
void text_fill(GString *text, const char *words, unsigned indent, unsigned width);

/* Break those lines of @text, from the offset @from on, that have more than TEXT_WIDTH columns; the
 * lines that follow are indented by 2 more. A word that is longer stays. */
void text_wrap(GString *text, gsize from);

/* The same, for lines of @width columns. */
void text_wrap_to(GString *text, gsize from, unsigned width);

/* Append the line @what, @how; two lines if one is longer than TEXT_WIDTH. */
void text_head(GString *text, const char *what, const char *how);

/* A table: cells are added row after row, the first row is the head. */
struct text_table;

/* @columns has a letter per column: 'l' or 'r', how it is aligned; and '|' where a table that has more
 * than TEXT_WIDTH columns may be broken: the rest follows below, after the first column once more. */
struct text_table *text_table_new(const char *columns);

/* The same, with its head: cells separated by '|'. */
struct text_table *text_table_with_head(const char *columns, const char *head);
/* Cells are printed clean. */
void text_table_cell(struct text_table *table, const char *text);
void text_table_take(struct text_table *table, char *text); /* frees @text */
void text_table_number(struct text_table *table, uint64_t number);

/* Append the table to @text, each line after two blanks, and free it. */
void text_table_print(struct text_table *table, GString *text);

#endif
