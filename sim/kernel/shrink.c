/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/shrink.h"

#include <string.h>

#include "sim/kernel/broken.h"
#include "sim/kernel/start.h"

struct shrinking {
	struct pair *pair;
	const struct protocol *protocol;
	struct lockstep_finding *finding; /* the shortest so far */
	struct lockstep_log *tried;       /* what was played last: the events that took place */
	uint64_t played;
};

/* Does the finding show now? */
static bool is_shown(const struct shrinking *s)
{
	unsigned known;

	if (s->finding->broken)
		return broken_now(s->pair, &known) & s->finding->broken;
	return s->pair->difference.found;
}

/* Play the events of the finding, but for @count from @from on, on @shape. True if it shows; then
 * tried has all that was needed. */
static bool play(struct shrinking *s, const struct shape *shape, uint32_t from, uint32_t count)
{
	const struct lockstep_log *log = &s->finding->log;
	struct lockstep_log *tried = s->tried;

	tried->shape = *shape;
	tried->count = 0;
	start_pair(s->pair, shape, s->protocol);
	if (is_shown(s))
		return true;
	for (uint32_t i = 0; i < log->count && !s->pair->difference.found; i++) {
		if (i >= from && i < from + count)
			continue;
		s->played++;
		if (event_apply(s->pair, &log->events[i]) == EVENT_IMPOSSIBLE)
			continue;
		tried->events[tried->count++] = log->events[i];
		if (is_shown(s))
			return true;
	}
	return false;
}

/* What was tried is the finding from now on. */
static void accept(struct shrinking *s)
{
	struct lockstep_log *log = &s->finding->log;

	g_assert(s->tried->count <= log->count);
	log->shape = s->tried->shape;
	log->count = s->tried->count;
	memcpy(log->events, s->tried->events, log->count * sizeof(log->events[0]));
	s->finding->difference = s->pair->difference;
}

static bool is_spent(const struct shrinking *s)
{
	return s->played > SHRINK_EVENTS_MAX;
}

/* Take away pieces of @size events. True if any could go. */
static bool take_pieces(struct shrinking *s, uint32_t size)
{
	const struct lockstep_log *log = &s->finding->log;
	bool any = false;

	/* From the end: what is there is nearest to what shows. */
	for (uint32_t from = log->count; from > 0 && !is_spent(s);) {
		uint32_t begin = from > size ? from - size : 0;

		if (play(s, &log->shape, begin, from - begin)) {
			accept(s);
			any = true;
		}
		from = MIN(begin, log->count);
	}
	return any;
}

static void take_cpus(struct shrinking *s)
{
	for (;;) {
		struct shape shape = s->finding->log.shape;

		if (shape.cpus == 1 || is_spent(s))
			return;
		shape.cpus--;
		shape.allowed &= UINT64_MAX >> (64 - shape.cpus);
		if (!shape.allowed || !play(s, &shape, 0, 0))
			return;
		accept(s);
	}
}

static void shrink_log(struct shrinking *s)
{
	uint32_t size = s->finding->log.count / 2;

	for (; size > 1 && !is_spent(s); size /= 2)
		take_pieces(s, size);
	while (!is_spent(s) && take_pieces(s, 1))
		;
	take_cpus(s);
}

void shrink_finding(
	struct pair *pair, const struct protocol *protocol, struct lockstep_finding *finding)
{
	struct shrinking s = { .pair = pair,
		.protocol = protocol,
		.finding = finding,
		.tried = g_new(struct lockstep_log, 1) };

	if (play(&s, &finding->log.shape, 0, 0)) {
		accept(&s);
		shrink_log(&s);
	}
	g_free(s.tried);
}
