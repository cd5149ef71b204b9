/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _DEFAULT_SOURCE /* fdopendir(), O_NOFOLLOW */
#include "sim/base/work-folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdbool.h>
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

/* Put @to into the place of @from, a folder or NULL. With no place left a folder is only not known. */
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

/* Remove the folder @name of @parent. Without GLib, which ends the program where there is no memory. */
static void remove_at(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): of a list of its own */
	while (list && (entry = readdir(list))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(fd, entry->d_name, 0) != 0)
			remove_at(fd, entry->d_name);
	}
	if (list)
		closedir(list);
	else if (fd >= 0)
		close(fd);
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
