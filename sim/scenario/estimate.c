/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/estimate.h"

#include "sim/base/wide.h"

enum {
	EVENTS_OF_BURST = 3, /* the task wakes up, gets a CPU, and its burst ends */
	EVENTS_OF_LIFE = 8,  /* of a task that is forked and exits, without its bursts */
};

/* No sum gets larger. */
#define MOST (UINT64_MAX >> 16)

struct work {
	uint64_t bursts, lives, tasks;
	uint64_t busy_ns;  /* of CPUs */
	uint64_t lasts_ns; /* until the end of the last sleep, of one task */
};

/* @a * @b / @c, at most MOST; @c = 0 counts as 1. */
static uint64_t scaled(uint64_t a, uint64_t b, uint64_t c)
{
	return MIN(wide_scaled(a, b, MAX(c, 1)), MOST);
}

static void add(uint64_t *sum, uint64_t more)
{
	*sum = MIN(*sum + MIN(more, MOST), MOST);
}

static uint64_t mean(const struct sample *sample)
{
	switch (sample->kind) {
	case SAMPLE_CONSTANT:
	case SAMPLE_EXPONENTIAL:
		return sample->a;
	case SAMPLE_UNIFORM:
		return sample->a + (sample->b - sample->a) / 2;
	case SAMPLE_BIMODAL:
		return scaled(sample->a, UINT32_MAX - sample->weight, UINT32_MAX) +
		       scaled(sample->b, sample->weight, UINT32_MAX);
	}
	g_assert_not_reached();
}

/* Bursts of @run and @sleep in *@left_ns, at most @times: they are added to @work, and their time
 * is taken from *@left_ns. */
static void add_bursts(struct work *work, const struct sample *run, const struct sample *sleep,
	uint64_t times, uint64_t *left_ns)
{
	uint64_t period = mean(run) + mean(sleep);
	uint64_t bursts = MIN(times, *left_ns / MAX(period, 1) + 1);

	if (period == 0)
		bursts = times == SCENARIO_FOREVER ? 0 : times;
	if (*left_ns == 0)
		return;
	add(&work->bursts, bursts);
	add(&work->busy_ns, scaled(bursts, mean(run), 1));
	add(&work->lasts_ns, scaled(bursts, period, 1));
	*left_ns -= MIN(*left_ns, scaled(bursts, period, 1));
}

/* What one task does in @left_ns. */
static struct work work_of(const struct behaviour *behaviour, uint64_t left_ns)
{
	struct work all = { 0 };

	if (behaviour->phases_count == 0) {
		add_bursts(&all, &behaviour->run, &behaviour->sleep, behaviour->loops, &left_ns);
	} else {
		struct work once = { 0 };
		uint64_t all_ns = left_ns, passes;

		for (uint32_t i = 0; i < behaviour->phases_count; i++) {
			const struct scenario_phase *phase = &behaviour->phases[i];

			add_bursts(&once, &phase->run, &phase->sleep, phase->times, &left_ns);
		}
		passes = all_ns / MAX(once.lasts_ns, 1);
		passes = CLAMP(passes, 1, MAX(behaviour->loops, 1));
		all.bursts = scaled(once.bursts, passes, 1);
		all.busy_ns = scaled(once.busy_ns, passes, 1);
		all.lasts_ns = scaled(once.lasts_ns, passes, 1);
	}
	return all;
}

/* @count tasks, which are alive for @alive_ns, and begin @lives times in all. */
static void add_tasks(struct work *work, const struct behaviour *behaviour, uint64_t count,
	uint64_t alive_ns, uint64_t lives)
{
	struct work one = work_of(behaviour, alive_ns);

	add(&work->bursts, scaled(one.bursts, count, 1));
	add(&work->busy_ns, scaled(one.busy_ns, count, 1));
	add(&work->lives, lives);
	add(&work->tasks, count);
}

static uint64_t time_after(const struct scenario *scenario, uint64_t start_ns)
{
	return scenario->time_ns - MIN(start_ns, scenario->time_ns);
}

static void add_ramp(struct work *work, const struct scenario *s, const struct scenario_ramp *ramp)
{
	const struct scenario_mm *mm = &s->mms[ramp->mm];
	uint64_t forks = ramp->to - ramp->from;
	uint64_t cycle_ns = scaled(2 * forks, ramp->dwell_ns, ramp->step);
	uint64_t cycles = MIN(ramp->cycles, time_after(s, ramp->start_ns) / MAX(cycle_ns, 1) + 1);
	uint64_t alive_ns = MIN(scaled(cycles, cycle_ns, 1), time_after(s, ramp->start_ns));

	/* On the average half of the threads that come and go are there. */
	add_tasks(work, &ramp->behaviour, scaled(ramp->from - 1 + forks / 2, mm->count, 1),
		alive_ns, scaled(scaled(cycles, forks, 1), mm->count, 1));
	add(&work->tasks, scaled(forks - forks / 2, mm->count, 1));
}

static void add_pool(struct work *work, const struct scenario *s, const struct scenario_pool *pool)
{
	uint64_t left_ns = time_after(s, pool->start_ns), leaders, lives, cycle_ns, cycles;
	struct work one = work_of(&pool->behaviour, left_ns);

	leaders = scaled(pool->pools, s->mms[pool->mm].count, 1);
	cycle_ns = one.lasts_ns + (uint64_t)pool->threads * (s->costs.fork_ns + s->costs.switch_ns);
	cycles = MIN(pool->cycles, left_ns / MAX(cycle_ns, 1) + 1);
	lives = scaled(scaled(leaders, pool->threads, 1), cycles, 1);
	add(&work->lives, lives);
	add(&work->bursts, scaled(lives, one.bursts + 1, 1));
	add(&work->busy_ns, scaled(lives, one.busy_ns, 1));
	add(&work->tasks, scaled(leaders, pool->threads + 1, 1));
}

static void add_actions(struct work *work, const struct scenario *s)
{
	for (uint32_t i = 0; i < s->actions_count; i++) {
		const struct scenario_action *action = &s->actions[i];
		uint64_t left_ns = time_after(s, action->time_ns);

		switch (action->verb) {
		case ACT_FORK:
		case ACT_CLONE_VM:
		case ACT_VFORK:
			add_tasks(work, &s->groups[action->target].behaviour, action->count,
				left_ns, action->count);
			break;
		case ACT_FORK_PROCESS:
			add_tasks(work, &s->mms[action->target].main, action->count, left_ns,
				action->count);
			break;
		default:
			add(&work->lives, 1);
		}
	}
}

struct scenario_estimate scenario_estimate(const struct scenario *s)
{
	struct work all = { 0 };
	uint64_t there_ns;

	if (s->explore.line > 0)
		return (struct scenario_estimate){ 0 };
	for (uint32_t i = 0; i < s->mms_count; i++)
		add_tasks(&all, &s->mms[i].main, s->mms[i].count, time_after(s, s->mms[i].start_ns),
			0);
	for (uint32_t i = 0; i < s->groups_count; i++) {
		const struct scenario_group *group = &s->groups[i];
		uint64_t count = scaled(group->count, s->mms[group->mm].count, 1);

		add_tasks(&all, &group->behaviour, count, time_after(s, group->start_ns), count);
	}
	for (uint32_t i = 0; i < s->ramps_count; i++)
		add_ramp(&all, s, &s->ramps[i]);
	for (uint32_t i = 0; i < s->pools_count; i++)
		add_pool(&all, s, &s->pools[i]);
	add_actions(&all, s);
	/* More than all CPUs can do is not done. */
	there_ns = scaled(s->online.count, s->time_ns, 1);
	if (all.busy_ns > there_ns)
		all.bursts = scaled(all.bursts, there_ns, all.busy_ns);
	return (struct scenario_estimate){
		.tasks = all.tasks,
		.events = MIN(
			s->max_events, EVENTS_OF_BURST * all.bursts + EVENTS_OF_LIFE * all.lives),
	};
}
