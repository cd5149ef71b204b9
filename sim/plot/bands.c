/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/bands.h"

#include "sim/base/failure.h"

struct bands {
	struct plot_band band;
	uint64_t known_ns; /* the mm is known from then on */
	bool known, percpu;
	uint64_t since_ns; /* of per-CPU mode */
};

static void change_mode(
	const struct plot_job *job, struct bands *bands, uint64_t time_ns, bool percpu)
{
	g_assert(time_ns <= job->to_ns);
	g_assert(!bands->percpu || bands->since_ns <= time_ns);
	if (bands->percpu && !percpu && time_ns > job->from_ns)
		plot_band_add(&bands->band, MAX(bands->since_ns, job->from_ns), time_ns);
	if (percpu && !bands->percpu)
		bands->since_ns = time_ns;
	bands->percpu = percpu;
}

static bool read_bands(const struct plot_job *job, struct bands *bands, GError **error)
{
	struct csv_reader *csv = plot_series_open(job, error);
	struct plot_sample sample = { 0 };
	GError *fault = NULL;

	if (!csv)
		return false;
	while (plot_series_next(job, csv, &sample, &fault) && sample.time_ns <= job->to_ns) {
		if (!bands->known)
			bands->known_ns = MAX(sample.time_ns, job->from_ns);
		bands->known = true;
		change_mode(job, bands, sample.time_ns, sample.mode & PLOT_MODE_PERCPU);
	}
	change_mode(job, bands, job->to_ns, false);
	csv_reader_close(csv);
	return failure_pass(error, fault);
}

bool plot_bands(const struct plot_job *job, GError **error)
{
	struct bands bands = { .band = { .columns = &job->columns }, .known_ns = job->to_ns };
	bool good = false;

	bands.band.out = plot_page_create(job->page, "bands.dat", error);
	if (!bands.band.out)
		return false;
	good = read_bands(job, &bands, error);
	plot_band_end(&bands.band);
	plot_set_number(job->page, "KNOWN", bands.known_ns - job->columns.base_ns);
	g_assert(bands.known_ns >= job->from_ns && bands.known_ns <= job->to_ns);
	return plot_page_close(bands.band.out, good ? error : NULL) && good;
}
