/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/axis-values.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/keyfile.h"
#include "sim/base/numbers.h"
#include "sim/base/units.h"
#include "sim/base/values.h"

enum { MESSAGES_MAX = 20 };

struct range {
	uint64_t start, end;
	uint64_t step;   /* 0: it has a factor */
	uint64_t factor; /* 0: it has a step */
	const char *unit;
};

struct item {
	char *text;     /* as it is written in the normal form */
	uint64_t first; /* position of its first value */
	uint64_t count; /* of its values */
	bool is_range;
	struct range range;
};

struct axis_values {
	GArray *items; /* struct item */
	uint64_t length;
};

static const struct item *item_get(const struct axis_values *values, uint32_t i)
{
	g_assert(i < values->items->len);
	return &g_array_index(values->items, struct item, i);
}

/* --- ranges --- */

static char *not_a_range(const char *item)
{
	if (strstr(item, ".."))
		return value_fault(item, "is not a range, write one like 4-64");
	return value_fault(item,
		"is not a range of whole numbers, write one like 1-8, 1ms-9ms+2ms or 1-256*4");
}

/* Digits at *@cursor; a message if there are none or too many. */
static char *read_digits(const char *item, const char **cursor, uint64_t *number)
{
	const char *end = number_scan(*cursor, number);

	if (!number_is_digit(**cursor))
		return not_a_range(item);
	if (!end)
		return value_fault(item, "has too large a number, all must be below 2^64");
	*cursor = end;
	return NULL;
}

/* The name of the unit that the @length bytes at @name are, "" without one; NULL if there is none.
 */
static const char *find_unit(const char *name, size_t length)
{
	const struct time_unit *unit = time_unit_find(name, length);

	return length == 0 ? "" : unit ? unit->name : NULL;
}

/* Digits and a unit. The unit of the first number of a range holds for the others. */
static char *read_number(const char *item, const char **cursor, uint64_t *number, const char **unit)
{
	char *message = read_digits(item, cursor, number);
	const char *found;
	size_t length = 0;

	if (message)
		return message;
	while (g_ascii_isalpha((*cursor)[length]))
		length++;
	found = find_unit(*cursor, length);
	*cursor += length;
	/* The end of the item is one of these, too. */
	if (!found || !strchr("-+*", **cursor))
		return not_a_range(item);
	if (!*unit)
		*unit = found;
	else if (strcmp(*unit, found) != 0)
		return value_fault(
			item, "has different units, write the same one after each number");
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
	if (!message && **cursor != '\0')
		return not_a_range(item);
	return message;
}

static char *reversed(const char *item, const struct range *range, const char *pace)
{
	return value_fault(item, "is reversed, write %" PRIu64 "%s-%" PRIu64 "%s%s", range->end,
		range->unit, range->start, range->unit, pace);
}

static char *check_range(const char *item, const struct range *range, const char *pace)
{
	g_assert(*pace == '\0' || *pace == '+' || *pace == '*');
	if (range->end < range->start)
		return reversed(item, range, pace);
	if (*pace == '+' && range->step == 0)
		return value_fault(item, "has a step of 0, at least 1 is needed");
	if (*pace == '*' && range->factor < 2)
		return value_fault(item, "has a factor below 2, at least 2 is needed");
	if (*pace == '*' && range->start == 0)
		return value_fault(item, "starts at 0, which no factor makes larger");
	return NULL;
}

static char *read_range(const char *item, struct range *range)
{
	const char *c = item;
	const char *pace;
	char *message;

	g_assert(g_ascii_isdigit(*item));
	range->unit = NULL;
	message = read_number(item, &c, &range->start, &range->unit);
	if (!message && *c != '-')
		message = not_a_range(item);
	if (message)
		return message;
	c++;
	if (*c == '\0')
		return value_fault(item, "has no end, write a range like 1-8");
	message = read_number(item, &c, &range->end, &range->unit);
	pace = c;
	if (!message)
		message = read_pace(item, &c, range);
	if (!message)
		message = check_range(item, range, pace);
	return message;
}

/* At most POINTS_MAX + 1. */
static uint64_t range_count(const struct range *range)
{
	uint64_t count = 1;
	uint64_t value = range->start;

	g_assert(range->start <= range->end && (range->step > 0) != (range->factor > 0));
	if (range->step > 0)
		return MIN((range->end - range->start) / range->step, POINTS_MAX) + 1;
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
	g_assert(value >= range->start && value <= range->end);
	return g_strdup_printf("%" PRIu64 "%s", value, range->unit);
}

/* --- lists --- */

static bool is_range(const char *item)
{
	return g_ascii_isdigit(*item) && (strchr(item, '-') || strstr(item, ".."));
}

static void item_clear(void *data)
{
	g_free(((struct item *)data)->text);
}

/* Takes @text over. */
static char *add_item(struct axis_values *values, char *text, bool ranges)
{
	struct item item = { .text = keyfile_squeeze(text), .first = values->length, .count = 1 };
	char *message = NULL;

	if (*text == '\0')
		message = g_strdup("an item of the list is empty");
	else if (ranges && is_range(text)) {
		item.is_range = true;
		message = read_range(text, &item.range);
		if (!message)
			item.count = range_count(&item.range);
	}
	if (!message && item.count > POINTS_MAX)
		message = value_fault(text, "has more than 1000000000 values");
	if (message) {
		g_free(text);
		return message;
	}
	/* At most AXIS_ITEMS_MAX * POINTS_MAX: nothing overflows. */
	values->length += item.count;
	g_array_append_val(values->items, item);
	g_assert(values->length > item.first);
	return NULL;
}

/* The length of the item at the start of @text. */
static size_t item_length(const char *text, char separator)
{
	unsigned depth = 0;
	size_t length = 0;

	g_assert(separator == ';' || separator == ',');
	for (; text[length] != '\0'; length++) {
		if (text[length] == separator && (separator == ';' || depth == 0))
			break;
		depth += text[length] == '(';
		depth -= text[length] == ')' && depth > 0;
	}
	return length;
}

static void read_items(
	struct axis_values *values, const char *text, bool ranges, GPtrArray *messages)
{
	char separator = strchr(text, ';') ? ';' : ',';
	guint before = messages->len;

	for (uint32_t items = 0; messages->len - before < MESSAGES_MAX; items++) {
		size_t length = item_length(text, separator);
		char *message;

		if (items == AXIS_ITEMS_MAX) {
			g_ptr_array_add(messages,
				g_strdup_printf("the list has more than %d items", AXIS_ITEMS_MAX));
			return;
		}
		message = add_item(values, g_strndup(text, length), ranges);
		if (message)
			g_ptr_array_add(messages, message);
		if (text[length] == '\0')
			return;
		text += length + 1;
	}
}

struct axis_values *axis_values_read(const char *text, bool ranges, GPtrArray *messages)
{
	struct axis_values *values = g_new0(struct axis_values, 1);
	guint before = messages->len;

	values->items = g_array_new(FALSE, FALSE, sizeof(struct item));
	g_array_set_clear_func(values->items, item_clear);
	if (text[strspn(text, " \t")] == '\0')
		g_ptr_array_add(messages, g_strdup("the list is empty, write values like 4;8"));
	else
		read_items(values, text, ranges, messages);
	if (messages->len == before && values->length > POINTS_MAX)
		g_ptr_array_add(
			messages, g_strdup_printf("the list has more than %d values", POINTS_MAX));
	if (messages->len == before)
		return values;
	axis_values_free(values);
	g_assert(messages->len > before);
	return NULL;
}

void axis_values_free(struct axis_values *values)
{
	if (!values)
		return;
	g_array_free(values->items, TRUE);
	g_free(values);
}

char *axis_values_to_string(const struct axis_values *values)
{
	GString *text = g_string_new(NULL);

	for (uint32_t i = 0; i < values->items->len; i++)
		g_string_append_printf(text, i > 0 ? ";%s" : "%s", item_get(values, i)->text);
	return g_string_free(text, FALSE);
}

uint64_t axis_values_length(const struct axis_values *values)
{
	g_assert(values->length > 0 && values->length <= POINTS_MAX);
	return values->length;
}

/* The item that has the value at @position. */
static const struct item *find_item(const struct axis_values *values, uint64_t position)
{
	uint32_t low = 0, high = values->items->len - 1;

	g_assert(position < values->length);
	while (low < high) {
		uint32_t middle = low + (high - low + 1) / 2;

		if (item_get(values, middle)->first <= position)
			low = middle;
		else
			high = middle - 1;
	}
	return item_get(values, low);
}

char *axis_values_value(const struct axis_values *values, uint64_t position)
{
	const struct item *item;

	g_assert(position < values->length);
	item = find_item(values, position);
	g_assert(position - item->first < item->count);
	return item->is_range ? range_value(&item->range, position - item->first)
	                      : g_strdup(item->text);
}

uint32_t axis_values_items(const struct axis_values *values)
{
	g_assert(values->items->len > 0);
	return values->items->len;
}

struct axis_item axis_values_item(const struct axis_values *values, uint32_t index)
{
	const struct item *item;

	g_assert(index < values->items->len);
	item = item_get(values, index);
	return (struct axis_item){
		.first = item->first,
		.last = item->first + item->count - 1,
		.is_range = item->is_range,
		.unit = item->is_range ? item->range.unit : "",
	};
}
