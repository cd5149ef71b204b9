/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/private.h"

#include <inttypes.h>
#include <string.h>

/* [expect], [expect MM] and [expect MM at TIME]. */

/* What an expectation is of; SCOPE_EXPLORE: of a file with [explore]. */
enum scope { SCOPE_RUN = 1, SCOPE_MM = 2, SCOPE_INSTANT = 4, SCOPE_EXPLORE = 8 };

enum unit { UNIT_COUNT, UNIT_DURATION, UNIT_PERCENT, UNIT_MODE, UNIT_PROPERTY };

static const struct {
	const char *name;
	unsigned scopes;
	enum unit unit;
} metrics[METRIC_COUNT] = {
	[METRIC_VIOLATIONS] = { "violations", SCOPE_RUN | SCOPE_EXPLORE, UNIT_COUNT },
	[METRIC_LIVELOCKS] = { "livelocks", SCOPE_RUN, UNIT_COUNT },
	[METRIC_PROPERTY] = { "property", SCOPE_EXPLORE, UNIT_PROPERTY },
	[METRIC_USERS_MAX] = { "users-max", SCOPE_MM, UNIT_COUNT },
	[METRIC_TO_PERCPU] = { "to-percpu", SCOPE_MM, UNIT_COUNT },
	[METRIC_TO_TASK] = { "to-task", SCOPE_MM, UNIT_COUNT },
	[METRIC_ENTER_USERS] = { "enter-users", SCOPE_MM, UNIT_COUNT },
	[METRIC_LEAVE_USERS] = { "leave-users", SCOPE_MM, UNIT_COUNT },
	[METRIC_SPAN_MAX] = { "span-max", SCOPE_MM, UNIT_COUNT },
	[METRIC_WINDOWS] = { "windows", SCOPE_MM, UNIT_COUNT },
	[METRIC_WINDOW_MAX_NS] = { "window-max", SCOPE_MM, UNIT_DURATION },
	[METRIC_SPINS] = { "spins", SCOPE_MM, UNIT_COUNT },
	[METRIC_FAST_PATH_PERCENT] = { "fast-path", SCOPE_MM, UNIT_PERCENT },
	[METRIC_BITMAP_OPS] = { "bitmap-ops", SCOPE_MM, UNIT_COUNT },
	[METRIC_CID_CHANGES] = { "cid-changes", SCOPE_MM, UNIT_COUNT },
	[METRIC_DEFERRED_RUNS] = { "deferred-runs", SCOPE_MM, UNIT_COUNT },
	[METRIC_MODE] = { "mode", SCOPE_MM | SCOPE_INSTANT, UNIT_MODE },
	[METRIC_USERS] = { "users", SCOPE_MM | SCOPE_INSTANT, UNIT_COUNT },
	[METRIC_SPAN] = { "span", SCOPE_MM | SCOPE_INSTANT, UNIT_COUNT },
	[METRIC_TAKEN] = { "taken", SCOPE_MM | SCOPE_INSTANT, UNIT_COUNT },
	[METRIC_MAX_CIDS] = { "max-cids", SCOPE_MM | SCOPE_INSTANT, UNIT_COUNT },
	[METRIC_PCPU_THRS] = { "pcpu-thrs", SCOPE_MM | SCOPE_INSTANT, UNIT_COUNT },
	[METRIC_ALLOWED] = { "allowed", SCOPE_MM | SCOPE_INSTANT, UNIT_COUNT },
};

/* The longer of two that begin alike comes first. */
static const struct {
	const char *text;
	enum scenario_relation relation;
} relations[] = {
	{ "==", REL_EQ }, { "!=", REL_NE }, { "<=", REL_LE }, { ">=", REL_GE }, { "<", REL_LT },
	{ ">", REL_GT }, { "=", REL_EQ }, /* what is left of "users == 4" */
};

const char *scenario_metric_to_string(enum scenario_metric metric)
{
	g_assert((size_t)metric < METRIC_COUNT);
	return metrics[metric].name;
}

/* What the header of the group fixes for all of its lines. */
struct subject {
	struct loader *loader;
	const struct keyfile_group *group;
	enum scope scope;
	struct scenario_expect expect;
	GArray *expects;    /* struct scenario_expect */
	GHashTable *groups; /* by what they are about, their struct keyfile_group */
};

/* MM or MM/PROCESS. */
static char *read_subject_mm(struct subject *subject, const char *text)
{
	struct loader *loader = subject->loader;
	const char *slash = strchr(text, '/');
	char *name = slash ? g_strndup(text, (size_t)(slash - text)) : g_strdup(text);
	char *message = NULL;
	const struct named *named = name_find(loader, name, 1U << REF_MM_MAIN, "mm", &message);
	uint64_t process = 0;
	uint32_t count;

	if (named && slash)
		message = value_read_count(slash + 1, &process);
	if (!message) {
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): no message: found */
		count = loader->mms[named->index].processes.count;
		subject->expect.mm = named->index;
		subject->expect.process = slash ? (int64_t)MIN(process, UINT32_MAX) : -1;
		if (count == 0)
			message = g_strdup_printf("[mm %s] never has a process", name);
		else if (process >= count)
			message = g_strdup_printf(
				"'%s' does not exist, the last is '%s/%u'", text, name, count - 1);
	}
	g_free(name);
	return message;
}

static char *read_subject_time(struct subject *subject, const struct head *head)
{
	const struct scenario *scenario = subject->loader->scenario;
	const struct scenario_mm *mm;
	char start[VALUE_DURATION_MAX];
	char *message;

	g_assert(head->words_count == 4);
	if (strcmp(head->words[2], "at") != 0)
		return g_strdup("the group is not written like [expect MM at TIME]");
	message = value_read_duration(head->words[3], &subject->expect.time_ns);
	if (!message)
		message = check_time(subject->loader, subject->expect.time_ns);
	if (message || subject->expect.mm < 0)
		return message;
	mm = &scenario->mms[subject->expect.mm];
	if (subject->expect.time_ns >= mm->start_ns)
		return NULL;
	value_format_duration(mm->start_ns, start);
	return g_strdup_printf("'%s' does not exist at %s, it starts at %s", head->words[1],
		head->words[3], start);
}

/* False after a fault. */
static bool read_subject(struct subject *subject, const struct head *head)
{
	char *message = NULL;

	g_assert(head->words_count >= 1 && head->words_count <= 4);
	subject->expect.mm = subject->expect.process = -1;
	subject->expect.at_end = head->words_count < 4;
	subject->scope = is_explored(subject->loader) ? SCOPE_EXPLORE
	                 : head->words_count == 1     ? SCOPE_RUN
	                 : head->words_count == 4     ? SCOPE_INSTANT
	                                              : SCOPE_MM;
	if (subject->scope == SCOPE_EXPLORE && head->words_count > 1)
		message = g_strdup("beside [explore] there are no mms with names, write [expect]");
	else if (head->words_count == 3)
		message = g_strdup("the group is not written like [expect MM at TIME]");
	else if (head->words_count > 1)
		message = read_subject_mm(subject, head->words[1]);
	if (!message && head->words_count == 4)
		message = read_subject_time(subject, head);
	if (message)
		faults_take(subject->loader->faults, head->group->place, message);
	return !message;
}

/* Two groups of one subject have other names only if a number is written in two ways: 9ms and 09ms.
 */
static void check_double(struct subject *subject, const struct keyfile_group *group)
{
	const struct scenario_expect *expect = &subject->expect;
	char *key = g_strdup_printf("%" PRIi64 " %" PRIi64 " %d %" PRIu64, expect->mm,
		expect->process, expect->at_end, expect->time_ns);
	const struct keyfile_group *first = g_hash_table_lookup(subject->groups, key);
	g_autofree char *where = NULL;

	if (!first) {
		g_hash_table_insert(subject->groups, key, (void *)group);
		return;
	}
	where = place_to_string(faults_files(subject->loader->faults), first->place);
	faults_add(subject->loader->faults, group->place,
		"two groups [expect] for the same mm and time, the first is in %s", where);
	g_free(key);
}

/* "none", or a property that is looked for. */
static char *read_expected_property(
	const struct scenario *scenario, const char *text, uint64_t *value)
{
	unsigned property = 0;
	char *message = NULL;

	if (strcmp(text, "none") != 0)
		message = property_read(text, &property);
	if (message)
		return message;
	*value = property;
	if (property & ~scenario->explore.check)
		return g_strdup_printf(
			"'%s' is not looked for, add it to 'check' of [explore]", text);
	return NULL;
}

static char *read_metric_value(
	const struct scenario *scenario, enum unit unit, const char *text, uint64_t *value)
{
	char *message = NULL;
	uint64_t millionths;

	switch (unit) {
	case UNIT_COUNT:
		return value_read_count(text, value);
	case UNIT_DURATION:
		return value_read_duration(text, value);
	case UNIT_PERCENT:
		message = value_read_percent(text, &millionths);
		if (!message && millionths % 1000000 != 0)
			return g_strdup_printf("'%s' has decimals, write whole per cents", text);
		if (!message)
			*value = millionths / 1000000;
		return message;
	case UNIT_MODE:
		*value = strcmp(text, "per-cpu") == 0;
		if (*value || strcmp(text, "per-task") == 0)
			return NULL;
		return value_fault(text, "is not a mode, write per-task or per-cpu");
	case UNIT_PROPERTY:
		return read_expected_property(scenario, text, value);
	}
	g_assert_not_reached();
}

/* "[OP] VALUE". */
static char *read_condition(
	const struct scenario *scenario, const char *text, struct scenario_expect *expect)
{
	enum unit unit = metrics[expect->metric].unit;
	size_t i = 0;

	g_assert(expect->metric < METRIC_COUNT);
	expect->relation = REL_EQ;
	while (i < G_N_ELEMENTS(relations) && !g_str_has_prefix(text, relations[i].text))
		i++;
	if (i < G_N_ELEMENTS(relations)) {
		expect->relation = relations[i].relation;
		text += strlen(relations[i].text);
		while (*text == ' ' || *text == '\t')
			text++;
	}
	if ((unit == UNIT_MODE || unit == UNIT_PROPERTY) && expect->relation != REL_EQ &&
		expect->relation != REL_NE)
		return g_strdup_printf("a %s has no order, compare it with == or !=",
			unit == UNIT_MODE ? "mode" : "property");
	if (expect->relation == REL_NE &&
		(expect->metric == METRIC_ENTER_USERS || expect->metric == METRIC_LEAVE_USERS))
		return g_strdup("it is measured at each flip and may differ, use < and >");
	return read_metric_value(scenario, unit, text, &expect->value);
}

static void append_condition(struct subject *subject, const struct keyfile_entry *entry,
	enum scenario_metric metric, const char *text)
{
	struct scenario_expect expect = subject->expect;
	bool has_operator = strchr("=!<>", text[0]);
	char *message;

	g_assert(metrics[metric].scopes & subject->scope);
	expect.line = entry->place.line;
	expect.metric = metric;
	message = read_condition(subject->loader->scenario, text, &expect);
	if (message) {
		fault_entry(subject->loader, entry, "", message);
		return;
	}
	expect.text = g_strdup_printf(has_operator ? "%s %s" : "%s = %s", entry->key, text);
	g_array_append_val(subject->expects, expect);
}

static void load_conditions(
	struct subject *subject, const struct keyfile_entry *entry, enum scenario_metric metric)
{
	const char *at = entry->value;
	GString *item = g_string_new(NULL);

	g_assert(metric < METRIC_COUNT);
	while (items_next(&at, item)) {
		if (subject->expects->len == SCENARIO_EXPECTS_MAX) {
			faults_add(subject->loader->faults, entry->place, "more than %d conditions",
				SCENARIO_EXPECTS_MAX);
			break;
		}
		append_condition(subject, entry, metric, item->str);
	}
	g_string_free(item, TRUE);
}

static const char *scope_form(unsigned scopes)
{
	g_assert(scopes);
	if (scopes == SCOPE_EXPLORE)
		return "[expect] of a file with [explore]";
	if ((scopes & SCOPE_RUN) != 0)
		return "[expect]";
	return (scopes & SCOPE_INSTANT) != 0 ? "[expect MM] or [expect MM at TIME]" : "[expect MM]";
}

/* "users <= 4" is the key "users <": a frequent mistake, with a message of its own. */
static bool fault_operator(struct subject *subject, const struct keyfile_entry *entry)
{
	char sign = entry->key[strlen(entry->key) - 1];

	g_assert(*entry->key);
	if (!strchr("<>!", sign))
		return false;
	faults_take(subject->loader->faults, entry->place,
		value_fault(entry->key,
			"is not a metric, the comparison comes after the '=', like users = %c= 4",
			sign));
	return true;
}

static void load_metric(struct subject *subject, const struct keyfile_entry *entry)
{
	const char *known[METRIC_COUNT];
	size_t known_count = 0;
	size_t metric = 0;

	while (metric < METRIC_COUNT && strcmp(metrics[metric].name, entry->key) != 0)
		metric++;
	if (metric == METRIC_COUNT && !fault_operator(subject, entry)) {
		for (size_t i = 0; i < METRIC_COUNT; i++)
			if ((metrics[i].scopes & subject->scope) != 0)
				known[known_count++] = metrics[i].name;
		fault_key(subject->loader, subject->group, entry, known, known_count);
	} else if (metric < METRIC_COUNT && (metrics[metric].scopes & subject->scope) == 0 &&
		   subject->scope == SCOPE_EXPLORE) {
		faults_add(subject->loader->faults, entry->place,
			"'%s' cannot be expected beside [explore], but violations and property can",
			entry->key);
	} else if (metric < METRIC_COUNT && (metrics[metric].scopes & subject->scope) == 0) {
		faults_add(subject->loader->faults, entry->place, "'%s' belongs in a group %s",
			entry->key, scope_form(metrics[metric].scopes));
	} else if (metric < METRIC_COUNT) {
		load_conditions(subject, entry, (enum scenario_metric)metric);
	}
}

void load_expects(struct loader *loader)
{
	struct subject subject = { .loader = loader };

	g_assert(!loader->scenario->expects);
	subject.groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	subject.expects = g_array_new(FALSE, FALSE, sizeof(struct scenario_expect));
	for (guint i = 0; i < loader->heads[GROUP_EXPECT]->len; i++) {
		const struct head *head = head_get(loader, GROUP_EXPECT, i);

		subject.group = head->group;
		subject.expect = (struct scenario_expect){ 0 };
		if (read_subject(&subject, head))
			check_double(&subject, head->group);
		for (guint e = 0; e < head->group->entries->len; e++)
			load_metric(&subject, entry_get(head->group, e));
	}
	g_hash_table_destroy(subject.groups);
	loader->scenario->expects_count = subject.expects->len;
	loader->scenario->expects =
		(struct scenario_expect *)(void *)g_array_free(subject.expects, FALSE);
}
