/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/engine.h"

#include <assert.h>
#include <string.h>

#include "sim/base/bigmem.h"
#include "sim/engine/internal.h"
#include "sim/record/expect.h"

enum { CHECK_AUTO_MAX = 256 }; /* users and possible CPUs of an mm that is checked at each step */

static uint32_t pid_of_task(void *context, uint32_t task)
{
	return ((struct engine *)context)->tasks[task].pid;
}

static struct record_task name_of_task(void *context, uint32_t task)
{
	return task_name(context, task);
}

/* Tasks that the scenario will have at once, as far as it can be told beforehand. */
static uint32_t expected_tasks(const struct scenario *s)
{
	uint64_t count = s->processes_count + 1;

	for (uint32_t i = 0; i < s->groups_count; i++)
		count += (uint64_t)s->groups[i].count * s->mms[s->groups[i].mm].count;
	return (uint32_t)CLAMP(count, 1, MODEL_TASKS_MAX);
}

static void init_model(struct engine *engine)
{
	const struct scenario *s = engine->scenario;

	engine->tasks_count = expected_tasks(s);
	engine->config = (struct model_config){
		.protocol = s->protocol,
		.cpus_count = s->cpus_count,
		.nr_cpu_ids = s->nr_cpu_ids,
		.tasks_count = engine->tasks_count,
		.mms_count = CLAMP(s->processes_count, 1, MODEL_MMS_MAX),
		.extents_count = 1,
	};
	if (s->cpus_count <= MODEL_INLINE_NUMBERS)
		engine->config.extents_count = engine->config.mms_count;
	engine->model = model_init(bigmem_new(model_size(&engine->config)), &engine->config);
	engine->seen = g_new0(uint64_t, (s->cpus_count + 63) / 64);
	engine->tasks = bigmem_new(engine->tasks_count * sizeof(struct sim_task));
	engine->mms = g_new0(struct sim_mm, engine->config.mms_count);
	engine->tasks_free = TASK_NONE;
	engine->mms_free = INDEX_NONE;
	engine->ops_free = INDEX_NONE;
	engine->kworker = TASK_NONE;
	engine->next_pid = tasks_first_pid();
}

static void init_cpus(struct engine *engine)
{
	const struct scenario *s = engine->scenario;

	engine->cpus_count = s->cpus_count;
	engine->cpus = bigmem_new(s->cpus_count * sizeof(struct sim_cpu));
	engine->details = g_new0(struct cpu_detail, s->cpus_count);
	engine->tree = cputree_new(s->cpus_count);
	engine->wheel = wheel_new(engine->tasks_count);
	/* Keeping it costs time at each wake-up: only where the policy asks for it. */
	if (s->sched.placement != PLACE_PREVIOUS || s->sched.idle_pull)
		engine->loads = loads_new(s->cpus_count);
	engine->queue_owner = (struct runq_owner){ ring_pool_new(), cpus_queue_moved, engine };
	for (uint32_t cpu = s->cpus_count; cpu-- > 0;) {
		struct sim_cpu *c = &engine->cpus[cpu];

		runq_init(&c->queue, engine->queue_owner.pool);
		c->curr = TASK_NONE;
		c->seen.mm = EMIT_NO_MM;
		c->online = cpu_set_has(&s->online, cpu);
		engine->online_count += c->online;
		if (engine->loads && c->online)
			loads_add(engine->loads, cpu, 0);
	}
}

static uint32_t add_unit(struct engine *engine, enum unit_kind kind, uint32_t index,
	const char *name, const struct behaviour *behaviour, const struct cpu_set *cpus)
{
	struct unit unit = { .kind = kind, .index = index, .name = name, .behaviour = behaviour };

	if (cpus) {
		unit.mask = mask_intern(engine, cpus);
		unit.has_mask = true;
	}
	g_array_append_val(engine->units, unit);
	return engine->units->len - 1;
}

static void init_units(struct engine *engine)
{
	const struct scenario *s = engine->scenario;

	engine->unit_of_mm = engine->units->len;
	for (uint32_t i = 0; i < s->mms_count; i++)
		add_unit(engine, UNIT_MAIN, i, s->mms[i].name, &s->mms[i].main, &s->mms[i].cpus);
	engine->unit_of_group = engine->units->len;
	for (uint32_t i = 0; i < s->groups_count; i++)
		add_unit(engine, UNIT_GROUP, i, s->groups[i].name, &s->groups[i].behaviour,
			s->groups[i].has_cpus ? &s->groups[i].cpus : NULL);
	engine->unit_of_ramp = engine->units->len;
	for (uint32_t i = 0; i < s->ramps_count; i++)
		add_unit(engine, UNIT_RAMP, i, s->ramps[i].name, &s->ramps[i].behaviour,
			s->ramps[i].has_cpus ? &s->ramps[i].cpus : NULL);
	engine->unit_of_leader = engine->units->len;
	for (uint32_t i = 0; i < s->pools_count; i++)
		add_unit(engine, UNIT_LEADER, i, s->pools[i].name, NULL, NULL);
	engine->unit_of_worker = engine->units->len;
	for (uint32_t i = 0; i < s->pools_count; i++)
		add_unit(engine, UNIT_WORKER, i, s->pools[i].name, &s->pools[i].behaviour, NULL);
	engine->unit_of_kworker = add_unit(engine, UNIT_KWORKER, 0, "kworker", NULL, NULL);
}

/* The members that the scenario makes by itself have the first numbers, whenever they come. */
static GArray *new_members(const struct engine *engine, const struct unit *unit)
{
	const struct scenario *s = engine->scenario;
	struct member none = { .task = TASK_NONE };
	GArray *members = g_array_new(FALSE, FALSE, sizeof(struct member));
	uint64_t count = 0;

	if (unit->kind == UNIT_MAIN)
		count = s->mms[unit->index].count;
	else if (unit->kind == UNIT_GROUP)
		count = (uint64_t)s->groups[unit->index].count *
		        s->mms[s->groups[unit->index].mm].count;
	while (members->len < count)
		g_array_append_val(members, none);
	return members;
}

/* Only units that an action refers to remember who their members are. */
static void init_members(struct engine *engine)
{
	const struct scenario *s = engine->scenario;

	for (uint32_t i = 0; i < s->actions_count; i++) {
		const struct scenario_ref *who = &s->actions[i].who;
		uint32_t first[] = { [REF_MM_MAIN] = engine->unit_of_mm,
			[REF_GROUP] = engine->unit_of_group,
			[REF_RAMP] = engine->unit_of_ramp,
			[REF_POOL] = engine->unit_of_worker };
		struct unit *unit;

		if (who->kind == REF_NONE)
			continue;
		unit = &g_array_index(engine->units, struct unit, first[who->kind] + who->index);
		if (!unit->members)
			unit->members = new_members(engine, unit);
	}
}

static void init_tables(struct engine *engine)
{
	const struct cpu_set all = { .count = engine->scenario->cpus_count };
	const struct extra none = { INDEX_NONE, INDEX_NONE, LOOPS_FOREVER, 0, INDEX_NONE };

	engine->masks = g_array_new(FALSE, FALSE, sizeof(struct cpu_set));
	engine->mask_index = mask_index_new();
	g_array_append_val(engine->masks, all);
	engine->units = g_array_new(FALSE, FALSE, sizeof(struct unit));
	engine->extras = g_array_new(FALSE, FALSE, sizeof(struct extra));
	g_array_append_val(engine->extras, none);
	engine->extras_free = INDEX_NONE;
	engine->teams = g_array_new(FALSE, FALSE, sizeof(struct team));
	engine->teams_free = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	engine->ops = g_array_new(FALSE, FALSE, sizeof(struct op));
	engine->requests = g_hash_table_new(NULL, NULL);
	engine->late_accounts = g_hash_table_new(NULL, NULL);
	engine->late_affinities = g_array_new(FALSE, FALSE, sizeof(struct late_affinity));
	engine->work = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	engine->spinning = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	engine->lock_waiters = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	engine->main_of_process = g_new(uint32_t, engine->scenario->processes_count + 1);
	engine->main_pid = g_new0(uint32_t, engine->scenario->processes_count + 1);
	memset(engine->main_of_process, 0xff,
		(engine->scenario->processes_count + 1) * sizeof(uint32_t));
}

GPtrArray *engine_accounts(struct engine *engine)
{
	return engine->totals->accounts;
}

void engine_set_sink(struct engine *engine, const struct record_sink *sink)
{
	engine->recorder->sink = sink;
	engine->log = emit_logs(&engine->emit);
	engine->stays = emit_has_stays(&engine->emit);
}

struct engine *engine_new(const struct scenario *scenario)
{
	struct engine *engine = g_new0(struct engine, 1);

	engine->scenario = scenario;
	engine->policy = &policy_round_robin;
	engine->key = scenario->seed;
	engine->check_steps = scenario->check != CHECK_OFF;
	engine->spin_check_ns = NEVER;
	engine->expect_ns = expect_first_ns(scenario);
	init_tables(engine);
	init_model(engine);
	engine->recorder =
		recorder_new(scenario, NULL, engine->config.mms_count, pid_of_task, engine);
	engine->totals = engine->recorder->result;
	engine->emit = (struct emitter){ engine->recorder, name_of_task, engine };
	init_cpus(engine);
	init_units(engine);
	init_members(engine);
	engine_prefetch_wakeups(engine);
	actions_plan(engine);
	return engine;
}

/* Is @mm checked after each step? */
static bool checks_each_step(const struct engine *engine, const struct model_mm *mm)
{
	if (engine->scenario->check == CHECK_EVERY_STEP)
		return true;
	return mm->users + engine->cpus_count <= CHECK_AUTO_MAX;
}

static void check(struct engine *engine, uint32_t mm)
{
	struct sim_mm *m = &engine->mms[mm];
	unsigned broken = check_mm(engine->model, mm, engine->seen);
	unsigned news = broken & ~m->broken;

	m->broken = broken; /* told once for as long as it stays broken */
	for (; news; news &= news - 1) {
		unsigned bit = news & -news;

		recorder_violation(
			engine->recorder, check_to_string(bit), mm, describe_mm(engine, mm));
	}
}

void engine_after_step(struct engine *engine, uint32_t mm)
{
	recorder_mm_update(engine->recorder, engine->model, mm);
	if (engine->check_steps && checks_each_step(engine, model_mm(engine->model, mm)))
		check(engine, mm);
	if (engine->mms[mm].spinners > 0)
		spins_retry_soon(engine);
}

void engine_after_window(struct engine *engine, uint32_t mm)
{
	if (engine->check_steps && !checks_each_step(engine, model_mm(engine->model, mm)))
		check(engine, mm);
}

static void wheel_event(struct engine *engine)
{
	uint64_t key = wheel_pop(engine->wheel);
	uint32_t task = wheel_key_id(key);
	const struct sim_task *t = sim_task(engine, task);

	/* One that was woken, or is gone, since it went to sleep left its key behind. */
	if (t->state == TASK_SLEEPS && task_due(t) == wheel_key_time(key))
		cpus_wake(engine, task, false); /* who sleeps has run before */
}

/*
 * With many tasks each event waits for memory several times. Whose turn comes soon can be told:
 * for wake-ups the wheel does; for CPUs, the one that has just become the first of those below its
 * node of the tree has on average so many events before it as there are such nodes.
 */
enum { PREFETCH_TASKS_MIN = 16384, PREFETCH_NODES = 16 };

PREFETCH_INLINE void prefetch_task(const struct engine *engine, uint32_t task)
{
	if (task >= engine->tasks_count)
		return; /* none */
	__builtin_prefetch(engine->tasks + task, 1);
	__builtin_prefetch(model_task_const(engine->model, task), 1);
}

PREFETCH_INLINE void prefetch_after(const struct engine *engine, uint32_t cpu)
{
	const struct sim_cpu *c =
		&engine->cpus[cputree_first_near(engine->tree, cpu, PREFETCH_NODES)];

	prefetch_task(engine, c->curr);
	prefetch_task(engine, c->next_hint);
	__builtin_prefetch(c->queue.ring + (c->queue.first & c->queue.mask));
}

void engine_prefetch_wakeups(struct engine *engine)
{
	if (engine->tasks_count < PREFETCH_TASKS_MIN)
		return;
	wheel_prefetch(engine->wheel, 0, engine->tasks, sizeof(struct sim_task));
	wheel_prefetch(engine->wheel, 1, model_task(engine->model, 0), sizeof(struct model_task));
}

static void cpu_event(struct engine *engine, uint32_t cpu)
{
	cpus_event(engine, cpu);
	if (engine->tasks_count >= PREFETCH_TASKS_MIN)
		prefetch_after(engine, cpu);
}

static uint64_t wheel_next_ns(const struct engine *engine)
{
	uint64_t key;

	return wheel_min_key(engine->wheel, &key) ? wheel_key_time(key) : NEVER;
}

/* Judge the expectations at instants before @before_ns: all their events are done. */
static void judge_until(struct engine *engine, uint64_t before_ns)
{
	while (engine->expect_ns < before_ns) {
		expect_judge_instant(engine->recorder, engine->expect_ns);
		engine->expect_ns = expect_next_ns(engine->scenario, engine->expect_ns);
	}
}

static uint64_t next_ns(const struct engine *engine)
{
	return MIN(MIN(cputree_min_time(engine->tree), wheel_next_ns(engine)),
		MIN(actions_next_ns(engine), engine->spin_check_ns));
}

/* Handle the next event. Returns false if there is none until the end of the run. */
static bool step(struct engine *engine)
{
	uint64_t cpu_ns = cputree_min_time(engine->tree);
	uint64_t wheel_ns = wheel_next_ns(engine);
	uint64_t action_ns = actions_next_ns(engine);
	uint64_t at = MIN(MIN(cpu_ns, wheel_ns), MIN(action_ns, engine->spin_check_ns));

	if (at > engine->scenario->time_ns)
		return false;
	if (at > engine->expect_ns)
		judge_until(engine, at);
	engine->now_ns = engine->recorder->now_ns = at;
	engine->totals->events++;
	if (action_ns == at)
		actions_do(engine);
	else if (wheel_ns == at)
		wheel_event(engine);
	else if (cpu_ns == at)
		cpu_event(engine, cputree_min_cpu(engine->tree));
	else
		spins_check(engine);
	return true;
}

/* The run ends before its time, with more to come. */
static void cut_short(struct engine *engine, const char *why)
{
	engine->ended = engine->cut_short = true;
	engine->ended_why = why;
}

bool engine_advance(struct engine *engine, uint64_t events)
{
	uint64_t until = engine->totals->events + events;

	if (until > engine->scenario->max_events || until < events)
		until = engine->scenario->max_events;
	while (!engine->ended && engine->totals->events < until) {
		if (engine->interrupted)
			cut_short(engine, "interrupted");
		else if (!step(engine))
			return false;
	}
	if (!engine->ended && until == engine->scenario->max_events &&
		next_ns(engine) <= engine->scenario->time_ns)
		cut_short(engine, "event limit");
	return !engine->ended;
}

/* Does a task run that would go on after the end of the run? */
static bool is_busy(const struct engine *engine)
{
	for (uint32_t cpu = 0; cpu < engine->cpus_count; cpu++) {
		if (engine->cpus[cpu].state != CPU_IDLE)
			return true;
	}
	return engine->beyond;
}

static void run(struct engine *engine)
{
	const struct scenario *s = engine->scenario;

	while (engine_advance(engine, UINT64_MAX))
		continue;
	if (engine->ended)
		return;
	/* Nothing more will happen before the end; whether after it, does not matter. */
	engine->ended_why = is_busy(engine) ? "time" : "nothing left to do";
	if (is_busy(engine))
		engine->now_ns = engine->recorder->now_ns = s->time_ns;
}

/* Idle CPUs have been so until now. */
static void account_idle(struct engine *engine)
{
	for (uint32_t cpu = 0; cpu < engine->cpus_count; cpu++) {
		if (engine->cpus[cpu].state == CPU_IDLE)
			emit_idle(&engine->emit, engine->cpus[cpu].run_start_ns);
	}
}

/* The last line of the log: the totals, and who is still there. */
static void log_end(struct engine *engine)
{
	uint64_t mms = 0, users = 0;
	g_autofree char *alive = NULL;

	for (uint32_t mm = 0; mm < engine->mms_used; mm++) {
		const struct model_mm *m = model_mm(engine->model, mm);

		mms += m->live;
		users += m->live ? m->users : 0;
	}
	alive = g_strdup_printf(" tasks=%u mms=%" G_GUINT64_FORMAT " users=%" G_GUINT64_FORMAT,
		engine->tasks_alive, mms, users);
	emit_end(&engine->emit, engine->cpus[0].curr, alive);
}

struct record_result *engine_run(struct engine *engine)
{
	struct record_result *result;

	assert(engine->totals);
	run(engine);
	/* Instants that a run which was cut short did not reach are not judged. */
	judge_until(engine, engine->cut_short ? engine->now_ns : NEVER);
	spins_at_end(engine);
	for (uint32_t cpu = 0; engine->stays && cpu < engine->cpus_count; cpu++)
		cpus_split_stay(engine, cpu);
	expect_judge_end(engine->recorder);
	account_idle(engine);
	engine->totals->ended = engine->ended_why;
	if (engine->log)
		log_end(engine);
	if (engine->input_error)
		engine->totals->input_error = g_strdup(engine->input_error->str);
	result = recorder_finish(engine->recorder, engine->model);
	engine->totals = NULL;
	return result;
}

volatile sig_atomic_t *engine_interrupted(struct engine *engine)
{
	return &engine->interrupted;
}

uint64_t engine_bytes(const struct engine *engine)
{
	uint64_t bytes =
		engine->model->size + (uint64_t)engine->tasks_count * sizeof(struct sim_task) +
		(uint64_t)engine->config.mms_count * sizeof(struct sim_mm) +
		(uint64_t)engine->cpus_count * sizeof(struct sim_cpu) + wheel_bytes(engine->wheel);

	for (uint32_t cpu = 0; cpu < engine->cpus_count; cpu++)
		bytes += (engine->cpus[cpu].queue.mask + 1ull) * sizeof(uint32_t);
	return bytes;
}

static void free_units(struct engine *engine)
{
	for (guint i = 0; i < engine->units->len; i++) {
		GArray *members = g_array_index(engine->units, struct unit, i).members;

		if (members)
			g_array_free(members, TRUE);
	}
	g_array_free(engine->units, TRUE);
}

static void free_teams(struct engine *engine)
{
	for (guint i = 0; i < engine->teams->len; i++) {
		struct team *team = &g_array_index(engine->teams, struct team, i);

		if (team->threads)
			g_array_free(team->threads, TRUE);
		if (team->waiting)
			g_array_free(team->waiting, TRUE);
	}
	g_array_free(engine->teams, TRUE);
	g_array_free(engine->teams_free, TRUE);
}

static void free_requests(struct engine *engine)
{
	for (uint32_t task = 0; task < engine->tasks_used; task++)
		actions_forget(engine, task);
	g_hash_table_destroy(engine->requests);
}

void engine_free(struct engine *engine)
{
	if (!engine)
		return;
	free_requests(engine);
	free_units(engine);
	free_teams(engine);
	ring_pool_free(engine->queue_owner.pool);
	recorder_free(engine->recorder);
	cputree_free(engine->tree);
	wheel_free(engine->wheel);
	loads_free(engine->loads);
	g_array_free(engine->masks, TRUE);
	g_hash_table_destroy(engine->mask_index);
	g_array_free(engine->ops, TRUE);
	g_array_free(engine->extras, TRUE);
	g_hash_table_destroy(engine->late_accounts);
	g_array_free(engine->late_affinities, TRUE);
	g_array_free(engine->work, TRUE);
	g_array_free(engine->spinning, TRUE);
	g_array_free(engine->lock_waiters, TRUE);
	g_array_free(engine->timeline, TRUE);
	if (engine->input_error)
		g_string_free(engine->input_error, TRUE);
	g_free(engine->main_of_process);
	g_free(engine->main_pid);
	g_free(engine->details);
	bigmem_free(engine->cpus, engine->cpus_count * sizeof(struct sim_cpu));
	g_free(engine->mms);
	bigmem_free(engine->tasks, engine->tasks_count * sizeof(struct sim_task));
	g_free(engine->seen);
	bigmem_free(engine->model, engine->model->size);
	g_free(engine);
}
