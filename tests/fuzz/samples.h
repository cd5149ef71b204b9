/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_FUZZ_SAMPLES_H
#define CIDSIM_TESTS_FUZZ_SAMPLES_H

/* What pages and pictures are made of: the files of the sample run, of which one has other bytes; or rows. */

#include "sim/plot/run.h"
#include "tests/fuzz/fuzz.h"

enum { SAMPLE_FILES = 5 };

struct sample_run {
	char path[SAMPLE_FILES][FUZZ_PATH_MAX];
	int file[SAMPLE_FILES];
};

/* File @number has the bytes @text instead of its own; SAMPLE_FILES: none has. */
void sample_open(struct sample_run *sample, uint32_t number, const char *text);
void sample_close(struct sample_run *sample);

/* For plot_run_open_at(), with a sample as its context. */
const char *sample_place(const void *context, const char *name);

#endif
