/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _GNU_SOURCE /* getdents64(), O_NOFOLLOW */
#include "sim/base/work-folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/failure.h"

enum { FOLDERS_MOST = 16 };

/* Temporary folders of this process, @owner: a child that ends must not remove them. */
static struct {
	GMutex mutex;
	pid_t owner;
	char *folders[FOLDERS_MOST];
} kept;

/* Put @to into the place of @from; each is a folder or NULL. If all places are taken, a new folder is
 * not remembered. */
static void replace(const char *from, char *to)
{
	g_mutex_lock(&kept.mutex);
	if (kept.owner != getpid())
		memset(kept.folders, 0, sizeof(kept.folders));
	kept.owner = getpid();
	for (size_t i = 0; i < FOLDERS_MOST; i++) {
		if (kept.folders[i] != from)
			continue;
		kept.folders[i] = to;
		break;
	}
	g_mutex_unlock(&kept.mutex);
}

char *work_folder_new(GError **error)
{
	GError *fault = NULL;
	char *work = g_dir_make_tmp("cidsim-XXXXXX", &fault);

	if (!work) {
		failure_environment(error,
			"no temporary folder: %s; set TMPDIR to a folder that can be written",
			fault->message);
		g_error_free(fault);
		return NULL;
	}
	replace(NULL, work);
	return work;
}

static void remove_at(int parent, const char *name);

/* Remove the files and folders of the folder @fd that @entries lists: @size bytes of getdents64(). */
static void remove_entries(int fd, const char *entries, size_t size)
{
	const struct dirent64 *entry;

	for (size_t at = 0; at < size; at += entry->d_reclen) {
		entry = (const void *)(entries + at);
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(fd, entry->d_name, 0) != 0)
			remove_at(fd, entry->d_name);
	}
}

/* Remove the folder @name of @parent. Allocates nothing: there may be no memory. */
static void remove_at(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	_Alignas(struct dirent64) char entries[4096];
	ssize_t size;

	if (fd >= 0) {
		while ((size = getdents64(fd, entries, sizeof(entries))) > 0)
			remove_entries(fd, entries, (size_t)size);
		close(fd);
	}
	unlinkat(parent, name, AT_REMOVEDIR);
}

void work_folder_remove(char *work)
{
	replace(work, NULL);
	remove_at(AT_FDCWD, work);
	g_free(work);
}

void work_folders_remove(void)
{
	/* Not locked: who holds the mutex may be the one that found no memory. */
	for (size_t i = 0; i < FOLDERS_MOST && kept.owner == getpid(); i++) {
		if (kept.folders[i])
			remove_at(AT_FDCWD, kept.folders[i]);
	}
}
