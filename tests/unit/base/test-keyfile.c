/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/keyfile.h"

#include "tests/lib/suite.h"

static struct faults *faults;
static struct keyfile *file;
static GPtrArray *errors;

static void start(void)
{
	faults = faults_new("FILE");
	errors = g_ptr_array_new_with_free_func(g_free);
	file = NULL;
}

static void stop(void)
{
	keyfile_free(file);
	g_ptr_array_free(errors, TRUE);
	faults_free(faults);
}

static void parse_bytes(const char *text, size_t length)
{
	char *copy = g_malloc(length + 1);

	memcpy(copy, text, length);
	copy[length] = '\0';
	file = keyfile_parse(copy, length, faults);
	faults_list(faults, errors);
}

static void parse(const char *text)
{
	parse_bytes(text, strlen(text));
}

static const char *error(guint i)
{
	ck_assert_uint_lt(i, errors->len);
	return g_ptr_array_index(errors, i);
}

static void assert_value(const char *group, const char *key, const char *value, uint32_t line)
{
	const struct keyfile_group *found = keyfile_find_group(file, group);
	const struct keyfile_entry *entry;

	ck_assert_msg(found != NULL, "no group %s", group);
	entry = keyfile_find(found, key);
	ck_assert_msg(entry != NULL, "no key %s", key);
	ck_assert_str_eq(entry->value, value);
	ck_assert_uint_eq(entry->place.line, line);
}

SUITE(.before = start, .after = stop);

TEST(keys_are_read_with_their_lines)
{
	parse("# comment\n\n[a]\nx=1\n  y = two words = 2 \n\n[b c]\nx=3");
	ck_assert_uint_eq(errors->len, 0);
	assert_value("a", "x", "1", 4);
	assert_value("a", "y", "two words = 2", 5);
	assert_value("b c", "x", "3", 8);
	ck_assert_uint_eq(file->lines, 8);
	ck_assert_ptr_null(keyfile_find_group(file, "c"));
	ck_assert_ptr_null(keyfile_find(keyfile_find_group(file, "a"), "z"));
}

TEST(carriage_returns_before_line_ends_are_nothing)
{
	parse("[a]\r\nx=1\r\n\r\n# c\r\ny=2\r\n");
	ck_assert_uint_eq(errors->len, 0);
	assert_value("a", "x", "1", 2);
	assert_value("a", "y", "2", 5);
}

TEST(a_byte_order_mark_is_skipped)
{
	parse("\xef\xbb\xbf[a]\nx=1\n");
	ck_assert_uint_eq(errors->len, 0);
	assert_value("a", "x", "1", 2);
}

TEST(spaces_in_group_names_do_not_matter)
{
	parse("[ mm \t app ]\nx=1\n[mm app]\n");
	assert_value("mm app", "x", "1", 2);
	ck_assert_str_eq(error(0), "FILE:3: group 'mm app' twice, the first is in line 1");
}

TEST(doubles_name_both_lines)
{
	parse("[a]\nx=1\nx=2\n[b]\nx=1\n[a]\nx=3\n");
	ck_assert_uint_eq(errors->len, 2);
	ck_assert_str_eq(
		error(0), "FILE:3: key 'x' twice in the same group, the first is in line 2");
	ck_assert_str_eq(error(1), "FILE:6: group 'a' twice, the first is in line 1");
	assert_value("a", "x", "1", 2);
}

TEST(broken_lines_are_faults_and_skipped)
{
	parse("x=1\n[a]\nhello\n=1\nx=\n[b\ny=1\n[c] d\n[]\nz=1\n[e[f]\n");
	ck_assert_uint_eq(errors->len, 8);
	ck_assert_str_eq(error(0), "FILE:1: a key before the first group, like [machine]");
	ck_assert_str_eq(
		error(1), "FILE:3: 'hello' is neither [group] nor key=value nor # comment");
	ck_assert_str_eq(error(2), "FILE:4: no key before the '='");
	ck_assert_str_eq(error(3), "FILE:5: key 'x' has no value");
	ck_assert_str_eq(error(4), "FILE:6: the group has no ']' at its end");
	ck_assert_str_eq(error(5),
		"FILE:8: text after the ']' of the group, a comment needs a line of its own");
	ck_assert_str_eq(error(6), "FILE:9: the group has no name, like [machine]");
	ck_assert_str_eq(error(7), "FILE:11: the name of the group has a '[' in it");
	/* After a broken header its keys are not taken for those of the group before. */
	assert_value("b", "y", "1", 7);
	ck_assert_ptr_null(keyfile_find(keyfile_find_group(file, "c"), "z"));
}

TEST(a_nul_byte_is_a_fault_with_its_line)
{
	parse_bytes("[a]\nx=\0\n", 8);
	ck_assert_uint_eq(errors->len, 1);
	ck_assert_str_eq(error(0), "FILE:2: has a NUL byte: this is not a text file");
	ck_assert_uint_eq(file->groups->len, 0);
}

TEST(what_is_not_utf8_is_a_fault_with_its_line)
{
	parse("[a]\nx=caf\xe9\ny=1\n");
	ck_assert_uint_eq(errors->len, 1);
	ck_assert_str_eq(error(0), "FILE:2: is not UTF-8 text");
	assert_value("a", "y", "1", 3);
}

TEST(control_characters_are_refused)
{
	parse("[a]\nx=\x1b[31m\ny\t=\t1\nz=1\r2\nu=\x7f\nv=\xc2\x85\n");
	ck_assert_uint_eq(errors->len, 4);
	ck_assert_str_eq(error(0), "FILE:2: has the control character U+001B, only tabs and line "
				   "ends are allowed");
	ck_assert(strstr(error(1), "FILE:4: has the control character U+000D") != NULL);
	ck_assert(strstr(error(2), "U+007F") != NULL);
	ck_assert(strstr(error(3), "U+0085") != NULL);
	assert_value("a", "y", "1", 3);
}

TEST(after_20_faults_there_are_too_many)
{
	GString *text = g_string_new("[a]\n");

	for (int i = 0; i < 21; i++)
		g_string_append(text, "oops\n");
	parse(text->str);
	ck_assert_uint_eq(errors->len, 21);
	ck_assert(g_str_has_prefix(error(19), "FILE:21: "));
	ck_assert_str_eq(error(20), "FILE: too many errors");
	g_string_free(text, TRUE);
}

TEST(too_many_lines_are_refused)
{
	GString *text = g_string_new("[a]\n");

	for (int i = 0; i < KEYFILE_LINES_MAX; i++)
		g_string_append_c(text, '\n');
	parse(text->str);
	ck_assert_uint_eq(errors->len, 1);
	ck_assert_str_eq(error(0), "FILE:1000001: has more than 1000000 lines");
	g_string_free(text, TRUE);
}

TEST(an_empty_file_has_no_groups)
{
	parse("");
	ck_assert_uint_eq(errors->len, 0);
	ck_assert_uint_eq(file->groups->len, 0);
	ck_assert_uint_eq(file->lines, 0);
}

TEST(set_replaces_and_adds)
{
	const struct place place = { .option = "--set a.x" };

	parse("[a]\nx=1\ny=2\n");
	keyfile_set(file, "a", "x", "3", place);
	keyfile_set(file, "a", "z", "4", place);
	keyfile_set(file, "at 5ms", "exit", "b", place);
	assert_value("a", "x", "3", 0);
	assert_value("a", "y", "2", 3);
	assert_value("a", "z", "4", 0);
	assert_value("at 5ms", "exit", "b", 0);
	ck_assert_uint_eq(file->groups->len, 2);
	ck_assert_uint_eq(keyfile_find_group(file, "a")->entries->len, 3);
}

/* The promise of the header: what is accepted, GKeyFile reads the same way. */
TEST(gkeyfile_reads_the_same)
{
	static const char text[] = "# c\n[a b]\nx = 1;2 \n  y=# no comment\n[c]\n\nz=a=b\n";
	GKeyFile *other = g_key_file_new();

	ck_assert(g_key_file_load_from_data(other, text, strlen(text), G_KEY_FILE_NONE, NULL));
	parse(text);
	ck_assert_uint_eq(errors->len, 0);
	for (guint g = 0; g < file->groups->len; g++) {
		const struct keyfile_group *group = g_ptr_array_index(file->groups, g);

		for (guint e = 0; e < group->entries->len; e++) {
			const struct keyfile_entry *entry =
				&g_array_index(group->entries, struct keyfile_entry, e);
			char *value = g_key_file_get_value(other, group->name, entry->key, NULL);

			ck_assert_ptr_nonnull(value);
			ck_assert_str_eq(g_strchomp(value), entry->value);
			g_free(value);
		}
	}
	g_key_file_free(other);
}

/* A folder of its own for what a test has to read. */
static char *make_folder(void)
{
	char *folder = g_dir_make_tmp("cidsim-XXXXXX", NULL);

	ck_assert_ptr_nonnull(folder);
	return folder;
}

static void refuse_path(const char *path, bool by_system, const char *message)
{
	bool environment = false;
	size_t length;

	ck_assert_ptr_null(keyfile_read(path, &length, faults, &environment));
	ck_assert_int_eq(environment, by_system);
	faults_list(faults, errors);
	ck_assert_uint_eq(errors->len, 1);
	ck_assert_str_eq(error(0), message);
}

TEST(a_file_is_read_to_its_end)
{
	char *folder = make_folder();
	char *path = g_build_filename(folder, "f", NULL);
	bool environment = false;
	size_t length;
	char *text;

	ck_assert(g_file_set_contents(path, "[a]\nx\0y\n", 8, NULL));
	text = keyfile_read(path, &length, faults, &environment);
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_eq(length, 8);
	ck_assert_mem_eq(text, "[a]\nx\0y\n", 9);
	ck_assert(!environment);
	g_unlink(path);
	g_rmdir(folder);
	g_free(text);
	g_free(path);
	g_free(folder);
}

TEST(a_file_that_is_not_there_is_the_systems_fault)
{
	refuse_path("/nonexistent/x.scn", true, "FILE: cannot be read: No such file or directory");
}

TEST(a_folder_is_refused)
{
	refuse_path("/", false, "FILE: is a folder, a file is needed");
}

TEST(a_device_is_refused)
{
	refuse_path("/dev/zero", false,
		"FILE: is neither a file nor a pipe; name a file, or - for standard input");
}

TEST(a_huge_file_is_refused_unread)
{
	char *folder = make_folder();
	char *path = g_build_filename(folder, "f", NULL);
	int fd = g_open(path, O_CREAT | O_WRONLY, 0600);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(ftruncate(fd, (off_t)1 << 40), 0);
	close(fd);
	refuse_path(path, false, "FILE: is larger than 16 MiB, the most that is read");
	g_unlink(path);
	g_rmdir(folder);
	g_free(path);
	g_free(folder);
}

/* Writes without end until nobody reads any more. */
static void *feed_pipe(void *path)
{
	static char block[1 << 16];
	int fd = g_open(path, O_WRONLY, 0);

	memset(block, 'a', sizeof(block));
	while (fd != -1 && write(fd, block, sizeof(block)) > 0)
		;
	close(fd);
	return NULL;
}

TEST(an_endless_pipe_is_refused)
{
	char *folder = make_folder();
	char *path = g_build_filename(folder, "f", NULL);
	GThread *feeder;

	ck_assert_int_eq(mkfifo(path, 0600), 0);
	signal(SIGPIPE, SIG_IGN);
	feeder = g_thread_new("feeder", feed_pipe, path);
	refuse_path(path, false, "FILE: is larger than 16 MiB, the most that is read");
	g_thread_join(feeder);
	g_unlink(path);
	g_rmdir(folder);
	g_free(path);
	g_free(folder);
}

TEST(what_is_printed_reads_as_the_same_file)
{
	g_autoptr(GString) text = g_string_new(NULL), again = g_string_new(NULL);

	parse("# comment\n[a]\nx=1\n  y = two words = 2 \n\n[ b  c ]\nx=3");
	keyfile_set(file, "d", "z", "4", (struct place){ .option = "--set" });
	keyfile_print(text, file);
	ck_assert_str_eq(text->str,
		"[a]\nx = 1\ny = two words = 2\n\n[b c]\nx = 3\n\n[d]\nz = 4\n");
	keyfile_free(file);
	parse(text->str);
	keyfile_print(again, file);
	ck_assert_str_eq(again->str, text->str);
}
