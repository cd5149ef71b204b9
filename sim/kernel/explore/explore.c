/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/explore/explore.h"

#include <string.h>

#include "sim/base/failure.h"

struct compile_for exploration_purpose(const struct machine_config *machine)
{
	return (struct compile_for){
		.explores = true, .cpus = machine->cpus_count, .tasks = machine->tasks_max, .mms = 1
	};
}

static void await(struct child *child, const struct exploration_options *options)
{
	while (!child_poll(child)) {
		if (options->wait(options->context, child->result->steps))
			child_stop(child);
		g_usleep(2000);
	}
}

static enum exploration_verdict verdict_of(uint32_t ended)
{
	switch (ended) {
	case ENDED_ALL:
		return EXPLORATION_HOLDS;
	case ENDED_DIFFERENCE:
		return EXPLORATION_DIFFERS;
	case ENDED_VIOLATION:
		return EXPLORATION_VIOLATED;
	default:
		return EXPLORATION_UNDECIDED;
	}
}

/* The code has ended its process, by what happened last. */
static void take_death(struct exploration_report *report, const struct child *child,
	const struct exploration_options *options)
{
	const struct search_shared *shared = child->more;
	const struct world_config *world = &options->wish.world;
	struct event by;

	report->verdict = child->state == CHILD_LOOPS ? EXPLORATION_LOOPS : EXPLORATION_CRASHES;
	report->signal = child->signal;
	report->finding = g_new0(struct lockstep_finding, 1);
	by = (struct event){ .kind = shared->by.kind,
		.a = shared->by.a,
		.b = shared->by.b,
		.c = shared->by.c,
		.mask = shared->by.mask };
	search_log(shared, shared->at, &by, &report->finding->log);
	report->finding->log.shape = world_shape(world);
	report->finding->step = report->depth + 1;
}

static void take_result(struct exploration_report *report, const struct child *child,
	const struct exploration_options *options)
{
	const struct search_shared *shared = child->more;

	report->states = child->result->steps;
	report->transitions = shared->transitions;
	report->widest = shared->widest;
	report->spin_states = shared->spin_states;
	report->bytes = shared->bytes;
	report->depth = shared->depth;
	report->ended = MIN(shared->ended, ENDED_SPIN);
	if (child->state == CHILD_LOOPS || child->state == CHILD_CRASHED) {
		take_death(report, child, options);
		return;
	}
	report->verdict = verdict_of(report->ended);
	if (report->verdict == EXPLORATION_VIOLATED)
		report->finding = g_memdup2(&child->result->violation, sizeof(*report->finding));
	if (report->verdict == EXPLORATION_DIFFERS)
		report->finding = g_memdup2(&child->result->difference, sizeof(*report->finding));
}

bool exploration_run(const struct compiled *compiled, const struct exploration_options *options,
	struct exploration_report *report, GError **error)
{
	const struct child_job job = { .run = search_job,
		.options = &options->wish,
		.more = search_shared_size(&options->wish),
		.memory = options->wish.memory,
		.helpers = options->wish.jobs < 2 ? 0 : options->wish.jobs };
	struct child child;
	bool ok;

	memset(report, 0, sizeof(*report));
	if (!child_start(&child, compiled, &job, error))
		return false;
	await(&child, options);
	ok = child.state != CHILD_FAILED;
	if (ok)
		take_result(report, &child, options);
	else
		child_failure(&child, error);
	child_end(&child);
	return ok;
}

void exploration_report_clear(struct exploration_report *report)
{
	g_clear_pointer(&report->finding, g_free);
}

const char *exploration_verdict_to_string(enum exploration_verdict verdict)
{
	static const char *const names[] = {
		[EXPLORATION_HOLDS] = "holds",
		[EXPLORATION_VIOLATED] = "violated",
		[EXPLORATION_DIFFERS] = "differs",
		[EXPLORATION_LOOPS] = "loops",
		[EXPLORATION_CRASHES] = "crashes",
		[EXPLORATION_UNDECIDED] = "undecided",
	};

	g_assert(verdict < G_N_ELEMENTS(names));
	return names[verdict];
}
