/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Lines over x, and loops: for each x the values of all measures. */
#include <string.h>

#include "sim/plot/histogram.h"
#include "sim/plot/sweep-layout.h"
#include "sim/plot/sweep-value.h"

enum {
	LINES_MAX = PLOT_CURVES_MAX * PLOT_MEASURES_MAX,
	DOTS_MAX = 40, /* of a line: with more of them samples have no marks */
	ABOVE_MAX = 3,
	LANES_MAX = 24,
	LANE_PIXELS = 50,    /* the height */
	REST_PIXELS = 180,   /* what is above and below the lanes */
	SINGLE_PIXELS = 150, /* of the only lane */
	LANE_LETTERS = 30,   /* "CPUs: enter 1024, leave 511" */
};

struct dot {
	const struct plot_point *point;
	unsigned panel, curve;
	int64_t x;                    /* millionths */
	int64_t y[PLOT_MEASURES_MAX]; /* millionths; -1 = none */
};

struct line_of {
	unsigned measure, curve;
};

/* A line of a panel, or marks that belong to one. */
struct line {
	struct line_of of;
	unsigned look; /* hue, and then dash */
	bool points;
	char *title; /* NULL: not in the legend */
};

struct picture {
	const struct plot_sweep *sweep;
	GArray *dots; /* struct dot, ordered by panel, curve, x */
	bool gaps;

	/* of lines; loops have none */
	unsigned same_as[PLOT_MEASURES_MAX][PLOT_CURVES_MAX]; /* the curve that is drawn for it */
	unsigned look[PLOT_MEASURES_MAX][PLOT_CURVES_MAX];
	struct line lines[LINES_MAX];
	unsigned count;
};

static const struct dot *dot_at(const struct picture *picture, unsigned index)
{
	g_assert(index < picture->dots->len);
	return &g_array_index(picture->dots, struct dot, index);
}

static void add_dot(struct picture *picture, const struct dot *dot)
{
	g_assert(dot->x >= 0);
	picture->gaps = picture->gaps || !dot->point->good;
	g_array_append_vals(picture->dots, dot, 1);
}

/* --- of a point --- */

/* The share of windows that are at most so long; below the first edge there is none. The axis is
 * logarithmic: it has no 0. */
static void add_distribution(struct picture *picture, struct dot *dot)
{
	const GArray *buckets = dot->point->histogram;

	g_assert(plot_histogram_count(buckets) > 0);
	for (unsigned i = 0; i < buckets->len; i++) {
		uint64_t edge_ns = g_array_index(buckets, struct plot_bucket, i).edge_ns;

		/* later than any run ends: a file that was made up */
		dot->x = (int64_t)CLAMP(edge_ns, 1, INT64_MAX / PLOT_MILLION) * PLOT_MILLION;
		dot->y[0] = 0;
		if (i == 0)
			add_dot(picture, dot);
		dot->y[0] = (int64_t)plot_histogram_share(buckets, i);
		add_dot(picture, dot);
	}
}

static bool set_x(const struct plot_sweep *sweep, struct dot *dot)
{
	if (!sweep->xs || (sweep->xs->numeric && sweep->view.mark == PLOT_MARK_LINES))
		return plot_value(dot->point, sweep->x, &dot->x);
	dot->x = plot_layout_position(sweep->xs, dot->point, sweep->x) * PLOT_MILLION;
	return true;
}

static void add_point(struct picture *picture, const struct plot_point *point)
{
	const struct plot_sweep *sweep = picture->sweep;
	struct dot dot = { .point = point, .panel = point->panel, .curve = point->curve };

	if (!point->placed)
		return;
	if (point->histogram) {
		if (plot_histogram_count(point->histogram))
			add_distribution(picture, &dot);
		return;
	}
	g_assert(sweep->measures <= PLOT_MEASURES_MAX);
	for (unsigned i = 0; i < sweep->measures; i++)
		if (!point->good || !plot_value(point, sweep->measure[i], &dot.y[i]))
			dot.y[i] = -1;
	if (set_x(sweep, &dot))
		add_dot(picture, &dot);
}

/* --- all of them --- */

static int compare_numbers(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_x(const struct dot *x, const struct dot *y)
{
	return x->panel == y->panel ? compare_numbers(x->x, y->x)
	                            : compare_numbers(x->panel, y->panel);
}

static int compare_dots(gconstpointer a, gconstpointer b)
{
	const struct dot *x = a, *y = b;

	return x->panel == y->panel && x->curve != y->curve ? compare_numbers(x->curve, y->curve)
	                                                    : compare_x(x, y);
}

/* A second file must not go on with a curve of the first at the same points. */
static bool check_files(const struct picture *picture, GError **error)
{
	for (unsigned i = 1; i < picture->dots->len; i++) {
		const struct dot *before = dot_at(picture, i - 1), *dot = dot_at(picture, i);

		if (before->point->table != dot->point->table && compare_dots(before, dot) == 0)
			return plot_sweep_fail(picture->sweep, error,
				"has a point that another file has, too: --panel file draws each "
				"by itself");
	}
	return true;
}

static bool collect_dots(struct picture *picture, GError **error)
{
	const struct plot_sweep *sweep = picture->sweep;

	for (unsigned i = 0; i < sweep->points->len; i++)
		add_point(picture, sweep->points->pdata[i]);
	if (!picture->dots->len)
		return plot_sweep_fail(sweep, error,
			*sweep->x ? "nothing to draw, no run has a value of '%s'"
				  : "no run has a transit window%s",
			sweep->x);
	g_array_sort(picture->dots, compare_dots);
	return check_files(picture, error);
}

/* --- asking --- */

/* The next dot of @line that has a value, from @index on; the length at the end. */
static unsigned next_of(const struct picture *picture, struct line_of line, unsigned index)
{
	g_assert(line.measure < PLOT_MEASURES_MAX);
	while (index < picture->dots->len && (dot_at(picture, index)->curve != line.curve ||
						     dot_at(picture, index)->y[line.measure] < 0))
		index++;
	return index;
}

static bool lines_meet(
	const struct picture *picture, struct line_of one, struct line_of other, unsigned *together)
{
	unsigned i = next_of(picture, one, 0), j = next_of(picture, other, 0);
	bool same = true;

	*together = 0;
	while (i < picture->dots->len && j < picture->dots->len) {
		const struct dot *x = dot_at(picture, i), *y = dot_at(picture, j);
		int place = compare_x(x, y);
		bool meet = !place && x->y[one.measure] == y->y[other.measure];

		*together += meet;
		same = same && meet;
		if (place <= 0)
			i = next_of(picture, one, i + 1);
		if (place >= 0)
			j = next_of(picture, other, j + 1);
	}
	return same && i == j;
}

static bool write_dots(const struct picture *picture, GError **error)
{
	const struct plot_sweep *sweep = picture->sweep;
	FILE *out = plot_page_create(sweep->page, "curves.dat", error);

	g_assert(sweep->measures >= 1);
	for (unsigned i = 0; out && i < picture->dots->len; i++) {
		const struct dot *dot = dot_at(picture, i);

		fprintf(out, "%u %u %d", dot->panel, dot->curve, !dot->point->good);
		plot_put_millionths(out, true, dot->x);
		for (unsigned j = 0; j < sweep->measures; j++)
			plot_put_millionths(out, dot->y[j] >= 0, dot->y[j]);
		fputc('\n', out);
	}
	return plot_page_close(out, error);
}

/* --- lines --- */

/* The first curve that has the same values of @measure, up to @curve. It is drawn for all of them,
 * if there is but one group of measures: otherwise a curve looks the same in all panels. */
static unsigned find_same(const struct picture *picture, unsigned measure, unsigned curve)
{
	struct line_of line = { measure, curve };
	unsigned together;

	for (unsigned i = 0; picture->sweep->groups == 1 && i < curve; i++)
		if (lines_meet(picture, (struct line_of){ measure, i }, line, &together))
			return i;
	return curve;
}

/* Whether a curve has one line in a panel: its name says all. */
static bool is_alone(const struct plot_sweep *sweep)
{
	return sweep->groups > 1 || sweep->measures == 1 || sweep->group[1] > 0;
}

/* "cap possible = cap none": all curves that are drawn as the one of @line; "" if all are, of
 * several measures. */
static char *name_same(const struct picture *picture, struct line_of line)
{
	const GPtrArray *curves = picture->sweep->curves->list;
	g_autoptr(GString) name = g_string_new(NULL);
	unsigned count = 0;

	for (unsigned i = line.curve; i < curves->len; i++)
		if (picture->same_as[line.measure][i] == line.curve)
			g_string_append_printf(
				name, "%s%s", count++ ? " = " : "", (char *)curves->pdata[i]);
	g_assert(count >= 1);
	return g_strdup(count == curves->len && !is_alone(picture->sweep) ? "" : name->str);
}

/* A curve that cannot be seen says why. */
static char *title_of(const struct picture *picture, struct line_of line)
{
	const struct plot_sweep *sweep = picture->sweep;
	g_autofree char *name = name_same(picture, line);
	const char *title = plot_nature_of(sweep->measure[line.measure]).title;
	bool empty = next_of(picture, line, 0) == picture->dots->len;
	const char *rest = !empty ? "" : *sweep->x ? ": no result" : ": no window";

	if (is_alone(sweep))
		return *name ? g_strconcat(name, rest, NULL) : NULL;
	return g_strconcat(title, *name ? ", " : "", name, rest, NULL);
}

/* In the legend are: of one group all lines, but two marks of one title once; else the curves. */
static bool is_in_legend(const struct plot_sweep *sweep, unsigned measure)
{
	if (sweep->groups > 1 || measure == 0)
		return measure == 0;
	return strcmp(plot_nature_of(sweep->measure[measure]).title,
		       plot_nature_of(sweep->measure[measure - 1]).title) != 0;
}

/* @measure is one of marks on the lines of @base, or @base itself. @drawn: lines so far. */
static void add_line(
	struct picture *picture, unsigned measure, unsigned base, unsigned curve, unsigned drawn)
{
	struct line *line = &picture->lines[picture->count];
	unsigned *look = &picture->look[measure][curve];

	g_assert(picture->count < LINES_MAX);
	if (measure != base)
		*look = picture->look[base][picture->same_as[base][curve]];
	else
		*look = picture->sweep->groups == 1 ? drawn : curve;
	*line = (struct line){ { measure, curve }, *look, measure != base, NULL };
	if (is_in_legend(picture->sweep, measure))
		line->title = title_of(picture, line->of);
	picture->count++;
}

static void add_lines(struct picture *picture)
{
	const struct plot_sweep *sweep = picture->sweep;
	unsigned base = 0, drawn = 0;

	g_assert(sweep->measures >= 1 && !picture->count);
	for (unsigned i = 0; i < sweep->measures && sweep->group[i] < sweep->groups; i++) {
		if (!(plot_nature_of(sweep->measure[i]).is & PLOT_POINTS))
			base = i;
		for (unsigned j = 0; j < sweep->curves->list->len; j++)
			picture->same_as[i][j] = find_same(picture, i, j);
		for (unsigned j = 0; j < sweep->curves->list->len; j++)
			if (picture->same_as[i][j] == j)
				add_line(picture, i, base, j, base == i ? drawn++ : drawn);
	}
}

/* How many later lines of its panels line @index lies under: so thick it is, that it can be seen.
 */
static unsigned lines_above(const struct picture *picture, unsigned index)
{
	const struct line *line = &picture->lines[index];
	const unsigned *group = picture->sweep->group;
	unsigned above = 0, together;

	g_assert(index < picture->count);
	for (unsigned i = index + 1; i < picture->count && above < ABOVE_MAX; i++) {
		const struct line *other = &picture->lines[i];

		if (other->points || group[other->of.measure] != group[line->of.measure])
			continue;
		lines_meet(picture, line->of, other->of, &together);
		above += together > 1;
	}
	return above;
}

/* Returns how many are in the legend, and the letters of the longest. */
static unsigned set_lines(const struct picture *picture, unsigned *letters)
{
	const struct plot_sweep *sweep = picture->sweep;
	unsigned entries = 0;

	for (unsigned i = 0; i < picture->count; i++) {
		const struct line *line = &picture->lines[i];
		const char *title = line->title ? line->title : "";

		plot_set_number_at(sweep->page, "LINE_MEASURE", i, line->of.measure);
		plot_set_number_at(sweep->page, "LINE_CURVE", i, line->of.curve);
		plot_set_number_at(sweep->page, "LINE_LOOK", i, line->look);
		plot_set_number_at(sweep->page, "LINE_ABOVE", i, lines_above(picture, i));
		plot_set_number_at(sweep->page, "LINE_POINTS", i, line->points);
		plot_set_text_at(sweep->page, "LINE_TITLE", i, title, PLOT_LABEL_MAX);
		*letters = MAX(*letters, (unsigned)g_utf8_strlen(title, -1));
		entries += *title != '\0';
	}
	g_assert(entries <= picture->count);
	plot_set_number(sweep->page, "LINES", picture->count);
	return entries;
}

/* --- all of it --- */

static void set_picture(const struct picture *picture)
{
	static const unsigned pixels[] = { 400, 360, 270 };
	const struct plot_sweep *sweep = picture->sweep;
	const struct plot_page *page = sweep->page;
	const char *key = sweep->view.reference ? sweep->view.reference_key : "";
	unsigned panels = sweep->groups * sweep->panels->list->len, letters = (unsigned)strlen(key);
	unsigned entries = set_lines(picture, &letters) + picture->gaps + (*key != '\0');

	g_assert(panels >= 1);
	plot_sweep_set_names(sweep, "TICK", sweep->xs);
	plot_set_number(page, "X_TIME", !*sweep->x);
	plot_set_number(page, "X_TEXT", sweep->xs && !sweep->xs->numeric);
	plot_set_text(page, "X_TITLE",
		*sweep->x ? plot_nature_of(sweep->x).title : "length of the window, at most",
		PLOT_LABEL_MAX);
	plot_set_number(page, "OWN_SCALES", sweep->view.own_scales);
	plot_set_number(page, "STEPS", sweep->view.steps);
	plot_set_number(page, "GAPS", picture->gaps);
	plot_set_text(page, "REFERENCE", key, PLOT_LABEL_MAX);
	/* marks where the samples are, unless what was measured has marks */
	plot_set_number(page, "DOTS",
		*sweep->x && !picture->lines[picture->count - 1].points &&
			picture->dots->len <=
				DOTS_MAX * sweep->panels->list->len * sweep->curves->list->len);
	plot_sweep_set_panels(sweep, panels > 2 && panels != 4 ? 3 : 2, pixels, entries, letters);
}

static bool make_lines_ready(struct picture *picture, GError **error)
{
	add_lines(picture);
	set_picture(picture);
	g_assert(picture->count >= 1);
	for (unsigned i = 0; i < picture->count; i++)
		g_free(picture->lines[i].title);
	return write_dots(picture, error);
}

static bool make_loops_ready(struct picture *picture, GError **error)
{
	const struct plot_sweep *sweep = picture->sweep;
	unsigned lanes = sweep->xs->list->len;
	unsigned lane = lanes == 1 ? SINGLE_PIXELS : LANE_PIXELS, letters;

	if (lanes > LANES_MAX)
		return plot_sweep_fail(sweep, error,
			"%u values of '%s', there is room for %d loops: choose some with --where "
			"'%s=VALUE,VALUE'",
			lanes, sweep->x, LANES_MAX, sweep->x);
	letters = plot_sweep_set_names(sweep, "TICK", sweep->xs);
	g_assert(lanes >= 1);
	plot_set_number(sweep->page, "LETTERS", LANE_LETTERS + letters);
	plot_set_text(sweep->page, "LOG", sweep->view.log ? sweep->view.log : "", PLOT_LABEL_MAX);
	plot_set_text(sweep->page, "X_TITLE", plot_nature_of(sweep->x).title, PLOT_LABEL_MAX);
	if (!sweep->page->height)
		sweep->page->height = REST_PIXELS + lanes * lane;
	return write_dots(picture, error);
}

static bool draw(const struct plot_sweep *sweep,
	bool (*make_ready)(struct picture *picture, GError **error), GError **error)
{
	g_autofree struct picture *picture = g_new0(struct picture, 1);
	bool good;

	picture->sweep = sweep;
	picture->dots = g_array_new(FALSE, FALSE, sizeof(struct dot));
	good = collect_dots(picture, error) && make_ready(picture, error);
	g_array_unref(picture->dots);
	return good;
}

bool plot_sweep_lines(const struct plot_sweep *sweep, GError **error)
{
	return draw(sweep, make_lines_ready, error);
}

bool plot_sweep_loops(const struct plot_sweep *sweep, GError **error)
{
	if (!plot_layout_is_axis(sweep, sweep->x) || sweep->panels->list->len > 1 ||
		sweep->curves->list->len > 1 || sweep->groups > 1)
		return plot_sweep_fail(sweep, error, "%s draws one loop for each value of an axis",
			sweep->view.name);
	return draw(sweep, make_loops_ready, error);
}
