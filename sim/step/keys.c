/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/step/keys.h"

#include <glib.h>
#include <string.h>

enum { ESC = 27, DELETE = 127, CONTROL_H = 8 };

/* What follows ESC. Terminals differ: some keys have several sequences. */
static const struct {
	const char *bytes;
	enum key key;
} sequences[] = {
	{ "[A", KEY_UP },
	{ "[B", KEY_DOWN },
	{ "[C", KEY_RIGHT },
	{ "[D", KEY_LEFT },
	{ "[H", KEY_HOME },
	{ "[F", KEY_END },
	{ "OA", KEY_UP },
	{ "OB", KEY_DOWN },
	{ "OC", KEY_RIGHT },
	{ "OD", KEY_LEFT },
	{ "OH", KEY_HOME },
	{ "OF", KEY_END },
	{ "[1~", KEY_HOME },
	{ "[4~", KEY_END },
	{ "[7~", KEY_HOME },
	{ "[8~", KEY_END },
	{ "[5~", KEY_PAGE_UP },
	{ "[6~", KEY_PAGE_DOWN },
};

/* The bytes of a sequence that is not in the table: "ESC [", parameters from ' ' to '?', a last
 * byte. */
static size_t sequence_length(const char *bytes, size_t length)
{
	size_t at = 2;

	while (at < length && bytes[at] >= ' ' && bytes[at] <= '?')
		at++;
	return MIN(at + 1, length);
}

static size_t read_sequence(const char *bytes, size_t length, int *key)
{
	g_assert(bytes[0] == ESC);
	for (size_t i = 0; i < G_N_ELEMENTS(sequences); i++) {
		size_t size = strlen(sequences[i].bytes);

		if (length > size && memcmp(bytes + 1, sequences[i].bytes, size) == 0) {
			*key = sequences[i].key;
			return size + 1;
		}
	}
	if (length > 2 && (bytes[1] == '[' || bytes[1] == 'O')) {
		*key = KEY_UNKNOWN;
		return sequence_length(bytes, length);
	}
	*key = KEY_ESCAPE;
	return 1;
}

size_t key_read(const char *bytes, size_t length, int *key)
{
	g_assert(length > 0);
	if (bytes[0] == ESC)
		return read_sequence(bytes, length, key);
	if (bytes[0] == '\r' || bytes[0] == '\n')
		*key = KEY_ENTER;
	else if (bytes[0] == DELETE || bytes[0] == CONTROL_H)
		*key = KEY_BACKSPACE;
	else if (bytes[0] >= ' ' && bytes[0] <= '~')
		*key = bytes[0];
	else
		*key = KEY_UNKNOWN;
	return 1;
}
