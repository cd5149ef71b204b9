/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/private.h"

#include <string.h>

/*
 * [at TIME]: the actions, in the order of time. So while one is read, it is known which tasks can
 * exist at that time. The engine checks what only a run can know (a task that ended by itself).
 */

enum form { FORM_FORK, FORM_FORK_PROCESS, FORM_TASK, FORM_SLEEP, FORM_AFFINITY, FORM_CPUS };

static const struct {
	const char *name;
	enum form form;
} verbs[] = {
	[ACT_FORK] = { "fork", FORM_FORK },
	[ACT_CLONE_VM] = { "clone-vm", FORM_FORK },
	[ACT_VFORK] = { "vfork", FORM_FORK },
	[ACT_FORK_PROCESS] = { "fork-process", FORM_FORK_PROCESS },
	[ACT_EXIT] = { "exit", FORM_TASK },
	[ACT_EXEC] = { "exec", FORM_TASK },
	[ACT_FAILED_EXEC] = { "failed-exec", FORM_TASK },
	[ACT_FAILED_FORK] = { "failed-fork", FORM_TASK },
	[ACT_AFFINITY] = { "affinity", FORM_AFFINITY },
	[ACT_WAKE] = { "wake", FORM_TASK },
	[ACT_SLEEP] = { "sleep", FORM_SLEEP },
	[ACT_YIELD] = { "yield", FORM_TASK },
	[ACT_CPU_OFF] = { "cpu-off", FORM_CPUS },
	[ACT_CPU_ON] = { "cpu-on", FORM_CPUS },
};

/* An [at] group and its time. */
struct instant {
	uint64_t time_ns;
	const struct keyfile_group *group;
};

const char *scenario_verb_to_string(enum scenario_verb verb)
{
	g_assert((size_t)verb < G_N_ELEMENTS(verbs));
	return verbs[verb].name;
}

static struct scenario_action action_new(const struct cursor *cursor, enum scenario_verb verb)
{
	g_assert((size_t)verb < G_N_ELEMENTS(verbs));
	return (struct scenario_action){
		.time_ns = cursor->time_ns,
		.line = cursor->entry->place.line,
		.verb = verb,
		.sleep_ns = verb == ACT_SLEEP ? SCENARIO_FOREVER : 0,
	};
}

/* GROUP or GROUP*N: what is forked, and how often. */
static char *read_forked(struct cursor *cursor, char *text, unsigned kinds, const char *what,
	struct scenario_action *action)
{
	char *star = strchr(text, '*');
	const struct named *named;
	uint64_t count = 1;
	char *message = NULL;

	g_assert(kinds && action->count == 0);
	if (star) {
		*star = '\0';
		message = value_read_count(star + 1, &count);
		if (!message && (count == 0 || count > SCENARIO_TASKS_MAX))
			message = g_strdup_printf("'*%s' is out of range, it must be *1 to *%d",
				star + 1, SCENARIO_TASKS_MAX);
	}
	named = !message ? name_find(cursor->loader, text, kinds, what, &message) : NULL;
	if (named)
		action->target = named->index;
	action->count = (uint32_t)count;
	return message;
}

/* The parent that a fork without "by" has: the first task, if there is but one. */
static char *default_parent(struct cursor *cursor, uint32_t mm)
{
	struct scenario_ref who = { .kind = REF_MM_MAIN, .index = mm };
	const char *name = cursor->loader->scenario->mms[mm].name;
	uint32_t count = cursor->loader->mms[mm].processes.count;

	g_assert(mm < cursor->loader->scenario->mms_count);
	if (count > 1)
		return g_strdup_printf("'%s' has %u processes, write who forks, like 'by %s/0'",
			name, count, name);
	return ref_check(cursor, name, name, &who);
}

static char *check_same_mm(const struct scenario *scenario, const struct scenario_action *action)
{
	const struct scenario_group *group = &scenario->groups[action->target];
	uint32_t mm = ref_mm(scenario, &action->who);

	g_assert(action->target < scenario->groups_count);
	if (group->mm == mm || group->mm >= scenario->mms_count || mm >= scenario->mms_count)
		return NULL;
	return g_strdup_printf("'%s' is a group of mm '%s', a task of mm '%s' cannot fork it",
		group->name, scenario->mms[group->mm].name, scenario->mms[mm].name);
}

/* Split "WHAT" or "WHAT by TASK" into words. NULL if it is neither; the caller frees it. */
static char **split_by(const char *item, bool needs_by)
{
	char *text = keyfile_squeeze(g_strdup(item));
	char **words = g_strsplit(text, " ", 4);
	uint32_t count = g_strv_length(words);

	g_free(text);
	if ((count == 3 && strcmp(words[1], "by") == 0) || (count == 1 && !needs_by))
		return words;
	g_strfreev(words);
	return NULL;
}

static char *read_fork(struct cursor *cursor, const char *item, struct scenario_action *action)
{
	struct loader *loader = cursor->loader;
	char **words = split_by(item, false);
	char *message;
	uint32_t mm;

	g_assert(action->verb <= ACT_VFORK);
	if (!words)
		return value_fault(item, "is not written like GROUP, GROUP*3 or GROUP by TASK");
	message = read_forked(cursor, words[0], 1U << REF_GROUP, "group of tasks", action);
	mm = !message ? loader->scenario->groups[action->target].mm : UINT32_MAX;
	if (!message && words[1])
		message = ref_read_one(cursor, words[2], &action->who);
	else if (!message && mm < loader->scenario->mms_count)
		message = default_parent(cursor, mm);
	if (!message && words[1])
		message = check_same_mm(loader->scenario, action);
	g_strfreev(words);
	if (message)
		return message;
	tasks_count(loader, cursor->entry->place, action->count);
	/* Above the limit the numbers mean nothing, and their sum could overflow. */
	if (loader->tasks <= SCENARIO_TASKS_MAX)
		loader->groups[action->target].count += action->count;
	return NULL;
}

static char *read_fork_process(
	struct cursor *cursor, const char *item, struct scenario_action *action)
{
	struct members *members;
	char **words = split_by(item, true);
	char *message;

	g_assert(action->verb == ACT_FORK_PROCESS);
	if (!words)
		return value_fault(item, "is not written like MM by TASK");
	message = read_forked(cursor, words[0], 1U << REF_MM_MAIN, "mm", action);
	if (!message)
		message = ref_read_one(cursor, words[2], &action->who);
	g_strfreev(words);
	if (message)
		return message;
	members = &cursor->loader->mms[action->target].processes;
	if (action->count > SCENARIO_MMS_MAX || members->count + action->count > SCENARIO_MMS_MAX)
		return g_strdup_printf(
			"more than %d mms with those of this line", SCENARIO_MMS_MAX);
	members->count += action->count;
	tasks_count(cursor->loader, cursor->entry->place, action->count);
	return NULL;
}

static char *read_task(struct cursor *cursor, const char *item, struct scenario_action *action)
{
	char *message = ref_read(cursor, item, &action->who);
	bool leaves = action->verb == ACT_EXIT || action->verb == ACT_EXEC;

	if (message)
		return message;
	if (leaves && !ref_members(cursor->loader, &action->who))
		return g_strdup_printf(
			"'%s' decides itself when its tasks leave, so they cannot %s", item,
			verbs[action->verb].name);
	if (action->verb == ACT_FAILED_FORK)
		return ref_read_one(cursor, item, &action->who);
	if (action->verb == ACT_EXIT)
		ref_leave(cursor, &action->who);
	return NULL;
}

static char *read_sleep(struct cursor *cursor, const char *item, struct scenario_action *action)
{
	char *text = keyfile_squeeze(g_strdup(item));
	char *space = strchr(text, ' ');
	char *message = NULL;

	g_assert(action->sleep_ns == SCENARIO_FOREVER);
	if (space) {
		*space = '\0';
		message = value_read_duration(space + 1, &action->sleep_ns);
		if (!message && action->sleep_ns > SCENARIO_TIME_NS_MAX)
			message = g_strdup_printf(
				"'%s' is too long, leave it out for ever", space + 1);
	}
	if (!message)
		message = ref_read(cursor, text, &action->who);
	g_free(text);
	return message;
}

static char *read_affinity(struct cursor *cursor, const char *item, struct scenario_action *action)
{
	const char *colon = strchr(item, ':');
	char *task, *message;

	g_assert(action->verb == ACT_AFFINITY);
	if (!colon)
		return value_fault(item, "is not written like TASK : 0-3");
	task = g_strchomp(g_strndup(item, (size_t)(colon - item)));
	message = ref_read(cursor, task, &action->who);
	g_free(task);
	for (colon++; *colon == ' ' || *colon == '\t';)
		colon++;
	if (!message)
		message = read_cpu_set(cursor->loader, colon, &action->cpus);
	if (!message)
		message = online_affinity(cursor->loader, &action->cpus);
	return message;
}

static char *read_cpus(struct cursor *cursor, const char *item, struct scenario_action *action)
{
	char *message = read_cpu_set(cursor->loader, item, &action->cpus);

	g_assert(action->verb == ACT_CPU_ON || action->verb == ACT_CPU_OFF);
	if (!message)
		message = online_change(cursor->loader, &action->cpus, action->verb == ACT_CPU_ON);
	return message;
}

static char *read_action(struct cursor *cursor, const char *item, struct scenario_action *action)
{
	switch (verbs[action->verb].form) {
	case FORM_FORK:
		return read_fork(cursor, item, action);
	case FORM_FORK_PROCESS:
		return read_fork_process(cursor, item, action);
	case FORM_TASK:
		return read_task(cursor, item, action);
	case FORM_SLEEP:
		return read_sleep(cursor, item, action);
	case FORM_AFFINITY:
		return read_affinity(cursor, item, action);
	case FORM_CPUS:
		return read_cpus(cursor, item, action);
	}
	g_assert_not_reached();
}

/* The actions of one line. */
static void load_line(struct cursor *cursor, enum scenario_verb verb)
{
	struct loader *loader = cursor->loader;
	const char *at = cursor->entry->value;
	GString *item = g_string_new(NULL);

	g_assert((size_t)verb < G_N_ELEMENTS(verbs));
	while (items_next(&at, item)) {
		struct scenario_action action = action_new(cursor, verb);
		char *message;

		if (cursor->actions->len == SCENARIO_ACTIONS_MAX) {
			faults_add(loader->faults, cursor->entry->place, "more than %d actions",
				SCENARIO_ACTIONS_MAX);
			break;
		}
		if (item->len == 0)
			message = g_strdup("an item between two ';' is empty");
		else
			message = read_action(cursor, item->str, &action);
		if (message)
			fault_entry(loader, cursor->entry, "", message);
		g_array_append_val(cursor->actions, action);
	}
	g_string_free(item, TRUE);
}

static void load_instant(struct cursor *cursor, const struct instant *instant)
{
	const char *known[G_N_ELEMENTS(verbs)];

	g_assert(instant->time_ns >= cursor->time_ns);
	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
		known[i] = verbs[i].name;
	cursor->time_ns = instant->time_ns;
	value_format_duration(instant->time_ns, cursor->time);
	online_pass(cursor->loader, instant->time_ns);
	for (guint e = 0; e < instant->group->entries->len; e++) {
		size_t verb = 0;

		cursor->entry = entry_get(instant->group, e);
		while (verb < G_N_ELEMENTS(verbs) && strcmp(known[verb], cursor->entry->key) != 0)
			verb++;
		if (verb == G_N_ELEMENTS(verbs))
			fault_key(cursor->loader, instant->group, cursor->entry, known, verb);
		else
			load_line(cursor, (enum scenario_verb)verb);
	}
}

static int compare_instants(const void *a, const void *b)
{
	const struct instant *x = a, *y = b;

	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	if (x->group->place.line != y->group->place.line)
		return x->group->place.line < y->group->place.line ? -1 : 1;
	return 0;
}

/* The [at] groups in the order of time. Two of one time have no order that a reader would see. */
static GArray *load_instants(struct loader *loader)
{
	GArray *instants = g_array_new(FALSE, FALSE, sizeof(struct instant));
	GPtrArray *heads = loader->heads[GROUP_AT];

	for (guint i = 0; i < heads->len; i++) {
		const struct head *head = head_get(loader, GROUP_AT, i);
		struct instant instant = { .group = head->group };
		char *message = value_read_duration(head->words[1], &instant.time_ns);

		if (!message)
			message = check_time(loader, instant.time_ns);
		if (message)
			faults_take(loader->faults, head->group->place, message);
		else
			g_array_append_val(instants, instant);
	}
	g_array_sort(instants, compare_instants);
	return instants;
}

static bool is_double(struct loader *loader, const GArray *instants, guint i)
{
	const struct instant *one = &g_array_index(instants, struct instant, i);
	char *where;

	g_assert(i < instants->len);
	if (i == 0 || one[-1].time_ns != one->time_ns)
		return false;
	where = place_to_string(faults_files(loader->faults), one[-1].group->place);
	faults_add(loader->faults, one->group->place,
		"two groups [at] for the same time, the first is in %s", where);
	g_free(where);
	return true;
}

void load_actions(struct loader *loader)
{
	struct cursor cursor = { .loader = loader };
	GArray *instants = load_instants(loader);

	g_assert(!loader->scenario->actions);
	online_begin(loader);
	cursor.actions = g_array_new(FALSE, FALSE, sizeof(struct scenario_action));
	for (guint i = 0; i < instants->len; i++)
		if (!is_double(loader, instants, i))
			load_instant(&cursor, &g_array_index(instants, struct instant, i));
	loader->scenario->actions_count = cursor.actions->len;
	loader->scenario->actions =
		(struct scenario_action *)(void *)g_array_free(cursor.actions, FALSE);
	g_array_free(instants, TRUE);
	online_end(loader);
}
