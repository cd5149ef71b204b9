/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _DEFAULT_SOURCE /* flock, pread, ftruncate, O_NOFOLLOW, O_DIRECTORY */
#include "sim/sweep/partial.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/sweep/lines.h"

enum {
	DIGITS = 16,            /* of a checksum */
	PREFIX = DIGITS + 1,    /* with the space after it */
	BUFFER = 1 << 16,       /* bytes of rows that wait */
	CHUNK = 1 << 14,        /* bytes that are looked through at once */
	DIFFERENCE_SHOWN = 256, /* bytes beyond a head of which a message may show some */
	OPEN_TRIES = 100,
};

struct sweep_partial {
	char *path; /* of the partial file */
	int fd;
	uint64_t size;     /* of what was written */
	uint64_t first;    /* offset of the first row */
	uint64_t rows;     /* with those in buffer */
	uint64_t digest;   /* the chain */
	GString *buffer;   /* lines that follow */
	int failed;        /* errno of the first write that failed, 0 = none */
	bool name_to_sync; /* the file is new */
};

static bool fail_environment(GError **error, const char *path, int number)
{
	return sweep_fail(error, SWEEP_ERROR_ENVIRONMENT, "%s: %s", path, g_strerror(number));
}

/* True if @fd is what @path names: who finished the sweep removed the file before it was ours. */
static bool is_named(int fd, const char *path)
{
	struct stat ours, theirs;

	return fstat(fd, &ours) == 0 && lstat(path, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
	       ours.st_ino == theirs.st_ino;
}

/* O_NONBLOCK: a FIFO in the place of a file must not hang us; O_NOFOLLOW: who may write to the
 * directory must not choose which file of ours is written. */
static int open_file(const char *path, int flags)
{
	return open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | flags, 0666);
}

static bool lock_regular(int fd, const char *path, GError **error)
{
	struct stat status;

	if (fstat(fd, &status) != 0)
		return fail_environment(error, path, errno);
	if (!S_ISREG(status.st_mode))
		return sweep_fail(error, SWEEP_ERROR_ENVIRONMENT, "%s: not a regular file", path);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (errno == EWOULDBLOCK)
		return sweep_fail(
			error, SWEEP_ERROR_ENVIRONMENT, "%s: another process is writing it", path);
	return fail_environment(error, path, errno);
}

static int open_locked(const char *path, GError **error)
{
	for (int i = 0; i < OPEN_TRIES; i++) {
		int fd = open_file(path, O_CREAT);

		if (fd < 0) {
			fail_environment(error, path, errno);
			return -1;
		}
		if (!lock_regular(fd, path, error)) {
			close(fd);
			return -1;
		}
		if (is_named(fd, path))
			return fd;
		close(fd);
	}
	sweep_fail(error, SWEEP_ERROR_ENVIRONMENT, "%s: another process is writing it", path);
	return -1;
}

struct sweep_partial *sweep_partial_open(const char *path, GError **error)
{
	char *name = sweep_file_partial(path);
	int fd = open_locked(name, error);
	struct sweep_partial *partial;

	if (fd < 0) {
		g_free(name);
		return NULL;
	}
	partial = g_new0(struct sweep_partial, 1);
	partial->path = name;
	partial->fd = fd;
	partial->buffer = g_string_new(NULL);
	return partial;
}

/* Read up to @length bytes, fewer only at the end of the file. Returns -1 and sets errno if that
 * fails. */
static ssize_t read_at(int fd, char *bytes, size_t length, uint64_t offset)
{
	size_t done = 0;

	while (done < length) {
		ssize_t got = pread(fd, bytes + done, length - done, (off_t)(offset + done));

		if (got == 0)
			break;
		if (got > 0)
			done += (size_t)got;
		else if (errno != EINTR)
			return -1;
	}
	return (ssize_t)done;
}

/* What a crash left of a line: bytes without LF, then zeros up to the end of the file. */
struct remains {
	uint64_t length; /* without the zeros */
	bool has_lf;     /* it is more than that */
};

static bool look_at_remains(
	const struct sweep_partial *partial, uint64_t from, struct remains *remains, GError **error)
{
	char bytes[CHUNK];
	uint64_t at = from;
	ssize_t got;

	*remains = (struct remains){ 0 };
	while (!remains->has_lf && (got = read_at(partial->fd, bytes, sizeof(bytes), at)) != 0) {
		if (got < 0)
			return fail_environment(error, partial->path, errno);
		for (ssize_t i = 0; i < got; i++) {
			if (bytes[i] != '\0')
				remains->length = at + (uint64_t)i + 1 - from;
			remains->has_lf |= bytes[i] == '\n';
		}
		at += (uint64_t)got;
	}
	return true;
}

/* The chain with a row more. */
static uint64_t chain(uint64_t digest, const char *row, size_t length)
{
	return hash_bytes(hash_bytes(digest, row, length), "\n", 1);
}

/* True if the line @text continues the chain *@digest, which is stepped on. */
static bool check_line(const char *text, size_t length, uint64_t *digest)
{
	char expected[DIGITS + 1];
	uint64_t next;

	if (length <= PREFIX || text[DIGITS] != ' ' || text[PREFIX] == '#')
		return false;
	next = chain(*digest, text + PREFIX, length - PREFIX);
	g_snprintf(expected, sizeof(expected), "%016" G_GINT64_MODIFIER "x", next);
	if (memcmp(text, expected, DIGITS) != 0)
		return false;
	*digest = next;
	return true;
}

static bool fail_lines(
	const struct sweep_partial *partial, const struct sweep_lines *lines, GError **error)
{
	return fail_environment(error, partial->path, lines->error ? lines->error : EIO);
}

static uint64_t count_lines(const char *text)
{
	uint64_t count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

/* The line at @from does not continue the chain. Cut it off if it may have been cut off before. */
static bool cut_remains(struct sweep_partial *partial, uint64_t from, uint64_t line, GError **error)
{
	struct remains remains;

	if (!look_at_remains(partial, from, &remains, error))
		return false;
	if (remains.has_lf || remains.length > SWEEP_ROW_MAX + PREFIX)
		return sweep_fail(error, SWEEP_ERROR_INPUT,
			"%s:%" G_GUINT64_FORMAT
			": damaged: the checksum does not fit; --force begins anew, or cut the "
			"file off before this line to keep the %" G_GUINT64_FORMAT " rows there",
			partial->path, line, partial->rows);
	if (ftruncate(partial->fd, (off_t)from) != 0)
		return fail_environment(error, partial->path, errno);
	return true;
}

/* Check the rows in [first, @end). */
static bool load_rows(struct sweep_partial *partial, uint64_t end, uint64_t line, uint64_t rows_max,
	GError **error)
{
	enum sweep_lines_result result;
	struct sweep_lines lines;
	uint64_t from = partial->first;
	const char *text;
	size_t length;
	bool good = true;

	sweep_lines_init(&lines, partial->fd, from, end, SWEEP_ROW_MAX + PREFIX);
	while ((result = sweep_lines_next(&lines, &text, &length)) == SWEEP_LINES_GOOD &&
		check_line(text, length, &partial->digest) && partial->rows < rows_max) {
		partial->rows++;
		line++;
		from = lines.offset;
	}
	if (result == SWEEP_LINES_FAILED)
		good = fail_lines(partial, &lines, error);
	else if (result == SWEEP_LINES_GOOD && partial->rows == rows_max)
		good = sweep_fail(error, SWEEP_ERROR_INPUT,
			"%s:%" G_GUINT64_FORMAT ": damaged: the sweep has only %" G_GUINT64_FORMAT
			" rows; --force begins anew",
			partial->path, line, rows_max);
	else if (result != SWEEP_LINES_END)
		good = cut_remains(partial, from, line, error);
	sweep_lines_clear(&lines);
	partial->size = from;
	return good;
}

static bool fail_head(const struct sweep_partial *partial, const char *found, const char *expected,
	GError **error)
{
	char *found_line, *expected_line;
	unsigned line = sweep_head_difference(found, expected, &found_line, &expected_line);

	if (line == 1)
		sweep_fail(error, SWEEP_ERROR_INPUT,
			"%s: is there and no partial file of a sweep; choose another -o, or "
			"--force writes over it",
			partial->path);
	else
		sweep_fail(error, SWEEP_ERROR_INPUT,
			"%s:%u: rows of another sweep: found %s, expected %s; choose another -o, "
			"or "
			"--force begins anew",
			partial->path, line, found_line, expected_line);
	g_free(expected_line);
	g_free(found_line);
	return false;
}

/* *@there = whether the file begins with @expected. If not so it must be a part of that, as the
 * system may have left it. */
static bool load_head(
	struct sweep_partial *partial, const char *expected, bool *there, GError **error)
{
	size_t length = strlen(expected), same = 0;
	char *found = g_malloc(length + DIFFERENCE_SHOWN + 1);
	ssize_t got = read_at(partial->fd, found, length + DIFFERENCE_SHOWN, 0);
	struct remains remains = { 0 };
	bool good;

	if (got < 0) {
		good = fail_environment(error, partial->path, errno);
	} else {
		found[got] = '\0';
		while (expected[same] && found[same] == expected[same])
			same++;
		*there = same == length;
		good = *there || look_at_remains(partial, same, &remains, error);
		if (good && remains.length > 0)
			good = fail_head(partial, found, expected, error);
	}
	g_free(found);
	return good;
}

static char *file_head(const char *head)
{
	return g_strconcat(sweep_partial_magic, "\n", head, NULL);
}

bool sweep_partial_load(
	struct sweep_partial *partial, const char *head, uint64_t rows_max, GError **error)
{
	char *expected = file_head(head);
	struct stat status;
	bool there = false, good;

	partial->first = strlen(expected);
	partial->digest = hash_bytes(HASH_BYTES_START, head, strlen(head));
	if (fstat(partial->fd, &status) != 0)
		good = fail_environment(error, partial->path, errno);
	else if (!load_head(partial, expected, &there, error))
		good = false;
	else if (!there)
		good = sweep_partial_begin(partial, head, error);
	else
		good = load_rows(partial, (uint64_t)status.st_size, count_lines(expected) + 1,
			rows_max, error);
	g_free(expected);
	return good;
}

/* The file ends with the last whole line that could be written; what else waits is lost. */
static bool fail_write(struct sweep_partial *partial, size_t written, GError **error)
{
	while (written > 0 && partial->buffer->str[written - 1] != '\n')
		written--;
	partial->size += written;
	/* a part of a head is nothing */
	if (partial->size < partial->first)
		partial->size = 0;
	g_string_truncate(partial->buffer, 0);
	/* if that fails as well, the next load does it */
	if (ftruncate(partial->fd, (off_t)partial->size) != 0)
		g_debug("%s: %s", partial->path, g_strerror(errno));
	return fail_environment(error, partial->path, partial->failed);
}

static bool flush(struct sweep_partial *partial, GError **error)
{
	const GString *buffer = partial->buffer;
	size_t written = 0;

	if (partial->failed)
		return fail_environment(error, partial->path, partial->failed);
	while (written < buffer->len) {
		ssize_t got = pwrite(partial->fd, buffer->str + written, buffer->len - written,
			(off_t)(partial->size + written));

		if (got > 0) {
			written += (size_t)got;
		} else if (got == 0 || errno != EINTR) {
			partial->failed = got == 0 ? EIO : errno;
			return fail_write(partial, written, error);
		}
	}
	partial->size += written;
	g_string_truncate(partial->buffer, 0);
	return true;
}

bool sweep_partial_begin(struct sweep_partial *partial, const char *head, GError **error)
{
	char *text = file_head(head);

	if (ftruncate(partial->fd, 0) != 0) {
		g_free(text);
		return fail_environment(error, partial->path, errno);
	}
	partial->rows = 0;
	partial->size = 0;
	partial->first = strlen(text);
	partial->digest = hash_bytes(HASH_BYTES_START, head, strlen(head));
	partial->name_to_sync = true;
	g_string_assign(partial->buffer, text);
	g_free(text);
	return flush(partial, error);
}

uint64_t sweep_partial_rows(const struct sweep_partial *partial)
{
	return partial->rows;
}

uint64_t sweep_partial_digest(const struct sweep_partial *partial)
{
	return partial->digest;
}

bool sweep_partial_append(struct sweep_partial *partial, const char *row, GError **error)
{
	size_t length = strlen(row);

	g_assert(length > 0 && row[0] != '#' && !memchr(row, '\n', length));
	if (partial->failed)
		return fail_environment(error, partial->path, partial->failed);
	if (length > SWEEP_ROW_MAX)
		return sweep_fail(error, SWEEP_ERROR_INPUT, "%s: a row is longer than %d bytes",
			partial->path, SWEEP_ROW_MAX);
	partial->digest = chain(partial->digest, row, length);
	partial->rows++;
	g_string_append_printf(partial->buffer, "%016" G_GINT64_MODIFIER "x ", partial->digest);
	g_string_append_len(partial->buffer, row, (gssize)length);
	g_string_append_c(partial->buffer, '\n');
	return partial->buffer->len < BUFFER || flush(partial, error);
}

bool sweep_partial_sync(struct sweep_partial *partial, GError **error)
{
	if (!flush(partial, error))
		return false;
	if (fdatasync(partial->fd) != 0) {
		/* what was not written then will not be written later either */
		partial->failed = errno;
		return fail_environment(error, partial->path, errno);
	}
	if (partial->name_to_sync)
		sweep_sync_directory(partial->path);
	partial->name_to_sync = false;
	return true;
}

bool sweep_partial_copy(struct sweep_partial *partial, struct sweep_whole *whole, GError **error)
{
	uint64_t digest = whole->digest;
	enum sweep_lines_result result;
	struct sweep_lines lines;
	const char *text;
	size_t length;
	bool good;

	if (!flush(partial, error))
		return false;
	sweep_lines_init(
		&lines, partial->fd, partial->first, partial->size, SWEEP_ROW_MAX + PREFIX);
	while ((result = sweep_lines_next(&lines, &text, &length)) == SWEEP_LINES_GOOD &&
		check_line(text, length, &digest))
		sweep_whole_row(whole, text + PREFIX, length - PREFIX);
	if (result == SWEEP_LINES_FAILED)
		good = fail_lines(partial, &lines, error);
	else if (result != SWEEP_LINES_END || digest != partial->digest)
		good = sweep_fail(error, SWEEP_ERROR_ENVIRONMENT,
			"%s: was changed by something else than this process", partial->path);
	else
		good = true;
	sweep_lines_clear(&lines);
	return good;
}

/* True if the file is empty or begins as ours do: else it is none to be removed. */
static bool is_ours(int fd)
{
	size_t length = strlen(sweep_partial_magic);
	char bytes[64];
	ssize_t got;

	g_assert(length <= sizeof(bytes));
	got = read_at(fd, bytes, length, 0);
	return got == 0 ||
	       (got == (ssize_t)length && memcmp(bytes, sweep_partial_magic, length) == 0);
}

void sweep_partial_remove(struct sweep_partial *partial)
{
	if (is_ours(partial->fd))
		unlink(partial->path);
}

void sweep_partial_close(struct sweep_partial *partial)
{
	struct stat status;

	if (!partial)
		return;
	/* who wants to know whether that worked has synced before */
	if (!partial->failed)
		flush(partial, NULL);
	if (fstat(partial->fd, &status) == 0 && status.st_size == 0 && status.st_nlink > 0)
		unlink(partial->path);
	close(partial->fd);
	g_string_free(partial->buffer, TRUE);
	g_free(partial->path);
	g_free(partial);
}

void sweep_partial_remove_left_over(const char *path)
{
	char *name = sweep_file_partial(path);
	int fd = open_file(name, 0);

	if (fd >= 0) {
		if (lock_regular(fd, name, NULL) && is_named(fd, name) && is_ours(fd))
			unlink(name);
		close(fd);
	}
	g_free(name);
}

void sweep_sync_directory(const char *path)
{
	char *dir = g_path_get_dirname(path);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		/* some file systems cannot, and there is nothing that could be done then */
		if (fsync(fd) != 0)
			g_debug("%s: %s", dir, g_strerror(errno));
		close(fd);
	}
	g_free(dir);
}
