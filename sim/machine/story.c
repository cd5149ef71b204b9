/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/machine/story.h"

#include <string.h>

#include "sim/machine/step-text.h"
#include "sim/machine/tell.h"

static const struct model_cpu *cpu_of(const struct machine *machine, uint32_t cpu)
{
	return model_cpu_const(machine_model_const(machine), cpu);
}

static const struct model_task *task_of(const struct machine *machine, uint32_t task)
{
	return model_task_const(machine_model_const(machine), task);
}

/* A step in words */

static char *who_runs(const struct machine *machine, uint32_t cpu)
{
	uint32_t curr = cpu_of(machine, cpu)->curr;

	return curr == TASK_NONE ? g_strdup("idle") : g_strdup_printf("T%u", curr);
}

static char *tell_seen(const struct explore_step *step)
{
	if (step->sees == SEES_PRESENT)
		return g_strdup("");
	return g_strdup_printf(", reading the mode as %s", step_mode_to_string(step->sees));
}

static char *tell_switch(const struct machine *before, const struct explore_step *step)
{
	g_autofree char *prev = who_runs(before, step->cpu);
	g_autofree char *seen = tell_seen(step);

	switch ((enum step_verb)step->verb) {
	case VERB_OUT:
		return g_strdup_printf("CPU%u switches from %s to idle%s", step->cpu, prev, seen);
	case VERB_LEAVE:
		return g_strdup_printf(
			"CPU%u leaves %s, half of a switch%s", step->cpu, prev, seen);
	case VERB_IN:
		return g_strdup_printf(
			"CPU%u switches from idle to T%u%s", step->cpu, step->task, seen);
	default:
		if (step->task == STEP_TASK_NONE)
			return g_strdup_printf("CPU%u enters idle", step->cpu);
		return g_strdup_printf("CPU%u enters T%u, the other half of the switch%s",
			step->cpu, step->task, seen);
	}
}

static char *tell_walk(const struct machine *before)
{
	const struct model_mm *mm = machine_mm(before);

	if (mm->phase == PHASE_WALK_CPUS)
		return g_strdup_printf("the walk comes to CPU%u", mm->cursor);
	return g_strdup_printf("the walk comes to T%u", mm->cursor);
}

static char *tell_task(const struct machine *before, const struct explore_step *step)
{
	uint32_t task = step->task;
	uint32_t cpu = task_of(before, task)->cpu;

	switch ((enum step_verb)step->verb) {
	case VERB_MIGRATE:
		return g_strdup_printf("T%u goes to the queue of CPU%u", task, step->cpu);
	case VERB_FORK:
		return g_strdup_printf(
			"T%u, on CPU%u, forks the thread T%u", task, cpu, step->child);
	case VERB_CLONE_VM:
		return g_strdup_printf("T%u, on CPU%u, clones T%u, of another thread group", task,
			cpu, step->child);
	case VERB_VFORK:
		return g_strdup_printf("T%u, on CPU%u, vforks T%u", task, cpu, step->child);
	case VERB_SHOW:
		return g_strdup_printf("T%u, on CPU%u, makes its child T%u visible", task, cpu,
			before->partner[task]);
	case VERB_EXIT:
		return g_strdup_printf("T%u, on CPU%u, exits", task, cpu);
	case VERB_EXEC:
	case VERB_FAILED_EXEC:
		return g_strdup_printf("T%u, on CPU%u, leaves the mm for an exec", task, cpu);
	case VERB_EXEC_END:
		return g_strdup_printf(before->pc[task] == PC_EXEC
					       ? "T%u, on CPU%u, goes on in another mm"
					       : "the exec of T%u, on CPU%u, fails: it comes back",
			task, cpu);
	default:
		return g_strdup_printf("T%u may run on all CPUs from now on", task);
	}
}

char *story_step(const struct machine *before, const struct explore_step *step)
{
	switch ((enum step_verb)step->verb) {
	case VERB_OUT:
	case VERB_IN:
	case VERB_LEAVE:
	case VERB_ENTER:
		return tell_switch(before, step);
	case VERB_RETRY:
		return g_strdup_printf("the get that spins on CPU%u tries again", step->cpu);
	case VERB_GIVE_UP:
		return g_strdup_printf("the get that spins on CPU%u gives up", step->cpu);
	case VERB_MIGRATE:
	case VERB_FORK:
	case VERB_CLONE_VM:
	case VERB_VFORK:
	case VERB_SHOW:
	case VERB_EXIT:
	case VERB_EXEC:
	case VERB_FAILED_EXEC:
	case VERB_EXEC_END:
	case VERB_AFFINITY:
		return tell_task(before, step);
	case VERB_WALK:
		return tell_walk(before);
	case VERB_COMPLETE:
		return g_strdup("complete: the window is over");
	case VERB_FORK_RETRY:
		return g_strdup("the get that spins in the fork tries again");
	case VERB_FORK_GIVE_UP:
		return g_strdup("the get that spins in the fork gives up");
	case VERB_WORK:
		return g_strdup("the deferred work runs");
	case VERB_COUNT:
		break;
	}
	return g_strdup("?");
}

/* Changes */

static void change(GPtrArray *changes, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void change(GPtrArray *changes, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_ptr_array_add(changes, g_strdup_vprintf(format, arguments));
	va_end(arguments);
}

static void change_number(GPtrArray *changes, const char *what, uint32_t before, uint32_t after)
{
	if (before != after)
		change(changes, "%s %u -> %u", what, before, after);
}

static void change_pool(GPtrArray *changes, uint64_t before, uint64_t after)
{
	for (unsigned number = 0; number < 64; number++) {
		if ((before ^ after) >> number & 1)
			change(changes, "CID %u is %s", number,
				after >> number & 1 ? "taken" : "free");
	}
}

static void changes_of_mm(
	GPtrArray *changes, const struct machine *before, const struct machine *after)
{
	const struct model_mm *a = machine_mm(before), *b = machine_mm(after);
	uint8_t faults = b->faults & (uint8_t)~a->faults;

	if (a->mode != b->mode)
		change(changes, "mode %s -> %s", step_mode_to_string(a->mode),
			step_mode_to_string(b->mode));
	change_number(changes, "users", a->users, b->users);
	change_number(changes, "max_cids", a->max_cids, b->max_cids);
	change_number(changes, "pcpu_thrs", a->pcpu_thrs, b->pcpu_thrs);
	change_number(changes, "CPUs allowed", a->allowed_count, b->allowed_count);
	change_pool(changes, a->pool, b->pool);
	if (faults & FAULT_DROP_CLEAR)
		change(changes, "a CID is dropped that is not taken");
	if (faults & FAULT_DROP_RANGE)
		change(changes, "a bit is cleared that is not in the pool");
	if (after->work && !before->work)
		change(changes, "the deferred work is queued");
}

static void changes_of_mutex(
	GPtrArray *changes, const struct machine *before, const struct machine *after)
{
	const struct model_mm *a = machine_mm(before), *b = machine_mm(after);

	if (a->phase == PHASE_IDLE && b->phase != PHASE_IDLE && b->initiator != TASK_NONE)
		change(changes, "T%u holds the mutex", b->initiator);
	if (b->phase == PHASE_GET_LOCKED && a->phase != PHASE_GET_LOCKED)
		change(changes, "its get spins under the mm's lock, interrupts off");
	if (b->phase == PHASE_GET_MUTEX && a->phase != PHASE_GET_MUTEX)
		change(changes, "its get spins under the mutex");
	if (after->waiting && !before->waiting)
		change(changes, "the initiator waits for a rq lock, interrupts off");
	if (a->phase != PHASE_IDLE && b->phase == PHASE_IDLE)
		change(changes, "the mutex is free");
}

static void changes_of_tasks(
	GPtrArray *changes, const struct machine *before, const struct machine *after)
{
	char a[TELL_WORD_MAX], b[TELL_WORD_MAX];

	for (uint32_t task = 0; task < machine_model_const(before)->tasks_count; task++) {
		if (before->pc[task] != PC_FREE && after->pc[task] == PC_FREE)
			change(changes, "T%u is gone", task);
		if (before->pc[task] == PC_FREE || after->pc[task] == PC_FREE ||
			task_of(before, task)->cid == task_of(after, task)->cid)
			continue;
		change(changes, "T%u %s -> %s", task, tell_word(task_of(before, task)->cid, a),
			tell_word(task_of(after, task)->cid, b));
	}
}

static void changes_of_cpus(
	GPtrArray *changes, const struct machine *before, const struct machine *after)
{
	char a[TELL_WORD_MAX], b[TELL_WORD_MAX];

	for (uint32_t cpu = 0; cpu < machine_model_const(before)->cpus_count; cpu++) {
		cid_word old = model_word(machine_model_const(before), machine_mm(before), cpu);
		cid_word new = model_word(machine_model_const(after), machine_mm(after), cpu);
		const struct model_cpu *c = cpu_of(before, cpu), *d = cpu_of(after, cpu);

		if (old != new)
			change(changes, "CPU%u %s -> %s", cpu, tell_word(old, a),
				tell_word(new, b));
		if (d->phase == CPU_SPINS && d->found != 0 && d->found != c->found)
			change(changes, "CPU%u has found %u, holds its rq lock", cpu,
				d->found - 1u);
		else if (d->phase == CPU_SPINS && c->phase != CPU_SPINS)
			change(changes, "CPU%u spins in get, holds its rq lock", cpu);
	}
}

GPtrArray *story_changes(const struct machine *before, const struct machine *after)
{
	GPtrArray *changes = g_ptr_array_new_with_free_func(g_free);

	changes_of_mm(changes, before, after);
	changes_of_mutex(changes, before, after);
	changes_of_tasks(changes, before, after);
	changes_of_cpus(changes, before, after);
	return changes;
}

/* Together */

/* Append @changes with ';' between them, each line after @indent. */
static void add_changes(GString *text, const GPtrArray *changes, const char *indent)
{
	size_t line = 0;

	for (guint i = 0; i < changes->len; i++) {
		const char *one = changes->pdata[i];

		if (i > 0 && line + strlen(one) + 2 > TELL_COLUMNS) {
			g_string_append(text, ";\n");
			line = 0;
		} else if (i > 0) {
			g_string_append(text, "; ");
			line += 2;
		}
		if (line == 0) {
			g_string_append(text, indent);
			line = strlen(indent);
		}
		g_string_append(text, one);
		line += strlen(one);
	}
	if (changes->len > 0)
		g_string_append_c(text, '\n');
}

/* Tells @one of each step, and takes it. Returns the machine at the end, to be freed. */
static struct machine *follow(GString *text, const struct machine_config *config,
	const GArray *steps,
	void (*one)(GString *text, guint number, const struct explore_step *step,
		const struct machine *before, const struct machine *after))
{
	struct machine *before = g_new(struct machine, 1), *after = g_new(struct machine, 1);

	machine_start(before, config);
	*after = *before;
	for (guint i = 0; i < steps->len; i++) {
		const struct explore_step *step = &g_array_index(steps, struct explore_step, i);

		machine_apply(after, config, step, NULL);
		one(text, i + 1, step, before, after);
		*before = *after;
	}
	g_free(after);
	return before;
}

static void tell_one(GString *text, guint number, const struct explore_step *step,
	const struct machine *before, const struct machine *after)
{
	g_autofree char *words = story_step(before, step);
	g_autoptr(GPtrArray) changes = story_changes(before, after);

	g_string_append_printf(text, "  %3u  %s\n", number, words);
	add_changes(text, changes, "         ");
}

static void add_state(
	GString *text, const struct machine *machine, const struct machine_config *config)
{
	g_autofree char *state = tell_state(machine, config);
	g_auto(GStrv) lines = g_strsplit(state, "\n", -1);

	for (char **line = lines; *line; line++)
		g_string_append_printf(text, "    %s\n", *line);
}

void story_tell(GString *text, const struct machine_config *config, const GArray *steps)
{
	struct machine *machine = g_new(struct machine, 1);

	machine_start(machine, config);
	g_string_append(text, "  At the start\n");
	add_state(text, machine, config);
	g_free(machine);
	machine = follow(text, config, steps, tell_one);
	g_string_append(text, "  At the end\n");
	add_state(text, machine, config);
	g_free(machine);
}

static void list_one(GString *text, guint number, const struct explore_step *step,
	const struct machine *before, const struct machine *after)
{
	g_autofree char *words = story_step(before, step);
	g_autoptr(GPtrArray) changes = story_changes(before, after);
	char line[STEP_TEXT_MAX];

	step_print(step, line);
	g_string_append_printf(text, "# %s\n", words);
	add_changes(text, changes, "#     ");
	g_string_append_printf(text, "%u = %s\n", number, line);
}

void story_list(GString *text, const struct machine_config *config, const GArray *steps)
{
	g_free(follow(text, config, steps, list_one));
}
