/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/fuzz/samples.h"

#include <string.h>
#include <unistd.h>

static const char *const names[SAMPLE_FILES] = { "report.json", "modes.csv", "series.csv", "stays.csv",
	"windows.csv" };

static const char *text_of(uint32_t number)
{
	static char *texts[SAMPLE_FILES];

	if (!texts[number]) {
		g_autofree char *path = g_build_filename(CIDSIM_PLOTS_SOURCE, "sample", names[number], NULL);

		FUZZ_CHECK(g_file_get_contents(path, &texts[number], NULL, NULL));
	}
	return texts[number];
}

void sample_open(struct sample_run *sample, uint32_t number, const char *text)
{
	for (uint32_t i = 0; i < SAMPLE_FILES; i++) {
		const char *bytes = i == number ? text : text_of(i);

		sample->file[i] = fuzz_file(bytes, strlen(bytes), sample->path[i]);
	}
}

void sample_close(struct sample_run *sample)
{
	for (uint32_t i = 0; i < SAMPLE_FILES; i++)
		close(sample->file[i]);
}

const char *sample_place(const void *context, const char *name)
{
	const struct sample_run *sample = context;

	for (uint32_t i = 0; i < SAMPLE_FILES; i++) {
		if (strcmp(names[i], name) == 0)
			return sample->path[i];
	}
	return NULL;
}
