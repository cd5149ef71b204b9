/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/sweep/axes-private.h"

#include <inttypes.h>
#include <string.h>

#include "model/revision.h"
#include "sim/base/text.h"
#include "sim/base/values.h"

struct maker {
	const struct scenario *scenario;
	const struct sweep_source *source;
	struct sweep_axes *axes;
	GPtrArray *errors;
};

static void axis_free(void *data)
{
	struct sweep_axis *axis = data;

	axis_name_clear(&axis->name);
	axis_values_free(axis->values);
	g_ptr_array_free(axis->keys, TRUE);
	g_free(axis->label);
	g_free(axis->text);
	g_free(axis);
}

/* Takes @message. */
static void add_error(struct maker *maker, const char *label, char *message)
{
	g_assert(*label && *message);
	g_ptr_array_add(maker->errors, g_strdup_printf("%s: %s", label, message));
	g_free(message);
}

/* --- one axis --- */

/* Read the list of values; NULL after messages. */
static struct axis_values *read_axis_values(
	struct maker *maker, const struct sweep_axis *axis, const char *text)
{
	GPtrArray *messages = g_ptr_array_new();
	struct axis_values *values = axis_values_read(text, axis->name.ranges, messages);

	g_assert((values == NULL) == (messages->len > 0));
	for (guint i = 0; i < messages->len; i++)
		add_error(maker, axis->label, messages->pdata[i]);
	g_ptr_array_free(messages, TRUE);
	return values;
}

/* Read the list again, now as @text (taken over). */
static void replace_values(struct maker *maker, struct sweep_axis *axis, char *text)
{
	axis_values_free(axis->values);
	axis->values = read_axis_values(maker, axis, text);
	g_free(text);
	g_assert(axis->values);
}

/* "all", alone, is every revision. */
static void complete_revisions(struct maker *maker, struct sweep_axis *axis)
{
	uint32_t items = axis_values_items(axis->values);
	bool has_all = false;
	size_t count;
	const struct revision *table = revision_table(&count);
	GString *all;

	g_assert(axis->name.kind == AXIS_REVISIONS);
	for (uint32_t i = 0; i < items && !has_all; i++) {
		g_autofree char *word = axis_values_value(axis->values, i);

		has_all = strcmp(word, "all") == 0;
	}
	if (!has_all)
		return;
	if (items > 1) {
		add_error(maker, axis->label,
			g_strdup("'all' stands for every revision, write it alone"));
		return;
	}
	all = g_string_new(NULL);
	for (size_t i = 0; i < count; i++)
		g_string_append_printf(all, i > 0 ? ";%s" : "%s", table[i].name);
	replace_values(maker, axis, g_string_free(all, FALSE));
}

static char *check_seeds(const struct axis_values *values)
{
	g_assert(axis_values_items(values) >= 1);
	for (uint32_t i = 0; i < axis_values_items(values); i++) {
		struct axis_item info = axis_values_item(values, i);
		uint64_t seed;
		char *text, *message;

		if (info.is_range && *info.unit != '\0')
			return g_strdup("seeds have no unit, write a range like 1-8");
		if (info.is_range)
			continue;
		text = axis_values_value(values, info.first);
		message = value_read_count(text, &seed);
		g_free(text);
		if (message)
			return message;
	}
	return NULL;
}

/* A single number is a number of seeds. */
static char *count_seeds(struct maker *maker, struct sweep_axis *axis)
{
	uint64_t first = maker->scenario->seed;
	char *text = axis_values_value(axis->values, 0);
	uint64_t count = 0;
	char *message = value_read_count(text, &count);

	g_free(text);
	g_assert(message == NULL);
	if (count == 0)
		return g_strdup("at least 1 seed is needed");
	if (count > POINTS_MAX)
		return g_strdup_printf(
			"%" PRIu64 " seeds are too many, at most %d", count, POINTS_MAX);
	if (count - 1 > UINT64_MAX - first)
		return g_strdup_printf("%" PRIu64 " seeds from %" PRIu64
				       " on go beyond the last one, 2^64 - 1",
			count, first);
	axis->is_count = true;
	replace_values(
		maker, axis, g_strdup_printf("%" PRIu64 "-%" PRIu64, first, first + (count - 1)));
	g_assert(axis_values_length(axis->values) == count);
	return NULL;
}

static void complete_seeds(struct maker *maker, struct sweep_axis *axis)
{
	bool is_single = axis_values_items(axis->values) == 1 &&
	                 !axis_values_item(axis->values, 0).is_range &&
	                 strcmp(axis->name.text, "seeds") == 0;
	char *message = check_seeds(axis->values);

	g_assert(axis->name.kind == AXIS_SEEDS);
	if (!message && is_single)
		message = count_seeds(maker, axis);
	if (message)
		add_error(maker, axis->label, message);
}

static bool is_known(const struct maker *maker, const struct sweep_axis *axis)
{
	for (unsigned i = 0; i < maker->axes->list->len; i++)
		if (strcmp(sweep_axis_get(maker->axes, i)->name.text, axis->name.text) == 0)
			return true;
	return false;
}

/* Make an axis; @label is taken over. A wrong one is left out, and what is wrong with it becomes an
 * error. */
static void add_axis(struct maker *maker, char *label, const char *name, const char *values)
{
	struct sweep_axis *axis = g_new0(struct sweep_axis, 1);
	guint before = maker->errors->len;
	char *message;

	g_assert(*label);
	axis->label = label;
	axis->keys = g_ptr_array_new_with_free_func(g_free);
	message = axis_name_read(maker->scenario, name, &axis->name);
	if (!message && is_known(maker, axis))
		message = g_strdup("the axis is there twice, leave one out");
	if (!message) {
		message = axis_name_keys(maker->scenario, &axis->name, axis->keys);
		axis->values = read_axis_values(maker, axis, values);
	}
	if (message)
		add_error(maker, label, message);
	if (axis->values && axis->name.kind == AXIS_REVISIONS)
		complete_revisions(maker, axis);
	if (axis->values && axis->name.kind == AXIS_SEEDS)
		complete_seeds(maker, axis);
	if (maker->errors->len > before) {
		axis_free(axis);
		return;
	}
	axis->text = axis_values_to_string(axis->values);
	g_ptr_array_add(maker->axes->list, axis);
}

/* --- all axes --- */

static bool has_dot(const char *name)
{
	return strchr(name, '.') != NULL;
}

static void add_option(struct maker *maker, const struct sweep_axis_option *option)
{
	char *label = g_strdup_printf("sweep: %s", option->option);
	char *quoted = NULL;

	g_assert(option->name && option->values);
	if (!value_is_text(option->name))
		quoted = value_quote(option->name);
	else if (!value_is_text(option->values))
		quoted = value_quote(option->values);
	if (quoted) {
		add_error(maker, label,
			g_strdup_printf("%s is not UTF-8 text without control characters", quoted));
		g_free(quoted);
		g_free(label);
		return;
	}
	if (strcmp(option->option, "--vary") == 0 || has_dot(option->name)) {
		g_free(label);
		label = g_strdup_printf("sweep: %s %s", option->option, option->name);
	}
	add_axis(maker, label, option->name, option->values);
}

static void add_of_file(struct maker *maker, const struct scenario_axis *axis)
{
	g_autofree char *where = line_files_path(&maker->scenario->files, axis->line);
	char *label = axis->line == 0 ? g_strdup_printf("sweep: --set sweep.%s", axis->key)
	                              : g_strdup_printf("%s: sweep: %s", where, axis->key);

	g_assert(axis->key && axis->values);
	add_axis(maker, label, axis->key, axis->values);
}

static bool is_same_name(const char *a, const char *b)
{
	g_autofree char *x = axis_key_normal(g_strdup(a));
	g_autofree char *y = axis_key_normal(g_strdup(b));

	return strcmp(x, y) == 0;
}

/* Each axis of the file, or the option in its place; then the other options. */
static void collect_axes(
	struct maker *maker, const struct sweep_axis_option *options, size_t options_count)
{
	const struct scenario *scenario = maker->scenario;
	bool *done = g_new0(bool, options_count);

	for (uint32_t i = 0; i < scenario->axes_count; i++) {
		size_t o = 0;

		while (o < options_count &&
			(done[o] || !is_same_name(options[o].name, scenario->axes[i].key)))
			o++;
		if (o < options_count) {
			add_option(maker, &options[o]);
			done[o] = true;
		} else {
			add_of_file(maker, &scenario->axes[i]);
		}
	}
	for (size_t o = 0; o < options_count; o++)
		if (!done[o])
			add_option(maker, &options[o]);
	g_free(done);
}

/* key -> by what it is set. */
static GHashTable *set_by_user(const struct scenario_overrides *overrides)
{
	GHashTable *set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

	if (!overrides)
		return set;
	for (size_t i = 0; overrides->set && overrides->set[i] != NULL; i++) {
		const char *text = overrides->set[i];

		g_hash_table_replace(set, axis_key_normal(g_strndup(text, strcspn(text, "="))),
			g_strdup("--set"));
	}
	if (overrides->revision)
		g_hash_table_replace(set, g_strdup("protocol.revision"), g_strdup("--revision"));
	return set;
}

/* The first key of @axis that is set by something else too. */
static char *find_clash(const struct maker *maker, const struct sweep_axis *axis, GHashTable *set)
{
	const struct scenario_overrides *overrides = maker->source->overrides;

	g_assert(axis->keys->len > 0);
	for (guint i = 0; i < axis->keys->len; i++) {
		const char *key = axis->keys->pdata[i];
		const char *by = g_hash_table_lookup(set, key);

		if (by)
			return g_strdup_printf("%s is set by %s too, leave one out", key, by);
	}
	if (axis->name.kind == AXIS_SEEDS && !axis->is_count && overrides && overrides->seed)
		return g_strdup("scenario.seed is set by --seed too, leave one out or write a "
				"single number of seeds");
	return NULL;
}

static void check_clashes(struct maker *maker)
{
	GHashTable *set = set_by_user(maker->source->overrides);

	for (unsigned i = 0; i < maker->axes->list->len; i++) {
		const struct sweep_axis *axis = sweep_axis_get(maker->axes, i);
		char *message = find_clash(maker, axis, set);

		if (message)
			add_error(maker, axis->label, message);
		for (guint key = 0; key < axis->keys->len; key++)
			g_hash_table_replace(set, g_strdup(axis->keys->pdata[key]),
				g_strdup_printf("the axis '%s'", axis->name.text));
	}
	g_hash_table_destroy(set);
}

static void seeds_last(GPtrArray *list)
{
	for (guint i = 0; i < list->len; i++) {
		struct sweep_axis *axis = list->pdata[i];

		if (axis->name.kind != AXIS_SEEDS)
			continue;
		g_ptr_array_insert(list, -1, g_ptr_array_steal_index(list, i));
		return;
	}
}

static void count_points(struct maker *maker)
{
	struct sweep_axes *axes = maker->axes;

	axes->points = 1;
	for (unsigned i = 0; i < axes->list->len; i++) {
		uint64_t length = sweep_axes_length(axes, i);

		/* Both are at most 10^9: no product overflows. */
		axes->points = MIN(axes->points * length, POINTS_MAX + UINT64_C(1));
	}
	if (axes->list->len > AXES_MAX)
		add_error(maker, "sweep",
			g_strdup_printf("there are %u axes, at most %d are possible",
				axes->list->len, AXES_MAX));
	if (axes->points > POINTS_MAX)
		add_error(maker, "sweep",
			g_strdup_printf("the axes have more than %d points together", POINTS_MAX));
	g_assert(axes->points >= 1);
}

struct sweep_axes *sweep_axes_new(const struct scenario *scenario,
	const struct sweep_source *source, const struct sweep_axis_option *options,
	size_t options_count, GPtrArray *errors)
{
	struct maker maker = { .scenario = scenario, .source = source, .errors = errors };
	guint before = errors->len;

	g_assert(options || options_count == 0);
	maker.axes = g_new0(struct sweep_axes, 1);
	maker.axes->list = g_ptr_array_new_with_free_func(axis_free);
	collect_axes(&maker, options, options_count);
	check_clashes(&maker);
	seeds_last(maker.axes->list);
	count_points(&maker);
	if (errors->len == before)
		return maker.axes;
	sweep_axes_free(maker.axes);
	return NULL;
}

void sweep_axes_free(struct sweep_axes *axes)
{
	if (!axes)
		return;
	g_ptr_array_free(axes->list, TRUE);
	g_free(axes);
}

/* --- points --- */

uint64_t sweep_axes_points(const struct sweep_axes *axes)
{
	g_assert(axes->points >= 1 && axes->points <= POINTS_MAX);
	return axes->points;
}

unsigned sweep_axes_count(const struct sweep_axes *axes)
{
	return axes->list->len;
}

const char *sweep_axes_name(const struct sweep_axes *axes, unsigned axis)
{
	return sweep_axis_get(axes, axis)->name.text;
}

const char *sweep_axes_text(const struct sweep_axes *axes, unsigned axis)
{
	return sweep_axis_get(axes, axis)->text;
}

bool sweep_axes_has_column(const struct sweep_axes *axes, unsigned axis)
{
	enum axis_kind kind = sweep_axis_get(axes, axis)->name.kind;

	return kind != AXIS_REVISIONS && kind != AXIS_SEEDS;
}

uint64_t sweep_axes_length(const struct sweep_axes *axes, unsigned axis)
{
	return axis_values_length(sweep_axis_get(axes, axis)->values);
}

char *sweep_axes_value(const struct sweep_axes *axes, unsigned axis, uint64_t position)
{
	g_assert(position < sweep_axes_length(axes, axis));
	return axis_values_value(sweep_axis_get(axes, axis)->values, position);
}

void sweep_axes_at(const struct sweep_axes *axes, uint64_t point, uint64_t *positions)
{
	g_assert(point < axes->points);
	for (unsigned i = axes->list->len; i > 0; i--) {
		uint64_t length = sweep_axes_length(axes, i - 1);

		positions[i - 1] = point % length;
		point /= length;
	}
	g_assert(point == 0);
}

char *sweep_axis_setting(const struct sweep_axis *axis, uint64_t position)
{
	g_autofree char *value = NULL;

	g_assert(position < axis_values_length(axis->values));
	value = axis_values_value(axis->values, position);
	if (axis->name.kind == AXIS_ALLOWED)
		return g_strdup_printf("first %s", value);
	return g_steal_pointer(&value);
}

char **sweep_axes_settings(const struct sweep_axes *axes, const uint64_t *positions)
{
	GPtrArray *settings = g_ptr_array_new();

	for (unsigned i = 0; i < axes->list->len; i++) {
		const struct sweep_axis *axis = sweep_axis_get(axes, i);
		g_autofree char *value = sweep_axis_setting(axis, positions[i]);

		for (guint key = 0; key < axis->keys->len; key++)
			g_ptr_array_add(settings,
				g_strdup_printf("%s=%s", (char *)axis->keys->pdata[key], value));
	}
	g_ptr_array_add(settings, NULL);
	g_assert(settings->len > axes->list->len);
	return (char **)g_ptr_array_free(settings, FALSE);
}

struct scenario *sweep_axes_parse(const struct sweep_axes *axes, const struct sweep_source *source,
	const uint64_t *positions, GPtrArray *errors)
{
	struct scenario_overrides overrides = { 0 };
	char **settings = sweep_axes_settings(axes, positions);
	GPtrArray *set = g_ptr_array_new();
	struct scenario *scenario;

	if (source->overrides)
		overrides = *source->overrides;
	for (size_t i = 0; overrides.set && overrides.set[i] != NULL; i++)
		g_ptr_array_add(set, (char *)overrides.set[i]);
	for (char **setting = settings; *setting != NULL; setting++)
		g_ptr_array_add(set, *setting);
	g_ptr_array_add(set, NULL);
	overrides.set = (const char *const *)set->pdata;
	for (unsigned i = 0; i < axes->list->len; i++)
		if (sweep_axis_get(axes, i)->name.kind == AXIS_SEEDS)
			overrides.seed = NULL;
	scenario = scenario_parse(source->path, source->text, source->length, &overrides, errors);
	g_ptr_array_free(set, TRUE);
	g_strfreev(settings);
	return scenario;
}

struct scenario *sweep_axes_scenario(const struct sweep_axes *axes,
	const struct sweep_source *source, uint64_t point, GPtrArray *errors)
{
	uint64_t positions[AXES_MAX];

	g_assert(axes->list->len <= AXES_MAX);
	sweep_axes_at(axes, point, positions);
	return sweep_axes_parse(axes, source, positions, errors);
}
