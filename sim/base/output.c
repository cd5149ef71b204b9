/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _GNU_SOURCE /* O_TMPFILE */
#include "sim/base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	LINKS_MAX = 40, /* what Linux follows */
	NAMES_MAX = 100 /* tried, until one is free */
};

static bool fail_with(GError **error, const char *path, int code)
{
	g_assert(code > 0);
	g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(code), "%s: %s", path,
		g_strerror(code));
	return false;
}

bool output_make_directory(const char *dir, GError **error)
{
	if (g_mkdir_with_parents(dir, 0777) == 0)
		return true;
	return fail_with(error, dir, errno);
}

static struct output *output_new(int fd, const char *path)
{
	struct output *out = g_new0(struct output, 1);

	g_assert(fd >= 0);
	out->buffer = g_malloc(OUTPUT_BUFFER);
	out->fd = fd;
	out->path = g_strdup(path);
	return out;
}

static void output_free(struct output *out)
{
	g_free(out->buffer);
	g_free(out->path);
	g_free(out->temporary);
	g_free(out->hidden);
	g_free(out);
}

/* A device must not be replaced by a file that happens to have its name. */
static struct output *open_in_place(const char *path, GError **error)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0) {
		fail_with(error, path, errno);
		return NULL;
	}
	return output_new(fd, path);
}

/* The file in no folder. NULL: there is no such thing here. */
static struct output *open_nameless(const char *path)
{
	g_autofree char *dir = g_path_get_dirname(path);
	int fd = open(dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
	g_autofree char *place = g_strdup_printf("/proc/self/fd/%d", fd);
	struct stat there, here;
	struct output *out;

	if (fd < 0)
		return NULL;
	/* Without /proc it could never have a name. */
	if (stat(place, &there) != 0 || fstat(fd, &here) != 0 || there.st_ino != here.st_ino ||
		there.st_dev != here.st_dev) {
		close(fd);
		return NULL;
	}
	out = output_new(fd, path);
	out->temporary = g_steal_pointer(&place);
	out->nameless = true;
	return out;
}

static struct output *open_temporary(const char *path, GError **error)
{
	g_autofree char *dir = g_path_get_dirname(path);
	/* Not made from the name of the file: that may be as long as a name can be. */
	g_autofree char *temporary = g_build_filename(dir, ".cidsim-XXXXXX", NULL);
	struct output *out = open_nameless(path);
	int fd;

	if (out)
		return out;
	fd = g_mkstemp_full(temporary, O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0) {
		fail_with(error, path, errno);
		return NULL;
	}
	out = output_new(fd, path);
	out->temporary = g_steal_pointer(&temporary);
	return out;
}

char *output_target(const char *path)
{
	char *target = g_strdup(path);

	for (int i = 0; i < LINKS_MAX; i++) {
		g_autofree char *link = g_file_read_link(target, NULL);
		g_autofree char *dir = g_path_get_dirname(target);

		if (!link)
			break;
		g_free(target);
		target = g_path_is_absolute(link) ? g_strdup(link)
		                                  : g_build_filename(dir, link, NULL);
	}
	return target;
}

struct output *output_open(const char *path, GError **error)
{
	struct output *out;
	struct stat status;
	char *target;

	if (stat(path, &status) != 0) {
		if (errno != ENOENT) {
			fail_with(error, path, errno);
			return NULL;
		}
	} else if (S_ISDIR(status.st_mode)) {
		fail_with(error, path, EISDIR);
		return NULL;
	} else if (!S_ISREG(status.st_mode)) {
		return open_in_place(path, error);
	}
	target = output_target(path);
	out = open_temporary(target, error);
	g_free(target);
	return out;
}

struct output *output_open_as(const char *path, const char *hidden, GError **error)
{
	struct output *out;
	int fd;

	/* Nothing that somebody put there is followed or written to. */
	unlink(hidden);
	out = open_nameless(path);
	if (!out) {
		fd = open(hidden, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
		if (fd < 0) {
			fail_with(error, path, errno);
			return NULL;
		}
		out = output_new(fd, path);
		out->temporary = g_strdup(hidden);
	}
	out->hidden = g_strdup(hidden);
	return out;
}

struct output *output_on_descriptor(int fd, const char *name)
{
	struct output *out = output_new(fd, name);

	out->borrowed = true;
	return out;
}

static void write_bytes(struct output *out, const char *bytes, size_t length)
{
	g_assert(!out->finished);
	out->flushed += length;
	while (length && !out->error) {
		ssize_t written = write(out->fd, bytes, length);

		if (written > 0) {
			bytes += written;
			length -= (size_t)written;
		} else if (written == 0) {
			out->error = EIO;
		} else if (errno != EINTR) {
			out->error = errno;
		}
	}
}

void output_flush(struct output *out)
{
	g_assert(!out->finished);
	write_bytes(out, out->buffer, out->used);
	out->used = 0;
}

void output_bytes(struct output *out, const char *bytes, size_t length)
{
	if (OUTPUT_BUFFER - out->used < length)
		output_flush(out);
	if (length > OUTPUT_BUFFER) {
		write_bytes(out, bytes, length);
		return;
	}
	memcpy(out->buffer + out->used, bytes, length);
	out->used += length;
	g_assert(out->used <= OUTPUT_BUFFER);
}

void output_text(struct output *out, const char *text)
{
	output_bytes(out, text, strlen(text));
}

/* A file on a network may report only now that it could not be written. */
static void close_file(struct output *out)
{
	/* That of a file without a name is its only one: another one of the file tells as much. */
	int fd = out->nameless ? fcntl(out->fd, F_DUPFD_CLOEXEC, 0) : out->fd;

	if (!out->nameless)
		out->fd = -1;
	if ((fd < 0 || (close(fd) != 0 && errno != EINTR)) && !out->error)
		out->error = errno;
}

bool output_finish(struct output *out, GError **error)
{
	g_assert(!out->finished);
	output_flush(out);
	if (!out->borrowed)
		close_file(out);
	out->finished = true;
	if (out->error)
		return fail_with(error, out->path, out->error);
	return true;
}

const char *output_place(const struct output *out)
{
	return out->temporary ? out->temporary : out->path;
}

/* A hidden name for the file that has none. Returns it, or NULL and errno. */
static char *link_hidden(const struct output *out)
{
	g_autofree char *dir = g_path_get_dirname(out->path);

	if (out->hidden)
		unlink(out->hidden);
	for (int i = 0; i < NAMES_MAX; i++) {
		uint64_t number = 0;
		g_autofree char *name = NULL;

		if (!out->hidden && getrandom(&number, sizeof(number), 0) < 0)
			return NULL;
		name = out->hidden ? g_strdup(out->hidden)
		                   : g_strdup_printf(
					     "%s/.cidsim-%016" G_GINT64_MODIFIER "x", dir, number);
		if (linkat(AT_FDCWD, out->temporary, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0)
			return g_steal_pointer(&name);
		if (errno != EEXIST)
			return NULL;
	}
	return NULL;
}

/* Only a name that is free can be given at once; an older file is replaced by one that has a name.
 * Returns 0 or an errno. */
static int name_file(const struct output *out)
{
	g_autofree char *name = NULL;
	int code;

	if (!out->temporary)
		return 0;
	if (!out->nameless)
		return rename(out->temporary, out->path) == 0 ? 0 : errno;
	if (linkat(AT_FDCWD, out->temporary, AT_FDCWD, out->path, AT_SYMLINK_FOLLOW) == 0)
		return 0;
	if (errno != EEXIST)
		return errno;
	name = link_hidden(out);
	if (!name)
		return errno;
	if (rename(name, out->path) == 0)
		return 0;
	code = errno;
	unlink(name);
	return code;
}

bool output_publish(struct output *out, GError **error)
{
	int code;

	g_assert(out->finished && !out->error);
	code = name_file(out);
	if (code != 0) {
		fail_with(error, out->path, code);
		output_discard(out);
		return false;
	}
	if (out->fd >= 0 && !out->borrowed)
		close(out->fd);
	output_free(out);
	return true;
}

void output_withdraw(const struct output *out)
{
	g_assert(out->finished);
	if (out->temporary)
		unlink(out->path);
}

void output_remove(const struct output *out)
{
	if (out->temporary && !out->nameless)
		unlink(out->temporary);
}

void output_discard(struct output *out)
{
	if (!out)
		return;
	if (out->fd >= 0 && !out->borrowed)
		close(out->fd);
	output_remove(out);
	output_free(out);
}

bool output_close(struct output *out, GError **error)
{
	g_assert(!out->finished);
	if (!output_finish(out, error)) {
		output_discard(out);
		return false;
	}
	return output_publish(out, error);
}

bool output_write_file(const char *path, const char *bytes, size_t length, GError **error)
{
	struct output *out = output_open(path, error);

	g_assert(bytes || length == 0);
	if (!out)
		return false;
	output_bytes(out, bytes, length);
	return output_close(out, error);
}

char *output_format(char *at, uint64_t number)
{
	return output_format_wide(at, number, 1, ' ');
}

char *output_format_wide(char *at, uint64_t number, unsigned width, char fill)
{
	char digits[OUTPUT_DIGITS_MAX];
	unsigned count = 0;

	g_assert(width <= OUTPUT_DIGITS_MAX);
	do {
		digits[count++] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	for (; width > count; width--)
		*at++ = fill;
	while (count)
		*at++ = digits[--count];
	return at;
}

char *output_format_hex(char *at, uint32_t value, unsigned digits)
{
	unsigned used = value ? 8 - (unsigned)__builtin_clz(value) / 4 : 1;

	g_assert(digits <= 8);
	*at++ = '0';
	*at++ = 'x';
	for (unsigned i = MAX(used, digits); i-- > 0;)
		*at++ = "0123456789abcdef"[value >> i * 4 & 15];
	return at;
}
