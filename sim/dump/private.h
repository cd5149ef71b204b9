/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_DUMP_PRIVATE_H
#define CIDSIM_SIM_DUMP_PRIVATE_H

/*
 * The parts of the reader. tokens.c cuts a line into tokens; read.c follows the braces and says
 * which CPU or task a key is about; keys.c has the table of the keys and stores a value; dump.c
 * adds CPUs, tasks, notes and faults.
 */

#include "sim/dump/dump.h"

enum { TOKEN_MAX = 128, PATH_MAX_DEPTH = 32 };

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_NUMBER, TOKEN_TEXT, TOKEN_SIGN };

struct token {
	enum token_kind kind;
	char text[TOKEN_MAX]; /* cut if it is longer; a sign: one character */
	uint64_t number;      /* a NUMBER: two's complement of 64 bits if it is negative */
	bool too_large;       /* ... it has no place in 64 bits */
};

/* The next token of the line at *@at, which ends with NUL; *@at is behind it then. "…" and '…' are
 * TEXT. What stands in round brackets, and a '*' or '&' before a name, is skipped. */
struct token token_next(const char **at);

/* Whose value a key is. */
enum scope { OF_MM, OF_CPU, OF_TASK, SCOPES };

/* Where the reader is. */
struct reader {
	struct dump *dump;
	struct faults *faults;
	uint32_t line;
	enum scope scope; /* of what comes next, and of which one */
	guint index;      /* in dump.cpus or dump.tasks */
	unsigned depth;   /* braces that are open; their names are those up to PATH_MAX_DEPTH */
	char path[PATH_MAX_DEPTH][TOKEN_MAX];
};

enum key_answer { KEY_SET, KEY_UNKNOWN, KEY_SKIPPED };

/* Does @word stand for a value of the key @name: "held" of "mutex"? */
bool key_takes_word(const char *name, const char *word);

/* Note the value @token of the key @name, in the braces of reader.path. Faults: out of range, or
 * the value was another one before. */
enum key_answer key_set(struct reader *reader, const char *name, const struct token *token);

/* Note that the task of the reader is in the function @name, if that is one of the protocol's. */
void key_set_function(struct reader *reader, const char *name);

/* Store @number in @value. A fault if it has another one: @what names it. */
void value_store(
	struct reader *reader, struct dump_value *value, uint64_t number, const char *what);

/* An empty dump. */
struct dump *dump_new(void);

/* The reader is at CPU @id, or the task with @pid, from now on, which is added if need be. */
void reader_at_cpu(struct reader *reader, uint64_t id);
void reader_at_task(struct reader *reader, uint64_t pid);

/* Add "line 7: …" to the notes. */
void reader_note(struct reader *reader, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* A fault at the reader's line. */
void reader_fault(struct reader *reader, const char *format, ...) G_GNUC_PRINTF(2, 3);

#endif
