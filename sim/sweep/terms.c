/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/sweep/terms.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "sim/keyfile.h"
#include "sim/values.h"

enum { MESSAGES_MAX = 20 };

struct range {
	uint64_t start, end;
	uint64_t step;   /* 0: it has a factor */
	uint64_t factor; /* 0: it has a step */
	const char *unit;
};

struct term {
	char *text;     /* as it is written in the normal form */
	uint64_t first; /* position of its first value */
	uint64_t count; /* of its values */
	bool is_range;
	struct range range;
};

struct sweep_terms {
	GArray *items; /* struct term */
	uint64_t length;
};

static const char *const units[] = { "ns", "us", "ms", "s", "" };

static const struct term *term_get(const struct sweep_terms *terms, uint32_t i)
{
	return &g_array_index(terms->items, struct term, i);
}

static char *wrong(const char *item, const char *what)
{
	char *quoted = value_quote(item);
	char *message = g_strdup_printf("%s %s", quoted, what);

	g_free(quoted);
	return message;
}

/* --- ranges --- */

static char *not_a_range(const char *item)
{
	return wrong(item,
		"is not a range of whole numbers, write one like 1-8, 1ms-9ms+2ms or 1-256*4");
}

/* Digits at *@cursor; a message if there are none or too many. */
static char *read_digits(const char *item, const char **cursor, uint64_t *number)
{
	size_t length = strspn(*cursor, "0123456789");
	char *digits = g_strndup(*cursor, length);
	char *message = NULL;
	char *refusal;

	*cursor += length;
	if (length == 0) {
		message = not_a_range(item);
	} else {
		refusal = value_read_count(digits, number);
		if (refusal != NULL)
			message = wrong(item, "has too large a number, all must be below 2^64");
		g_free(refusal);
	}
	g_free(digits);
	return message;
}

/* Digits and a unit. The unit of the first number of a range holds for the others. */
static char *read_number(const char *item, const char **cursor, uint64_t *number, const char **unit)
{
	char *message = read_digits(item, cursor, number);
	size_t length = 0, i = 0;

	while (g_ascii_isalpha((*cursor)[length]))
		length++;
	while (i < G_N_ELEMENTS(units) &&
		(strlen(units[i]) != length || strncmp(units[i], *cursor, length) != 0))
		i++;
	*cursor += length;
	if (message != NULL)
		return message;
	/* The end of the item is one of these, too. */
	if (i == G_N_ELEMENTS(units) || strchr("-+*", **cursor) == NULL)
		return not_a_range(item);
	if (*unit == NULL)
		*unit = units[i];
	else if (*unit != units[i])
		return wrong(item, "has different units, write the same one after each number");
	return NULL;
}

/* "+STEP", "*FACTOR" or nothing, which is a step of 1. */
static char *read_pace(const char *item, const char **cursor, struct range *range)
{
	char sign = **cursor;
	char *message = NULL;

	range->step = sign == '\0' ? 1 : 0;
	range->factor = 0;
	if (sign == '\0')
		return NULL;
	(*cursor)++;
	if (sign == '+')
		message = read_number(item, cursor, &range->step, &range->unit);
	else if (sign == '*')
		message = read_digits(item, cursor, &range->factor);
	else
		return not_a_range(item);
	if (message == NULL && **cursor != '\0')
		return not_a_range(item);
	return message;
}

static char *reversed(const char *item, const struct range *range, const char *pace)
{
	char *turned = g_strdup_printf("is reversed, write %" PRIu64 "%s-%" PRIu64 "%s%s",
		range->end, range->unit, range->start, range->unit, pace);
	char *message = wrong(item, turned);

	g_free(turned);
	return message;
}

static char *check_range(const char *item, const struct range *range, const char *pace)
{
	if (range->end < range->start)
		return reversed(item, range, pace);
	if (*pace == '+' && range->step == 0)
		return wrong(item, "has a step of 0, at least 1 is needed");
	if (*pace == '*' && range->factor < 2)
		return wrong(item, "has a factor below 2, at least 2 is needed");
	if (*pace == '*' && range->start == 0)
		return wrong(item, "starts at 0, which no factor makes larger");
	return NULL;
}

static char *read_range(const char *item, struct range *range)
{
	const char *c = item;
	const char *pace;
	char *message;

	range->unit = NULL;
	message = read_number(item, &c, &range->start, &range->unit);
	if (message == NULL && *c != '-')
		message = not_a_range(item);
	if (message != NULL)
		return message;
	c++;
	if (*c == '\0')
		return wrong(item, "has no end, write a range like 1-8");
	message = read_number(item, &c, &range->end, &range->unit);
	pace = c;
	if (message == NULL)
		message = read_pace(item, &c, range);
	if (message == NULL)
		message = check_range(item, range, pace);
	return message;
}

/* At most SWEEP_POINTS_MAX + 1. */
static uint64_t range_count(const struct range *range)
{
	uint64_t count = 1;
	uint64_t value = range->start;

	if (range->step > 0)
		return MIN((range->end - range->start) / range->step, SWEEP_POINTS_MAX) + 1;
	for (; value <= range->end / range->factor; count++)
		value *= range->factor;
	return count;
}

/* The value stays below the end of the range: nothing overflows. */
static char *range_value(const struct range *range, uint64_t position)
{
	uint64_t value = range->start + position * range->step;

	for (uint64_t i = 0; range->factor > 0 && i < position; i++)
		value *= range->factor;
	assert(value >= range->start && value <= range->end);
	return g_strdup_printf("%" PRIu64 "%s", value, range->unit);
}

/* --- lists --- */

static bool is_range(const char *item)
{
	return g_ascii_isdigit(*item) && strchr(item, '-') != NULL;
}

static void term_clear(void *data)
{
	g_free(((struct term *)data)->text);
}

/* Takes @text over. */
static char *add_term(struct sweep_terms *terms, char *text, bool ranges)
{
	struct term term = { .text = keyfile_squeeze(text), .first = terms->length, .count = 1 };
	char *message = NULL;

	if (*text == '\0')
		message = g_strdup("an item of the list is empty");
	else if (ranges && is_range(text)) {
		term.is_range = true;
		message = read_range(text, &term.range);
		if (message == NULL)
			term.count = range_count(&term.range);
	}
	if (message == NULL && term.count > SWEEP_POINTS_MAX)
		message = wrong(text, "has more than 1000000000 values");
	if (message != NULL) {
		g_free(text);
		return message;
	}
	/* No sum of so many overflows. */
	terms->length += term.count;
	g_array_append_val(terms->items, term);
	return NULL;
}

/* The length of the item at the start of @text. */
static size_t item_length(const char *text, char separator)
{
	unsigned depth = 0;
	size_t length = 0;

	for (; text[length] != '\0'; length++) {
		if (text[length] == separator && (separator == ';' || depth == 0))
			break;
		depth += text[length] == '(';
		depth -= text[length] == ')' && depth > 0;
	}
	return length;
}

static void read_items(
	struct sweep_terms *terms, const char *text, bool ranges, GPtrArray *messages)
{
	char separator = strchr(text, ';') != NULL ? ';' : ',';
	guint told = messages->len;

	for (uint32_t items = 0; messages->len - told < MESSAGES_MAX; items++) {
		size_t length = item_length(text, separator);
		char *message;

		if (items == SWEEP_TERMS_MAX) {
			g_ptr_array_add(messages, g_strdup_printf("the list has more than %d items",
							  SWEEP_TERMS_MAX));
			return;
		}
		message = add_term(terms, g_strndup(text, length), ranges);
		if (message != NULL)
			g_ptr_array_add(messages, message);
		if (text[length] == '\0')
			return;
		text += length + 1;
	}
}

struct sweep_terms *sweep_terms_read(const char *text, bool ranges, GPtrArray *messages)
{
	struct sweep_terms *terms = g_new0(struct sweep_terms, 1);
	guint told = messages->len;

	terms->items = g_array_new(FALSE, FALSE, sizeof(struct term));
	g_array_set_clear_func(terms->items, term_clear);
	if (text[strspn(text, " \t")] == '\0')
		g_ptr_array_add(messages, g_strdup("the list is empty, write values like 4;8"));
	else
		read_items(terms, text, ranges, messages);
	if (messages->len == told && terms->length > SWEEP_POINTS_MAX)
		g_ptr_array_add(messages,
			g_strdup_printf("the list has more than %d values", SWEEP_POINTS_MAX));
	if (messages->len == told)
		return terms;
	sweep_terms_free(terms);
	return NULL;
}

void sweep_terms_free(struct sweep_terms *terms)
{
	if (terms == NULL)
		return;
	g_array_free(terms->items, TRUE);
	g_free(terms);
}

char *sweep_terms_to_string(const struct sweep_terms *terms)
{
	GString *text = g_string_new(NULL);

	for (uint32_t i = 0; i < terms->items->len; i++)
		g_string_append_printf(text, i > 0 ? ";%s" : "%s", term_get(terms, i)->text);
	return g_string_free(text, FALSE);
}

uint64_t sweep_terms_length(const struct sweep_terms *terms)
{
	return terms->length;
}

/* The item that has the value at @position. */
static const struct term *find_term(const struct sweep_terms *terms, uint64_t position)
{
	uint32_t low = 0, high = terms->items->len - 1;

	while (low < high) {
		uint32_t middle = low + (high - low + 1) / 2;

		if (term_get(terms, middle)->first <= position)
			low = middle;
		else
			high = middle - 1;
	}
	return term_get(terms, low);
}

char *sweep_terms_value(const struct sweep_terms *terms, uint64_t position)
{
	const struct term *term;

	assert(position < terms->length);
	term = find_term(terms, position);
	assert(position - term->first < term->count);
	return term->is_range ? range_value(&term->range, position - term->first)
	                      : g_strdup(term->text);
}

uint32_t sweep_terms_count(const struct sweep_terms *terms)
{
	return terms->items->len;
}

struct sweep_term_info sweep_terms_info(const struct sweep_terms *terms, uint32_t item)
{
	const struct term *term;

	assert(item < terms->items->len);
	term = term_get(terms, item);
	return (struct sweep_term_info){
		.first = term->first,
		.last = term->first + term->count - 1,
		.is_range = term->is_range,
		.unit = term->is_range ? term->range.unit : "",
	};
}
