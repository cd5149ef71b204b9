/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _GNU_SOURCE /* flock */
#include "sim/explore/search/disk-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/base/failure.h"
#include "sim/base/hash.h"
#include "sim/base/output.h"
#include "sim/base/version.h"
#include "sim/base/work-folder.h"

static char *path_of(const struct disk *disk, const char *name)
{
	return g_build_filename(disk->folder, name, NULL);
}

/* The folder */

/* What the search depends on, as the name of its folder. */
static char *folder_name(const struct search_options *options)
{
	const struct machine_config *config = &options->config;
	g_autofree char *text = g_strdup_printf("%s %s %x %d %d %d %zu", version_text(),
		options->disk_name, options->check, config->reduced, config->any_cpu_order,
		config->any_task_order, sizeof(void *));

	return g_strdup_printf(
		"search-%016" PRIx64, hash_bytes(HASH_BYTES_START, text, strlen(text)));
}

static bool take_lock(struct disk *disk, GError **error)
{
	disk->lock = open(disk->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (disk->lock < 0)
		return failure_file(error, disk->folder, errno);
	if (flock(disk->lock, LOCK_EX | LOCK_NB) == 0)
		return true;
	return failure_environment(
		error, "%s: another process searches there; take another folder", disk->folder);
}

static bool load_saved(struct disk *disk, GError **error)
{
	g_autofree char *path = path_of(disk, "search");
	g_autoptr(GError) fault = NULL;

	disk->saved = g_key_file_new();
	if (g_key_file_load_from_file(disk->saved, path, G_KEY_FILE_NONE, &fault))
		return true;
	g_clear_pointer(&disk->saved, g_key_file_free);
	if (g_error_matches(fault, G_FILE_ERROR, G_FILE_ERROR_NOENT))
		return true;
	return failure_environment(
		error, "%s: %s; remove this folder to begin again", disk->folder, fault->message);
}

struct disk *disk_open(const struct search_options *options, GError **error)
{
	struct disk *disk = g_new0(struct disk, 1);
	g_autofree char *name = folder_name(options);
	g_autoptr(GError) fault = NULL;

	disk->lock = -1;
	disk->folder = g_build_filename(options->disk, name, NULL);
	disk->mappings = g_array_new(FALSE, FALSE, sizeof(struct mapping));
	if (!output_make_directory(disk->folder, &fault))
		failure_take(error, g_steal_pointer(&fault));
	else if (take_lock(disk, error) && load_saved(disk, error))
		return disk;
	disk_close(disk, false);
	return NULL;
}

bool disk_has_search(const struct disk *disk)
{
	return disk->saved != NULL;
}

/* `search` goes first: if the program is killed in between, no search is there any more, and what
 * is left is written again or removed by the next one. */
static void remove_files(const struct disk *disk)
{
	g_autofree char *search = path_of(disk, "search");

	g_unlink(search);
	work_folder_remove(g_strdup(disk->folder));
}

void disk_close(struct disk *disk, bool remove)
{
	if (!disk)
		return;
	for (guint i = 0; i < disk->mappings->len; i++) {
		const struct mapping *mapping = &g_array_index(disk->mappings, struct mapping, i);

		munmap(mapping->start, mapping->bytes);
	}
	g_array_free(disk->mappings, TRUE);
	if (disk->saved)
		g_key_file_free(disk->saved);
	if (remove)
		remove_files(disk);
	g_free(disk->folder);
	if (disk->lock >= 0)
		close(disk->lock);
	g_free(disk);
}

/* How far the search is */

/* The numbers of @search that are saved, by name. */
struct number {
	const char *name;
	uint64_t value;
};

enum { NUMBERS_MAX = 16 };

static unsigned numbers_of(const struct breadth_search *search, struct number *numbers)
{
	const struct search_result *result = search->result;
	uint64_t looked = 0, transitions = 0, spin_states = 0;
	unsigned count = 0;

	for (unsigned i = 0; i < search->jobs; i++) {
		looked += search->workers[i].looked;
		transitions += search->workers[i].transitions;
		spin_states += search->workers[i].spin_states;
	}
	numbers[count++] = (struct number){ "lists", search->lists->len };
	numbers[count++] = (struct number){ "depth", search->depth };
	numbers[count++] = (struct number){ "level-at", search->level_at };
	numbers[count++] = (struct number){ "next-at", search->next_at };
	numbers[count++] = (struct number){ "states", search->states };
	numbers[count++] = (struct number){ "level", search->level };
	numbers[count++] = (struct number){ "next", search->next };
	numbers[count++] = (struct number){ "taken", search->level_taken };
	numbers[count++] = (struct number){ "looked", looked };
	numbers[count++] = (struct number){ "transitions", transitions };
	numbers[count++] = (struct number){ "spin-states", spin_states };
	numbers[count++] = (struct number){ "widest", result->widest };
	numbers[count++] = (struct number){ "result-states", result->states };
	numbers[count++] = (struct number){ "result-transitions", result->transitions };
	g_assert(count <= NUMBERS_MAX);
	return count;
}

bool disk_save(struct disk *disk, const struct breadth_search *search, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autofree char *path = path_of(disk, "search"), *text = NULL;
	struct number numbers[NUMBERS_MAX];
	unsigned count = numbers_of(search, numbers);
	g_autoptr(GError) fault = NULL;
	gsize length;

	g_assert(search->lists->len == disk->lists);
	for (unsigned i = 0; i < count; i++)
		g_key_file_set_uint64(file, "search", numbers[i].name, numbers[i].value);
	for (unsigned verb = 0; verb < VERB_COUNT; verb++) {
		g_autofree char *name = g_strdup_printf("%u", verb);
		uint64_t steps = 0;

		for (unsigned i = 0; i < search->jobs; i++)
			steps += search->workers[i].verbs[verb];
		g_key_file_set_uint64(file, "steps", name, steps);
		g_key_file_set_uint64(file, "result-steps", name, search->result->taken[verb]);
	}
	text = g_key_file_to_data(file, &length, NULL);
	return output_write_file(path, text, length, &fault) ||
	       failure_take(error, g_steal_pointer(&fault));
}

static uint64_t saved(const struct disk *disk, const char *group, const char *name)
{
	return g_key_file_get_uint64(disk->saved, group, name, NULL);
}

bool disk_resume(struct disk *disk, struct breadth_search *search, GError **error)
{
	struct search_result *result = search->result;
	struct worker *worker = &search->workers[0];
	uint64_t lists = saved(disk, "search", "lists");

	g_assert(disk->saved && search->lists->len == 0);
	for (unsigned i = 0; i < lists; i++) {
		if (!disk_read_list(disk, search, i, error))
			return false;
	}
	parts_learn(&search->parts);
	search->depth = (unsigned)saved(disk, "search", "depth");
	search->level_at = (guint)saved(disk, "search", "level-at");
	search->next_at = (guint)saved(disk, "search", "next-at");
	search->states = result->states_before = saved(disk, "search", "states");
	search->level = saved(disk, "search", "level");
	search->next = saved(disk, "search", "next");
	search->level_taken = saved(disk, "search", "taken");
	worker->looked = saved(disk, "search", "looked");
	worker->transitions = saved(disk, "search", "transitions");
	worker->spin_states = saved(disk, "search", "spin-states");
	result->widest = saved(disk, "search", "widest");
	result->states = saved(disk, "search", "result-states");
	result->transitions = saved(disk, "search", "result-transitions");
	for (unsigned verb = 0; verb < VERB_COUNT; verb++) {
		g_autofree char *name = g_strdup_printf("%u", verb);

		worker->verbs[verb] = saved(disk, "steps", name);
		result->taken[verb] = saved(disk, "result-steps", name);
	}
	if (search->next_at <= lists && search->level_at <= search->next_at &&
		search->level <= search->states && search->depth <= PACK_DEPTH_MAX)
		return true;
	return failure_environment(
		error, "%s: search is damaged; remove this folder to begin again", disk->folder);
}
