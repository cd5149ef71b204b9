/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_STEP_VIEW_H
#define CIDSIM_SIM_STEP_VIEW_H

/*
 * A stepper on a terminal: keys change it, and it is drawn as text with ANSI escapes. Nothing here
 * reads or writes.
 *
 *     READY --- n b f F o O c C v V, arrows, Home, End: a command ---> READY
 *       |       1 to 9, if at most 9 steps can be taken: pick ---> READY
 *       |       PgUp, PgDn: scroll ---> READY
 *       +--- g w : or a digit, if more than 9 can be taken ---> TYPING
 *       |                            Enter: the command ---> READY, HELP or OVER
 *       |                            Esc, Backspace on nothing ---> READY
 *       +--- h ?, the command help ---> HELP --- any other key ---> READY
 *       |                                PgUp, PgDn: scroll ---> HELP
 *       +--- q, the command quit ---> OVER
 */

#include "sim/step/stepper.h"

enum view_state { VIEW_READY, VIEW_TYPING, VIEW_HELP, VIEW_OVER };

struct view {
	struct stepper *stepper;
	enum view_state state;
	GString *typed;   /* TYPING: the command so far */
	GString *help;    /* HELP: what is shown, lines */
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
