/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/private.h"

#include <assert.h>
#include <string.h>

#include "sim/base/hash.h"
#include "sim/base/text.h"

static const struct {
	const char *word;
	const char *form;
	uint32_t words_min, words_max;
} kinds[GROUP_KINDS] = {
	[GROUP_SCENARIO] = { "scenario", "[scenario]", 1, 1 },
	[GROUP_MACHINE] = { "machine", "[machine]", 1, 1 },
	[GROUP_PROTOCOL] = { "protocol", "[protocol]", 1, 1 },
	[GROUP_COST] = { "cost", "[cost]", 1, 1 },
	[GROUP_SCHED] = { "sched", "[sched]", 1, 1 },
	[GROUP_MM] = { "mm", "[mm NAME]", 2, 2 },
	[GROUP_TASKS] = { "tasks", "[tasks NAME]", 2, 2 },
	[GROUP_RAMP] = { "ramp", "[ramp NAME]", 2, 2 },
	[GROUP_POOL] = { "pool", "[pool NAME]", 2, 2 },
	[GROUP_AT] = { "at", "[at TIME]", 2, 2 },
	[GROUP_EXPECT] = { "expect", "[expect], [expect MM] or [expect MM at TIME]", 1, 4 },
	[GROUP_SWEEP] = { "sweep", "[sweep]", 1, 1 },
	[GROUP_EXPLORE] = { "explore", "[explore]", 1, 1 },
	[GROUP_STEPS] = { "steps", "[steps]", 1, 1 },
};

enum group_kind group_kind_find(const char *word)
{
	int kind = 0;

	while (kind < GROUP_KINDS && strcmp(kinds[kind].word, word) != 0)
		kind++;
	return (enum group_kind)kind;
}

static void head_free(void *data)
{
	struct head *head = data;

	g_strfreev(head->words);
	g_free(head);
}

char *message_unknown_kind(const char *word)
{
	const char *known[GROUP_KINDS + 1] = { NULL };
	const char *nearest;
	char *quoted, *all, *message;

	for (int i = 0; i < GROUP_KINDS; i++)
		known[i] = kinds[i].word;
	nearest = value_nearest(word, known, GROUP_KINDS);
	quoted = value_quote(word);
	if (nearest) {
		message = g_strdup_printf(
			"unknown kind of group %s, did you mean '%s'?", quoted, nearest);
	} else {
		all = g_strjoinv(", ", (char **)known);
		message =
			g_strdup_printf("unknown kind of group %s, the kinds are %s", quoted, all);
		g_free(all);
	}
	g_free(quoted);
	return message;
}

/* Sort the groups of the file by their kinds. */
static void load_heads(struct loader *loader)
{
	for (guint i = 0; i < loader->file->groups->len; i++) {
		const struct keyfile_group *group = g_ptr_array_index(loader->file->groups, i);
		char **words = g_strsplit(group->name, " ", 6);
		uint32_t count = g_strv_length(words);
		enum group_kind kind = group_kind_find(words[0]);
		struct head *head;
		char *message;

		if (kind == GROUP_KINDS) {
			message = message_unknown_kind(words[0]);
			faults_add(loader->faults, group->place, "%s", message);
			g_free(message);
		} else if (count < kinds[kind].words_min || count > kinds[kind].words_max) {
			faults_add(loader->faults, group->place, "the group is not written like %s",
				kinds[kind].form);
			kind = GROUP_KINDS;
		}
		if (kind == GROUP_KINDS) {
			g_strfreev(words);
			continue;
		}
		head = g_new(struct head, 1);
		head->group = group;
		head->words = words;
		head->words_count = count;
		g_ptr_array_add(loader->heads[kind], head);
	}
}

/* Must a group of this kind be in the file? A name that is not there is a slip of the pen: it would
 * add a second mm or group that nobody asked for. And no option makes a run an exploration. */
static bool must_be_there(enum group_kind kind)
{
	return (kind >= GROUP_MM && kind <= GROUP_POOL) || kind == GROUP_EXPLORE ||
	       kind == GROUP_STEPS;
}

/* Set one value from an option. */
static void override(
	struct loader *loader, const char *option, char *group, const char *key, const char *value)
{
	struct place place = { .option = g_string_chunk_insert(loader->options, option) };
	const struct keyfile_group *present;
	const struct keyfile_entry *entry;
	enum group_kind kind;
	char **words;

	present = keyfile_find_group(loader->file, keyfile_squeeze(group));
	entry = present ? keyfile_find(present, key) : NULL;
	words = g_strsplit(group, " ", 2);
	kind = words[0] ? group_kind_find(words[0]) : GROUP_KINDS;
	g_strfreev(words);
	if (*group == '\0' || *key == '\0')
		faults_add(loader->faults, place, "is not written like group.key=value");
	else if (*value == '\0')
		faults_add(loader->faults, place, "has no value");
	else if (entry && entry->place.option)
		faults_add(loader->faults, place, "is set twice");
	else if (!present && must_be_there(kind))
		faults_add(loader->faults, place, "the file has no group [%s]", group);
	else
		keyfile_set(loader->file, group, key, value, place);
}

/* Split at the last '.' before the '=': a name can have dots, a key has none. But the axes of a
 * sweep are group.key themselves. */
static void override_set(struct loader *loader, const char *set)
{
	const char *equals = strchr(set, '=');
	char *group =
		g_strstrip(g_strndup(set, equals ? (size_t)(equals - set) : strlen(set)));
	char *dot = g_str_has_prefix(group, "sweep.") ? strchr(group, '.') : strrchr(group, '.');
	char *quoted = value_quote(set);
	struct place place = { .option = "--set" };
	char *value, *option;

	if (!value_is_text(set)) {
		faults_add(loader->faults, place, "%s is not UTF-8 text without control characters",
			quoted);
	} else if (!equals || !dot) {
		faults_add(loader->faults, place, "%s is not written like group.key=value", quoted);
	} else {
		option = g_strdup_printf("--set %s", group);
		value = g_strstrip(g_strdup(equals + 1));
		*dot = '\0';
		override(loader, option, group, g_strstrip(dot + 1), value);
		g_free(value);
		g_free(option);
	}
	g_free(quoted);
	g_free(group);
}

static void override_option(struct loader *loader, const char *option, const char *group,
	const char *key, const char *value)
{
	struct place place = { .option = option };
	char *name;

	if (!value)
		return;
	if (!value_is_text(value)) {
		faults_add(loader->faults, place, "is not UTF-8 text without control characters");
		return;
	}
	name = g_strdup(group);
	override(loader, option, name, key, value);
	g_free(name);
}

static void apply_overrides(struct loader *loader)
{
	const struct scenario_overrides *overrides = loader->overrides;

	if (!overrides)
		return;
	for (size_t i = 0; overrides->set && overrides->set[i]; i++)
		override_set(loader, overrides->set[i]);
	override_option(loader, "--revision", "protocol", "revision", overrides->revision);
	override_option(loader, "--seed", "scenario", "seed", overrides->seed);
}

static uint64_t digest_of(
	const char *text, size_t length, const struct scenario_overrides *overrides)
{
	uint64_t hash = hash_bytes(HASH_BYTES_START, text, length);

	if (!overrides || !overrides->set)
		return hash;
	for (size_t i = 0; overrides->set[i]; i++) {
		hash = hash_bytes(hash, "", 1);
		hash = hash_bytes(hash, overrides->set[i], strlen(overrides->set[i]));
	}
	return hash;
}

static void loader_start(struct loader *loader, const char *path)
{
	struct scenario *scenario = g_new0(struct scenario, 1);

	scenario->path = g_strdup(path);
	loader->scenario = scenario;
	loader->options = g_string_chunk_new(256);
	loader->names = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	loader->gone = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	for (int i = 0; i < GROUP_KINDS; i++)
		loader->heads[i] = g_ptr_array_new_with_free_func(head_free);
}

static void loader_end(struct loader *loader)
{
	for (int i = 0; i < GROUP_KINDS; i++)
		g_ptr_array_free(loader->heads[i], TRUE);
	g_hash_table_destroy(loader->gone);
	g_hash_table_destroy(loader->names);
	g_string_chunk_free(loader->options);
	g_free(loader->mms);
	g_free(loader->groups);
	keyfile_free(loader->file);
}

static void load_parts(struct loader *loader)
{
	load_machine(loader);
	load_explore(loader);
	if (!is_explored(loader)) {
		load_tasks(loader);
		load_actions(loader);
	}
	load_expects(loader);
	if (!is_explored(loader))
		load_sweep(loader);
}

/* Takes @text over. Returns NULL if anything was added to @faults. */
static struct scenario *load_text(const char *path, char *text, size_t length,
	const struct scenario_overrides *overrides, struct faults *faults)
{
	struct loader loader = { .faults = faults, .overrides = overrides };
	struct scenario *scenario;

	loader_start(&loader, path);
	scenario = loader.scenario;
	scenario->digest = digest_of(text, length, overrides);
	loader.file = keyfile_parse(text, length, faults);
	/* The rest of a file that is so broken would only be misunderstood. */
	if (faults_count(faults) <= FAULTS_MAX && loader.file->lines > 0) {
		apply_overrides(&loader);
		load_heads(&loader);
		load_parts(&loader);
	} else if (faults_count(faults) == 0) {
		faults_add(faults, (struct place){ .line = 1 },
			"the file is empty, at least [mm NAME] is needed");
	}
	loader_end(&loader);
	if (faults_count(faults) == 0)
		return scenario;
	scenario_free(scenario);
	return NULL;
}

struct scenario *scenario_parse(const char *path, const char *text, size_t length,
	const struct scenario_overrides *overrides, GPtrArray *errors)
{
	struct faults *faults = faults_new(text_path(path));
	struct scenario *scenario;
	char *copy = g_malloc(length + 1);

	if (length > 0)
		memcpy(copy, text, length);
	copy[length] = '\0';
	scenario = load_text(path, copy, length, overrides, faults);
	faults_tell(faults, errors);
	faults_free(faults);
	return scenario;
}

struct scenario *scenario_load(const char *path, const struct scenario_overrides *overrides,
	GPtrArray *errors, bool *environment)
{
	struct faults *faults = faults_new(text_path(path));
	struct scenario *scenario = NULL;
	size_t length = 0;
	char *text;

	*environment = false;
	text = keyfile_read(path, &length, faults, environment);
	if (text)
		scenario = load_text(path, text, length, overrides, faults);
	faults_tell(faults, errors);
	faults_free(faults);
	return scenario;
}

static void free_workload(struct scenario *scenario)
{
	for (uint32_t i = 0; i < scenario->mms_count; i++) {
		g_free(scenario->mms[i].name);
		g_free(scenario->mms[i].cpus.words);
	}
	for (uint32_t i = 0; i < scenario->groups_count; i++) {
		g_free(scenario->groups[i].name);
		g_free(scenario->groups[i].cpus.words);
	}
	for (uint32_t i = 0; i < scenario->ramps_count; i++) {
		g_free(scenario->ramps[i].name);
		g_free(scenario->ramps[i].cpus.words);
	}
	for (uint32_t i = 0; i < scenario->pools_count; i++)
		g_free(scenario->pools[i].name);
	for (uint32_t i = 0; i < scenario->actions_count; i++)
		g_free(scenario->actions[i].cpus.words);
	g_free(scenario->mms);
	g_free(scenario->groups);
	g_free(scenario->ramps);
	g_free(scenario->pools);
	g_free(scenario->actions);
}

void scenario_free(struct scenario *scenario)
{
	if (!scenario)
		return;
	free_workload(scenario);
	for (uint32_t i = 0; i < scenario->expects_count; i++)
		g_free(scenario->expects[i].text);
	for (uint32_t i = 0; i < scenario->axes_count; i++) {
		g_free(scenario->axes[i].key);
		g_free(scenario->axes[i].values);
	}
	g_free(scenario->expects);
	g_free(scenario->axes);
	g_free(scenario->steps);
	g_free(scenario->online.words);
	g_free(scenario->cpu_ids);
	g_free(scenario->title);
	g_free(scenario->path);
	g_free(scenario);
}

bool cpu_set_has(const struct cpu_set *set, uint32_t cpu)
{
	return !set->words || (set->words[cpu / 64] >> (cpu % 64) & 1) != 0;
}
