/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_STEP_VIEW_H
#define CIDSIM_SIM_STEP_VIEW_H

/*
 * A stepper on a terminal: keys change it, and it is drawn as text with ANSI escapes. Nothing here
 * reads or writes.
 *
 *     READY --- n b f F o O c C v V, arrows, Home, End: a command ---> READY
 *       |  1 to 9: pick, if no more can be picked; PgUp, PgDn: scroll
 *       |
 *       +--- g w : or a digit, if more than 9 can be picked ---> TYPING
 *       |                            Enter: the command ---> READY
 *       |                            Esc, Backspace on nothing ---> READY
 *       +--- h ? ---> HELP --- any key ---> READY
 *       +--- q ---> OVER; so does the command quit
 */

#include "sim/step/stepper.h"

enum view_state { VIEW_READY, VIEW_TYPING, VIEW_HELP, VIEW_OVER };

struct view {
	struct stepper *stepper;
	enum view_state state;
	GString *typed;   /* TYPING: the command so far */
	GString *message; /* of the last command, without a line end */
	guint scroll;     /* lines of the page above the first one that is shown */
	guint scroll_max; /* as it was drawn last */
};

/* @stepper is borrowed. */
void view_init(struct view *view, struct stepper *stepper);
void view_clear(struct view *view);

/* @key of keys.h was pressed. */
void view_key(struct view *view, int key);

/* Append what the screen of @width columns and @height lines, both at least 1, shows: from its
 * upper left corner on, with escapes. */
void view_draw(struct view *view, guint width, guint height, GString *text);

#endif
