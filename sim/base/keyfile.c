/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/keyfile.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/input.h"
#include "sim/base/values.h"

enum { CHUNK_BYTES = 64 << 10 };

static const struct place whole_file = { 0 };

static int open_scenario(const char *path, struct faults *faults, bool *environment)
{
	g_autoptr(GError) error = NULL;
	int fd = input_open(path, &error);

	if (fd != -1)
		return fd;
	if (error->code == G_FILE_ERROR_ISDIR) {
		faults_add(faults, whole_file, "is a folder, a file is needed");
	} else if (error->code == G_FILE_ERROR_INVAL) {
		faults_add(faults, whole_file, "%s", error->message);
	} else {
		*environment = true;
		faults_add(faults, whole_file, "cannot be read: %s", error->message);
	}
	return -1;
}

static bool read_chunks(int fd, GByteArray *bytes, struct faults *faults, bool *environment)
{
	uint8_t chunk[CHUNK_BYTES];

	while (bytes->len <= KEYFILE_BYTES_MAX) {
		ssize_t got = input_read(fd, chunk, sizeof(chunk));

		if (got == 0)
			return true;
		if (got == -1) {
			*environment = true;
			faults_add(faults, whole_file, "cannot be read: %s", g_strerror(errno));
			return false;
		}
		g_byte_array_append(bytes, chunk, (guint)got);
	}
	faults_add(faults, whole_file, "is larger than %d MiB, the most that is read",
		KEYFILE_BYTES_MAX >> 20);
	return false;
}

char *keyfile_read(const char *path, size_t *length, struct faults *faults, bool *environment)
{
	int fd = open_scenario(path, faults, environment);
	GByteArray *bytes;
	bool good;

	if (fd == -1)
		return NULL;
	bytes = g_byte_array_new();
	good = read_chunks(fd, bytes, faults, environment);
	close(fd);
	if (!good) {
		g_byte_array_free(bytes, TRUE);
		return NULL;
	}
	*length = bytes->len;
	g_byte_array_append(bytes, (const guint8 *)"", 1);
	return (char *)g_byte_array_free(bytes, FALSE);
}

static void group_free(void *data)
{
	struct keyfile_group *group = data;

	g_array_free(group->entries, TRUE);
	g_free(group);
}

static struct keyfile_group *group_new(const char *name, struct place place)
{
	struct keyfile_group *group = g_new(struct keyfile_group, 1);

	assert(name);
	group->name = name;
	group->place = group->latest = place;
	group->cut = false;
	group->entries = g_array_new(FALSE, FALSE, sizeof(struct keyfile_entry));
	return group;
}

static void group_add_to(struct keyfile *file, struct keyfile_group *group)
{
	assert(!g_hash_table_contains(file->by_name, group->name));
	g_ptr_array_add(file->groups, group);
	g_hash_table_insert(file->by_name, (char *)group->name, group);
}

/* Where the reader is. @keys finds doubles in the present group: key -> line of the first. @above
 * has the keys of the group in the files before. */
struct reader {
	struct keyfile *file;
	struct faults *faults;
	struct keyfile_group *group;   /* NULL before the first */
	struct keyfile_group *ignored; /* takes what follows a header that cannot be used */
	GHashTable *keys, *above;
	struct place place;
	uint32_t before; /* lines of the files before */
};

char *keyfile_squeeze(char *name)
{
	char *to = name;

	g_strstrip(name);
	for (const char *from = name; *from != '\0'; from++) {
		if (*from != ' ' && *from != '\t')
			*to++ = *from;
		else if (to[-1] != ' ')
			*to++ = ' ';
	}
	*to = '\0';
	assert(to == name || to[-1] != ' ');
	return name;
}

static void add_double_group(struct reader *reader, const char *name, struct place first)
{
	char *quoted = value_quote(name);
	char *where = place_to_string(faults_files(reader->faults), first);

	faults_add(
		reader->faults, reader->place, "group %s twice, the first is in %s", quoted, where);
	g_free(quoted);
	g_free(where);
}

/* Go on with a group of the files before. */
static void group_enter(struct reader *reader, struct keyfile_group *group)
{
	assert(group->latest.line <= reader->before);
	group->latest = reader->place;
	reader->group = group;
	for (guint i = 0; i < group->entries->len; i++)
		g_hash_table_add(reader->above,
			(char *)g_array_index(group->entries, struct keyfile_entry, i).key);
}

/* The header [name]. Also after a fault the group is entered, so that its keys are not taken
 * for the ones of the group above. */
static void read_group_head(struct reader *reader, char *line)
{
	char *name = line + 1;
	char *end = strchr(name, ']');
	struct keyfile_group *first;

	assert(*line == '[');
	if (!end)
		faults_add(reader->faults, reader->place, "the group has no ']' at its end");
	else if (end[1] != '\0')
		faults_add(reader->faults, reader->place,
			"text after the ']' of the group, a comment needs a line of its own");
	if (end)
		*end = '\0';
	if (strchr(name, '['))
		faults_add(reader->faults, reader->place, "the name of the group has a '[' in it");
	keyfile_squeeze(name);
	g_hash_table_remove_all(reader->keys);
	g_hash_table_remove_all(reader->above);
	g_array_set_size(reader->ignored->entries, 0);
	reader->group = reader->ignored;
	first = g_hash_table_lookup(reader->file->by_name, name);
	if (*name == '\0')
		faults_add(reader->faults, reader->place, "the group has no name, like [machine]");
	if (first && first->latest.line > reader->before)
		add_double_group(reader, name, first->latest);
	else if (first)
		group_enter(reader, first);
	if (*name == '\0' || first)
		return;
	reader->group = group_new(name, reader->place);
	reader->group->cut = !end;
	group_add_to(reader->file, reader->group);
}

static void add_double_key(struct reader *reader, const char *key, unsigned first)
{
	char *quoted = value_quote(key);

	char *where =
		place_to_string(faults_files(reader->faults), (struct place){ .line = first });

	assert(first > reader->before && first < reader->place.line);
	faults_add(reader->faults, reader->place,
		"key %s twice in the same group, the first is in %s", quoted, where);
	g_free(quoted);
	g_free(where);
}

static void read_pair(struct reader *reader, char *line, char *equals)
{
	struct keyfile_entry entry = { .place = reader->place };
	char *value = g_strstrip(equals + 1);
	unsigned first;

	assert(*equals == '=');
	*equals = '\0';
	entry.key = g_strstrip(line);
	entry.value = value;
	if (*entry.key == '\0') {
		faults_add(reader->faults, reader->place, "no key before the '='");
		return;
	}
	if (!reader->group) {
		faults_add(reader->faults, reader->place,
			"a key before the first group, like [machine]");
		return;
	}
	first = GPOINTER_TO_UINT(g_hash_table_lookup(reader->keys, entry.key));
	if (first != 0) {
		add_double_key(reader, entry.key, first);
		return;
	}
	g_hash_table_insert(reader->keys, (char *)entry.key, GUINT_TO_POINTER(entry.place.line));
	if (*value == '\0') {
		char *quoted = value_quote(entry.key);

		faults_add(reader->faults, reader->place, "key %s has no value", quoted);
		g_free(quoted);
		return;
	}
	if (!g_hash_table_contains(reader->above, entry.key))
		g_array_append_val(reader->group->entries, entry);
}

/* Tabs and the line end apart, control characters are never meant: they garble messages. */
static bool is_clean_text(struct reader *reader, const char *line, size_t length)
{
	assert(strlen(line) == length);
	if (!g_utf8_validate(line, (gssize)length, NULL)) {
		faults_add(reader->faults, reader->place, "is not UTF-8 text");
		return false;
	}
	for (const char *c = line; *c != '\0'; c = g_utf8_next_char(c)) {
		gunichar letter = g_utf8_get_char(c);

		if (letter == '\t' || !g_unichar_iscntrl(letter))
			continue;
		faults_add(reader->faults, reader->place,
			"has the control character U+%04X, only tabs and line ends are allowed",
			letter);
		return false;
	}
	return true;
}

static void read_file_line(struct reader *reader, char *line, size_t length)
{
	char *equals, *quoted;

	assert(line[length] == '\0');
	if (length > 0 && line[length - 1] == '\r')
		line[--length] = '\0';
	if (!is_clean_text(reader, line, length))
		return;
	g_strstrip(line);
	if (*line == '\0' || *line == '#')
		return;
	equals = strchr(line, '=');
	if (*line == '[') {
		read_group_head(reader, line);
	} else if (equals) {
		read_pair(reader, line, equals);
	} else {
		quoted = value_quote(line);
		faults_add(reader->faults, reader->place,
			"%s is neither [group] nor key=value nor # comment", quoted);
		g_free(quoted);
	}
}

static void read_lines(struct reader *reader, char *text, size_t length)
{
	char *end = text + length;
	size_t faults_before = faults_count(reader->faults);

	assert(*end == '\0');
	while (text < end) {
		char *line_end = memchr(text, '\n', (size_t)(end - text));

		if (!line_end)
			line_end = end;
		reader->place.line = ++reader->file->lines;
		if (reader->file->lines > KEYFILE_LINES_MAX) {
			faults_add(reader->faults, reader->place, "has more than %d lines",
				KEYFILE_LINES_MAX);
			return;
		}
		*line_end = '\0';
		read_file_line(reader, text, (size_t)(line_end - text));
		/* Lines only grow: faults of later ones would not be kept. */
		if (faults_count(reader->faults) - faults_before > FAULTS_MAX)
			return;
		text = line_end + 1;
	}
}

/* Something else than a scenario is given often enough for a message of its own. */
static bool is_json(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '{';
}

/* The line of the first NUL byte, 0 if there is none. */
static uint32_t line_of_nul(const char *text, size_t length)
{
	const char *nul = memchr(text, '\0', length);
	uint32_t line = 1;

	if (!nul)
		return 0;
	for (; text < nul; text++)
		line += *text == '\n';
	return line;
}

static void read_file(struct reader *reader, char *text, size_t length)
{
	size_t skip = g_str_has_prefix(text, "\xef\xbb\xbf") ? 3 : 0;
	uint32_t nul = line_of_nul(text, length);

	assert(text[length] == '\0');
	reader->group = NULL;
	reader->before = reader->file->lines;
	if (nul != 0)
		faults_add(reader->faults, (struct place){ .line = reader->before + nul },
			"has a NUL byte: this is not a text file");
	else if (is_json(text + skip))
		faults_add(reader->faults,
			(struct place){ .line = reader->before > 0 ? reader->before + 1 : 0 },
			"is JSON; a scenario is text, with lines like [mm app] and count = 4");
	else
		read_lines(reader, text + skip, length - skip);
}

char *keyfile_beside(const char *path, const char *name)
{
	g_autofree char *folder = g_path_get_dirname(path);

	/* "-" would be standard input */
	if (g_path_is_absolute(name) || (strcmp(folder, ".") == 0 && strcmp(name, "-") != 0))
		return g_strdup(name);
	return g_build_filename(folder, name, NULL);
}

/* The name of the next file becomes one of the files of the faults. Returns the file's text. */
static char *next_file(struct reader *reader, char *mark)
{
	struct line_files *files = faults_files(reader->faults);
	char *name = mark + strlen(KEYFILE_MARK);
	char *end = name + strcspn(name, "\n");
	g_autofree char *path = NULL;
	bool is_last = *end == '\0';

	*end = '\0';
	path = keyfile_beside(files->file[files->count - 1].path, name);
	line_files_add(files, reader->file->lines, path);
	return is_last ? end : end + 1;
}

/* All files in @text, one after another. */
static void read_files(struct reader *reader, char *text, size_t length)
{
	const char *end = text + length;
	char *mark;

	do {
		mark = g_strstr_len(text, end - text, KEYFILE_MARK);
		if (mark && faults_files(reader->faults)->count == LINE_FILES_MAX)
			mark = NULL;
		if (mark)
			*mark = '\0';
		read_file(reader, text, (size_t)((mark ? mark : end) - text));
		if (mark)
			text = next_file(reader, mark);
	} while (mark);
}

struct keyfile *keyfile_parse(char *text, size_t length, struct faults *faults)
{
	struct keyfile *file = g_new0(struct keyfile, 1);
	struct reader reader = { .file = file, .faults = faults };

	assert(text[length] == '\0');
	file->groups = g_ptr_array_new_with_free_func(group_free);
	file->by_name = g_hash_table_new(g_str_hash, g_str_equal);
	file->added = g_string_chunk_new(256);
	file->text = text;
	reader.keys = g_hash_table_new(g_str_hash, g_str_equal);
	reader.above = g_hash_table_new(g_str_hash, g_str_equal);
	reader.ignored = group_new("", whole_file);
	read_files(&reader, text, length);
	g_hash_table_destroy(reader.keys);
	g_hash_table_destroy(reader.above);
	group_free(reader.ignored);
	return file;
}

void keyfile_free(struct keyfile *file)
{
	if (!file)
		return;
	g_hash_table_destroy(file->by_name);
	g_ptr_array_free(file->groups, TRUE);
	g_string_chunk_free(file->added);
	g_free(file->text);
	g_free(file);
}

const struct keyfile_group *keyfile_find_group(const struct keyfile *file, const char *name)
{
	return g_hash_table_lookup(file->by_name, name);
}

const struct keyfile_entry *keyfile_find(const struct keyfile_group *group, const char *key)
{
	for (guint i = 0; i < group->entries->len; i++) {
		const struct keyfile_entry *entry =
			&g_array_index(group->entries, struct keyfile_entry, i);

		if (strcmp(entry->key, key) == 0)
			return entry;
	}
	return NULL;
}

void keyfile_set(struct keyfile *file, const char *name, const char *key, const char *value,
	struct place place)
{
	struct keyfile_group *group = g_hash_table_lookup(file->by_name, name);
	struct keyfile_entry *entry;
	struct keyfile_entry added = {
		.key = g_string_chunk_insert(file->added, key),
		.value = g_string_chunk_insert(file->added, value),
		.place = place,
	};

	assert(*key && *value && place.option);
	if (!group) {
		group = group_new(g_string_chunk_insert(file->added, name), place);
		group_add_to(file, group);
	}
	entry = (struct keyfile_entry *)keyfile_find(group, key);
	if (entry)
		*entry = added;
	else
		g_array_append_val(group->entries, added);
}

void keyfile_print(GString *text, const struct keyfile *file)
{
	for (guint i = 0; i < file->groups->len; i++) {
		const struct keyfile_group *group = file->groups->pdata[i];

		g_string_append_printf(text, "%s[%s]\n", i > 0 ? "\n" : "", group->name);
		for (guint e = 0; e < group->entries->len; e++) {
			const struct keyfile_entry *entry =
				&g_array_index(group->entries, struct keyfile_entry, e);

			g_string_append_printf(text, "%s = %s\n", entry->key, entry->value);
		}
	}
}
