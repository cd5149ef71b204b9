/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/failure.h"
#include "sim/compare/private.h"
#include "sim/sweep/reader.h"

#include <inttypes.h>
#include <string.h>

/*
 * The rows of two sweeps are matched by their axes: the columns between "point" and "outcome". One
 * that has a single value in each file, and another one in the other file, tells what was swept,
 * and does not count: a sweep of revision 6.19 can be compared with one of 7.1.
 */

/* The columns of a file, by their place in it. */
struct layout {
	unsigned outcome, digest; /* the axes are those from 1 to outcome - 1 */
	unsigned columns;
};

/* A file: its layout, and for each axis its only value, NULL: it has several. */
struct side {
	const char *path;
	struct layout layout;
	char **names;
	char **only;
	bool any; /* there is a row */
};

struct match {
	struct comparison *comparison;
	struct side sides[2];
	bool *keyed;      /* of each axis: rows are matched by it */
	int *other;       /* of each column of the first file: its place in the second, -1 = none */
	GHashTable *rows; /* of the first file: key -> struct row */
	struct compare_value **values; /* of each column; NULL: nothing differs so far */
	uint64_t *worst;               /* of each of these: the largest ratio, in thousandths */
};

struct row {
	uint64_t line;
	char *text;
	bool matched; /* the second file has it, too */
};

static void free_row(void *data)
{
	struct row *row = data;

	g_free(row->text);
	g_free(row);
}

/* --- heads --- */

static char **names_of_columns(const struct csv_reader *reader)
{
	g_autoptr(GStrvBuilder) names = g_strv_builder_new();

	for (unsigned column = 0; column < csv_reader_columns(reader); column++)
		g_strv_builder_add(names, csv_reader_name(reader, column));
	return g_strv_builder_end(names);
}

/* A name that is there twice; NULL: none is. */
static const char *twice(char **names)
{
	for (char **name = names; *name; name++) {
		if (g_strv_contains((const char *const *)name + 1, *name))
			return *name;
	}
	return NULL;
}

static bool read_layout(struct side *side, const struct sweep_reader *reader, GError **error)
{
	int outcome = csv_reader_find(reader->csv, "outcome");
	int digest = csv_reader_find(reader->csv, "digest");

	if (sweep_reader_is_summary(reader))
		return failure_input(error,
			"%s: is a summary; compare the files of the rows, which it was made of",
			side->path);
	if (outcome < 1 || digest < outcome)
		return failure_input(
			error, "%s: has no columns 'outcome' and 'digest'", side->path);
	side->layout = (struct layout){ (unsigned)outcome, (unsigned)digest,
		csv_reader_columns(reader->csv) };
	side->names = names_of_columns(reader->csv);
	if (twice(side->names))
		return failure_input(
			error, "%s: has the column '%s' twice", side->path, twice(side->names));
	side->only = g_new0(char *, (size_t)outcome + 1);
	return true;
}

/* Which axes have one value only. */
static void see_axes(struct side *side, const struct csv_reader *reader)
{
	for (unsigned axis = 1; axis < side->layout.outcome; axis++) {
		const char *value = csv_reader_field(reader, axis);

		if (!side->any)
			side->only[axis] = g_strdup(value);
		else if (g_strcmp0(side->only[axis], value) != 0)
			g_clear_pointer(&side->only[axis], g_free);
	}
	side->any = true;
}

static bool read_side(struct side *side, GError **error)
{
	struct sweep_reader *reader = sweep_reader_open(side->path, error);
	GError *fault = NULL;
	bool good = reader && read_layout(side, reader, error);

	while (good && sweep_reader_next(reader, &fault)) {
		see_axes(side, reader->csv);
		good = reader->rows_read <= COMPARE_ROWS_MAX ||
		       failure_input(error,
			       "%s: has more than %d rows, the most that can be "
			       "compared",
			       side->path, COMPARE_ROWS_MAX);
	}
	sweep_reader_close(reader);
	return failure_pass(error, fault) && good;
}

static bool check_axes(const struct match *match, GError **error)
{
	const struct side *a = &match->sides[0], *b = &match->sides[1];
	bool same = a->layout.outcome == b->layout.outcome;

	for (unsigned axis = 1; same && axis < a->layout.outcome; axis++)
		same = strcmp(a->names[axis], b->names[axis]) == 0;
	return same ||
	       failure_input(error, "%s and %s have other axes; compare sweeps with the same axes",
		       a->path, b->path);
}

static char *about_side(const struct match *match, const struct side *side)
{
	GString *text = g_string_new(NULL);

	for (unsigned axis = 1; axis < side->layout.outcome; axis++) {
		if (!match->keyed[axis])
			g_string_append_printf(text, "%s%s %s", text->len ? ", " : "",
				side->names[axis], side->only[axis]);
	}
	return g_string_free(text, FALSE);
}

static void match_columns(struct match *match)
{
	const struct side *a = &match->sides[0], *b = &match->sides[1];

	match->keyed = g_new0(bool, a->layout.outcome);
	for (unsigned axis = 1; axis < a->layout.outcome; axis++)
		match->keyed[axis] = !a->only[axis] || !b->only[axis];
	match->other = g_new(int, a->layout.columns);
	for (unsigned column = 0; column < a->layout.columns; column++) {
		match->other[column] = -1;
		for (unsigned i = 0; i < b->layout.columns; i++)
			if (strcmp(a->names[column], b->names[i]) == 0)
				match->other[column] = (int)i;
	}
	match->values = g_new0(struct compare_value *, a->layout.columns);
	match->worst = g_new0(uint64_t, a->layout.columns);
	for (int side = 0; side < 2; side++)
		match->comparison->about[side] = about_side(match, &match->sides[side]);
}

/* --- rows --- */

/* The axes by which a row is matched: "cpus=4 seed=2". The caller frees it. */
static char *key_of(const struct match *match, const struct csv_reader *reader)
{
	const struct side *a = &match->sides[0];
	GString *key = g_string_new(NULL);

	for (unsigned axis = 1; axis < a->layout.outcome; axis++) {
		if (match->keyed[axis])
			g_string_append_printf(key, "%s%s=%s", key->len ? " " : "", a->names[axis],
				csv_reader_field(reader, axis));
	}
	return g_string_free(key, FALSE);
}

static bool refuse_second(
	const struct side *side, const struct csv_reader *reader, const char *key, GError **error)
{
	return failure_input(error, "%s:%" PRIu64 ": is a second row of %s", side->path,
		csv_reader_line(reader), *key ? key : "its point");
}

static bool keep_row(struct match *match, const struct csv_reader *reader, GError **error)
{
	g_autofree char *key = key_of(match, reader);
	struct row *row;

	if (g_hash_table_contains(match->rows, key))
		return refuse_second(&match->sides[0], reader, key, error);
	row = g_new0(struct row, 1);
	row->line = csv_reader_line(reader);
	row->text = g_strdup(csv_reader_row(reader));
	g_hash_table_insert(match->rows, g_steal_pointer(&key), row);
	return true;
}

/* How far @a and @b are apart: 1000 = not at all. 0: one of them is 0, or no number. */
static uint64_t distance(const char *a, const char *b)
{
	uint64_t there, back;

	if (!compare_ratio(a, b, &there) || !compare_ratio(b, a, &back))
		return 0;
	return MAX(there, back);
}

static void see_difference(
	struct match *match, unsigned column, const char *a, const char *b, const char *key)
{
	uint64_t apart = distance(a, b);
	struct compare_value *value = match->values[column];

	if (!value) {
		value = comparison_add(match->comparison, match->sides[0].names[column], a, b);
		match->values[column] = value;
	} else if (apart > match->worst[column]) {
		g_free(value->side[0]);
		g_free(value->side[1]);
		value->side[0] = g_strdup(a);
		value->side[1] = g_strdup(b);
		g_clear_pointer(&value->at, g_free);
	}
	value->points++;
	match->worst[column] = MAX(match->worst[column], apart);
	if (!value->at)
		value->at = g_strdup(key);
}

/* The digests of two rows differ if anything does, so they are told only if nothing else does. */
static void compare_fields(struct match *match, const char *const *fields, unsigned count,
	const struct csv_reader *reader, const char *key)
{
	const struct layout *layout = &match->sides[0].layout;
	bool differ = false;

	for (unsigned column = layout->outcome; column < count; column++) {
		const char *other;

		if (match->other[column] < 0 || column == layout->digest)
			continue;
		other = csv_reader_field(reader, (unsigned)match->other[column]);
		if (strcmp(fields[column], other) == 0)
			continue;
		see_difference(match, column, fields[column], other, key);
		differ = true;
	}
	if (differ || match->other[layout->digest] < 0)
		return;
	if (strcmp(fields[layout->digest],
		    csv_reader_field(reader, (unsigned)match->other[layout->digest])) != 0)
		see_difference(match, layout->digest, fields[layout->digest],
			csv_reader_field(reader, (unsigned)match->other[layout->digest]), key);
}

static bool compare_row(struct match *match, const struct csv_reader *reader, GError **error)
{
	const struct layout *layout = &match->sides[0].layout;
	struct comparison *comparison = match->comparison;
	g_autofree char *key = key_of(match, reader);
	struct row *row = g_hash_table_lookup(match->rows, key);
	g_autofree const char **fields = g_new0(const char *, layout->columns);

	if (!row) {
		if (comparison->only[1]++ == 0)
			comparison->only_at[1] = g_steal_pointer(&key);
		return true;
	}
	if (row->matched)
		return refuse_second(&match->sides[1], reader, key, error);
	row->matched = true;
	comparison->points++;
	csv_split(row->text, fields, layout->columns);
	compare_fields(match, fields, layout->columns, reader, key);
	return true;
}

/* Call @take for each row of file @side. */
static bool read_rows(struct match *match, unsigned side,
	bool (*take)(struct match *match, const struct csv_reader *reader, GError **error),
	GError **error)
{
	struct sweep_reader *reader = sweep_reader_open(match->sides[side].path, error);
	bool good = reader;
	GError *fault = NULL;

	while (good && sweep_reader_next(reader, &fault))
		good = take(match, reader->csv, error);
	sweep_reader_close(reader);
	return failure_pass(error, fault) && good;
}

/* Rows that were not matched are in the first file only. */
static void count_left(struct match *match)
{
	GHashTableIter iter;
	void *key, *row;
	uint64_t first = UINT64_MAX;

	g_hash_table_iter_init(&iter, match->rows);
	while (g_hash_table_iter_next(&iter, &key, &row)) {
		if (((struct row *)row)->matched)
			continue;
		match->comparison->only[0]++;
		if (((struct row *)row)->line >= first)
			continue;
		first = ((struct row *)row)->line;
		g_free(match->comparison->only_at[0]);
		match->comparison->only_at[0] = g_strdup(key);
	}
}

static void free_match(struct match *match)
{
	for (int i = 0; i < 2; i++) {
		struct side *side = &match->sides[i];

		for (unsigned axis = 0; side->only && axis < side->layout.outcome; axis++)
			g_free(side->only[axis]);
		g_free(side->only);
		g_strfreev(side->names);
	}
	g_hash_table_unref(match->rows);
	g_free(match->keyed);
	g_free(match->other);
	g_free(match->values);
	g_free(match->worst);
}

struct comparison *compare_sweeps(const char *const paths[2], GError **error)
{
	struct match match = { .comparison = comparison_new(paths),
		.sides = { { .path = paths[0] }, { .path = paths[1] } },
		.rows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_row) };
	bool good = read_side(&match.sides[0], error) && read_side(&match.sides[1], error) &&
	            check_axes(&match, error);

	match.comparison->sweeps = true;
	if (good) {
		match_columns(&match);
		good = read_rows(&match, 0, keep_row, error) &&
		       read_rows(&match, 1, compare_row, error);
	}
	if (good)
		count_left(&match);
	free_match(&match);
	if (good)
		return match.comparison;
	comparison_free(match.comparison);
	return NULL;
}
