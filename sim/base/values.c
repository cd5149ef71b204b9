/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/values.h"

#include <assert.h>
#include <glib.h>
#include <inttypes.h>
#include <string.h>

#include "sim/base/numbers.h"
#include "sim/base/units.h"

enum { PERCENT_DECIMALS = 6 };

#define HUNDRED_PERCENT (100 * UINT64_C(1000000))

enum scan { SCAN_OK, SCAN_NOTHING, SCAN_OVERFLOW, SCAN_FRACTION };

char *value_fault(const char *text, const char *format, ...)
{
	g_autofree char *quoted = value_quote(text);
	g_autofree char *what = NULL;
	va_list args;

	g_assert(*format);
	va_start(args, format);
	what = g_strdup_vprintf(format, args);
	va_end(args);
	return g_strdup_printf("%s %s", quoted, what);
}

/* Read digits at *@cursor and step over all of them, also when they are too many. */
static enum scan scan_digits(const char **cursor, uint64_t *value)
{
	size_t digits = strspn(*cursor, "0123456789");
	bool fits = number_scan(*cursor, value);

	*cursor += digits;
	return digits == 0 ? SCAN_NOTHING : fits ? SCAN_OK : SCAN_OVERFLOW;
}

/* A decimal number without its unit: where its parts are, so that the unit can be seen first. */
struct decimal {
	uint64_t whole;
	enum scan scan;       /* of the whole part */
	const char *decimals; /* digits after the point; NULL if there is no point */
	const char *end;
};

static bool scan_decimal(const char **cursor, struct decimal *number)
{
	const char *c = *cursor;

	number->scan = scan_digits(&c, &number->whole);
	if (number->scan == SCAN_NOTHING)
		return false;
	number->decimals = NULL;
	if (c[0] == '.' && number_is_digit(c[1])) {
		number->decimals = ++c;
		c += strspn(c, "0123456789");
	}
	number->end = c;
	*cursor = c;
	g_assert(!number->decimals || number->decimals < number->end);
	return true;
}

/* @number in units of 10^-@decimals. */
static enum scan scale_decimal(const struct decimal *number, unsigned decimals, uint64_t *value)
{
	uint64_t fraction = 0;
	uint64_t scale = 1;

	g_assert(decimals <= 9);
	if (number->scan != SCAN_OK)
		return number->scan;
	for (unsigned i = 0; i < decimals; i++)
		scale *= 10;
	if (number->decimals && !number_scan_fraction(number->decimals, decimals, &fraction))
		return SCAN_FRACTION;
	if (number->whole > (UINT64_MAX - fraction) / scale)
		return SCAN_OVERFLOW;
	*value = number->whole * scale + fraction;
	return SCAN_OK;
}

char *value_read_count(const char *text, uint64_t *result)
{
	const char *c = text;
	uint64_t value;
	enum scan scan = scan_digits(&c, &value);

	if (strlen(text) > VALUE_WORD_MAX)
		return value_fault(text, "is too long for a number");
	if (scan == SCAN_NOTHING || *c != '\0') {
		if (text[0] == '-' && g_ascii_isdigit(text[1]))
			return value_fault(text, "is negative, a number from 0 is needed");
		return value_fault(text, "is not a whole number, write one like 4");
	}
	if (scan == SCAN_OVERFLOW)
		return value_fault(text, "is too large a number, it must be below 2^64");
	*result = value;
	return NULL;
}

static char *out_of_range(const char *text, uint64_t min, uint64_t max)
{
	return value_fault(
		text, "is out of range, it must be %" PRIu64 " to %" PRIu64, min, max);
}

char *value_read_count_in(const char *text, uint64_t min, uint64_t max, uint64_t *result)
{
	const char *c = text;
	uint64_t value = 0;
	bool too_large = strlen(text) <= VALUE_WORD_MAX &&
		scan_digits(&c, &value) == SCAN_OVERFLOW && *c == '\0';
	char *wrong = too_large ? out_of_range(text, min, max) : value_read_count(text, &value);

	g_assert(min <= max);
	if (wrong)
		return wrong;
	if (value < min || value > max)
		return out_of_range(text, min, max);
	*result = value;
	return NULL;
}

static char *wrong_unit(const char *text, const struct decimal *number, const char *unit)
{
	if (*unit == '\0')
		return value_fault(
			text, "has no unit, write ns, us, ms or s right after the number");
	if (*unit == '.' && number->end == unit)
		return value_fault(text, "needs digits on both sides of its point, like 1.5ms");
	if (strstr(text, ".."))
		return value_fault(text, "is not a duration, write a range like uniform(1ms,2ms)");
	return value_fault(text,
		"does not end in a unit of time, write ns, us, ms or s right after the number");
}

char *value_read_size(const char *text, uint64_t *bytes)
{
	static const char units[] = "KMGT";
	size_t length = strlen(text);
	const char *unit = length > 0 ? strchr(units, text[length - 1]) : NULL;
	g_autofree char *digits = g_strndup(text, unit ? length - 1 : length);
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
	uint64_t count = 0;
	g_autofree char *wrong = value_read_count(digits, &count);

	if (wrong || count > (UINT64_C(1) << 62) >> shift)
		return value_fault(text, "is not a size like 4G, 512M or 65536K");
	*bytes = count << shift;
	return NULL;
}

char *value_read_duration(const char *text, uint64_t *ns)
{
	const char *c = text;
	struct decimal number;
	const struct time_unit *unit;
	uint64_t value = 0;
	enum scan scan;

	if (strlen(text) > VALUE_WORD_MAX)
		return value_fault(text, "is too long for a number");
	if (!scan_decimal(&c, &number)) {
		if (text[0] == '-' && g_ascii_isdigit(text[1]))
			return value_fault(text, "is negative, a duration from 0ns is needed");
		return value_fault(text, "is not a duration, write one like 10ms");
	}
	unit = time_unit_find(c, strlen(c));
	if (!unit)
		return wrong_unit(text, &number, c);
	scan = scale_decimal(&number, unit->decimals, &value);
	if (scan == SCAN_OVERFLOW)
		return value_fault(text, "is too long a duration, it must be below 2^64 ns");
	if (scan == SCAN_FRACTION)
		return value_fault(text, "is not a whole number of ns, leave out decimals");
	*ns = value;
	return NULL;
}

char *value_read_percent(const char *text, uint64_t *millionths)
{
	const char *c = text;
	struct decimal number;
	uint64_t value = 0;
	enum scan scan;

	if (strlen(text) > VALUE_WORD_MAX)
		return value_fault(text, "is too long for a number");
	if (!scan_decimal(&c, &number) || strcmp(c, "%") != 0)
		return value_fault(text, "is not a share, write one like 10%%");
	scan = scale_decimal(&number, PERCENT_DECIMALS, &value);
	if (scan == SCAN_FRACTION)
		return value_fault(text, "has more than six decimals, leave some out");
	if (scan == SCAN_OVERFLOW || value > HUNDRED_PERCENT)
		return value_fault(text, "is more than 100%%");
	*millionths = value;
	return NULL;
}

static char *read_limited(const char *text, uint64_t max_ns, uint64_t *ns)
{
	uint64_t value = 0;
	char *message = value_read_duration(text, &value);
	char limit[VALUE_DURATION_MAX];

	g_assert(max_ns > 0);
	if (message)
		return message;
	if (value > max_ns) {
		value_format_duration(max_ns, limit);
		return value_fault(text, "is too long, at most %s", limit);
	}
	*ns = value;
	return NULL;
}

static char *read_uniform(char **args, uint64_t max_ns, struct sample *sample)
{
	char *message = read_limited(args[0], max_ns, &sample->a);

	if (!message)
		message = read_limited(args[1], max_ns, &sample->b);
	if (!message && sample->a > sample->b)
		message = g_strdup("uniform() has its bounds swapped, write the shorter one first");
	g_assert(message || sample->a <= sample->b);
	return message;
}

static char *read_exponential(char **args, uint64_t max_ns, struct sample *sample)
{
	char *message = read_limited(args[0], max_ns, &sample->a);

	if (!message && sample->a == 0)
		message = g_strdup("exp() needs a mean above 0ns");
	return message;
}

static char *read_bimodal(char **args, uint64_t max_ns, struct sample *sample)
{
	uint64_t share = 0;
	char *message = read_limited(args[0], max_ns, &sample->a);

	if (!message)
		message = read_limited(args[1], max_ns, &sample->b);
	if (!message)
		message = value_read_percent(args[2], &share);
	if (!message && (share == 0 || share == HUNDRED_PERCENT))
		message = g_strdup("bimodal() needs a share between 0% and 100%, both excluded");
	/* Below 10^8 * 2^32, and less than 2^32 after the division: 99.999999 % is 43 below. */
	sample->weight = (uint32_t)(((share << 32) + HUNDRED_PERCENT / 2) / HUNDRED_PERCENT);
	g_assert(message || sample->weight > 0);
	return message;
}

static const struct {
	const char *name;
	const char *form;
	enum sample_kind kind;
	unsigned args;
	char *(*read)(char **args, uint64_t max_ns, struct sample *sample);
} distributions[] = {
	{ "uniform", "uniform(1ms,2ms)", SAMPLE_UNIFORM, 2, read_uniform },
	{ "exp", "exp(1ms)", SAMPLE_EXPONENTIAL, 1, read_exponential },
	{ "bimodal", "bimodal(1ms,10ms,10%)", SAMPLE_BIMODAL, 3, read_bimodal },
};

static char *read_distribution(
	size_t which, const char *inside, uint64_t max_ns, struct sample *sample)
{
	char **args = g_strsplit(inside, ",", 5);
	char *message;

	g_assert(which < G_N_ELEMENTS(distributions));
	for (char **arg = args; *arg; arg++)
		g_strstrip(*arg);
	sample->kind = distributions[which].kind;
	if (g_strv_length(args) == distributions[which].args)
		message = distributions[which].read(args, max_ns, sample);
	else
		message = g_strdup_printf("%s() is not written like %s", distributions[which].name,
			distributions[which].form);
	g_strfreev(args);
	return message;
}

static char *unknown_distribution(const char *text, const char *name)
{
	const char *known[G_N_ELEMENTS(distributions)];
	const char *nearest;
	char *quoted, *message;

	g_assert(*text);
	for (size_t i = 0; i < G_N_ELEMENTS(distributions); i++)
		known[i] = distributions[i].name;
	nearest = value_nearest(name, known, G_N_ELEMENTS(distributions));
	if (!nearest)
		return value_fault(text,
			"is not a distribution: 1ms, uniform(1ms,2ms), exp(1ms) or "
			"bimodal(1ms,10ms,10%%)");
	quoted = value_quote(name);
	message = g_strdup_printf("unknown distribution %s, did you mean '%s'?", quoted, nearest);
	g_free(quoted);
	return message;
}

static char *read_call(const char *text, const char *open, uint64_t max_ns, struct sample *sample)
{
	size_t length = strlen(open);
	char *name = g_strchomp(g_strndup(text, (size_t)(open - text)));
	char *inside = g_strndup(open + 1, length > 1 ? length - 2 : 0);
	char *message = NULL;
	size_t i;

	g_assert(*open == '(');
	for (i = 0; i < G_N_ELEMENTS(distributions); i++)
		if (strcmp(distributions[i].name, name) == 0)
			break;
	if (i == G_N_ELEMENTS(distributions))
		message = unknown_distribution(text, name);
	else if (open[length - 1] != ')')
		message = value_fault(text, "does not end in ')'");
	else
		message = read_distribution(i, inside, max_ns, sample);
	g_free(name);
	g_free(inside);
	return message;
}

char *value_read_sample(const char *text, uint64_t max_ns, struct sample *result)
{
	struct sample sample = { .kind = SAMPLE_CONSTANT };
	const char *open = strchr(text, '(');
	char *message;

	if (open)
		message = read_call(text, open, max_ns, &sample);
	else
		message = read_limited(text, max_ns, &sample.a);
	if (!message)
		*result = sample;
	return message;
}

uint64_t value_sample_longest(const struct sample *sample)
{
	g_assert(sample->kind <= SAMPLE_BIMODAL);
	return MAX(sample->a, sample->b);
}

void value_format_duration(uint64_t ns, char buffer[VALUE_DURATION_MAX])
{
	const struct time_unit *unit = time_unit_for(ns, 1);
	char decimals[16] = "";
	size_t length;

	if (ns % unit->ns != 0) {
		g_snprintf(decimals, sizeof(decimals), ".%0*u", (int)unit->decimals,
			(unsigned)(ns % unit->ns));
		length = strlen(decimals);
		while (length > 0 && decimals[length - 1] == '0')
			decimals[--length] = '\0';
	}
	g_snprintf(buffer, VALUE_DURATION_MAX, "%" G_GUINT64_FORMAT "%s%s", ns / unit->ns, decimals,
		unit->name);
	g_assert(strlen(buffer) < VALUE_DURATION_MAX - 1);
}

bool value_is_text(const char *text)
{
	if (!g_utf8_validate(text, -1, NULL))
		return false;
	for (const char *c = text; *c != '\0'; c = g_utf8_next_char(c))
		if (g_unichar_iscntrl(g_utf8_get_char(c)))
			return false;
	return true;
}

char *value_clean(const char *text, size_t max)
{
	GString *clean = g_string_new(NULL);
	bool fits = true;

	while (*text != '\0' && fits) {
		gunichar letter = g_utf8_get_char_validated(text, -1);
		bool broken = letter == (gunichar)-1 || letter == (gunichar)-2;
		size_t length = broken ? 1 : (size_t)(g_utf8_next_char(text) - text);
		const char *shown = broken || g_unichar_iscntrl(letter) ? "?" : text;
		size_t shown_length = shown == text ? length : 1;

		fits = clean->len + shown_length <= max;
		if (fits)
			g_string_append_len(clean, shown, (gssize)shown_length);
		text += length;
	}
	g_assert(clean->len <= max && value_is_text(clean->str));
	return g_string_free(clean, FALSE);
}

char *value_quote(const char *text)
{
	GString *quoted = g_string_new("'");
	const char *c = text;

	while (*c != '\0' && c - text < VALUE_QUOTE_MAX) {
		gunichar letter = g_utf8_get_char_validated(c, -1);

		if (letter == (gunichar)-1 || letter == (gunichar)-2 ||
			!g_unichar_isprint(letter)) {
			g_string_append_printf(quoted, "\\x%02x", (unsigned char)*c++);
			continue;
		}
		g_string_append_unichar(quoted, letter);
		c = g_utf8_next_char(c);
	}
	g_string_append(quoted, *c == '\0' ? "'" : "...'");
	g_assert(quoted->len <= 4 * (VALUE_QUOTE_MAX + 2));
	return g_string_free(quoted, FALSE);
}

/* Insertions, deletions, replacements and swaps of neighbours that make @b of @a. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t rows[3][VALUE_WORD_MAX + 1];
	size_t length = strlen(b);
	size_t *above = rows[0], *row = rows[1], *two_above = rows[2], *spare;

	assert(strlen(a) <= VALUE_WORD_MAX && length <= VALUE_WORD_MAX);
	for (size_t j = 0; j <= length; j++)
		above[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		row[0] = i;
		for (size_t j = 1; j <= length; j++) {
			row[j] = MIN(MIN(above[j], row[j - 1]) + 1,
				above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = MIN(row[j], two_above[j - 2] + 1);
		}
		spare = two_above;
		two_above = above;
		above = row;
		row = spare;
	}
	return above[length];
}

const char *value_nearest(const char *word, const char *const *known, size_t count)
{
	size_t length = strlen(word);
	size_t best = MAX(length / 3, 1) + 1;
	const char *nearest = NULL;

	if (length == 0 || length > VALUE_WORD_MAX)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		size_t distance;

		if (!*known[i] || strlen(known[i]) > VALUE_WORD_MAX)
			continue;
		distance = edit_distance(word, known[i]);
		if (distance < best) {
			best = distance;
			nearest = known[i];
		}
	}
	g_assert(!nearest || *nearest);
	return nearest;
}
