/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Who ran where with which CID: a row per CPU, a box per stay, coloured by the CID. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/cpu-ids.h"
#include "sim/base/failure.h"
#include "sim/plot/bands.h"
#include "sim/plot/kinds.h"
#include "sim/record/csv.h"

enum {
	CIDS_MAX = 8192,       /* a greater one is none: UNSET */
	COLOURS = 8,           /* that can be distinguished; boxes of CIDs beyond get a foot */
	COLOUR_NONE = COLOURS, /* of a box without CID */
	FEET = 7,              /* kinds of feet: CID / COLOURS from 1 on, the last for all beyond */
	LEGEND_CIDS_MAX = 4,
	ROW_TICKS_MAX = 32,
	MARGIN_PIXELS = 100,  /* left and right of the boxes, about */
	LETTER_PIXELS = 6,    /* of a label in a box */
	WIDE_PIXELS = 4,      /* from here on a box has a border */
	HEIGHT_OF_REST = 115, /* title, axis */
	HEIGHT_OF_LEGEND_ROW = 19,
	LEGEND_COLUMNS = 3, /* at the default width */
};

struct stay {
	uint64_t cpu, pid, cid, start_ns, end_ns;
	bool visible; /* in the picture's time, of its mm */
};

struct chart {
	struct cpu_ids known, visible; /* CPUs with any stay, with a visible one */
	uint32_t row[CPU_IDS_MAX];     /* of a known CPU */
	uint64_t stays;                /* visible */
	uint8_t has_cid[CIDS_MAX];     /* seen on a visible stay */
	bool has_none;                 /* a visible stay without CID */
	uint64_t pixel_ns;             /* length of a pixel, at least 1 */
	FILE *wide, *narrow, *feet, *labels;
};

static bool read_stay(
	const struct plot_job *job, struct csv_reader *csv, struct stay *stay, GError **error)
{
	g_assert(job->from_ns < job->to_ns);
	if (!csv_reader_next(csv, error) ||
		!csv_reader_number(csv, 0, CPU_IDS_MAX - 1, &stay->cpu, error) ||
		!csv_reader_number(csv, 1, UINT32_MAX, &stay->pid, error) ||
		!csv_reader_number(csv, 3, UINT32_MAX, &stay->cid, error) ||
		!csv_reader_number(csv, 4, PLOT_TIME_NS_MAX, &stay->start_ns, error) ||
		!csv_reader_number(csv, 5, PLOT_TIME_NS_MAX, &stay->end_ns, error))
		return false;
	if (stay->start_ns > stay->end_ns)
		return csv_reader_fail(csv, error, "end_ns is before start_ns");
	stay->visible = stay->start_ns < job->to_ns && stay->end_ns > job->from_ns &&
	                (!job->mm || strcmp(csv_reader_field(csv, 2), job->mm->name) == 0);
	return true;
}

/* Call @each for every stay; FALSE sets @error. */
static bool for_each_stay(const struct plot_job *job, struct chart *chart,
	void (*each)(const struct plot_job *job, struct chart *chart, const struct stay *stay),
	GError **error)
{
	struct csv_reader *csv = plot_job_open(job, "stays.csv", csv_stays_columns, error);
	struct stay stay;
	GError *fault = NULL;

	if (!csv)
		return false;
	while (read_stay(job, csv, &stay, &fault))
		each(job, chart, &stay);
	csv_reader_close(csv);
	if (fault)
		g_propagate_error(error, fault);
	return !fault;
}

static void count_stay(const struct plot_job *job, struct chart *chart, const struct stay *stay)
{
	g_assert(stay->cpu < CPU_IDS_MAX);
	(void)job;
	if (!cpu_ids_has(&chart->known, (uint32_t)stay->cpu))
		cpu_ids_add(&chart->known, (uint32_t)stay->cpu);
	if (!stay->visible)
		return;
	if (!cpu_ids_has(&chart->visible, (uint32_t)stay->cpu))
		cpu_ids_add(&chart->visible, (uint32_t)stay->cpu);
	if (stay->cid < CIDS_MAX)
		chart->has_cid[stay->cid] = 1;
	else
		chart->has_none = true;
	chart->stays++;
}

static bool fail_too_many(
	const struct plot_job *job, uint64_t count, const char *what, unsigned max, GError **error)
{
	g_assert(count > max);
	failure_input(error,
		"%s: %" G_GUINT64_FORMAT " %s in the time to draw, there is room for %u; "
		"choose a shorter time with --from and --to",
		job->run->dir, count, what, max);
	return false;
}

/* A row for each CPU that the run used; if that is too many, for each in the picture. */
static bool choose_rows(const struct plot_job *job, struct chart *chart, GError **error)
{
	uint32_t row = 0;

	if (chart->visible.count > PLOT_CPUS_MAX)
		return fail_too_many(job, chart->visible.count, "CPUs", PLOT_CPUS_MAX, error);
	if (chart->stays > PLOT_STAYS_MAX)
		return fail_too_many(job, chart->stays, "stays", PLOT_STAYS_MAX, error);
	if (chart->stays == 0) {
		failure_input(error, "%s: no stays in the time to draw", job->run->dir);
		return false;
	}
	if (chart->known.count > PLOT_CPUS_MAX)
		chart->known = chart->visible;
	for (uint32_t id = 0; id < CPU_IDS_MAX; id++)
		if (cpu_ids_has(&chart->known, id))
			chart->row[id] = row++;
	g_assert(row == chart->known.count);
	return true;
}

/* --- the boxes --- */

/* The foot of a CID: 0 = none. */
static unsigned foot_of(uint64_t cid)
{
	g_assert(cid < CIDS_MAX);
	return (unsigned)MIN(cid / COLOURS, FEET);
}

static void write_box(FILE *out, uint64_t start, uint64_t end, uint32_t row, unsigned colour)
{
	g_assert(start < end && colour <= COLOUR_NONE);
	fprintf(out, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %u %u\n", start, end, row,
		colour);
}

static void write_label(const struct chart *chart, const struct stay *stay, uint64_t start,
	uint64_t end, unsigned colour)
{
	unsigned foot = colour == COLOUR_NONE ? 0 : foot_of(stay->cid);
	char text[48];
	int letters;

	g_assert(start <= end);
	if (colour == COLOUR_NONE)
		letters = snprintf(text, sizeof(text), "%" G_GUINT64_FORMAT ":?", stay->pid);
	else
		letters = snprintf(text, sizeof(text), "%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT,
			stay->pid, stay->cid);
	if ((uint64_t)(letters + 1) * LETTER_PIXELS * chart->pixel_ns <= end - start)
		fprintf(chart->labels, "%" G_GUINT64_FORMAT " %u %u %u %s\n",
			start + (end - start) / 2, chart->row[stay->cpu], colour, foot, text);
}

static void write_stay(const struct plot_job *job, struct chart *chart, const struct stay *stay)
{
	uint64_t start, end;
	uint32_t row;
	unsigned colour;
	bool is_wide;

	if (!stay->visible)
		return;
	start = MAX(stay->start_ns, job->from_ns) - job->columns.base_ns;
	end = MIN(stay->end_ns, job->to_ns) - job->columns.base_ns;
	colour = stay->cid < CIDS_MAX ? (unsigned)(stay->cid % COLOURS) : COLOUR_NONE;
	row = chart->row[stay->cpu];
	write_label(chart, stay, start, end, colour);
	is_wide = end - start >= WIDE_PIXELS * chart->pixel_ns;
	end = MAX(end, start + chart->pixel_ns); /* all can be seen */
	write_box(is_wide ? chart->wide : chart->narrow, start, end, row, colour);
	if (colour != COLOUR_NONE && foot_of(stay->cid))
		write_box(chart->feet, start, end, row, foot_of(stay->cid));
}

static bool write_boxes(const struct plot_job *job, struct chart *chart, GError **error)
{
	static const char *const names[] = { "wide.dat", "narrow.dat", "feet.dat", "labels.dat" };
	FILE **files[] = { &chart->wide, &chart->narrow, &chart->feet, &chart->labels };
	bool good = true;

	g_assert(chart->pixel_ns > 0);
	for (unsigned i = 0; good && i < G_N_ELEMENTS(names); i++) {
		*files[i] = plot_page_create(job->page, names[i], error);
		good = *files[i];
	}
	good = good && for_each_stay(job, chart, write_stay, error);
	for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
		good = plot_page_close(*files[i], good ? error : NULL) && good;
	return good;
}

/* "row id" for the rows that have a label. */
static bool write_rows(const struct plot_job *job, const struct chart *chart, GError **error)
{
	uint32_t step = (chart->known.count + ROW_TICKS_MAX - 1) / ROW_TICKS_MAX;
	FILE *out = plot_page_create(job->page, "rows.dat", error);

	g_assert(step >= 1);
	for (uint32_t id = 0; out && id < CPU_IDS_MAX; id++)
		if (cpu_ids_has(&chart->known, id) && chart->row[id] % step == 0)
			fprintf(out, "%u %u\n", chart->row[id], id);
	return plot_page_close(out, error);
}

/* --- the legend --- */

/* The CIDs of @colour that are there, as "CID 1, 9, 17". The caller frees it. */
static char *list_cids(const struct chart *chart, unsigned colour)
{
	GString *list = g_string_new(NULL);
	unsigned count = 0;

	g_assert(colour < COLOURS);
	for (unsigned cid = colour; cid < CIDS_MAX; cid += COLOURS) {
		if (!chart->has_cid[cid])
			continue;
		if (count++ == LEGEND_CIDS_MAX) {
			g_string_append(list, ", \xe2\x80\xa6");
			break;
		}
		g_string_append_printf(list, "%s%u", count > 1 ? ", " : "CID ", cid);
	}
	return g_string_free(list, FALSE);
}

/* What a foot means, NULL if none has it. The caller frees it. */
static char *describe_foot(const struct chart *chart, unsigned foot)
{
	unsigned first = foot * COLOURS, end = foot == FEET ? CIDS_MAX : first + COLOURS;
	bool more = memchr(chart->has_cid + first + COLOURS, 1, CIDS_MAX - first - COLOURS);

	g_assert(foot >= 1 && foot <= FEET);
	if (!memchr(chart->has_cid + first, 1, end - first))
		return NULL;
	return g_strdup_printf("foot: + %u%s", first, foot == FEET && more ? " or more" : "");
}

/* Legend entry NAME_I is @text, which is freed; no entry if it is empty. Returns how many. */
static unsigned set_entry(const struct plot_job *job, const char *name, unsigned i, char *text)
{
	char *variable = g_strdup_printf("%s_%u", name, i);
	bool is_entry = text && *text;

	plot_set_text(job->page, variable, text ? text : "", 40);
	g_free(variable);
	g_free(text);
	return is_entry;
}

/* Returns the height of the legend. */
static unsigned set_cids_legend(const struct plot_job *job, const struct chart *chart)
{
	unsigned entries = (job->mm ? 2 : 0) + chart->has_none; /* 2: the modes */

	g_assert(chart->stays > 0);
	plot_set_number(job->page, "NO_CID", chart->has_none);
	for (unsigned colour = 0; colour < COLOURS; colour++)
		entries += set_entry(job, "CIDS", colour, list_cids(chart, colour));
	for (unsigned foot = 1; foot <= FEET; foot++)
		entries += set_entry(job, "FOOT", foot, describe_foot(chart, foot));
	return (entries + LEGEND_COLUMNS - 1) / LEGEND_COLUMNS * HEIGHT_OF_LEGEND_ROW;
}

static unsigned row_pixels(uint32_t rows)
{
	g_assert(rows >= 1 && rows <= PLOT_CPUS_MAX);
	return rows <= 16 ? 30 : rows <= 32 ? 20 : 16;
}

static bool write_chart(struct plot_job *job, struct chart *chart, GError **error)
{
	unsigned legend;

	g_assert(job->page->width > MARGIN_PIXELS);
	if (!for_each_stay(job, chart, count_stay, error) || !choose_rows(job, chart, error))
		return false;
	legend = set_cids_legend(job, chart);
	if (!job->page->height)
		job->page->height = HEIGHT_OF_REST + legend +
		                    chart->known.count * row_pixels(chart->known.count);
	job->page->height = MAX(job->page->height, PLOT_SIZE_MIN);
	chart->pixel_ns = MAX((job->to_ns - job->from_ns) / (job->page->width - MARGIN_PIXELS), 1);
	plot_set_number(job->page, "ROWS", chart->known.count);
	plot_set_number(job->page, "BANDS", job->mm != NULL);
	return write_rows(job, chart, error) && write_boxes(job, chart, error) &&
	       (!job->mm || plot_bands(job, error));
}

bool plot_cpus(struct plot_job *job, GError **error)
{
	struct chart *chart = g_new0(struct chart, 1);
	bool good = write_chart(job, chart, error);

	g_assert(job->from_ns < job->to_ns);
	g_free(chart);
	return good;
}
