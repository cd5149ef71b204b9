/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * The loop: users to the right, the mode upwards. Every step of users is a piece of one of the
 * branches; pieces that lie on each other are drawn once, so that a million of them take no more
 * room than one. A cycle ends when the mm leaves per-CPU mode and begins to grow again; a few
 * cycles have lanes of their own, side by side. Of many cycles a piece has a width, by how often it
 * was passed.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/base/failure.h"
#include "sim/plot/axis.h"
#include "sim/plot/kinds.h"

enum {
	LANES = 4,
	BINS = 4096,
	TICKS = 12,
	LABELS = 16, /* of arrows, side by side */
};
enum direction { DOWN, UP, DIRECTIONS };
enum { LEVELS = 2 }; /* per task, per CPU */

struct loop {
	uint64_t users_max, users_per_bin;
	unsigned lanes;     /* in use */
	unsigned lanes_max; /* LANES; 1: there are more cycles */
	uint32_t passes;    /* the most of a piece */
	/* how often the piece from bin to bin + 1 was passed */
	uint32_t branch[DIRECTIONS][LEVELS][LANES][BINS];
	/* the users began to change the other way here: towards the same lane, the next one */
	uint8_t turn[2][LEVELS][LANES][BINS];
	/* how often the mode changed here */
	uint32_t jump[DIRECTIONS][LANES][BINS];
	struct jumps {
		uint64_t count, users_min, users_max;
	} jumps[DIRECTIONS];
};

/* Where the mm is while its series is read. */
struct place {
	bool known;
	uint64_t users;
	unsigned level;
	uint64_t cycle;
	bool has_left; /* the cycle ends with the next step up */
	bool has_moved;
	enum direction direction; /* of the last move */
};

static unsigned lane_of(struct loop *loop, uint64_t cycle)
{
	unsigned lane = (unsigned)(cycle % loop->lanes_max);

	loop->lanes = MAX(loop->lanes, lane + 1);
	g_assert(loop->lanes <= LANES);
	return lane;
}

static void add_branch(struct loop *loop, const struct place *place, uint64_t users)
{
	enum direction direction = users > place->users ? UP : DOWN;
	uint64_t low = MIN(users, place->users), high = MAX(users, place->users);
	uint64_t bin = low / loop->users_per_bin, last = (high - 1) / loop->users_per_bin;
	uint32_t *pieces = loop->branch[direction][place->level][lane_of(loop, place->cycle)];

	g_assert(low < high && last < BINS);
	g_assert(place->level < LEVELS);
	for (; bin <= last; bin++) {
		pieces[bin]++;
		loop->passes = MAX(loop->passes, pieces[bin]);
	}
}

static void add_turn(struct loop *loop, const struct place *place, bool to_next)
{
	uint64_t bin = place->users / loop->users_per_bin;

	g_assert(bin < BINS && place->level < LEVELS);
	loop->turn[to_next][place->level][lane_of(loop, place->cycle)][bin] = 1;
}

/* A step of users, in the mode that was before it: that is what the decision looks at. */
static void move(struct loop *loop, struct place *place, uint64_t users, bool visible)
{
	enum direction direction = users > place->users ? UP : DOWN;
	bool ends_cycle = direction == UP && place->level == 0 && place->has_left;

	g_assert(users != place->users);
	if (visible && place->has_moved && direction != place->direction)
		add_turn(loop, place, ends_cycle);
	if (ends_cycle) {
		place->cycle++;
		place->has_left = false;
	}
	if (visible)
		add_branch(loop, place, users);
	place->has_moved = true;
	place->direction = direction;
}

static void step_users(
	struct loop *loop, struct place *place, const struct plot_sample *sample, bool visible)
{
	unsigned level = sample->mode & PLOT_MODE_PERCPU ? 1 : 0;

	g_assert(!place->known || place->users <= loop->users_max);
	if (place->known && sample->users != place->users)
		move(loop, place, sample->users, visible);
	if (place->known && place->level == 1 && level == 0)
		place->has_left = true;
	place->known = true;
	place->users = sample->users;
	place->level = level;
}

static bool read_series(const struct plot_job *job, struct loop *loop, GError **error)
{
	struct csv_reader *csv = plot_series_open(job, error);
	struct plot_sample sample = { 0 };
	struct place place = { 0 };
	GError *fault = NULL;

	if (!csv)
		return false;
	while (plot_series_next(job, csv, &sample, &fault) && sample.time_ns <= job->to_ns) {
		if (sample.users > loop->users_max)
			csv_reader_fail(csv, &fault, "more users than users_max in report.json");
		if (fault)
			break;
		step_users(loop, &place, &sample, sample.time_ns >= job->from_ns);
	}
	csv_reader_close(csv);
	return failure_pass(error, fault);
}

static void add_jump(struct loop *loop, const struct plot_switch *mode_switch, uint64_t cycle)
{
	enum direction direction = mode_switch->to_percpu ? UP : DOWN;

	g_assert(loop->jumps[direction].count > 0);
	loop->jump[direction][lane_of(loop, cycle)][mode_switch->users / loop->users_per_bin]++;
}

/* Call @each with each mode switch of the picture and the cycle it is in. */
static bool for_each_switch(const struct plot_job *job, struct loop *loop,
	void (*each)(struct loop *loop, const struct plot_switch *mode_switch, uint64_t cycle),
	GError **error)
{
	struct csv_reader *csv = plot_switches_open(job, error);
	struct plot_switch mode_switch = { 0 };
	uint64_t cycle = 0;
	GError *fault = NULL;

	if (!csv)
		return false;
	while (plot_switches_next(job, csv, &mode_switch, &fault) &&
		mode_switch.time_ns <= job->to_ns) {
		if (mode_switch.users > loop->users_max)
			csv_reader_fail(csv, &fault, "more users than users_max in report.json");
		if (fault)
			break;
		if (mode_switch.time_ns >= job->from_ns)
			each(loop, &mode_switch, cycle);
		cycle += !mode_switch.to_percpu;
	}
	csv_reader_close(csv);
	return failure_pass(error, fault);
}

/* Each enters the mode again, or leaves it. */
static void count_jump(struct loop *loop, const struct plot_switch *mode_switch, uint64_t cycle)
{
	struct jumps *jumps = &loop->jumps[mode_switch->to_percpu ? UP : DOWN];
	uint64_t users = mode_switch->users;

	(void)cycle;
	g_assert(users <= loop->users_max);
	jumps->users_min = jumps->count ? MIN(jumps->users_min, users) : users;
	jumps->users_max = MAX(jumps->users_max, users);
	jumps->count++;
}

/* "from to level lane passes" for each part of a branch that was passed as often. */
static void write_lane(
	const struct loop *loop, FILE *out, enum direction direction, unsigned level, unsigned lane)
{
	const uint32_t *pieces = loop->branch[direction][level][lane];

	g_assert(lane < loop->lanes);
	for (unsigned i = 0, end; i < BINS; i = end) {
		end = i + 1;
		if (!pieces[i])
			continue;
		while (end < BINS && pieces[end] &&
			(loop->lanes_max > 1 || pieces[end] == pieces[i]))
			end++;
		fprintf(out, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %u %u %u\n",
			i * loop->users_per_bin, MIN(end * loop->users_per_bin, loop->users_max),
			level, lane, pieces[i]);
	}
}

static bool write_branch(const struct plot_job *job, const struct loop *loop,
	enum direction direction, GError **error)
{
	FILE *out = plot_page_create(job->page, direction == UP ? "up.dat" : "down.dat", error);

	g_assert(direction < DIRECTIONS && loop->lanes <= LANES);
	for (unsigned level = 0; out && level < LEVELS; level++)
		for (unsigned lane = 0; lane < loop->lanes; lane++)
			write_lane(loop, out, direction, level, lane);
	return plot_page_close(out, error);
}

/* "users level lane next-lane" for each place where the users turned. */
static bool write_turns(const struct plot_job *job, const struct loop *loop, GError **error)
{
	FILE *out = plot_page_create(job->page, "turns.dat", error);

	g_assert(loop->lanes <= LANES);
	for (unsigned i = 0; out && i < 2 * LEVELS * LANES * BINS; i++) {
		unsigned bin = i % BINS, lane = i / BINS % LANES, level = i / BINS / LANES % LEVELS;
		unsigned to_next = i / BINS / LANES / LEVELS;

		if (loop->turn[to_next][level][lane][bin])
			fprintf(out, "%" G_GUINT64_FORMAT " %u %u %u\n", bin * loop->users_per_bin,
				level, lane, (lane + to_next) % LANES);
	}
	return plot_page_close(out, error);
}

/* "users lane times is-labelled" for each place where the mode changed. Labels do not overlap. */
static bool write_jumps(const struct plot_job *job, const struct loop *loop,
	enum direction direction, GError **error)
{
	FILE *out = plot_page_create(job->page, direction == UP ? "enter.dat" : "leave.dat", error);

	g_assert(direction < DIRECTIONS && loop->lanes <= LANES);
	for (unsigned lane = 0; out && lane < loop->lanes; lane++) {
		uint64_t next = 0; /* users from which on there is room for a label */

		for (unsigned bin = 0; bin < BINS; bin++) {
			uint64_t users = bin * loop->users_per_bin;

			if (!loop->jump[direction][lane][bin])
				continue;
			fprintf(out, "%" G_GUINT64_FORMAT " %u %u %d\n", users, lane,
				loop->jump[direction][lane][bin], users >= next);
			if (users >= next)
				next = users + loop->users_max / LABELS + 1;
		}
	}
	return plot_page_close(out, error);
}

static char *describe_jumps(const struct jumps *jumps, const char *what)
{
	g_autofree char *times =
		jumps->count == 1 ? g_strdup("once")
				  : g_strdup_printf("%" G_GUINT64_FORMAT " times", jumps->count);

	g_assert(jumps->users_min <= jumps->users_max);
	if (jumps->users_min == jumps->users_max)
		return g_strdup_printf(
			"%s %s, at users = %" G_GUINT64_FORMAT, what, times, jumps->users_min);
	return g_strdup_printf("%s %s, at users = %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
		what, times, jumps->users_min, jumps->users_max);
}

/* What the legend says; "": it has no such mark. */
static void set_jumps(
	const struct plot_job *job, const struct jumps *jumps, const char *name, const char *what)
{
	g_autofree char *text = jumps->count ? describe_jumps(jumps, what) : g_strdup("");

	plot_set_text(job->page, name, text, 100);
}

/* The formula's value as NAME (text as NAME_TEXT); below 0 there is no line to draw. */
static void set_formula(const struct plot_job *job, const char *name, const char *word,
	int64_t users, const struct jumps *jumps)
{
	char *variable = g_strconcat(name, "_TEXT", NULL);
	char *text = users < 0 ? g_strdup_printf("%s: never", word)
	                       : g_strdup_printf("%s: users = %" G_GINT64_FORMAT "%s", word, users,
					 jumps->count ? "" : ", did not happen");

	g_assert(users >= -1 && users <= UINT32_MAX);
	g_string_append_printf(
		job->page->assignments, "%s = %" G_GINT64_FORMAT ".0\n", name, users);
	plot_set_text(job->page, variable, text, 100);
	g_free(text);
	g_free(variable);
}

static void set_loop(const struct plot_job *job, const struct loop *loop)
{
	/* the formula's lines belong to the picture, unless they would make the loop tiny */
	int64_t limit = (int64_t)(8 * loop->users_max);
	int64_t enter = job->mm->enter <= limit ? job->mm->enter : -1;
	uint64_t right = MAX(loop->users_max, (uint64_t)MAX(enter, 0));

	g_assert(right > 0);
	plot_set_number(job->page, "USERS_MAX", right);
	plot_set_number(job->page, "USERS_STEP", plot_axis_step(right, TICKS));
	plot_set_number(job->page, "LANES", MAX(loop->lanes, 1));
	plot_set_number(job->page, "PASSES", loop->lanes_max > 1 ? 0 : loop->passes);
	set_formula(job, "ENTER", "enter", job->mm->enter, &loop->jumps[UP]);
	set_formula(job, "LEAVE", "leave", job->mm->leave, &loop->jumps[DOWN]);
	set_jumps(job, &loop->jumps[UP], "ENTERED", "entered");
	set_jumps(job, &loop->jumps[DOWN], "LEFT", "left");
}

static bool write_loop(struct plot_job *job, const struct loop *loop, GError **error)
{
	set_loop(job, loop);
	return write_branch(job, loop, UP, error) && write_branch(job, loop, DOWN, error) &&
	       write_turns(job, loop, error) && write_jumps(job, loop, UP, error) &&
	       write_jumps(job, loop, DOWN, error);
}

bool plot_hysteresis(struct plot_job *job, GError **error)
{
	struct loop *loop = g_new0(struct loop, 1);
	bool good;

	loop->users_max = MAX(job->mm->users_max, 1);
	loop->users_per_bin = loop->users_max / BINS + 1;
	g_assert(loop->users_max / loop->users_per_bin < BINS);
	good = for_each_switch(job, loop, count_jump, error);
	loop->lanes_max = loop->jumps[DOWN].count > LANES ? 1 : LANES;
	good = good && read_series(job, loop, error) &&
	       for_each_switch(job, loop, add_jump, error) && write_loop(job, loop, error);
	g_free(loop);
	return good;
}
