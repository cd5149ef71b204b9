/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_VALUES_H
#define CIDSIM_SIM_BASE_VALUES_H

/*
 * The values of a scenario file: text to number. Every reader takes text without spaces around
 * it and returns NULL if it is good; else a message (the caller frees it) of the form "what is
 * wrong, what would be right", and *@result is as it was. Nothing depends on the locale.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/sample.h"

enum {
	VALUE_CPUS_MAX = 8192, /* CPU ids are below it */
	VALUE_QUOTE_MAX = 48,  /* bytes of a user's text in a message */
	VALUE_WORD_MAX = 64,   /* longer words have no nearest one, longer numbers are refused: what
	                        * was read can be put in a message as it is */
	VALUE_LIST_MAX = 65536, /* bytes of a list of CPUs: enough for each by itself */
	VALUE_DURATION_MAX = 32 /* bytes of a duration as text, with its NUL */
};

/* A set of CPU ids. */
struct cpu_ids {
	uint32_t count;
	uint64_t words[VALUE_CPUS_MAX / 64];
};

/* "4096": decimal digits, below 2^64. */
char *value_read_count(const char *text, uint64_t *result);

/* "1.5ms": a decimal number and ns, us, ms or s, a whole number of ns, below 2^64 ns. */
char *value_read_duration(const char *text, uint64_t *ns);

/* "97%": a decimal number from 0 to 100, at most six decimals; in millionths of a per cent. */
char *value_read_percent(const char *text, uint64_t *millionths);

/* "0-3,8,16-63:1/4": CPU ids and ranges of them, in any order, at least one. As in the kernel's
 * lists, FIRST-LAST:USED/GROUP is of each GROUP CPUs from FIRST on the first USED. */
char *value_read_cpus(const char *text, struct cpu_ids *ids);

/* "1ms", "uniform(1ms,2ms)", "exp(1ms)", "bimodal(1ms,10ms,10%)": durations up to @max_ns. */
char *value_read_sample(const char *text, uint64_t max_ns, struct sample *result);

/* The longest duration that @sample gives, but for an exponential one its mean; ns. */
uint64_t value_sample_longest(const struct sample *sample);

/* The shortest exact text of @ns, like "1.5ms". */
void value_format_duration(uint64_t ns, char buffer[VALUE_DURATION_MAX]);

/* Whether @text is UTF-8 without control characters. */
bool value_is_text(const char *text);

/* @text in single quotes, cut to VALUE_QUOTE_MAX bytes, safe to print. The caller frees it. */
char *value_quote(const char *text);

/* The one of @known[0..count) that @word was probably meant to be; NULL if none is near. */
const char *value_nearest(const char *word, const char *const *known, size_t count);

bool cpu_ids_has(const struct cpu_ids *ids, uint32_t id);
void cpu_ids_add(struct cpu_ids *ids, uint32_t id);

/* The set as a list, like "0-3,8". The caller frees it. */
char *cpu_ids_to_string(const struct cpu_ids *ids);

#endif
