/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_VALUES_H
#define CIDSIM_SIM_BASE_VALUES_H

/*
 * The values of a scenario file: text to number. Every reader takes text without spaces around
 * it and returns NULL if it is good; otherwise a message (the caller frees it) of the form "what is
 * wrong, what would be right", and *@result is as it was. Nothing depends on the locale.
 */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/sample.h"

enum {
	VALUE_QUOTE_MAX = 48, /* bytes of a user's text in a message */
	VALUE_WORD_MAX = 64,  /* longer words have no nearest one, longer numbers are refused: what
	                       * was read can be put in a message as it is */
	VALUE_DURATION_MAX = 32 /* bytes of a duration as text, with its NUL */
};

/* "4096": decimal digits, below 2^64. */
char *value_read_count(const char *text, uint64_t *result);

/* The same, from @min to @max, which is not below @min. */
char *value_read_count_in(const char *text, uint64_t min, uint64_t max, uint64_t *result);

/* "4G", "512M", "65536K", or bytes; up to 2^62. */
char *value_read_size(const char *text, uint64_t *bytes);

/* "1.5ms": a decimal number and ns, us, ms or s, a whole number of ns, below 2^64 ns. */
char *value_read_duration(const char *text, uint64_t *ns);

/* "97%": a decimal number from 0 to 100, at most six decimals; in millionths of a per cent. */
char *value_read_percent(const char *text, uint64_t *millionths);

/* "1ms", "uniform(1ms,2ms)", "exp(1ms)", "bimodal(1ms,10ms,10%)": durations up to @max_ns. */
char *value_read_sample(const char *text, uint64_t max_ns, struct sample *result);

/* The longest duration that @sample gives, but for an exponential one its mean; ns. */
uint64_t value_sample_longest(const struct sample *sample);

/* The shortest exact text of @ns, like "1.5ms". */
void value_format_duration(uint64_t ns, char buffer[VALUE_DURATION_MAX]);

/* Whether @text is UTF-8 without control characters. */
bool value_is_text(const char *text);

/* @text with '?' for what value_is_text() refuses, cut to at most @max bytes. The caller frees it.
 */
char *value_clean(const char *text, size_t max);

/* @text in single quotes, cut to VALUE_QUOTE_MAX bytes, safe to print. The caller frees it. */
char *value_quote(const char *text);

/* The message "'TEXT' …": @text in quotes, a blank, and what is wrong with it by @format. The
 * caller frees it. */
char *value_fault(const char *text, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The word of @known[0..count) that is nearest to @word; NULL if none is near. An empty one never
 * is. */
const char *value_nearest(const char *word, const char *const *known, size_t count);

#endif
