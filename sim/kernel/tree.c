/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/tree.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "sim/base/failure.h"
#include "sim/base/text.h"

enum { FILE_MAX = 16 << 20 }; /* bytes of a file of a kernel */

static const struct {
	const char *file;
	const char *defines; /* what its region must define */
} parts[TREE_PARTS] = {
	[TREE_RSEQ_TYPES] = { "include/linux/rseq_types.h", "mm_mm_cid" },
	[TREE_MM_TYPES] = { "include/linux/mm_types.h", "mm_cidmask" },
	[TREE_TASK] = { "include/linux/sched.h", "task_mm_cid" },
	[TREE_SCHED] = { "kernel/sched/sched.h", "mm_cid_switch_to" },
	[TREE_CORE] = { "kernel/sched/core.c", "sched_mm_cid_fork" },
};

const char *tree_file(enum tree_part part)
{
	g_assert(part < TREE_PARTS);
	return parts[part].file;
}

/* Where a tree is: a folder, or a revision that git has of one. */
struct source {
	const char *shown;
	char *folder, *revision; /* revision: NULL = the files as they are */
};

static bool is_folder(const char *path)
{
	return g_file_test(path, G_FILE_TEST_IS_DIR);
}

static bool find_source(const char *name, struct source *source, GError **error)
{
	const char *at = strrchr(name, '@');

	*source = (struct source){ .shown = text_path(name), .folder = g_strdup(name) };
	if (is_folder(name))
		return true;
	if (g_file_test(name, G_FILE_TEST_EXISTS))
		return failure_input(error,
			"%s is a file; name the folder of a kernel tree, the one with kernel/ and "
			"include/",
			source->shown);
	if (!at)
		return failure_environment(error,
			"%s: no such folder; name a kernel tree, or FOLDER@COMMIT of a git clone",
			source->shown);
	source->folder[at - name] = '\0';
	source->revision = g_strdup(at + 1);
	if (!is_folder(source->folder))
		return failure_environment(error, "%s: there is no folder %s", source->shown,
			text_path(source->folder));
	if (!*source->revision || *source->revision == '-')
		return failure_input(error,
			"%s: behind @ stands a revision that git knows, like v7.1", source->shown);
	return true;
}

static void source_clear(struct source *source)
{
	g_free(source->folder);
	g_free(source->revision);
}

/* What git printed as its reason, in one line. */
static bool fail_git(const struct source *source, const char *file, char *said, GError **error)
{
	char *end = strchr(g_strstrip(said), '\n');

	if (end)
		*end = '\0';
	return failure_input(error, "%s: git does not show %s: %s", source->shown, file,
		text_clean(*said ? said : "it does not say why"));
}

static char *read_by_git(const struct source *source, const char *file, GError **error)
{
	g_autofree char *object = g_strdup_printf("%s:%s", source->revision, file);
	g_autofree char *out = NULL, *said = NULL;
	g_autoptr(GError) fault = NULL;
	const char *const command[] = { "git", "-C", source->folder, "show", "--no-textconv",
		object, NULL };
	g_autoptr(GSubprocess) git = g_subprocess_newv(
		command, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &fault);

	if (!git || !g_subprocess_communicate_utf8(git, NULL, NULL, &out, &said, &fault)) {
		failure_environment(error, "%s: git: %s", source->shown, fault->message);
		return NULL;
	}
	if (!g_subprocess_get_successful(git)) {
		fail_git(source, file, said, error);
		return NULL;
	}
	return g_steal_pointer(&out);
}

static bool is_small(const char *path, GError **error)
{
	GStatBuf info;

	if (g_stat(path, &info) != 0 || !S_ISREG(info.st_mode))
		return failure_input(error, "%s is no regular file", text_path(path));
	if (info.st_size > FILE_MAX)
		return failure_input(
			error, "%s is larger than 16 MiB: no file of a kernel is", text_path(path));
	return true;
}

static char *read_file(const struct source *source, const char *file, GError **error)
{
	g_autofree char *path = g_build_filename(source->folder, file, NULL);
	g_autoptr(GError) fault = NULL;
	char *text = NULL;

	if (source->revision)
		return read_by_git(source, file, error);
	if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
		failure_input(error, "%s has no %s: it is no kernel tree, or not all of one",
			source->shown, file);
		return NULL;
	}
	if (is_small(path, error) && !g_file_get_contents(path, &text, NULL, &fault))
		failure_environment(error, "%s", fault->message);
	return text;
}

/* Names that only the protocol before 6.19 defines. */
static const char *before_6_19(const char *text)
{
	static const char *const names[] = { "sched_mm_cid_migrate_to", "sched_mm_cid_remote_clear",
		"task_mm_cid_work", "mm_cid_get" };
	struct region region;
	bool marked;

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (region_find(text, names[i], &region, &marked)) {
			g_free(region.text);
			return names[i];
		}
	}
	return NULL;
}

static bool fail_old(
	const struct source *source, const char *file, const char *name, GError **error)
{
	return failure_input(error,
		"%s: %s defines %s, so it is a kernel before 6.19, which gives out CIDs by "
		"another protocol; cidsim has that of 6.19 and later",
		source->shown, file, name);
}

static bool read_part(
	struct tree *tree, enum tree_part part, const struct source *source, GError **error)
{
	const char *file = parts[part].file;
	g_autofree char *text = read_file(source, file, error);
	const char *old = text ? before_6_19(text) : NULL;
	bool marked;

	if (!text)
		return false;
	if (old)
		return fail_old(source, file, old, error);
	if (region_find(text, parts[part].defines, &tree->parts[part], &marked))
		return true;
	if (!marked)
		return failure_input(error,
			"%s: %s has no #ifdef CONFIG_SCHED_MM_CID: a kernel without CID "
			"management, or "
			"one that keeps it elsewhere",
			source->shown, file);
	return failure_input(error,
		"%s: no part of %s under CONFIG_SCHED_MM_CID defines %s: half of a tree, or a "
		"kernel "
		"that keeps it elsewhere",
		source->shown, file, parts[part].defines);
}

struct tree *tree_read(const char *name, GError **error)
{
	struct tree *tree = g_new0(struct tree, 1);
	struct source source = { 0 };
	bool ok = find_source(name, &source, error);

	tree->name = g_strdup(name);
	/* The last one first: it says most about what kind of tree this is. */
	for (int part = TREE_PARTS - 1; ok && part >= 0; part--)
		ok = read_part(tree, (enum tree_part)part, &source, error);
	source_clear(&source);
	if (ok)
		return tree;
	tree_free(tree);
	return NULL;
}

void tree_free(struct tree *tree)
{
	if (!tree)
		return;
	for (int part = 0; part < TREE_PARTS; part++)
		g_free(tree->parts[part].text);
	g_free(tree->name);
	g_free(tree);
}
