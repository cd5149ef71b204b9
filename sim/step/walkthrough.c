/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/step/walkthrough.h"

enum { KEPT_MAX = 64, LOOKS_EVERY = 256 };

struct walkthrough {
	struct film *film;
	bool (*stop)(void);
	GQueue kept;       /* struct moment, positions one after another */
	uint64_t position; /* it is kept, and so is the one before */
};

static void moment_free(gpointer data)
{
	struct moment *moment = data;

	g_free(moment->time);
	g_free(moment->happened);
	g_free(moment->state);
	g_free(moment);
}

static void forget(struct walkthrough *walk)
{
	g_queue_clear_full(&walk->kept, moment_free);
}

/* The kept one of @position; NULL if it is not kept. */
static struct moment *find_kept(const struct walkthrough *walk, uint64_t position)
{
	const struct moment *first = g_queue_peek_head((GQueue *)&walk->kept);

	g_assert(walk->kept.length <= KEPT_MAX);
	if (!first || position < first->position || position - first->position >= walk->kept.length)
		return NULL;
	return g_queue_peek_nth((GQueue *)&walk->kept, (guint)(position - first->position));
}

/* Are the words of @position known, and the state before it? */
static bool knows(const struct walkthrough *walk, uint64_t position)
{
	return find_kept(walk, position) && (position == 0 || find_kept(walk, position - 1));
}

/* The film is at a position whose words are wanted. */
static void keep(struct walkthrough *walk)
{
	struct film *film = walk->film;
	const struct moment *newest = g_queue_peek_tail(&walk->kept);
	struct moment *moment;
	GString *time = g_string_new(NULL), *happened = g_string_new(NULL),
		*state = g_string_new(NULL);

	g_assert(film->position <= film->last);
	if (newest && newest->position + 1 != film->position)
		forget(walk);
	film->kind->time(film, time);
	film->kind->describe(film, happened, state);
	moment = g_new(struct moment, 1);
	*moment = (struct moment){
		.position = film->position,
		.marks = film->marks,
		.time = g_string_free(time, FALSE),
		.happened = g_string_free(happened, FALSE),
		.state = g_string_free(state, FALSE),
	};
	g_queue_push_tail(&walk->kept, moment);
	if (walk->kept.length > KEPT_MAX)
		moment_free(g_queue_pop_head(&walk->kept));
}

struct walkthrough *walkthrough_new(struct film *film, bool (*stop)(void))
{
	struct walkthrough *walk = g_new0(struct walkthrough, 1);

	g_assert(film->position == 0);
	walk->film = film;
	walk->stop = stop;
	g_queue_init(&walk->kept);
	keep(walk);
	return walk;
}

void walkthrough_free(struct walkthrough *walk)
{
	forget(walk);
	walk->film->kind->free(walk->film);
	g_free(walk);
}

const struct moment *walkthrough_here(const struct walkthrough *walk)
{
	g_assert(knows(walk, walk->position));
	return find_kept(walk, walk->position);
}

const char *walkthrough_before(const struct walkthrough *walk)
{
	g_assert(knows(walk, walk->position));
	return walk->position > 0 ? find_kept(walk, walk->position - 1)->state : "";
}

uint64_t walkthrough_last(const struct walkthrough *walk)
{
	return walk->film->last;
}

static bool is_stopped(const struct walkthrough *walk)
{
	g_assert(walk->film);
	return walk->film->position % LOOKS_EVERY == 0 && walk->stop && walk->stop();
}

static bool film_next(struct walkthrough *walk)
{
	return !is_stopped(walk) && walk->film->kind->next(walk->film);
}

static void film_rewind(struct walkthrough *walk)
{
	walk->film->kind->rewind(walk->film);
	g_assert(walk->film->position == 0);
}

/* The film goes to @position, or to the end; what lies right before it is kept. */
static void film_go(struct walkthrough *walk, uint64_t position)
{
	struct film *film = walk->film;

	g_assert(position < UINT64_MAX);
	if (film->position > position || (film->position == position && !knows(walk, position)))
		film_rewind(walk);
	do {
		if (film->position + KEPT_MAX > position && !find_kept(walk, film->position))
			keep(walk);
	} while (film->position < position && film_next(walk));
	walk->position = film->position;
	if (!knows(walk, film->position)) /* the end came first */
		film_go(walk, film->position);
}

bool walkthrough_go(struct walkthrough *walk, uint64_t position)
{
	uint64_t wanted = MIN(position, walk->film->last);

	if (knows(walk, wanted))
		walk->position = wanted;
	else
		film_go(walk, wanted);
	g_assert(walk->position <= wanted && knows(walk, walk->position));
	return walk->position == position;
}

bool walkthrough_go_time(struct walkthrough *walk, uint64_t time_ns)
{
	struct film *film = walk->film;
	uint64_t position;

	if (film->time_ns > time_ns)
		film_rewind(walk);
	do
		position = film->position;
	while (film_next(walk) && film->time_ns <= time_ns);
	g_assert(film->position <= position + 1);
	walkthrough_go(walk, position);
	return position < film->last;
}

static bool find_forwards(struct walkthrough *walk, unsigned marks)
{
	struct film *film = walk->film;
	uint64_t from = walk->position;

	if (film->position > from)
		film_rewind(walk);
	while (film_next(walk)) {
		if (film->position > from && film->marks & marks)
			return walkthrough_go(walk, film->position);
	}
	walkthrough_go(walk, from);
	return false;
}

static bool find_backwards(struct walkthrough *walk, unsigned marks)
{
	struct film *film = walk->film;
	uint64_t from = walk->position, found = UINT64_MAX;

	for (film_rewind(walk); film->position < from;) {
		if (film->marks & marks)
			found = film->position;
		if (!film_next(walk))
			break;
	}
	g_assert(found == UINT64_MAX || found < from);
	walkthrough_go(walk, found == UINT64_MAX ? from : found);
	return found != UINT64_MAX;
}

bool walkthrough_find(struct walkthrough *walk, unsigned marks, bool forwards)
{
	g_assert(marks);
	return forwards ? find_forwards(walk, marks) : find_backwards(walk, marks);
}

struct film *walkthrough_film(struct walkthrough *walk)
{
	if (walk->film->position != walk->position) {
		forget(walk);
		film_go(walk, walk->position);
	}
	g_assert(walk->film->position == walk->position);
	return walk->film;
}

void walkthrough_changed(struct walkthrough *walk)
{
	forget(walk);
	film_rewind(walk); /* whether a step follows can change what is broken here */
	film_go(walk, walk->position);
}
