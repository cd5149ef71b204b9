/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_DISK_PRIVATE_H
#define CIDSIM_SIM_EXPLORE_SEARCH_DISK_PRIVATE_H

/* What three sources share: disk.c has the folder and how far the search is, disk-list.c the files
 * of lists, disk-room.c how much room there is. */

#include "sim/explore/search/disk.h"

struct mapping {
	void *start;
	size_t bytes;
};

struct disk {
	char *folder;
	int lock;
	GKeyFile *saved; /* `search`; NULL: there is none */
	unsigned lists;  /* written, or there */
	uint64_t bytes;  /* of them */
	uint32_t parts[PARTS];
	GArray *mappings; /* struct mapping */
};

/* Read list @number, which is there, and the parts that are new in it, into @search. */
bool disk_read_list(
	struct disk *disk, struct breadth_search *search, unsigned number, GError **error);

/* Are @bytes free for @for_what? False and @error: no. */
bool disk_needs(const struct disk *disk, uint64_t bytes, const char *for_what, GError **error);

#endif
