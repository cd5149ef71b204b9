/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/wheel.h"

#include <glib.h>

#include "sim/base/bigmem.h"
#include "sim/base/hot-assert.h"

/*
 * The next few keys are a sorted array, the run. All other keys are at or after its largest key,
 * the pivot, and lie in unsorted buckets of a radix tree over the bits of the key.
 *
 * The tree is a path of nodes, one per digit, and a key lies in the node of the highest digit in
 * which it differs from the pivot, in the bucket of its own digit there. So the lowest used bucket
 * of the lowest used node has the smallest keys. When the run is empty that bucket is sorted to
 * become the run if it is small; if not it is spread over the next lower node, and so on. So keys
 * only ever move down, at most once per digit, and mostly far less: small buckets are not spread.
 *
 * Too many keys before the pivot would make the run long. Then its larger half goes to the tree
 * and the pivot comes back to the other half. What lies in the nodes below the digit in which the
 * pivot changes is in order; it stays as it is, as a subtree in the bucket that the pivot leaves,
 * until the pivot comes back there.
 */

enum {
	NODE_BUCKETS = 1 << WHEEL_DIGIT_BITS,
	CHUNK_BYTES = 512,
	CHUNK_KEYS = CHUNK_BYTES / 8 - 1,
	SHORT_RUN = 16, /* this many keys are best kept sorted, without any bucket */
};

/* What buckets are made of. Aligned, so that the address of a key says where the chunk ends. */
struct wheel_chunk {
	struct wheel_chunk *next; /* older and full; or the next free one */
	_Alignas(8) uint64_t keys[CHUNK_KEYS];
};

_Static_assert(sizeof(struct wheel_chunk) == CHUNK_BYTES, "chunks fill their alignment");

union bucket {
	uint64_t *end;            /* after the newest key; NULL: empty */
	struct wheel_node *inner; /* if the bit in @inner of the node is set */
};

struct wheel_node {
	_Alignas(CHUNK_BYTES) uint64_t used; /* bit b: bucket b is not empty */
	uint64_t inner;                      /* bit b: bucket b is a node one digit below */
	union bucket buckets[NODE_BUCKETS];
};

struct wheel_pool {
	struct wheel_chunk *free_chunks;
	struct wheel_chunk *fresh, *fresh_end; /* chunks never used yet, of the newest slab */
	size_t slab_chunks;                    /* chunks per slab */
	GPtrArray *slabs;
	GPtrArray *nodes;      /* all of them, to free them */
	GPtrArray *free_nodes; /* empty ones */
};

_Static_assert(NODE_BUCKETS == 64, "a node's bits are one word");
_Static_assert((int)CHUNK_KEYS <= (int)WHEEL_RUN_MAX, "a chunk fits the run");
_Static_assert((int)WHEEL_TIME_BITS + (int)WHEEL_ID_BITS == 64, "a key is one word");

/* --- memory --- */

static struct wheel_pool *pool_new(uint32_t tasks_max)
{
	struct wheel_pool *pool = g_new0(struct wheel_pool, 1);

	/* Pages that are never used cost nothing, so one slab for all that is expected is best. */
	pool->slab_chunks = CLAMP(tasks_max / CHUNK_KEYS, 64, 8192);
	pool->slabs = g_ptr_array_new_with_free_func(g_aligned_free);
	pool->nodes = g_ptr_array_new_with_free_func(g_aligned_free);
	pool->free_nodes = g_ptr_array_new();
	return pool;
}

static void pool_free(struct wheel_pool *pool)
{
	g_ptr_array_free(pool->slabs, TRUE);
	g_ptr_array_free(pool->nodes, TRUE);
	g_ptr_array_free(pool->free_nodes, TRUE);
	g_free(pool);
}

static struct wheel_chunk *chunk_new(struct wheel_pool *pool)
{
	struct wheel_chunk *chunk = pool->free_chunks;

	if (chunk != NULL) {
		pool->free_chunks = chunk->next;
		return chunk;
	}
	if (pool->fresh == pool->fresh_end) {
		size_t bytes = pool->slab_chunks * CHUNK_BYTES;

		pool->fresh = g_aligned_alloc(1, bytes, bigmem_alignment(bytes));
		bigmem_advise(pool->fresh, bytes);
		pool->fresh_end = pool->fresh + pool->slab_chunks;
		g_ptr_array_add(pool->slabs, pool->fresh);
	}
	return pool->fresh++;
}

static void chunk_free(struct wheel_pool *pool, struct wheel_chunk *chunk)
{
	hot_assert(chunk != pool->free_chunks);
	chunk->next = pool->free_chunks;
	pool->free_chunks = chunk;
}

/* The chunk that the key before @end is in. */
static struct wheel_chunk *chunk_before(const uint64_t *end)
{
	return (struct wheel_chunk *)((uintptr_t)(end - 1) & ~(uintptr_t)(CHUNK_BYTES - 1));
}

static struct wheel_node *node_new(struct wheel_pool *pool)
{
	struct wheel_node *node;

	if (pool->free_nodes->len > 0)
		return g_ptr_array_steal_index_fast(pool->free_nodes, pool->free_nodes->len - 1);
	node = g_aligned_alloc0(1, sizeof(*node), CHUNK_BYTES);
	g_ptr_array_add(pool->nodes, node);
	return node;
}

static void node_free(struct wheel_pool *pool, struct wheel_node *node)
{
	hot_assert(node->used == 0 && node->inner == 0);

	g_ptr_array_add(pool->free_nodes, node);
}

struct wheel *wheel_new(uint32_t tasks_max)
{
	struct wheel *wheel = g_new0(struct wheel, 1);

	wheel->pool = pool_new(tasks_max);
	wheel->run[0] = UINT64_MAX;
	for (uint32_t level = 0; level < WHEEL_LEVELS; level++)
		wheel->path[level] = node_new(wheel->pool);
	return wheel;
}

void wheel_free(struct wheel *wheel)
{
	if (wheel == NULL)
		return;
	pool_free(wheel->pool);
	g_free(wheel);
}

uint64_t wheel_bytes(const struct wheel *wheel)
{
	const struct wheel_pool *pool = wheel->pool;
	uint64_t chunks = pool->slabs->len * pool->slab_chunks;

	chunks -= (uint64_t)(pool->fresh_end - pool->fresh);
	return chunks * CHUNK_BYTES + pool->nodes->len * sizeof(struct wheel_node);
}

/* --- buckets --- */

static uint32_t key_digit(uint64_t key, uint32_t level)
{
	return key >> level * WHEEL_DIGIT_BITS & (NODE_BUCKETS - 1);
}

/* The highest digit in which the keys differ, 0 if in none. */
static uint32_t key_level(uint64_t key, uint64_t pivot)
{
	return (63 - (uint32_t)__builtin_clzll((key ^ pivot) | 1)) / WHEEL_DIGIT_BITS;
}

/* Add to a bucket whose newest chunk is full or that has none. */
static void bucket_push_chunk(struct wheel_pool *pool, union bucket *bucket, uint64_t key)
{
	struct wheel_chunk *chunk = chunk_new(pool);

	chunk->next = bucket->end == NULL ? NULL : chunk_before(bucket->end);
	chunk->keys[0] = key;
	bucket->end = &chunk->keys[1];
}

/* Add to a bucket of path[level] that is empty, full or a node. */
static void path_push_slow(struct wheel *wheel, uint32_t level, uint64_t key)
{
	struct wheel_node *node = wheel->path[level];
	uint32_t digit = key_digit(key, level);

	wheel->levels |= 1U << level;
	while (node->inner >> digit & 1) {
		node = node->buckets[digit].inner;
		digit = key_digit(key, --level);
	}
	if ((uintptr_t)node->buckets[digit].end % CHUNK_BYTES != 0) {
		*node->buckets[digit].end++ = key;
		return;
	}
	node->used |= UINT64_C(1) << digit;
	bucket_push_chunk(wheel->pool, &node->buckets[digit], key);
}

/* One test finds empty, full and node: all have an aligned address. Otherwise there is room. */
static inline void path_push(struct wheel *wheel, uint32_t level, uint64_t key)
{
	union bucket *bucket = &wheel->path[level]->buckets[key_digit(key, level)];

	if ((uintptr_t)bucket->end % CHUNK_BYTES == 0)
		path_push_slow(wheel, level, key);
	else
		*bucket->end++ = key;
}

/* Put full chunks that hold @key only back into their bucket. */
static void path_put_back(struct wheel *wheel, uint64_t key, struct wheel_chunk *chunk)
{
	uint32_t digit = key_digit(key, 0);

	hot_assert(!(wheel->path[0]->used >> digit & 1)); /* it was all of the bucket */
	wheel->path[0]->used |= UINT64_C(1) << digit;
	wheel->path[0]->buckets[digit].end = chunk->keys + CHUNK_KEYS;
	wheel->levels |= 1;
}

/* @node comes back from the path's node above as path[level], which is empty. */
static void path_unfold(struct wheel *wheel, uint32_t level, struct wheel_node *node)
{
	hot_assert(!(wheel->levels >> level & 1));
	node_free(wheel->pool, wheel->path[level]);
	wheel->path[level] = node;
	wheel->levels |= 1U << level;
}

/* --- the run --- */

static void run_insert(struct wheel *wheel, uint64_t key)
{
	uint64_t *place = &wheel->run[++wheel->run_count];

	hot_assert(wheel->run_count <= WHEEL_RUN_MAX);

	/* run[0] is the largest key there can be, so this ends. */
	for (; place[-1] < key; place--)
		*place = place[-1];
	*place = key;
}

/* The pivot leaves the nodes below @level: hang each that is not empty into the one above, as the
 * bucket that the pivot was in. */
static void path_fold(struct wheel *wheel, uint64_t pivot, uint32_t level)
{
	for (uint32_t l = 0; l < level; l++) {
		struct wheel_node *above = wheel->path[l + 1];
		uint32_t digit = key_digit(pivot, l + 1);

		if ((wheel->levels >> l & 1) == 0)
			continue;
		hot_assert((above->used >> digit & 1) == 0);
		above->used |= UINT64_C(1) << digit;
		above->inner |= UINT64_C(1) << digit;
		above->buckets[digit].inner = wheel->path[l];
		wheel->path[l] = node_new(wheel->pool);
		wheel->levels ^= 1U << l;
		wheel->levels |= 1U << (l + 1);
	}
}

/* Move the larger half of a full run to the buckets. */
static void run_split(struct wheel *wheel)
{
	uint32_t moved = wheel->run_count / 2;
	uint64_t pivot = wheel->run[1 + moved];
	uint64_t keys[WHEEL_RUN_MAX];

	hot_assert(pivot <= wheel->run[1]);
	path_fold(wheel, wheel->run[1], key_level(wheel->run[1], pivot));
	for (uint32_t i = 0; i < moved; i++)
		keys[i] = wheel->run[1 + i];
	wheel->run_count -= moved;
	for (uint32_t i = 1; i <= wheel->run_count; i++)
		wheel->run[i] = wheel->run[i + moved];
	for (uint32_t i = 0; i < moved; i++)
		path_push(wheel, key_level(keys[i], pivot), keys[i]);
}

inline void wheel_insert(struct wheel *wheel, uint64_t time_ns, uint32_t id)
{
	uint64_t key = wheel_key(time_ns, id);

	hot_assert(time_ns >> WHEEL_TIME_BITS == 0 && id >> WHEEL_ID_BITS == 0);
	hot_assert(time_ns >= wheel_key_time(wheel->last));

	/* With nothing in the buckets the pivot may move on. */
	if (wheel->levels == 0 && wheel->run_count < SHORT_RUN) {
		run_insert(wheel, key);
	} else if (key > wheel->run[1]) {
		path_push(wheel, key_level(key, wheel->run[1]), key);
	} else {
		if (wheel->run_count == WHEEL_RUN_MAX)
			run_split(wheel);
		/* Splitting may have moved the pivot before the key. */
		if (key > wheel->run[1])
			path_push(wheel, key_level(key, wheel->run[1]), key);
		else
			run_insert(wheel, key);
	}
}

void wheel_prefetch(struct wheel *wheel, uint32_t table, const void *base, uint32_t stride)
{
	assert(table < WHEEL_TABLES);
	wheel->table[table] = base;
	wheel->stride[table] = stride;
}

PREFETCH_INLINE void prefetch_entries(
	const struct wheel *wheel, const uint64_t *key, const uint64_t *end)
{
	for (uint32_t table = 0; table < WHEEL_TABLES; table++) {
		if (wheel->stride[table] == 0)
			continue;
		for (const uint64_t *k = key; k < end; k++)
			__builtin_prefetch(wheel->table[table] +
						   (size_t)wheel_key_id(*k) * wheel->stride[table],
				1);
	}
}

/* Are there so few chunks that their keys come out soon? */
static bool is_near(const struct wheel_chunk *chunk)
{
	return chunk->next == NULL || chunk->next->next == NULL || chunk->next->next->next == NULL;
}

/* Sort the chunk that ends at @end into the run. If there are more, the bucket is of the lowest
 * digit, its keys are all the same and any part of them will do: put the rest back. */
static void run_take(struct wheel *wheel, const uint64_t *end)
{
	struct wheel_chunk *chunk = chunk_before(end);

	prefetch_entries(wheel, chunk->keys, end);
	for (const uint64_t *key = chunk->keys; key < end; key++)
		run_insert(wheel, *key);
	if (chunk->next != NULL)
		path_put_back(wheel, chunk->keys[0], chunk->next);
	chunk_free(wheel->pool, chunk);
}

/* Chunks of a large wheel are in no cache and in no order that the hardware could foresee. */
PREFETCH_INLINE void chunk_prefetch(const struct wheel_chunk *chunk)
{
	for (size_t byte = 0; chunk != NULL && byte < CHUNK_BYTES; byte += 64)
		__builtin_prefetch((const char *)chunk + byte);
}

/* Spread the chunk that ends at @end and all after it over path[level]. */
static void path_spread(struct wheel *wheel, uint32_t level, const uint64_t *end)
{
	bool near = is_near(chunk_before(end));

	while (end != NULL) {
		struct wheel_chunk *chunk = chunk_before(end);

		chunk_prefetch(chunk->next);
		if (near)
			prefetch_entries(wheel, chunk->keys, end);
		for (const uint64_t *key = chunk->keys; key < end; key++)
			path_push(wheel, level, *key);
		end = chunk->next == NULL ? NULL : chunk->next->keys + CHUNK_KEYS;
		chunk_free(wheel->pool, chunk);
	}
}

/* Take the first bucket of path[level] out. */
static union bucket path_take(struct wheel *wheel, uint32_t level, bool *inner)
{
	struct wheel_node *node = wheel->path[level];
	uint32_t digit = (uint32_t)__builtin_ctzll(node->used);
	uint64_t bit = UINT64_C(1) << digit;
	union bucket bucket = node->buckets[digit];

	*inner = (node->inner & bit) != 0;
	node->inner &= ~bit;
	node->used &= ~bit;
	node->buckets[digit].end = NULL;
	if (node->used == 0)
		wheel->levels ^= 1U << level;
	return bucket;
}

/* The run is empty and the buckets are not: get the run from the first of them. */
static void run_refill(struct wheel *wheel)
{
	hot_assert(wheel->levels != 0);
	while (wheel->run_count == 0) {
		uint32_t level = (uint32_t)__builtin_ctz(wheel->levels);
		bool inner;
		union bucket bucket = path_take(wheel, level, &inner);

		/* The nodes on the path below the first used one are empty. */
		if (inner)
			path_unfold(wheel, level - 1, bucket.inner);
		else if (level > 0 && chunk_before(bucket.end)->next != NULL)
			path_spread(wheel, level - 1, bucket.end);
		else
			run_take(wheel, bucket.end);
	}
}

inline uint64_t wheel_pop(struct wheel *wheel)
{
	hot_assert(wheel->run_count > 0);

	wheel->last = wheel->run[wheel->run_count--];
	if (wheel->run_count == 0 && wheel->levels != 0)
		run_refill(wheel);
	return wheel->last;
}
