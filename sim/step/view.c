/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/step/view.h"

#include <string.h>

#include "sim/step/film-steps.h"
#include "sim/step/keys.h"

#define BOLD "\033[1m"
#define REVERSE "\033[7m"
#define PLAIN "\033[0m"
#define CLEAR_LINE "\033[K"

enum { TYPED_MAX = 512, FRAME_LINES = 4 }; /* title, an empty line, message, keys */

static const char help[] =
	"Keys\n"
	"  n, right, space  one step forwards        b, left  one step back\n"
	"  f F              next, previous flip of the mode\n"
	"  o O   c C        next, previous window that opens; that closes\n"
	"  v V              next, previous broken property\n"
	"  Home End         the start, the end\n"
	"  g                go to a step: type its number and Enter\n"
	"  PgUp PgDn        scroll, if the page is too long\n"
	"  1 2 3 ...        take that step instead ([explore] and [steps])\n"
	"  w                write the steps up to here into a file, as a scenario\n"
	"  :                type a command of cidsim step; :help lists them\n"
	"  q                end\n"
	"\n"
	"Words\n"
	"  1   CID 1, owned by the task           1t  CID 1, in transit\n"
	"  1c  CID 1, owned by the CPU            -   no CID\n"
	"  >   this line differs from the state before\n"
	"  *   the step that comes next\n";

/* Keys that are a command. */
static const struct {
	int key;
	const char *command;
} keys[] = {
	{ 'n', "next" },
	{ ' ', "next" },
	{ KEY_RIGHT, "next" },
	{ KEY_DOWN, "next" },
	{ KEY_ENTER, "next" },
	{ 'b', "back" },
	{ 'p', "back" },
	{ KEY_LEFT, "back" },
	{ KEY_UP, "back" },
	{ KEY_BACKSPACE, "back" },
	{ 'f', "next flip" },
	{ 'F', "back flip" },
	{ 'o', "next open" },
	{ 'O', "back open" },
	{ 'c', "next close" },
	{ 'C', "back close" },
	{ 'v', "next violation" },
	{ 'V', "back violation" },
	{ KEY_HOME, "go start" },
	{ KEY_END, "go end" },
	{ 'q', "quit" },
};

void view_init(struct view *view, struct stepper *stepper)
{
	*view = (struct view){
		.stepper = stepper,
		.state = VIEW_READY,
		.typed = g_string_new(NULL),
		.help = g_string_new(NULL),
		.message = g_string_new(NULL),
	};
}

void view_clear(struct view *view)
{
	g_string_free(view->typed, TRUE);
	g_string_free(view->help, TRUE);
	g_string_free(view->message, TRUE);
}

static void show_help(struct view *view, const char *text)
{
	g_string_assign(view->help, text);
	view->scroll = 0;
	view->state = VIEW_HELP;
}

static void do_command(struct view *view, const char *command)
{
	enum stepper_answer kind = stepper_do(view->stepper, command);
	const char *answer = view->stepper->answer->str;
	size_t first = strcspn(answer, "\n");

	g_assert(view->state != VIEW_OVER);
	view->state = kind == STEPPER_QUITS ? VIEW_OVER : VIEW_READY;
	if (kind == STEPPER_MOVED)
		view->scroll = 0;
	if (answer[first] && answer[first + 1]) /* several lines */
		show_help(view, answer);
	else
		g_string_append_len(g_string_truncate(view->message, 0), answer, (gssize)first);
}

static void begin_typing(struct view *view, const char *text)
{
	g_assert(view->state == VIEW_READY);
	g_string_truncate(view->message, 0);
	g_string_assign(view->typed, text);
	view->state = VIEW_TYPING;
}

/* How many steps can be picked. */
static unsigned choices(const struct view *view)
{
	struct explore_step steps[FILM_CHOICES_MAX];

	return view->stepper->has_steps
	               ? film_steps_choices(walkthrough_film(view->stepper->walk), steps)
	               : 0;
}

static void pick(struct view *view, int digit)
{
	char command[] = "pick 0";
	unsigned count = choices(view);

	g_assert(digit >= '1' && digit <= '9');
	command[5] = (char)digit;
	if (count > 9)
		begin_typing(view, command);
	else if (count > 0)
		do_command(view, command);
}

static void scroll(struct view *view, bool down)
{
	enum { LINES = 10 };

	g_assert(view->scroll <= view->scroll_max);
	if (down)
		view->scroll = MIN(view->scroll + LINES, view->scroll_max);
	else
		view->scroll -= MIN(view->scroll, (guint)LINES);
}

static void ready_key(struct view *view, int key)
{
	g_string_truncate(view->message, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (keys[i].key == key) {
			do_command(view, keys[i].command);
			return;
		}
	}
	if (key == 'g')
		begin_typing(view, "go ");
	else if (key == 'w' && view->stepper->has_steps)
		begin_typing(view, "write ");
	else if (key == ':')
		begin_typing(view, "");
	else if (key == 'h' || key == '?')
		show_help(view, help);
	else if (key == KEY_PAGE_UP || key == KEY_PAGE_DOWN)
		scroll(view, key == KEY_PAGE_DOWN);
	else if (key >= '1' && key <= '9')
		pick(view, key);
	else if (key != KEY_UNKNOWN)
		g_string_assign(view->message, "this key means nothing here; h for help");
}

static void typing_key(struct view *view, int key)
{
	g_assert(view->state == VIEW_TYPING && view->typed->len <= TYPED_MAX);
	if (key == KEY_ENTER)
		do_command(view, view->typed->str);
	else if (key == KEY_ESCAPE || (key == KEY_BACKSPACE && view->typed->len == 0))
		view->state = VIEW_READY;
	else if (key == KEY_BACKSPACE)
		g_string_truncate(view->typed, view->typed->len - 1);
	else if (key >= ' ' && key <= '~' && view->typed->len < TYPED_MAX)
		g_string_append_c(view->typed, (char)key);
}

void view_key(struct view *view, int key)
{
	switch (view->state) {
	case VIEW_READY:
		ready_key(view, key);
		break;
	case VIEW_TYPING:
		typing_key(view, key);
		break;
	case VIEW_HELP:
		if (key == KEY_PAGE_UP || key == KEY_PAGE_DOWN)
			scroll(view, key == KEY_PAGE_DOWN);
		else
			view->state = VIEW_READY;
		break;
	case VIEW_OVER:
		break;
	}
}

/* Append at most @width characters of @line, in the look of @escape, and go to the next line. */
static void draw_line(GString *text, const char *line, guint width, const char *escape, bool fill)
{
	glong length = g_utf8_strlen(line, -1), shown = MIN(length, (glong)width);
	const char *end = g_utf8_offset_to_pointer(line, shown);

	g_assert(width > 0 && !strchr(line, '\n'));
	g_string_append(text, escape);
	g_string_append_len(text, line, end - line);
	for (; fill && shown < (glong)width; shown++)
		g_string_append_c(text, ' ');
	g_string_append(text, *escape ? PLAIN CLEAR_LINE : CLEAR_LINE);
}

static void next_line(GString *text)
{
	g_string_append(text, "\r\n");
}

/* All that there is to show, one line after another. */
static GString *page(struct view *view)
{
	GString *text = g_string_new(view->state == VIEW_HELP ? view->help->str : NULL);

	if (view->state == VIEW_HELP)
		return text;
	stepper_show(view->stepper, text);
	if (view->stepper->has_steps) {
		g_string_append(text, "\nSteps that can be taken here\n");
		stepper_show_choices(view->stepper, text);
	}
	return text;
}

/* Which lines are shown goes to @part if they are not all. */
static void draw_page(struct view *view, guint width, guint height, GString *text, GString *part)
{
	g_autoptr(GString) all = page(view);
	g_auto(GStrv) lines = g_strsplit(all->str, "\n", -1);
	guint count = g_strv_length(lines) - 1, rows = height - FRAME_LINES;

	g_assert(height > FRAME_LINES);
	view->scroll_max = count > rows ? count - rows : 0;
	view->scroll = MIN(view->scroll, view->scroll_max);
	if (view->scroll_max > 0)
		g_string_printf(part, "lines %u to %u of %u: PgUp, PgDn", view->scroll + 1,
			view->scroll + rows, count);
	for (guint row = 0; row < rows; row++) {
		const char *line = view->scroll + row < count ? lines[view->scroll + row] : "";

		draw_line(text, line, width, *line == '>' || *line == '*' ? BOLD : "", false);
		next_line(text);
	}
}

/* What was typed, or its end if it is wider. */
static void draw_typed(const struct view *view, guint width, GString *text)
{
	g_autofree char *typed = g_strconcat(":", view->typed->str, "_", NULL);
	size_t length = strlen(typed);

	draw_line(text, length > width ? typed + length - width : typed, width, "", false);
}

static void draw_bottom(const struct view *view, guint width, const char *part, GString *text)
{
	if (view->state == VIEW_TYPING)
		draw_typed(view, width, text);
	else
		draw_line(text, view->message->len ? view->message->str : part, width, "", false);
	next_line(text);
	draw_line(text,
		view->stepper->has_steps
			? " n next  b back  f flip  o c window  v violation  g go  1-9 pick  h help"
			: " n next  b back  f flip  o c window  v violation  g go  h help  q quit",
		width, REVERSE, true);
}

void view_draw(struct view *view, guint width, guint height, GString *text)
{
	g_autofree char *title = g_strdup_printf(" cidsim step  %s  (%s)",
		view->stepper->scenario->title, view->stepper->scenario->revision->name);
	g_autoptr(GString) part = g_string_new(NULL);

	g_assert(width > 0 && height > 0);
	g_string_append(text, "\033[H");
	if (height <= FRAME_LINES) {
		draw_line(text, "too few lines", width, "", false);
		g_string_append(text, "\033[J");
		return;
	}
	draw_line(text, title, width, REVERSE, true);
	next_line(text);
	draw_page(view, width, height, text, part);
	next_line(text);
	draw_bottom(view, width, part->str, text);
}
