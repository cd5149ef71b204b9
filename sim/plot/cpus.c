/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * Who ran where with which CID: a row per CPU, a box per stay, its colour the CID; of several mms
 * each has a hue of its own. Where there are too many CPUs or stays for this, a row is of several
 * CPUs, and its cells show how busy they were.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/base/cpu-ids.h"
#include "sim/base/failure.h"
#include "sim/play/play.h"
#include "sim/plot/bands.h"
#include "sim/plot/cells.h"
#include "sim/plot/kinds.h"
#include "sim/record/csv.h"

enum {
	ROWS_MAX = 64,
	STAYS_MAX = 20000,
	HUES = 6,             /* of several mms; the last one is for all others */
	HUE_NONE = HUES,      /* of a box without CID */
	HUE_SCALE = HUES + 1, /* of one mm: from low to high CIDs */
	HUE_FIRST = HUES + 2, /* of CID 0, if the CIDs have colours of their own */
	OWN_COLOURS = 8,      /* of CIDs, that can be distinguished */
	LEVEL_MAX = 1000,
	SCALE_STEPS = 4, /* between the entries of the legend */
	ROW_TICKS_MAX = 32,
	SLOT_PIXELS = 4,
	MARGIN_PIXELS = 100,  /* left and right of the boxes, about */
	LETTER_PIXELS = 6,    /* of a label in a box */
	WIDE_PIXELS = 4,      /* from here on a box has a border */
	HEIGHT_OF_REST = 131, /* title, axis */
	HEIGHT_OF_LEGEND_ROW = 19,
	LEGEND_COLUMNS = 3, /* at the default width */
	NAME_LETTERS = 20,  /* of an mm in the legend */
};

struct stay {
	uint64_t cpu, pid, cid, start_ns, end_ns;
	const char *mm; /* until the next one is read */
	bool visible;   /* in the picture's time, of its CPUs and its mm */
};

/* The mms of a hue with a visible stay that has a CID. */
struct mm_use {
	char *name;   /* of the first of them; NULL: there is none */
	bool several; /* of the last hue: others, too */
	uint64_t cid_max;
};

struct chart {
	struct cpu_ids known, visible; /* CPUs with any stay, with a visible one */
	uint32_t row[CPU_IDS_MAX];     /* of a known CPU */
	uint32_t rows, group;          /* group: CPUs of a row */
	uint32_t places[ROWS_MAX];     /* CPUs of each row */
	bool is_dense;                 /* cells, not boxes */
	uint64_t stays;                /* visible */
	struct mm_use uses[HUES];
	unsigned mms;      /* in them; 2: two or more */
	bool has_none;     /* a visible stay without CID */
	uint64_t cid_max;  /* of visible stays */
	uint64_t pixel_ns; /* length of a pixel, at least 1 */
	FILE *wide, *narrow, *labels;
	struct plot_cells cells;
	unsigned entries; /* of the legend */
};

static bool has_cid(const struct stay *stay)
{
	return stay->cid < CPU_IDS_MAX; /* UNSET is greater */
}

static bool is_chosen(const struct plot_job *job, uint64_t cpu)
{
	return !job->cpus || cpu_ids_has(job->cpus, (uint32_t)cpu);
}

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
	stay->mm = csv_reader_field(csv, 2);
	stay->visible = stay->start_ns < job->to_ns && stay->end_ns > job->from_ns &&
	                is_chosen(job, stay->cpu) &&
	                (!job->mm || strcmp(stay->mm, job->mm->name) == 0);
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
	return failure_pass(error, fault);
}

/* --- what is there --- */

static void add_cpu(struct cpu_ids *ids, uint64_t cpu)
{
	g_assert(cpu < CPU_IDS_MAX);
	if (!cpu_ids_has(ids, (uint32_t)cpu))
		cpu_ids_add(ids, (uint32_t)cpu);
}

/* The first few of the report have hues of their own, whatever part of the run is drawn. */
static unsigned hue_of(const struct plot_job *job, const char *name)
{
	const GPtrArray *mms = job->run->mms;
	unsigned hue = 0;

	while (hue < HUES - 1 &&
		(hue >= mms->len || strcmp(((struct plot_mm *)mms->pdata[hue])->name, name) != 0))
		hue++;
	return hue;
}

static void note_use(const struct plot_job *job, struct chart *chart, const struct stay *stay)
{
	struct mm_use *use = &chart->uses[hue_of(job, stay->mm)];
	bool is_other = use->name && strcmp(use->name, stay->mm) != 0;

	if (!use->name || (is_other && !use->several))
		chart->mms++;
	if (!use->name)
		use->name = g_strdup(stay->mm);
	use->several |= is_other;
	use->cid_max = MAX(use->cid_max, stay->cid);
	chart->cid_max = MAX(chart->cid_max, stay->cid);
}

static void count_stay(const struct plot_job *job, struct chart *chart, const struct stay *stay)
{
	if (is_chosen(job, stay->cpu))
		add_cpu(&chart->known, stay->cpu);
	if (!stay->visible)
		return;
	add_cpu(&chart->visible, stay->cpu);
	chart->stays++;
	if (has_cid(stay))
		note_use(job, chart, stay);
	else
		chart->has_none = true;
}

/* A row for each CPU that the run used; if that is too many, for each in the picture, or for
 * several of them. */
static bool choose_rows(const struct plot_job *job, struct chart *chart, GError **error)
{
	uint32_t place = 0;

	if (chart->stays == 0)
		return failure_input(error, "%s: no stays in the time to draw%s", job->run->dir,
			job->cpus ? ", on those CPUs" : "");
	if (chart->known.count > ROWS_MAX)
		chart->known = chart->visible;
	for (chart->group = 1; chart->known.count > ROWS_MAX * chart->group;)
		chart->group *= 2;
	for (uint32_t id = 0; id < CPU_IDS_MAX; id++) {
		if (!cpu_ids_has(&chart->known, id))
			continue;
		chart->row[id] = place++ / chart->group;
		chart->places[chart->row[id]]++;
	}
	chart->rows = (place + chart->group - 1) / chart->group;
	chart->is_dense = chart->group > 1 || chart->stays > STAYS_MAX;
	g_assert(place == chart->known.count && chart->rows <= ROWS_MAX);
	return true;
}

/* --- colours: a hue, and a level from light to dark --- */

static bool have_own_colours(const struct chart *chart)
{
	return chart->mms <= 1 && chart->cid_max < OWN_COLOURS;
}

static unsigned level_of(uint64_t cid, uint64_t cid_max)
{
	g_assert(cid <= cid_max);
	return cid_max ? (unsigned)(cid * LEVEL_MAX / cid_max) : 0;
}

static void choose_colour(const struct plot_job *job, const struct chart *chart,
	const struct stay *stay, unsigned *hue, unsigned *level)
{
	unsigned own = hue_of(job, stay->mm);

	*level = 0;
	if (!has_cid(stay)) {
		*hue = HUE_NONE;
	} else if (have_own_colours(chart)) {
		*hue = HUE_FIRST + (unsigned)stay->cid;
	} else {
		*hue = chart->mms > 1 ? own : HUE_SCALE;
		*level = level_of(stay->cid, chart->uses[own].cid_max);
	}
}

/* --- the boxes --- */

/* "pid:cid", in a box that is not long enough "cid"; of played steps tasks have names. */
static void write_label(const struct plot_job *job, const struct chart *chart,
	const struct stay *stay, uint64_t start, uint64_t end, unsigned hue, unsigned level)
{
	bool is_task = g_strcmp0(job->run->clock, "step") == 0 && stay->pid >= PLAY_PID_FIRST;
	g_autofree char *cid =
		has_cid(stay) ? g_strdup_printf("%" G_GUINT64_FORMAT, stay->cid) : g_strdup("?");
	g_autofree char *text = g_strdup_printf("%s%" G_GUINT64_FORMAT ":%s", is_task ? "T" : "",
		stay->pid - (is_task ? PLAY_PID_FIRST : 0), cid);
	uint64_t letters = (end - start) / (LETTER_PIXELS * chart->pixel_ns);

	g_assert(start <= end);
	if (letters > strlen(cid))
		fprintf(chart->labels, "%" G_GUINT64_FORMAT " %u %u %u %s\n",
			start + (end - start) / 2, chart->row[stay->cpu], hue, level,
			letters > strlen(text) ? text : cid);
}

static void write_stay(const struct plot_job *job, struct chart *chart, const struct stay *stay)
{
	uint64_t start, end;
	unsigned hue, level;
	FILE *out;

	if (!stay->visible)
		return;
	start = MAX(stay->start_ns, job->from_ns) - job->columns.base_ns;
	end = MIN(stay->end_ns, job->to_ns) - job->columns.base_ns;
	choose_colour(job, chart, stay, &hue, &level);
	write_label(job, chart, stay, start, end, hue, level);
	out = end - start >= WIDE_PIXELS * chart->pixel_ns ? chart->wide : chart->narrow;
	end = MAX(end, start + chart->pixel_ns); /* all can be seen */
	fprintf(out, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %u %u %u\n", start, end,
		chart->row[stay->cpu], hue, level);
}

static void add_to_cells(const struct plot_job *job, struct chart *chart, const struct stay *stay)
{
	if (stay->visible)
		plot_cells_add(&chart->cells, chart->row[stay->cpu],
			has_cid(stay) ? hue_of(job, stay->mm) : HUE_NONE, stay->start_ns,
			stay->end_ns);
}

static bool write_stays(const struct plot_job *job, struct chart *chart, GError **error)
{
	bool good;

	if (!chart->is_dense)
		return for_each_stay(job, chart, write_stay, error);
	chart->cells = (struct plot_cells){ job->columns, chart->rows, HUES + 1, NULL };
	chart->cells.columns.count = job->page->width / SLOT_PIXELS;
	chart->cells.ns =
		g_new0(uint64_t, (size_t)chart->rows * chart->cells.columns.count * (HUES + 1));
	good = for_each_stay(job, chart, add_to_cells, error);
	if (good)
		plot_cells_write(&chart->cells, chart->places, chart->narrow);
	g_free(chart->cells.ns);
	return good;
}

static bool write_boxes(const struct plot_job *job, struct chart *chart, GError **error)
{
	static const char *const names[] = { "wide.dat", "narrow.dat", "labels.dat" };
	FILE **files[] = { &chart->wide, &chart->narrow, &chart->labels };
	bool good = true;

	g_assert(chart->pixel_ns > 0);
	for (unsigned i = 0; good && i < G_N_ELEMENTS(names); i++) {
		*files[i] = plot_page_create(job->page, names[i], error);
		good = *files[i];
	}
	good = good && write_stays(job, chart, error);
	for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
		good = plot_page_close(*files[i], good ? error : NULL) && good;
	return good;
}

/* "row 0-15" for the rows that have a label. */
static bool write_rows(const struct plot_job *job, const struct chart *chart, GError **error)
{
	uint32_t step = (chart->rows + ROW_TICKS_MAX - 1) / ROW_TICKS_MAX;
	FILE *out = plot_page_create(job->page, "rows.dat", error);
	struct cpu_ids ids = { 0 };

	g_assert(step >= 1);
	for (uint32_t id = 0; out && id < CPU_IDS_MAX; id++) {
		if (!cpu_ids_has(&chart->known, id))
			continue;
		cpu_ids_add(&ids, id);
		if (ids.count < chart->places[chart->row[id]])
			continue;
		if (chart->row[id] % step == 0) {
			g_autofree char *list = cpu_ids_to_string(&ids);

			fprintf(out, "%u %s\n", chart->row[id], list);
		}
		ids = (struct cpu_ids){ 0 };
	}
	return plot_page_close(out, error);
}

/* --- the legend --- */

static void add_entry(
	const struct plot_job *job, struct chart *chart, unsigned hue, unsigned level, char *text)
{
	g_assert(level <= LEVEL_MAX);
	plot_set_text_at(job->page, "ENTRY", chart->entries, text, 60);
	plot_set_number_at(job->page, "ENTRY_HUE", chart->entries, hue);
	plot_set_number_at(job->page, "ENTRY_LEVEL", chart->entries, level);
	chart->entries++;
	g_free(text);
}

static void add_scale(const struct plot_job *job, struct chart *chart)
{
	for (unsigned i = 0; i <= SCALE_STEPS; i++) {
		uint64_t cid = chart->cid_max * i / SCALE_STEPS;

		add_entry(job, chart, HUE_SCALE, level_of(cid, chart->cid_max),
			g_strdup_printf("CID %" G_GUINT64_FORMAT, cid));
	}
}

/* From light to dark: CIDs, or how busy. */
static void add_mm(const struct plot_job *job, struct chart *chart, unsigned hue)
{
	const struct mm_use *use = &chart->uses[hue];
	g_autofree char *name = use->several ? g_strdup("other mms")
	                                     : g_strdup_printf("mm %.*s", NAME_LETTERS, use->name);

	if (chart->is_dense || use->several) {
		add_entry(job, chart, hue, LEVEL_MAX / 2, g_steal_pointer(&name));
		return;
	}
	add_entry(job, chart, hue, 0, g_strdup_printf("%s: CID 0 (light)", name));
	add_entry(job, chart, hue, LEVEL_MAX,
		g_strdup_printf("%s: CID %" G_GUINT64_FORMAT " (dark)", name, use->cid_max));
}

static void add_mms(const struct plot_job *job, struct chart *chart)
{
	for (unsigned hue = 0; hue < HUES; hue++)
		if (chart->uses[hue].name)
			add_mm(job, chart, hue);
}

/* Returns the height of the legend. */
static unsigned set_cids_legend(const struct plot_job *job, struct chart *chart)
{
	g_assert(chart->stays > 0);
	if (chart->is_dense || chart->mms > 1)
		add_mms(job, chart);
	else if (!have_own_colours(chart))
		add_scale(job, chart);
	else
		for (unsigned cid = 0; chart->mms && cid <= chart->cid_max; cid++)
			add_entry(job, chart, HUE_FIRST + cid, 0, g_strdup_printf("CID %u", cid));
	if (chart->has_none)
		add_entry(job, chart, HUE_NONE, 0, g_strdup("no CID"));
	if (chart->is_dense)
		add_entry(job, chart, HUE_NONE, 0,
			g_strdup_printf("the darker, the busier (%u CPU%s a row)", chart->group,
				chart->group == 1 ? "" : "s"));
	plot_set_number(job->page, "ENTRIES", chart->entries);
	return (chart->entries + 2 + LEGEND_COLUMNS - 1) / LEGEND_COLUMNS * HEIGHT_OF_LEGEND_ROW;
}

static unsigned row_pixels(uint32_t rows)
{
	g_assert(rows >= 1 && rows <= ROWS_MAX);
	return rows <= 16 ? 30 : rows <= 32 ? 20 : 16;
}

static bool write_chart(struct plot_job *job, struct chart *chart, GError **error)
{
	bool bands;
	unsigned legend;

	g_assert(job->page->width > MARGIN_PIXELS);
	if (!for_each_stay(job, chart, count_stay, error) || !choose_rows(job, chart, error))
		return false;
	bands = job->mm && !chart->is_dense;
	legend = set_cids_legend(job, chart);
	if (!job->page->height)
		job->page->height = HEIGHT_OF_REST + legend + chart->rows * row_pixels(chart->rows);
	job->page->height = MAX(job->page->height, PLOT_SIZE_MIN);
	chart->pixel_ns = MAX((job->to_ns - job->from_ns) / (job->page->width - MARGIN_PIXELS), 1);
	plot_set_number(job->page, "ROWS", chart->rows);
	plot_set_number(job->page, "DENSE", chart->is_dense);
	plot_set_number(job->page, "BANDS", bands);
	return write_rows(job, chart, error) && write_boxes(job, chart, error) &&
	       (!bands || plot_bands(job, error));
}

bool plot_cpus(struct plot_job *job, GError **error)
{
	struct chart *chart = g_new0(struct chart, 1);
	bool good;

	g_assert(job->from_ns < job->to_ns);
	good = write_chart(job, chart, error);
	for (unsigned hue = 0; hue < HUES; hue++)
		g_free(chart->uses[hue].name);
	g_free(chart);
	return good;
}
