/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _POSIX_C_SOURCE 200809L /* O_CLOEXEC */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/failure.h"
#include "sim/base/hash.h"
#include "sim/base/output.h"
#include "sim/explore/search/disk-private.h"

enum {
	LIST_MAGIC = 0x31747363, /* "cst1" */
	FREE_BYTES = 64 << 20    /* that a list leaves free on the disk */
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

static char *list_path(const struct disk *disk, unsigned number)
{
	g_autofree char *name = g_strdup_printf("list-%05u", number);

	return g_build_filename(disk->folder, name, NULL);
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

	if (!disk_needs(disk, head.bytes + FREE_BYTES, "the next states", error))
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

/* Reading */

/* A list that is there, with the parts that are new in it. */
bool disk_read_list(
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
