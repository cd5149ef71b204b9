/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* A hysteresis loop for each number of CPUs, in lanes above each other. */
#include "sim/plot/kinds.h"

enum column { ENTER, ENTER_MIN, ENTER_MAX, LEAVE, LEAVE_MIN, LEAVE_MAX, USERS_MAX };
static const char *const columns[] = { "enter_formula", "enter_users_min", "enter_users_max",
	"leave_formula", "leave_users_min", "leave_users_max", "users_max", NULL };

enum {
	LANES_MAX = 24,
	NAME_LETTERS = 16,   /* of a value that is no number */
	LANE_PIXELS = 50,    /* the height */
	REST_PIXELS = 170,   /* what is above and below the lanes */
	SINGLE_PIXELS = 150, /* of the only lane */
	LOG_RATIO = 8,       /* between the most and the fewest users at enter */
};

/* What a lane shows of its point; there is one, unless the file is not what a sweep writes. */
struct lane {
	const struct plot_point *point; /* NULL: none has a good run */
	int64_t enter, leave;           /* by the formula; -1 = never; millionths */
	int64_t right;                  /* where the upper branch ends */
};

static int64_t formula(const struct plot_number *number)
{
	return number->count ? plot_number_mean(number) : -1;
}

static void fill_lane(struct lane *lane, const struct plot_point *point)
{
	const struct plot_number *number = point->number;
	int64_t enter = formula(&number[ENTER]);

	g_assert(!point->good || point->runs >= point->good);
	if (!point->good)
		return;
	lane->point = point;
	lane->enter = enter;
	lane->leave = formula(&number[LEAVE]);
	lane->right = MAX(number[USERS_MAX].max, MAX(enter, 0) + MAX(enter, 0) / 4);
}

static void fill_lanes(const struct plot_table *table, unsigned axis, struct lane *lanes)
{
	g_assert(table->dimension[axis].values->len <= LANES_MAX);
	for (unsigned i = 0; i < table->points->len; i++) {
		const struct plot_point *point = table->points->pdata[i];

		fill_lane(&lanes[point->position[axis]], point);
	}
}

/* --- what gnuplot gets --- */

static void put_range(FILE *out, const struct plot_number *min, const struct plot_number *max)
{
	plot_put_millionths(out, min->count > 0, min->min);
	plot_put_millionths(out, max->count > 0, max->max);
}

static void put_users(FILE *out, int64_t users)
{
	g_assert(users >= -1);
	if (users < 0)
		fputs(" -1", out);
	else
		plot_put_millionths(out, true, users);
}

/* "lane enter leave right enter-min enter-max leave-min leave-max"; -1 = never by the formula,
 * NaN = never seen. A lane without result has -1 for right, too. */
static bool write_lanes(
	const struct plot_sweep *sweep, const struct lane *lanes, unsigned count, GError **error)
{
	static const struct plot_number none[USERS_MAX + 1];
	FILE *out = plot_page_create(sweep->page, "lanes.dat", error);

	g_assert(count >= 1);
	for (unsigned i = 0; out && i < count; i++) {
		const struct lane *lane = &lanes[i];
		const struct plot_number *number = lane->point ? lane->point->number : none;

		fprintf(out, "%u", i);
		put_users(out, lane->point ? lane->enter : -1);
		put_users(out, lane->point ? lane->leave : -1);
		put_users(out, lane->point ? lane->right : -1);
		put_range(out, &number[ENTER_MIN], &number[ENTER_MAX]);
		put_range(out, &number[LEAVE_MIN], &number[LEAVE_MAX]);
		fputc('\n', out);
	}
	return plot_page_close(out, error);
}

static char *users_text(const char *verb, int64_t users)
{
	if (users < 0)
		return g_strdup_printf("never %ss", verb);
	return g_strdup_printf("%s %" G_GINT64_FORMAT, verb, users / PLOT_MILLION);
}

static char *describe_lane(const struct lane *lane)
{
	g_autofree char *enter = NULL;
	g_autofree char *leave = NULL;

	g_assert(!lane->point || lane->point->good);
	if (!lane->point)
		return g_strdup("no result");
	enter = users_text("enter", lane->enter);
	leave = users_text("leave", lane->leave);
	return g_strdup_printf("%s, %s", enter, leave);
}

/* A label for each lane; returns the most letters of one. */
static unsigned set_labels(const struct plot_sweep *sweep, const struct plot_dimension *dimension,
	const struct lane *lanes)
{
	glong letters = 0;

	g_assert(dimension->values->len <= LANES_MAX);
	for (unsigned i = 0; i < dimension->values->len; i++) {
		const char *name = dimension->values->pdata[i];
		g_autofree char *what = describe_lane(&lanes[i]);
		g_autofree char *text = NULL;

		if (dimension->numeric)
			text = g_strdup_printf("C = %s: %s", name, what);
		else
			text = g_strdup_printf("CPUs %.*s: %s", NAME_LETTERS, name, what);
		letters = MAX(letters, g_utf8_strlen(text, -1));
		plot_sweep_set_text(sweep, "LABEL", i, text, PLOT_LABEL_MAX);
	}
	return (unsigned)MIN(letters, PLOT_LABEL_MAX);
}

static void set_users_range(
	const struct plot_sweep *sweep, const struct lane *lanes, unsigned count)
{
	int64_t right = PLOT_MILLION, enter_min = INT64_MAX, enter_max = 0;

	g_assert(count <= LANES_MAX);
	for (unsigned i = 0; i < count; i++) {
		right = MAX(right, lanes[i].right);
		if (!lanes[i].point || lanes[i].enter < 0)
			continue;
		enter_min = MIN(enter_min, lanes[i].enter);
		enter_max = MAX(enter_max, lanes[i].enter);
	}
	plot_sweep_set_decimal(sweep, "RIGHT", 0, right);
	plot_set_number(sweep->page, "LOG", enter_max && enter_max / LOG_RATIO >= enter_min);
}

static bool draw_family(const struct plot_sweep *sweep, const struct plot_dimension *dimension,
	const struct lane *lanes, GError **error)
{
	unsigned count = dimension->values->len;
	unsigned lane = count == 1 ? SINGLE_PIXELS : LANE_PIXELS;

	g_assert(count >= 1 && count <= LANES_MAX);
	set_users_range(sweep, lanes, count);
	plot_set_number(sweep->page, "LANES", count);
	plot_set_number(sweep->page, "LETTERS", set_labels(sweep, dimension, lanes));
	if (!sweep->page->height)
		sweep->page->height = REST_PIXELS + count * lane;
	return write_lanes(sweep, lanes, count, error);
}

static bool make_family_ready(const struct plot_sweep *sweep, GError **error)
{
	static const char *const used[] = { "cpus", NULL };
	const struct plot_table *table = sweep->tables[0];
	struct lane lanes[LANES_MAX] = { 0 };
	int axis = plot_sweep_axis(sweep, table, "cpus", error);
	unsigned count;

	if (axis < 0 || !plot_sweep_only(sweep, table, used, error))
		return false;
	count = table->dimension[axis].values->len;
	if (count > LANES_MAX)
		return plot_sweep_fail(sweep, table, error,
			"%u numbers of CPUs, there is room for %d loops", count, LANES_MAX);
	fill_lanes(table, (unsigned)axis, lanes);
	return draw_family(sweep, &table->dimension[axis], lanes, error);
}

const struct plot_sweep_kind plot_family = {
	.name = "family",
	.columns = columns,
	.files_max = 1,
	.example = "study/ramp --cpus '4-64*2' --threads 80 -o family.csv",
	.make_ready = make_family_ready,
};
