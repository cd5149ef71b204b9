/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_STEP_KEYS_H
#define CIDSIM_SIM_STEP_KEYS_H

/* The bytes of a terminal as keys. */

#include <stddef.h>

/* Others are the character that they type, from ' ' to '~'. */
enum key {
	KEY_UNKNOWN = 0, /* means nothing */
	KEY_ENTER = 256,
	KEY_ESCAPE,
	KEY_BACKSPACE,
	KEY_UP,
	KEY_DOWN,
	KEY_LEFT,
	KEY_RIGHT,
	KEY_HOME,
	KEY_END,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
};

/* The first key of the @length bytes @bytes, at least one; into *@key. Returns how many bytes it
 * has. An ESC that nothing follows is KEY_ESCAPE. */
size_t key_read(const char *bytes, size_t length, int *key);

#endif
