/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* sigaction, SIGWINCH */
#define _DEFAULT_SOURCE   /* struct winsize */
#include "sim/cli/terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "sim/base/input.h"
#include "sim/cli/command.h"
#include "sim/cli/stop.h"
#include "sim/step/keys.h"

enum { WIDTH = 80, HEIGHT = 24, SIZE_MAX_SHOWN = 1000 };

bool terminal_is_there(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/* Its only effect is that poll() ends. */
static void on_resize(int signal_number)
{
	(void)signal_number;
}

static void hear_resizes(void)
{
	struct sigaction action = { .sa_handler = on_resize };

	sigemptyset(&action.sa_mask);
	sigaction(SIGWINCH, &action, NULL);
}

/* Keys come one by one and are not shown. ^C stays a signal; ^Z and ^\ would leave the terminal as
 * it is now. */
static struct termios raw_of(const struct termios *normal)
{
	struct termios raw = *normal;

	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_iflag &= ~(tcflag_t)(IXON | ICRNL);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	raw.c_cc[VSUSP] = raw.c_cc[VQUIT] = _POSIX_VDISABLE;
	return raw;
}

static int draw(struct view *view)
{
	struct winsize size = { 0 };
	g_autoptr(GString) text = g_string_new(NULL);

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0 || size.ws_row == 0)
		size = (struct winsize){ .ws_col = WIDTH, .ws_row = HEIGHT };
	view_draw(view, MIN(size.ws_col, SIZE_MAX_SHOWN), MIN(size.ws_row, SIZE_MAX_SHOWN), text);
	return command_print(text->str, text->len);
}

static void give_keys(struct view *view, const char *bytes, size_t length)
{
	g_assert(length > 0);
	while (length > 0 && view->state != VIEW_OVER) {
		int key;
		size_t used = key_read(bytes, length, &key);

		g_assert(used > 0 && used <= length);
		view_key(view, key);
		bytes += used;
		length -= used;
	}
}

static int loop(struct view *view)
{
	int status = EXIT_OK;

	while (view->state != VIEW_OVER && status == EXIT_OK && !stop_asked()) {
		struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
		char bytes[64];
		ssize_t length;

		status = draw(view);
		if (status != EXIT_OK || poll(&input, 1, -1) < 0)
			continue; /* a signal */
		length = input_read(STDIN_FILENO, bytes, sizeof(bytes));
		if (length <= 0)
			return status; /* the terminal is gone */
		give_keys(view, bytes, (size_t)length);
	}
	return status;
}

int terminal_run(struct view *view)
{
	static const char enter[] = "\033[?1049h\033[?25l\033[2J", leave[] = "\033[?25h\033[?1049l";
	struct termios normal, raw;
	int status;

	g_assert(view->state != VIEW_OVER);
	if (tcgetattr(STDIN_FILENO, &normal) < 0) {
		command_error("step: the terminal cannot be set up: %s", g_strerror(errno));
		return EXIT_ENVIRONMENT;
	}
	raw = raw_of(&normal);
	stop_arm();
	hear_resizes();
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw); /* keys typed ahead stay */
	status = command_print(enter, strlen(enter));
	if (status == EXIT_OK)
		status = loop(view);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &normal);
	status = command_worse(status, command_print(leave, strlen(leave)));
	stop_disarm();
	return status;
}
