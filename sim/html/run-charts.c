/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* What the charts of a run draw: series.csv as lines, stays.csv as boxes. */
#include <string.h>

#include "sim/base/cpu-ids.h"
#include "sim/base/csv.h"
#include "sim/base/failure.h"
#include "sim/html/private.h"
#include "sim/html/thin.h"
#include "sim/record/csv.h"

/* Columns of series.csv, those from USERS on are the lines of an mm. */
enum { TIME, MM, USERS, OPTIMUM = 9, LINES = OPTIMUM + 1 - USERS };

GPtrArray *html_mms(const struct plot_run *run)
{
	GPtrArray *mms = g_ptr_array_new();
	const struct plot_mm *first = run->mms->len ? plot_run_mm(run, NULL, NULL) : NULL;

	if (first)
		g_ptr_array_add(mms, (gpointer)first);
	for (unsigned i = 0; i < run->mms->len && mms->len < HTML_MMS_MAX; i++)
		if (run->mms->pdata[i] != first)
			g_ptr_array_add(mms, run->mms->pdata[i]);
	g_assert(mms->len <= HTML_MMS_MAX);
	return mms;
}

/* From the name of an mm to its place in @mms, plus 1. */
static GHashTable *places_of(const GPtrArray *mms)
{
	GHashTable *places = g_hash_table_new(g_str_hash, g_str_equal);

	for (unsigned i = 0; i < mms->len; i++)
		g_hash_table_insert(places, ((struct plot_mm *)mms->pdata[i])->name,
			GUINT_TO_POINTER(i + 1));
	return places;
}

/* How much there is, how much is in the page, and how long the cells are. */
static void add_extent(struct html_page *page, const struct html_thin *thin)
{
	json_add_number(&page->data, "seen", thin->seen);
	json_add_number(&page->data, "kept", thin->kept);
	json_add_number(&page->data, "cell", thin->cell);
}

/* --- lines --- */

/* What an mm has at present. */
struct values {
	uint32_t value[LINES];
	bool known, begun; /* has values; they are in the lines */
};

struct lines {
	struct html_thin thin; /* lanes: place of the mm * LINES + line */
	GHashTable *places;
	struct values *now; /* by place */
	const struct html_part *part;
};

static void add_point(
	struct lines *lines, unsigned place, unsigned line, uint64_t time_ns, uint32_t value)
{
	const struct html_item item = { .start = time_ns, .value = value };

	g_assert(line < LINES);
	html_thin_add(&lines->thin, place * LINES + line, &item);
}

/* What is the case at the begin of the part counts there. */
static void begin_lines(struct lines *lines, unsigned place)
{
	struct values *now = &lines->now[place];

	for (unsigned i = 0; now->known && !now->begun && i < LINES; i++)
		add_point(lines, place, i, lines->part->from_ns, now->value[i]);
	now->begun = now->known;
}

/* The values @value from @time_ns on. */
static void add_values(
	struct lines *lines, unsigned place, uint64_t time_ns, const uint32_t value[LINES])
{
	struct values *now = &lines->now[place];

	if (time_ns > lines->part->from_ns)
		begin_lines(lines, place);
	for (unsigned i = 0; i < LINES; i++) {
		bool changes = !now->known || now->value[i] != value[i];

		now->value[i] = value[i];
		if (time_ns > lines->part->from_ns && changes)
			add_point(lines, place, i, time_ns, value[i]);
	}
	now->known = true;
	now->begun = time_ns > lines->part->from_ns;
}

static bool read_values(
	const struct csv_reader *csv, uint64_t *time_ns, uint32_t value[LINES], GError **error)
{
	uint64_t number = 0;

	if (!csv_reader_number(csv, TIME, INT64_MAX, time_ns, error))
		return false;
	for (unsigned i = 0; i < LINES; i++) {
		if (!csv_reader_number(csv, USERS + i, UINT32_MAX, &number, error))
			return false;
		value[i] = (uint32_t)number;
	}
	return true;
}

static bool read_lines(struct lines *lines, struct csv_reader *csv, GError **error)
{
	uint32_t value[LINES];
	uint64_t time_ns = 0;
	GError *fault = NULL;

	while (csv_reader_next(csv, &fault) && read_values(csv, &time_ns, value, &fault)) {
		unsigned place = GPOINTER_TO_UINT(
			g_hash_table_lookup(lines->places, csv_reader_field(csv, MM)));

		if (place > 0 && time_ns <= lines->part->to_ns)
			add_values(lines, place - 1, time_ns, value);
	}
	return failure_pass(error, fault);
}

static void write_line(struct html_page *page, const struct html_thin *thin, unsigned lane)
{
	unsigned count;
	const struct html_item *items = html_thin_lane(thin, lane, &count);

	json_begin_array(&page->data, NULL);
	for (unsigned i = 0; i < count; i++) {
		json_add_number(&page->data, NULL, items[i].start);
		json_add_number(&page->data, NULL, items[i].value);
	}
	json_end_array(&page->data);
}

static void write_lines(struct html_page *page, const struct lines *lines, const GPtrArray *mms)
{
	json_begin_object(&page->data, "lines");
	add_extent(page, &lines->thin);
	json_begin_array(&page->data, "mms");
	for (unsigned place = 0; place < mms->len; place++) {
		json_begin_object(&page->data, NULL);
		json_add_text(&page->data, "name", ((struct plot_mm *)mms->pdata[place])->name);
		json_begin_array(&page->data, "lines");
		for (unsigned i = 0; i < LINES; i++)
			write_line(page, &lines->thin, place * LINES + i);
		json_end_array(&page->data);
		json_end_object(&page->data);
	}
	json_end_array(&page->data);
	json_end_object(&page->data);
}

bool html_add_lines(struct html_page *page, const struct plot_run *run, const GPtrArray *mms,
	const struct html_part *part, GError **error)
{
	struct csv_reader *csv = plot_run_csv(run, "series.csv", csv_series_columns, error);
	struct lines lines = { .places = places_of(mms),
		.now = g_new0(struct values, mms->len + 1),
		.part = part };
	bool good;

	html_thin_init(&lines.thin, HTML_POINTS, HTML_POINTS_MAX, part->from_ns, part->to_ns);
	good = csv && read_lines(&lines, csv, error);
	for (unsigned place = 0; place < mms->len; place++)
		begin_lines(&lines, place);
	html_thin_end(&lines.thin);
	if (good)
		write_lines(page, &lines, mms);
	html_thin_clear(&lines.thin);
	g_free(lines.now);
	g_hash_table_unref(lines.places);
	csv_reader_close(csv);
	return good;
}

/* --- lanes --- */

struct stay {
	uint64_t cpu, pid, cid, start_ns, end_ns;
};

static bool read_stay(const struct csv_reader *csv, struct stay *stay, GError **error)
{
	return csv_reader_number(csv, 0, CPU_IDS_MAX - 1, &stay->cpu, error) &&
	       csv_reader_number(csv, 1, UINT32_MAX, &stay->pid, error) &&
	       csv_reader_number(csv, 3, UINT32_MAX, &stay->cid, error) &&
	       csv_reader_number(csv, 4, INT64_MAX, &stay->start_ns, error) &&
	       csv_reader_number(csv, 5, INT64_MAX, &stay->end_ns, error) &&
	       (stay->start_ns <= stay->end_ns ||
		       csv_reader_fail(csv, error, "end_ns is before start_ns"));
}

static void add_stay(struct html_thin *thin, const struct stay *stay, unsigned mm)
{
	struct html_item item = { .start = MAX(stay->start_ns, thin->from),
		.value = (uint32_t)stay->pid,
		.mm = mm,
		.cid = (uint32_t)stay->cid };

	if (stay->start_ns > thin->to || stay->end_ns < thin->from)
		return;
	item.length = MIN(stay->end_ns, thin->to) - item.start;
	html_thin_add(thin, (unsigned)stay->cpu, &item);
}

/* A task without mm, and one whose mm has no lines, has the number after the last place. */
static bool read_lanes(
	struct html_thin *thin, struct csv_reader *csv, const GPtrArray *mms, GError **error)
{
	g_autoptr(GHashTable) places = places_of(mms);
	struct stay stay;
	GError *fault = NULL;

	while (csv_reader_next(csv, &fault) && read_stay(csv, &stay, &fault)) {
		unsigned place =
			GPOINTER_TO_UINT(g_hash_table_lookup(places, csv_reader_field(csv, 2)));

		add_stay(thin, &stay, place > 0 ? place - 1 : mms->len);
	}
	return failure_pass(error, fault);
}

static void write_lane(struct html_page *page, const struct html_thin *thin, unsigned cpu)
{
	unsigned count;
	const struct html_item *items = html_thin_lane(thin, cpu, &count);

	if (count == 0)
		return;
	json_begin_object(&page->data, NULL);
	json_add_number(&page->data, "cpu", cpu);
	json_begin_array(&page->data, "boxes");
	for (unsigned i = 0; i < count; i++) {
		json_add_number(&page->data, NULL, items[i].start);
		json_add_number(&page->data, NULL, items[i].length);
		json_add_number(&page->data, NULL, items[i].value);
		json_add_number(&page->data, NULL, items[i].mm);
		json_add_number(&page->data, NULL, items[i].cid);
	}
	json_end_array(&page->data);
	json_end_object(&page->data);
}

bool html_add_lanes(struct html_page *page, const struct plot_run *run, const GPtrArray *mms,
	const struct html_part *part, GError **error)
{
	struct csv_reader *csv = plot_run_csv(run, "stays.csv", csv_stays_columns, error);
	struct html_thin thin;
	bool good;

	html_thin_init(&thin, HTML_BOXES, HTML_BOXES_MAX, part->from_ns, part->to_ns);
	good = csv && read_lanes(&thin, csv, mms, error);
	html_thin_end(&thin);
	if (good) {
		json_begin_object(&page->data, "lanes");
		add_extent(page, &thin);
		json_begin_array(&page->data, "cpus");
		for (unsigned cpu = 0; cpu < thin.lanes->len; cpu++)
			write_lane(page, &thin, cpu);
		json_end_array(&page->data);
		json_end_object(&page->data);
	}
	html_thin_clear(&thin);
	csv_reader_close(csv);
	return good;
}
