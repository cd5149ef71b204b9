/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/search/depth.h"

#include <assert.h>

#include "sim/explore/search/forward.h"
#include "sim/explore/search/modes.h"
#include "sim/explore/search/result.h"
#include "sim/explore/search/shorten.h"

enum {
	BLOCK_STATES = 1 << 9,
	BATCH = 64, /* successors that are looked for at once */
};

/* In the depth field of a state on the stack, of no other use there. See depth.h. */
enum { WAITS = 0, EXPANDED = 1 };

/* States, last in first out, in blocks. */
struct stack {
	GPtrArray *blocks; /* of uint32_t arrays */
	unsigned words;
	uint64_t count;
};

struct depth_first {
	const struct search_options *options;
	const struct pack_layout *layout;
	const struct depth_seen *seen;
	struct expander expander;
	struct judge judge;
	struct stack stack;
	unsigned depth; /* of the state on top, if it waits */
	uint64_t looked;
	enum search_ended ended; /* SEARCH_GOES_ON until something ends it */
	bool cut;                /* some state was too far away to be looked at */
	struct search_result *result;
	/* successors that were not looked for yet */
	unsigned count;
	uint64_t hash[BATCH];
	uint32_t keys[BATCH * PACK_WORDS_MAX];
};

/* The stack */

static uint32_t *stack_at(const struct stack *stack, uint64_t index)
{
	uint32_t *block = stack->blocks->pdata[index / BLOCK_STATES];

	assert(index / BLOCK_STATES < stack->blocks->len);
	return block + index % BLOCK_STATES * stack->words;
}

static size_t stack_block_bytes(const struct stack *stack)
{
	return (size_t)BLOCK_STATES * stack->words * sizeof(uint32_t);
}

static size_t stack_bytes(const struct stack *stack)
{
	return stack->blocks->len * stack_block_bytes(stack);
}

static bool stack_has_room(const struct stack *stack)
{
	return stack->count < (uint64_t)stack->blocks->len * BLOCK_STATES;
}

/* One block more than is needed is kept: the top goes up and down. */
static void stack_pop(struct stack *stack)
{
	assert(stack->count > 0);
	stack->count--;
	if (stack->count + 2 * BLOCK_STATES <= (uint64_t)stack->blocks->len * BLOCK_STATES)
		g_ptr_array_set_size(stack->blocks, (int)stack->blocks->len - 1);
}

static size_t bytes_used(const struct depth_first *search)
{
	return stack_bytes(&search->stack) + search->seen->bytes(search->seen->context);
}

static bool make_room(struct depth_first *search)
{
	struct stack *stack = &search->stack;
	size_t bytes = stack_bytes(stack) + stack_block_bytes(stack);

	if (stack_has_room(stack))
		return true;
	if (bytes > search->seen->share(search->seen->context, bytes))
		return false;
	g_ptr_array_add(stack->blocks, g_malloc(stack_block_bytes(stack)));
	g_assert(stack_has_room(stack));
	return true;
}

static void push(struct depth_first *search, const uint32_t *key)
{
	struct stack *stack = &search->stack;
	uint32_t *top;

	if (!make_room(search)) {
		search->ended = SEARCH_MEMORY;
		return;
	}
	assert(stack_has_room(stack));
	top = stack_at(stack, stack->count++);
	pack_copy(top, key, stack->words);
	pack_set_depth(search->layout, top, WAITS);
}

/* Successors */

/* Put those on the stack that are new, so that what is listed first is looked at first. */
static void take_batch(struct depth_first *search)
{
	const struct depth_seen *seen = search->seen;
	unsigned words = search->layout->words;

	for (unsigned i = 0; i < search->count; i++)
		seen->prefetch(seen->context, search->hash[i]);
	for (unsigned i = search->count; i-- > 0 && search->ended != SEARCH_MEMORY;) {
		const uint32_t *key = search->keys + (size_t)i * words;

		switch (seen->add(seen->context, key, search->hash[i])) {
		case SET_NEW:
			search->result->states++;
			push(search, key);
			break;
		case SET_KNOWN:
			break;
		case SET_FULL:
			search->ended = SEARCH_MEMORY;
			break;
		}
	}
	search->count = 0;
}

static void take(struct depth_first *search, const uint32_t *key)
{
	unsigned words = search->layout->words;

	assert(search->count < BATCH);
	search->hash[search->count] = set_hash(key, words);
	pack_copy(search->keys + (size_t)search->count * words, key, words);
	if (++search->count == BATCH)
		take_batch(search);
}

static void on_step(void *context, const struct explore_step *step, const struct machine *next,
	const uint32_t *key)
{
	struct depth_first *search = context;

	(void)next;
	search->result->taken[step->verb]++;
	take(search, key);
}

static void expand(struct depth_first *search)
{
	const struct search_options *options = search->options;
	struct stack *stack = &search->stack;

	if (options->max_depth && search->depth >= options->max_depth) {
		search->cut = true;
		stack_pop(stack);
		return;
	}
	pack_set_depth(search->layout, stack_at(stack, stack->count - 1), EXPANDED);
	search->depth++;
	search->result->transitions += expander_steps(&search->expander, on_step, search);
	take_batch(search);
}

/* Looking at states */

static void report_progress(struct depth_first *search)
{
	const struct search_options *options = search->options;
	const struct search_progress progress = {
		.states = search->result->states,
		.transitions = search->result->transitions,
		.depth = search->depth,
		.waiting = search->result->states - search->looked,
		.bytes = bytes_used(search),
	};

	g_assert(search->looked <= search->result->states);
	search->result->bytes = MAX(search->result->bytes, progress.bytes);
	if (options->progress)
		options->progress(options->context, &progress);
	if (options->stop && options->stop(options->context) && search->ended == SEARCH_GOES_ON)
		search->ended = SEARCH_INTERRUPTED;
}

/* Look at the state on top of the stack, which waits. */
static void look(struct depth_first *search)
{
	struct search_result *result = search->result;
	const uint32_t *top = stack_at(&search->stack, search->stack.count - 1);

	assert(pack_depth(search->layout, top) == WAITS);
	result->depth = MAX(result->depth, search->depth);
	expander_read(&search->expander, top);
	result->spin_states += machine_spins(search->expander.base);
	result->broken =
		judge_machine(&search->judge, search->expander.base, search->options->check);
	search->looked++;
	if (result->broken)
		search->ended = SEARCH_VIOLATION;
	else
		expand(search);
	if (search->looked % SEARCH_ASK_AT_ONCE == 0)
		report_progress(search);
}

static enum search_ended ended_now(const struct depth_first *search)
{
	uint64_t max_states = search->options->max_states;

	if (search->ended != SEARCH_GOES_ON)
		return search->ended;
	if (search->stack.count == 0)
		return search->cut ? SEARCH_MAX_DEPTH : search->seen->over;
	return max_states && search->result->states >= max_states ? SEARCH_MAX_STATES
	                                                          : SEARCH_GOES_ON;
}

/* What is next with the state on top. */
static void go_on(struct depth_first *search)
{
	struct stack *stack = &search->stack;

	if (pack_depth(search->layout, stack_at(stack, stack->count - 1)) == EXPANDED) {
		assert(search->depth > 0);
		stack_pop(stack);
		search->depth--;
	} else {
		look(search);
	}
}

/* The steps to the state on top of the stack. */
static GArray *steps_to_top(struct depth_first *search)
{
	struct stack *stack = &search->stack;
	unsigned words = stack->words, length = 0;
	uint32_t *path = g_new(uint32_t, ((size_t)search->depth + 1) * words);
	GArray *steps;

	for (uint64_t i = 0; i < stack->count; i++) {
		const uint32_t *key = stack_at(stack, i);

		if (i + 1 == stack->count || pack_depth(search->layout, key) == EXPANDED)
			pack_copy(path + (size_t)length++ * words, key, words);
	}
	g_assert(length == search->depth + 1);
	steps = search_forward(&search->expander, path, search->depth);
	g_free(path);
	return steps;
}

static void search_stack(struct depth_first *search)
{
	struct search_result *result = search->result;
	enum search_ended ended;

	while ((ended = ended_now(search)) == SEARCH_GOES_ON)
		go_on(search);
	if (ended == SEARCH_VIOLATION)
		search_end_shortened(result, search->options, &search->expander, &search->judge,
			steps_to_top(search));
	else
		search_end(result, ended);
	g_assert(search->looked <= result->states && result->depth <= result->states);
}

struct search_result *depth_search(const struct search_options *options,
	const struct pack_layout *layout, const struct depth_seen *seen)
{
	struct depth_first *search = g_new0(struct depth_first, 1);
	struct search_result *result = search_result_new(layout);
	uint32_t key[PACK_WORDS_MAX];

	g_assert(seen->over != SEARCH_GOES_ON);
	search->options = options;
	search->layout = layout;
	search->seen = seen;
	search->result = result;
	search->stack.words = layout->words;
	search->stack.blocks = g_ptr_array_new_with_free_func(g_free);
	expander_init(&search->expander, layout);
	judge_init(&search->judge, &layout->config, search->options->check);
	pack_write(layout, layout->blank, key);
	take(search, key);
	take_batch(search);
	search_stack(search);
	result->bytes = MAX(result->bytes, bytes_used(search));
	judge_clear(&search->judge);
	expander_free(&search->expander);
	g_ptr_array_unref(search->stack.blocks);
	g_free(search);
	return result;
}
