/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/values.h"

#include <assert.h>
#include <glib.h>
#include <string.h>

/* The units of time, longest first: the formatter takes the first that is exact enough. */
static const struct unit {
	const char *name;
	unsigned decimals; /* ns = 10^decimals */
	uint64_t ns;
} units[] = {
	{ "s", 9, UINT64_C(1000000000) },
	{ "ms", 6, UINT64_C(1000000) },
	{ "us", 3, UINT64_C(1000) },
	{ "ns", 0, UINT64_C(1) },
};

enum scan { SCAN_OK, SCAN_NOTHING, SCAN_OVERFLOW, SCAN_FRACTION };

static char *wrong(const char *text, const char *what)
{
	char *quoted = value_quote(text);
	char *message = g_strdup_printf("%s %s", quoted, what);

	g_free(quoted);
	return message;
}

static bool append_digit(uint64_t *value, unsigned digit)
{
	if (*value > (UINT64_MAX - digit) / 10)
		return false;
	*value = *value * 10 + digit;
	return true;
}

/* Read digits at *@cursor and step over all of them, also when they are too many. */
static enum scan scan_digits(const char **cursor, uint64_t *value)
{
	const char *c = *cursor;
	bool fits = true;

	*value = 0;
	for (; g_ascii_isdigit(*c); c++)
		fits = fits && append_digit(value, (unsigned)(*c - '0'));
	if (c == *cursor)
		return SCAN_NOTHING;
	*cursor = c;
	return fits ? SCAN_OK : SCAN_OVERFLOW;
}

/* Digits from @c up to @end as the decimals of *@value, which is scaled by 10^@decimals. */
static enum scan scale_decimals(const char *c, const char *end, unsigned decimals, uint64_t *value)
{
	unsigned have = 0;

	for (; c < end; c++, have++) {
		if (have >= decimals && *c != '0')
			return SCAN_FRACTION;
		if (have >= decimals)
			continue;
		if (!append_digit(value, (unsigned)(*c - '0')))
			return SCAN_OVERFLOW;
	}
	for (; have < decimals; have++)
		if (!append_digit(value, 0))
			return SCAN_OVERFLOW;
	return SCAN_OK;
}

/* A decimal number without its unit: where its parts are, so that the unit can be seen first. */
struct decimal {
	uint64_t whole;
	enum scan scan;             /* of the whole part */
	const char *decimals, *end; /* digits after the point; equal if none */
};

static bool scan_decimal(const char **cursor, struct decimal *number)
{
	const char *c = *cursor;

	number->scan = scan_digits(&c, &number->whole);
	if (number->scan == SCAN_NOTHING)
		return false;
	number->decimals = c;
	if (c[0] == '.' && g_ascii_isdigit(c[1])) {
		number->decimals = ++c;
		while (g_ascii_isdigit(*c))
			c++;
	}
	number->end = c;
	*cursor = c;
	return true;
}

char *value_read_count(const char *text, uint64_t *result)
{
	const char *c = text;
	uint64_t value;
	enum scan scan = scan_digits(&c, &value);

	if (strlen(text) > VALUE_WORD_MAX)
		return wrong(text, "is too long for a number");
	if (scan == SCAN_NOTHING || *c != '\0') {
		if (text[0] == '-' && g_ascii_isdigit(text[1]))
			return wrong(text, "is negative, a number from 0 is needed");
		return wrong(text, "is not a whole number, write one like 4");
	}
	if (scan == SCAN_OVERFLOW)
		return wrong(text, "is too large a number, it must be below 2^64");
	*result = value;
	return NULL;
}

static const struct unit *unit_find(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
		if (strcmp(units[i].name, name) == 0)
			return &units[i];
	return NULL;
}

static char *wrong_unit(const char *text, const struct decimal *number, const char *unit)
{
	if (*unit == '\0')
		return wrong(text, "has no unit, write ns, us, ms or s right after the number");
	if (*unit == '.' && number->end == unit)
		return wrong(text, "needs digits on both sides of its point, like 1.5ms");
	return wrong(text,
		"does not end in a unit of time, write ns, us, ms or s right after the number");
}

char *value_read_duration(const char *text, uint64_t *ns)
{
	const char *c = text;
	struct decimal number;
	const struct unit *unit;
	uint64_t value;
	enum scan scan;

	if (strlen(text) > VALUE_WORD_MAX)
		return wrong(text, "is too long for a number");
	if (!scan_decimal(&c, &number)) {
		if (text[0] == '-' && g_ascii_isdigit(text[1]))
			return wrong(text, "is negative, a duration from 0ns is needed");
		return wrong(text, "is not a duration, write one like 10ms");
	}
	unit = unit_find(c);
	if (unit == NULL)
		return wrong_unit(text, &number, c);
	value = number.whole;
	scan = number.scan;
	if (scan == SCAN_OK)
		scan = scale_decimals(number.decimals, number.end, unit->decimals, &value);
	if (scan == SCAN_OVERFLOW)
		return wrong(text, "is too long a duration, it must be below 2^64 ns");
	if (scan == SCAN_FRACTION)
		return wrong(text, "is not a whole number of ns, leave out decimals");
	*ns = value;
	return NULL;
}

char *value_read_percent(const char *text, uint64_t *millionths)
{
	const uint64_t hundred = 100 * UINT64_C(1000000);
	const char *c = text;
	struct decimal number;
	uint64_t value;
	enum scan scan;

	if (strlen(text) > VALUE_WORD_MAX)
		return wrong(text, "is too long for a number");
	if (!scan_decimal(&c, &number) || strcmp(c, "%") != 0)
		return wrong(text, "is not a share, write one like 10%");
	value = number.whole;
	scan = number.scan;
	if (scan == SCAN_OK)
		scan = scale_decimals(number.decimals, number.end, 6, &value);
	if (scan == SCAN_FRACTION)
		return wrong(text, "has more than six decimals, leave some out");
	if (scan == SCAN_OVERFLOW || value > hundred)
		return wrong(text, "is more than 100%");
	*millionths = value;
	return NULL;
}

bool cpu_ids_has(const struct cpu_ids *ids, uint32_t id)
{
	return id < VALUE_CPUS_MAX && (ids->words[id / 64] >> (id % 64) & 1) != 0;
}

void cpu_ids_add(struct cpu_ids *ids, uint32_t id)
{
	assert(id < VALUE_CPUS_MAX);
	if (!cpu_ids_has(ids, id))
		ids->count++;
	ids->words[id / 64] |= UINT64_C(1) << (id % 64);
}

char *cpu_ids_to_string(const struct cpu_ids *ids)
{
	GString *list = g_string_new(NULL);

	for (uint32_t id = 0; id < VALUE_CPUS_MAX; id++) {
		uint32_t last = id;

		if (!cpu_ids_has(ids, id))
			continue;
		while (cpu_ids_has(ids, last + 1))
			last++;
		g_string_append_printf(list, list->len > 0 ? ",%u" : "%u", id);
		if (last > id)
			g_string_append_printf(list, "-%u", last);
		id = last;
	}
	return g_string_free(list, FALSE);
}

static void skip_spaces(const char **cursor)
{
	while (**cursor == ' ' || **cursor == '\t')
		(*cursor)++;
}

/* A range of a CPU list: of each @group CPUs from @first on the first @used. */
struct cpu_range {
	uint64_t first, last;
	uint64_t used, group;
};

/* ":USED/GROUP" behind a range, if it is there. */
static char *read_cpu_groups(const char *list, const char **cursor, struct cpu_range *range)
{
	range->used = range->group = 1;
	if (**cursor != ':')
		return NULL;
	(*cursor)++;
	if (scan_digits(cursor, &range->used) == SCAN_NOTHING || **cursor != '/')
		return wrong(list, "has no USED/GROUP after its ':', write it like 0-7:1/2");
	(*cursor)++;
	if (scan_digits(cursor, &range->group) == SCAN_NOTHING)
		return wrong(list, "has no USED/GROUP after its ':', write it like 0-7:1/2");
	/* A number that overflowed was left large enough for this. */
	if (range->group > VALUE_CPUS_MAX)
		return wrong(list, "has a group that is too large, at most 8192 CPUs");
	if (range->used == 0)
		return wrong(list, "uses no CPU of a group, at least 1, like 0-7:1/2");
	if (range->used > range->group)
		return wrong(list, "uses more CPUs than a group has, write USED/GROUP like 1/2");
	return NULL;
}

static char *read_cpu_bounds(const char *list, const char **cursor, struct cpu_range *range)
{
	if (scan_digits(cursor, &range->first) == SCAN_NOTHING)
		return wrong(list, "is not a list of CPUs, write one like 0-3,8");
	range->last = range->first;
	if (**cursor == ':')
		return wrong(list, "has groups without a range, write them like 0-7:1/2");
	if (**cursor == '-') {
		(*cursor)++;
		if (scan_digits(cursor, &range->last) == SCAN_NOTHING)
			return wrong(list, "has a range without an end, write one like 0-3");
	}
	/* A number that overflowed was left large enough for this. */
	if (range->first >= VALUE_CPUS_MAX || range->last >= VALUE_CPUS_MAX)
		return wrong(list, "names a CPU that is too large, CPU ids are 0 to 8191");
	if (range->last < range->first)
		return wrong(list, "has a range that runs backwards, write the lower CPU first");
	return NULL;
}

/* One id or range of a CPU list, with spaces around it. */
static char *read_cpu_range(const char *list, const char **cursor, struct cpu_ids *ids)
{
	struct cpu_range range;
	char *message;

	skip_spaces(cursor);
	message = read_cpu_bounds(list, cursor, &range);
	if (message == NULL)
		message = read_cpu_groups(list, cursor, &range);
	if (message != NULL)
		return message;
	for (uint64_t id = range.first; id <= range.last; id++)
		if ((id - range.first) % range.group < range.used)
			cpu_ids_add(ids, (uint32_t)id);
	skip_spaces(cursor);
	return NULL;
}

char *value_read_cpus(const char *text, struct cpu_ids *ids)
{
	struct cpu_ids read = { 0 };
	const char *c = text;

	if (*text == '\0')
		return g_strdup("the set of CPUs is empty, name at least one, like 0-3");
	if (strlen(text) > VALUE_LIST_MAX)
		return wrong(text, "is too long for a list of CPUs, join them to ranges");
	for (;;) {
		char *message = read_cpu_range(text, &c, &read);

		if (message != NULL)
			return message;
		if (*c == '\0')
			break;
		if (*c++ != ',')
			return wrong(text, "is not a list of CPUs, write one like 0-3,8");
	}
	assert(read.count > 0);
	*ids = read;
	return NULL;
}

static char *read_limited(const char *text, uint64_t max_ns, uint64_t *ns)
{
	uint64_t value = 0;
	char *message = value_read_duration(text, &value);
	char limit[VALUE_DURATION_MAX];
	char *what;

	if (message != NULL)
		return message;
	if (value > max_ns) {
		value_format_duration(max_ns, limit);
		what = g_strdup_printf("is too long, at most %s", limit);
		message = wrong(text, what);
		g_free(what);
		return message;
	}
	*ns = value;
	return NULL;
}

static char *read_uniform(char **args, uint64_t max_ns, struct sample *sample)
{
	char *message = read_limited(args[0], max_ns, &sample->a);

	if (message == NULL)
		message = read_limited(args[1], max_ns, &sample->b);
	if (message == NULL && sample->a > sample->b)
		message = g_strdup("uniform() has its bounds swapped, write the shorter one first");
	return message;
}

static char *read_exponential(char **args, uint64_t max_ns, struct sample *sample)
{
	char *message = read_limited(args[0], max_ns, &sample->a);

	if (message == NULL && sample->a == 0)
		message = g_strdup("exp() needs a mean above 0ns");
	return message;
}

static char *read_bimodal(char **args, uint64_t max_ns, struct sample *sample)
{
	const uint64_t hundred = 100 * UINT64_C(1000000);
	uint64_t share = 0;
	char *message = read_limited(args[0], max_ns, &sample->a);

	if (message == NULL)
		message = read_limited(args[1], max_ns, &sample->b);
	if (message == NULL)
		message = value_read_percent(args[2], &share);
	if (message == NULL && (share == 0 || share == hundred))
		message = g_strdup("bimodal() needs a share between 0% and 100%, both excluded");
	/* Below 10^8 * 2^32, and less than 2^32 after the division: 99.999999 % is 43 below. */
	sample->weight = (uint32_t)(((share << 32) + hundred / 2) / hundred);
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

	for (char **arg = args; *arg != NULL; arg++)
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

	for (size_t i = 0; i < G_N_ELEMENTS(distributions); i++)
		known[i] = distributions[i].name;
	nearest = value_nearest(name, known, G_N_ELEMENTS(distributions));
	if (nearest == NULL)
		return wrong(text, "is not a distribution: 1ms, uniform(1ms,2ms), exp(1ms) or "
				   "bimodal(1ms,10ms,10%)");
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

	for (i = 0; i < G_N_ELEMENTS(distributions); i++)
		if (strcmp(distributions[i].name, name) == 0)
			break;
	if (i == G_N_ELEMENTS(distributions))
		message = unknown_distribution(text, name);
	else if (open[length - 1] != ')')
		message = wrong(text, "does not end in ')'");
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

	if (open != NULL)
		message = read_call(text, open, max_ns, &sample);
	else
		message = read_limited(text, max_ns, &sample.a);
	if (message == NULL)
		*result = sample;
	return message;
}

uint64_t value_sample_longest(const struct sample *sample)
{
	return MAX(sample->a, sample->b);
}

void value_format_duration(uint64_t ns, char buffer[VALUE_DURATION_MAX])
{
	const struct unit *unit = units;
	char decimals[16] = "";
	size_t length;

	while (ns != 0 && ns < unit->ns)
		unit++;
	if (ns == 0)
		unit = &units[G_N_ELEMENTS(units) - 1];
	if (ns % unit->ns != 0) {
		g_snprintf(decimals, sizeof(decimals), ".%0*u", (int)unit->decimals,
			(unsigned)(ns % unit->ns));
		length = strlen(decimals);
		while (length > 0 && decimals[length - 1] == '0')
			decimals[--length] = '\0';
	}
	g_snprintf(buffer, VALUE_DURATION_MAX, "%" G_GUINT64_FORMAT "%s%s", ns / unit->ns, decimals,
		unit->name);
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

		if (strlen(known[i]) > VALUE_WORD_MAX)
			continue;
		distance = edit_distance(word, known[i]);
		if (distance < best) {
			best = distance;
			nearest = known[i];
		}
	}
	return nearest;
}
