/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _GNU_SOURCE /* flock */
#include "sim/explore/search/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "sim/base/failure.h"
#include "sim/base/hash.h"
#include "sim/base/output.h"
#include "sim/base/version.h"
#include "sim/base/wide.h"
#include "sim/base/work-folder.h"

enum {
	LIST_MAGIC = 0x31747363, /* "cst1" */
	FREE_BYTES = 64 << 20,   /* that a list leaves free on the disk */
	ONE = 1 << 16,
	ESTIMATE_STATES = 100000 /* of a level, from which the whole search is estimated */
};

/* A file begins with it. Behind it are the values of the parts that are new, the blocks, the words.
 */
struct list_file {
	uint64_t magic, sum; /* of all 64-bit words behind this one */
	uint64_t bytes;      /* of the file */
	uint64_t depth, count, blocks, words;
	uint32_t parts_before[PARTS], parts[PARTS]; /* numbers so far, and with this list */
	struct list_widths widths;
	uint8_t unused[3];
};

_Static_assert(sizeof(struct list_file) % sizeof(uint64_t) == 0, "checked by words");
_Static_assert(sizeof(struct list_block) % sizeof(uint64_t) == 0, "words follow blocks");

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

static char *path_of(const struct disk *disk, const char *name)
{
	return g_build_filename(disk->folder, name, NULL);
}

static char *list_path(const struct disk *disk, unsigned number)
{
	g_autofree char *name = g_strdup_printf("list-%05u", number);

	return path_of(disk, name);
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

/* Room */

/* Bytes that are free for us; UINT64_MAX: the system does not say. */
static uint64_t free_bytes(const struct disk *disk)
{
	struct statvfs fs;

	if (statvfs(disk->folder, &fs) != 0)
		return UINT64_MAX;
	return (uint64_t)fs.f_bavail * fs.f_frsize;
}

static bool needs(const struct disk *disk, uint64_t bytes, const char *for_what, GError **error)
{
	uint64_t there = free_bytes(disk);
	g_autofree char *needed = g_format_size_full(bytes, G_FORMAT_SIZE_IEC_UNITS);
	g_autofree char *free_text = g_format_size_full(there, G_FORMAT_SIZE_IEC_UNITS);

	if (bytes <= there)
		return true;
	return failure_environment(error,
		"%s: %s need %s, and %s are free; make room, or take another folder", disk->folder,
		for_what, needed, free_text);
}

/* States of the level of @depth. */
static uint64_t level_states(const struct breadth_search *search, unsigned depth)
{
	uint64_t states = 0;

	for (guint i = 0; i < search->lists->len; i++) {
		const struct state_list *list = g_ptr_array_index(search->lists, i);

		states += list->depth == depth ? list->count : 0;
	}
	return states;
}

/* @a * @b / @c */
static uint64_t scaled(uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t rest;

	return wide_quotient(wide_product(a, b), c, &rest).low;
}

/* Factors are in units of 1/ONE. */
uint64_t disk_estimate(uint64_t all, uint64_t first, uint64_t second, uint64_t third)
{
	uint64_t before = scaled(second, ONE, first), growth = scaled(third, ONE, second);
	uint64_t slower = scaled(growth, ONE, MAX(before, 1)), level = third;

	while (level > 0 && slower < ONE && all < UINT64_MAX / 4) {
		growth = scaled(growth, slower, ONE);
		level = scaled(level, growth, ONE);
		all += level;
	}
	return all;
}

bool disk_has_room(struct disk *disk, const struct breadth_search *search, GError **error)
{
	uint64_t third = search->next, all;
	g_autofree char *what = NULL;

	if (third < ESTIMATE_STATES || search->depth < 2)
		return true;
	all = disk_estimate(
		search->states, level_states(search, search->depth - 1), search->level, third);
	what = g_strdup_printf("about %" PRIu64 " million states", all / 1000000);
	return needs(disk, scaled(disk->bytes, all - search->states, search->states), what, error);
}

/* Writing */

struct list_output {
	struct output *out;
	uint64_t sum;
};

static uint64_t add_sum(uint64_t sum, const void *bytes, size_t length)
{
	for (size_t at = 0; at < length; at += sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, (const char *)bytes + at, sizeof(word));
		sum = hash_word(sum, word);
	}
	return sum;
}

static void add(void *context, const void *bytes, size_t length)
{
	struct list_output *to = context;

	to->sum = add_sum(to->sum, bytes, length);
	if (to->out)
		output_bytes(to->out, bytes, length);
}

/* All that is behind list_file.sum. */
static void put_all(struct list_output *to, const struct list_file *head,
	const struct breadth_search *search, const struct list_piece *pieces, unsigned count)
{
	const size_t behind = G_STRUCT_OFFSET(struct list_file, bytes);

	add(to, (const char *)head + behind, sizeof(*head) - behind);
	for (unsigned part = 0; part < PARTS; part++) {
		const struct dictionary *of = &search->parts.of[part];

		for (uint32_t i = head->parts_before[part] + 1; i <= head->parts[part]; i++)
			add(to, dictionary_value(of, i), of->words * sizeof(uint64_t));
	}
	list_put(pieces, count, add, to);
}

static struct list_file head_of(const struct disk *disk, const struct breadth_search *search,
	const struct state_list *outline)
{
	struct list_file head = {
		.magic = LIST_MAGIC,
		.bytes = sizeof(head) + outline->blocks_bytes + outline->words_bytes,
		.depth = outline->depth,
		.count = outline->count,
		.blocks = outline->blocks_count,
		.words = outline->words_count,
		.widths = outline->widths,
	};

	for (unsigned part = 0; part < PARTS; part++) {
		const struct dictionary *of = &search->parts.of[part];

		head.parts_before[part] = disk->parts[part];
		head.parts[part] = dictionary_count(of);
		head.bytes += (uint64_t)(head.parts[part] - head.parts_before[part]) * of->words *
		              sizeof(uint64_t);
	}
	return head;
}

/* Map list @number, and see whether it is one. */
static const struct list_file *map_list(struct disk *disk, unsigned number, GError **error)
{
	g_autofree char *path = list_path(disk, number);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct mapping mapping = { MAP_FAILED, 0 };
	const struct list_file *head;
	struct stat stat;

	if (fd < 0 || fstat(fd, &stat) != 0) {
		failure_file(error, path, errno);
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	mapping.bytes = (size_t)stat.st_size;
	if (mapping.bytes >= sizeof(*head))
		mapping.start = mmap(NULL, mapping.bytes, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	head = mapping.start;
	if (mapping.start == MAP_FAILED) {
		failure_environment(error, "%s: is no list of states", path);
		return NULL;
	}
	g_array_append_val(disk->mappings, mapping);
	if (head->magic == LIST_MAGIC && head->bytes == mapping.bytes)
		return head;
	failure_environment(error, "%s: is damaged; remove %s to begin again", path, disk->folder);
	return NULL;
}

/* Where the blocks of @head begin, behind the values of parts. */
static const char *blocks_of(const struct list_file *head, const struct parts *parts)
{
	const char *at = (const char *)(head + 1);

	for (unsigned part = 0; part < PARTS; part++)
		at += (size_t)(head->parts[part] - head->parts_before[part]) *
		      parts->of[part].words * sizeof(uint64_t);
	return at;
}

static struct state_list *list_in(const struct list_file *head, const struct parts *parts)
{
	struct state_list *list = g_new0(struct state_list, 1);
	const char *blocks = blocks_of(head, parts);

	list->depth = (unsigned)head->depth;
	list->widths = head->widths;
	list->count = head->count;
	list->blocks_count = head->blocks;
	list->words_count = head->words;
	list->borrowed = true;
	/* Nobody writes through them. */
	list->blocks = (struct list_block *)(uintptr_t)blocks;
	list->words = (uint64_t *)(uintptr_t)(blocks + head->blocks * sizeof(*list->blocks));
	return list;
}

struct state_list *disk_add_list(struct disk *disk, const struct breadth_search *search,
	const struct list_piece *pieces, unsigned count, unsigned depth, GError **error)
{
	struct state_list outline = list_outline(pieces, count, depth);
	struct list_file head = head_of(disk, search, &outline);
	struct list_output to = { .out = NULL };
	g_autofree char *path = list_path(disk, disk->lists);
	g_autoptr(GError) fault = NULL;
	const struct list_file *mapped;

	if (!needs(disk, head.bytes + FREE_BYTES, "the next states", error))
		return NULL;
	put_all(&to, &head, search, pieces, count);
	head.sum = to.sum;
	to.out = output_open(path, &fault);
	if (to.out) {
		output_bytes(to.out, (const char *)&head, G_STRUCT_OFFSET(struct list_file, bytes));
		put_all(&to, &head, search, pieces, count);
	}
	if (!to.out || !output_close(to.out, &fault)) {
		failure_take(error, g_steal_pointer(&fault));
		return NULL;
	}
	mapped = map_list(disk, disk->lists, error);
	if (!mapped)
		return NULL;
	disk->lists++;
	disk->bytes += head.bytes;
	memcpy(disk->parts, head.parts, sizeof(disk->parts));
	return list_in(mapped, &search->parts);
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

/* A list that is there, with the parts that are new in it. */
static bool read_list(
	struct disk *disk, struct breadth_search *search, unsigned number, GError **error)
{
	const struct list_file *head = map_list(disk, number, error);
	const size_t behind = G_STRUCT_OFFSET(struct list_file, bytes);
	const uint64_t *value;

	if (!head)
		return false;
	if (add_sum(0, (const char *)head + behind, head->bytes / 8 * 8 - behind) != head->sum)
		return failure_environment(error,
			"%s: list %u is damaged; remove it to begin again", disk->folder, number);
	value = (const uint64_t *)(head + 1);
	for (unsigned part = 0; part < PARTS; part++) {
		struct dictionary *of = &search->parts.of[part];

		for (uint32_t i = head->parts_before[part] + 1; i <= head->parts[part]; i++) {
			if (dictionary_number(of, value) != i)
				return failure_environment(error,
					"%s: list %u is of another search; remove it to begin "
					"again",
					disk->folder, number);
			value += of->words;
		}
		disk->parts[part] = head->parts[part];
	}
	g_ptr_array_add(search->lists, list_in(head, &search->parts));
	disk->bytes += head->bytes;
	disk->lists++;
	return true;
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
		if (!read_list(disk, search, i, error))
			return false;
	}
	parts_learn(&search->parts);
	search->depth = (unsigned)saved(disk, "search", "depth");
	search->level_at = (guint)saved(disk, "search", "level-at");
	search->next_at = (guint)saved(disk, "search", "next-at");
	search->states = saved(disk, "search", "states");
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
