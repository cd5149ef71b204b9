/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
/* open(), fdopen(), pread() with -std=c17 */
#define _POSIX_C_SOURCE 200809L

#include "sim/plot/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sim/base/confine.h"
#include "sim/base/failure.h"
#include "sim/base/output.h"
#include "sim/base/places.h"
#include "sim/base/program.h"

#define GNUPLOT_MEMORY (UINT64_C(4) << 30) /* address space */
#define GNUPLOT_FILE (UINT64_C(1) << 30)   /* bytes of a file that it writes */

enum {
	TAIL_SIZE = 2048,
	GNUPLOT_SECONDS = 3600,
};

static const struct {
	const char *name;
	const char *last; /* in the last bytes of a complete file: gnuplot does not notice a full
	                     disk */
} formats[PLOT_FORMATS] = {
	[PLOT_SVG] = { "svg", "</svg>" },
	[PLOT_PNG] = { "png", "IEND" },
	[PLOT_PDF] = { "pdf", "%%EOF" },
};

const char *plot_format_to_string(enum plot_format format)
{
	return format < PLOT_FORMATS ? formats[format].name : NULL;
}

enum plot_format plot_format_of(const char *path)
{
	const char *dot = strrchr(path, '.');
	enum plot_format format = 0;

	while (format < PLOT_FORMATS && (!dot || strcmp(dot + 1, formats[format].name) != 0))
		format++;
	return format;
}

/* --- scripts --- */

static bool holds_scripts(const char *dir)
{
	char *file = g_build_filename(dir, "common.gp", NULL);
	bool holds = g_file_test(file, G_FILE_TEST_IS_REGULAR);

	g_free(file);
	return holds;
}

char *plot_scripts_dir(GError **error)
{
	const char *wanted = g_getenv("CIDSIM_PLOTS");
	g_autofree char *shipped = NULL;

	if (wanted && holds_scripts(wanted))
		return g_canonicalize_filename(wanted, NULL);
	if (wanted) {
		failure_environment(
			error, "%s: CIDSIM_PLOTS names no directory with common.gp", wanted);
		return NULL;
	}
	shipped = place_shipped("plots");
	if (shipped && holds_scripts(shipped))
		return g_steal_pointer(&shipped);
	failure_environment(error, "the gnuplot scripts are not installed, set CIDSIM_PLOTS");
	return NULL;
}

/* --- the process --- */

/* In the child. */
static void on_start(gpointer data)
{
	(void)data;
	confine_resource(RLIMIT_CORE, 0);
	confine_resource(RLIMIT_AS, GNUPLOT_MEMORY);
	confine_resource(RLIMIT_FSIZE, GNUPLOT_FILE);
	confine_program(CONFINE_PROGRAM);
}

/* Nothing of the user's gnuplot settings, and nothing of the time of day. */
static GSubprocessLauncher *new_launcher(const char *work, int fd)
{
	GSubprocessLauncher *launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDERR_PIPE);

	g_assert(fd >= 0);
	g_subprocess_launcher_set_cwd(launcher, work);
	g_subprocess_launcher_set_child_setup(launcher, on_start, NULL, NULL);
	g_subprocess_launcher_take_stdout_fd(launcher, fd);
	g_subprocess_launcher_setenv(launcher, "LC_ALL", "C.UTF-8", TRUE);
	g_subprocess_launcher_setenv(launcher, "TZ", "UTC0", TRUE);
	g_subprocess_launcher_unsetenv(launcher, "GNUTERM");
	g_subprocess_launcher_unsetenv(launcher, "GNUPLOT_LIB");
	return launcher;
}

/* FALSE sets @error to the last line that gnuplot printed, which may be changed: the one that says
 * what is wrong. */
static bool fail_gnuplot(char *text, GError **error)
{
	const char *line = strrchr(g_strchomp(text), '\n');
	char *shown = g_utf8_make_valid(line ? line + 1 : text, -1);

	for (char *c = shown; *c; c++)
		*c = g_ascii_iscntrl(*c) ? ' ' : *c;
	failure_environment(
		error, "gnuplot failed: %s", *g_strstrip(shown) ? shown : "it does not say why");
	g_free(shown);
	return false;
}

/* Run it with @fd (taken) as its standard output. Not by g_subprocess_communicate(), which never
 * ends where no thread can be created. */
static bool run_gnuplot(const char *const *command, const char *work, int fd, GError **error)
{
	struct program program = {
		.launcher = new_launcher(work, fd), .words = command, .seconds = GNUPLOT_SECONDS
	};
	g_autoptr(GError) fault = NULL;
	enum program_end end = program_run(&program, &fault);
	g_autofree char *printed = program.printed;

	g_assert(command[0] && end != PROGRAM_STOPPED);
	if (end == PROGRAM_FAILED)
		return failure_environment(error, "gnuplot: %s", fault->message);
	if (end == PROGRAM_TOO_LONG)
		return failure_environment(
			error, "gnuplot: has not ended after %d s", GNUPLOT_SECONDS);
	return program.good || fail_gnuplot(printed, error);
}

static bool draw_script(const char *scripts, const char *script, const char *work,
	enum plot_format format, int fd, GError **error)
{
	char *program = g_find_program_in_path("gnuplot");
	char *choice = g_strdup_printf("FORMAT = '%s'", formats[format].name);
	char *common = g_build_filename(scripts, "common.gp", NULL);
	char *kind = g_build_filename(scripts, script, NULL);
	/* -d: no ~/.gnuplot. Absolute names: one that begins with '<' would be a command */
	const char *const command[] = { program, "-d", "-e", choice, "params.gp", common, kind,
		NULL };
	bool good = false;

	g_assert(format < PLOT_FORMATS);
	if (program) {
		good = run_gnuplot(command, work, fd, error);
	} else {
		close(fd);
		failure_environment(error, "gnuplot is not installed, or not in PATH");
	}
	g_free(kind);
	g_free(common);
	g_free(choice);
	g_free(program);
	return good;
}

/* --- the file --- */

/* All of the file, freed by the caller; NULL with errno. */
static char *read_all(int fd, size_t *size)
{
	off_t end = lseek(fd, 0, SEEK_END);
	char *bytes = end < 0 ? NULL : g_malloc((size_t)end + 1);
	ssize_t length = bytes ? pread(fd, bytes, (size_t)end, 0) : -1;

	if (length < 0) {
		g_free(bytes);
		return NULL;
	}
	*size = (size_t)length;
	return bytes;
}

/* Where @text stands last in @bytes from @from on; NULL if nowhere. */
static const char *find_last(const char *bytes, size_t size, size_t from, const char *text)
{
	size_t length = strlen(text);

	g_assert(from <= size && length > 0);
	for (size_t at = size; at >= from + length; at--)
		if (memcmp(bytes + at - length, text, length) == 0)
			return bytes + at - length;
	return NULL;
}

/* The same run gives the same bytes: the date in a PDF becomes a fixed one of the same length. It
 * stands near the end, before a table that is as long as the picture has parts. From 1.18 on, cairo
 * compresses it: there it stays. */
static void fix_date(char *bytes, size_t size)
{
	static const char key[] = "/CreationDate (D:", fixed[] = "20000101000000Z";
	char *date = (char *)find_last(bytes, size, 0, key);
	size_t digits = 0;

	if (!date)
		return;
	date += sizeof(key) - 1;
	while (date + digits < bytes + size && date[digits] &&
		strchr("0123456789Z+-'", date[digits]))
		digits++;
	if (digits >= sizeof(fixed) - 1)
		memcpy(date, fixed, sizeof(fixed) - 1);
}

/* FALSE with errno if @bytes are not a complete picture. */
static bool is_complete(const char *bytes, size_t size, enum plot_format format)
{
	size_t tail = size > TAIL_SIZE ? size - TAIL_SIZE : 0;

	g_assert(format < PLOT_FORMATS);
	errno = ENOSPC; /* what else keeps gnuplot from writing to an open file */
	return find_last(bytes, size, tail, formats[format].last);
}

static bool fail_file(const char *path, const char *reason, GError **error)
{
	return failure_environment(error, "%s: cannot be written: %s", path, reason);
}

/* Give the picture that is in @fd its name. */
static bool publish(int fd, enum plot_format format, const char *path, GError **error)
{
	size_t size = 0;
	g_autofree char *bytes = read_all(fd, &size);
	g_autoptr(GError) fault = NULL;

	if (!bytes || !is_complete(bytes, size, format))
		return fail_file(path, g_strerror(errno), error);
	if (format == PLOT_PDF)
		fix_date(bytes, size);
	if (output_write_file(path, bytes, size, &fault))
		return true;
	/* The message begins with the name, its last part is the reason. */
	return fail_file(path, strrchr(fault->message, ':') + strlen(": "), error);
}

bool plot_gnuplot(const char *scripts, const char *script, const char *work,
	enum plot_format format, const char *path, GError **error)
{
	g_autofree char *name = g_build_filename(work, "picture", NULL);
	int fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int copy = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
	bool good = false;

	g_assert(g_path_is_absolute(scripts));
	if (copy < 0)
		fail_file(path, g_strerror(errno), error);
	else
		good = draw_script(scripts, script, work, format, copy, error) &&
		       publish(fd, format, path, error);
	if (fd >= 0) {
		close(fd);
		g_unlink(name);
	}
	return good;
}
