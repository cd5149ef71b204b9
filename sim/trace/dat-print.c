/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/dat-print.h"

#include <stdlib.h>
#include <string.h>

#include "sim/trace/text.h"

enum {
	COMMON_BYTES = 8, /* type, flags, preempt count and pid, at the start of each record */
	STRING_MAX = 256, /* bytes of a string that are written */
};

struct event {
	struct tep_format_field **fields; /* NULL = the event is only counted */
	const char *name;
	uint64_t ignored;
};

struct dat_print {
	struct output *out;
	struct tep_handle *tep;
	bool counts;
	GHashTable *events; /* type -> struct event */
	uint64_t unknown;   /* records of no event that the file describes */
};

static void event_free(void *data)
{
	struct event *event = data;

	free(event->fields); /* of the library */
	g_free(event);
}

struct dat_print *dat_print_new(struct output *out, struct tep_handle *tep, bool counts)
{
	struct dat_print *print = g_new0(struct dat_print, 1);

	g_assert(out && tep);
	print->out = out;
	print->tep = tep;
	print->counts = counts;
	print->events = g_hash_table_new_full(NULL, NULL, NULL, event_free);
	return print;
}

void dat_print_free(struct dat_print *print)
{
	g_hash_table_destroy(print->events);
	g_free(print);
}

/* A line must stay one, and text. */
static void put_string(struct output *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length && text[i]; i++)
		output_char(out, g_ascii_iscntrl(text[i]) ? '?' : text[i]);
}

static void put_hex(struct output *out, uint64_t number)
{
	char *at = output_reserve(out, OUTPUT_DIGITS_MAX);
	int shift = 60;

	*at++ = '0';
	*at++ = 'x';
	while (shift > 0 && !(number >> shift))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*at++ = "0123456789abcdef"[number >> shift & 15];
	output_advance(out, at);
}

static void put_signed(struct output *out, int64_t number)
{
	if (number < 0)
		output_char(out, '-');
	output_number(out, number < 0 ? -(uint64_t)number : (uint64_t)number);
}

/* Fields lie where the file says, which may be anywhere. */
static bool is_inside(const struct tep_record *record, uint64_t offset, uint64_t size)
{
	return offset <= (uint64_t)record->size && size <= (uint64_t)record->size - offset;
}

static bool field_is_number(const struct tep_format_field *field)
{
	return !(field->flags &
		       (TEP_FIELD_IS_ARRAY | TEP_FIELD_IS_STRING | TEP_FIELD_IS_DYNAMIC)) &&
	       (field->size == 1 || field->size == 2 || field->size == 4 || field->size == 8);
}

static void put_number_field(const struct dat_print *print, const struct tep_format_field *field,
	const struct tep_record *record)
{
	const char *at = (const char *)record->data + field->offset;
	uint64_t number = tep_read_number(print->tep, at, field->size);
	unsigned bits = (unsigned)field->size * 8;

	g_assert(field_is_number(field));
	if (!(field->flags & TEP_FIELD_IS_SIGNED))
		put_hex(print->out, number);
	else if (bits < 64 && number >> (bits - 1) & 1)
		put_signed(print->out, (int64_t)(number - (UINT64_C(1) << bits)));
	else
		put_signed(print->out, (int64_t)number);
}

/* The field itself says where in the record the string is: 16 bits each of length and offset. */
static void put_dynamic(const struct dat_print *print, const struct tep_format_field *field,
	const struct tep_record *record)
{
	const char *data = record->data;
	uint32_t where = (uint32_t)tep_read_number(print->tep, data + field->offset, 4);
	uint32_t offset = where & 0xffff, length = where >> 16;

	g_assert(field->size == 4);
	if (field->flags & TEP_FIELD_IS_RELATIVE)
		offset += (uint32_t)(field->offset + field->size);
	if (is_inside(record, offset, length))
		put_string(print->out, data + offset, MIN(length, STRING_MAX));
}

static void put_field(const struct dat_print *print, const struct tep_format_field *field,
	const struct tep_record *record)
{
	bool is_string = field->flags & TEP_FIELD_IS_STRING;
	bool is_dynamic = field->flags & TEP_FIELD_IS_DYNAMIC;

	if (field->offset < 0 || field->size <= 0 ||
		!is_inside(record, (uint64_t)field->offset, (uint64_t)field->size))
		return;
	if (!field_is_number(field) && !is_string)
		return;
	output_char(print->out, ' ');
	put_string(print->out, field->name, STRING_MAX);
	output_char(print->out, '=');
	if (field_is_number(field))
		put_number_field(print, field, record);
	else if (!is_dynamic)
		put_string(print->out, (const char *)record->data + field->offset,
			MIN((size_t)field->size, STRING_MAX));
	else if (field->size == 4)
		put_dynamic(print, field, record);
}

static bool is_printed(const char *name)
{
	size_t length = strlen(name);

	return text_kernel_find(name, length) || text_recipe_find(name, length);
}

/* NULL = the file does not describe such an event. */
static struct event *event_of_type(struct dat_print *print, int type)
{
	struct event *event = g_hash_table_lookup(print->events, GINT_TO_POINTER(type));
	struct tep_event *described;

	if (event)
		return event;
	described = tep_find_event(print->tep, type);
	if (!described || !described->name)
		return NULL;
	event = g_new0(struct event, 1);
	event->name = described->name;
	if (is_printed(described->name))
		event->fields = tep_event_fields(described);
	g_hash_table_insert(print->events, GINT_TO_POINTER(type), event);
	return event;
}

static void put_time(const struct dat_print *print, uint64_t ts)
{
	char *at = output_reserve(print->out, 2 * OUTPUT_DIGITS_MAX + 1);

	if (print->counts) {
		at = output_format(at, ts);
	} else {
		at = output_format(at, ts / 1000000000);
		*at++ = '.';
		at = output_format_wide(at, ts % 1000000000, 9, '0');
	}
	output_advance(print->out, at);
}

/* "            COMM-PID [CPU] TIME: " */
static void put_prefix(const struct dat_print *print, const struct tep_record *record)
{
	struct output *out = print->out;
	int pid = tep_data_pid(print->tep, (struct tep_record *)record);
	const char *comm = tep_data_comm_from_pid(print->tep, pid);
	size_t length;

	if (!comm || strlen(comm) > TRACE_COMM_MAX)
		comm = "<...>";
	length = strlen(comm);
	for (size_t i = length; i < 16; i++)
		output_char(out, ' ');
	put_string(out, comm, length);
	output_char(out, '-');
	output_number(out, (uint32_t)pid);
	output_text(out, " [");
	output_number(out, (uint32_t)record->cpu);
	output_text(out, "] ");
	put_time(print, record->ts);
	output_text(out, ": ");
}

static void put_lost(struct dat_print *print, const struct tep_record *record, uint64_t number)
{
	struct output *out = print->out;

	g_assert(record->missed_events);
	output_number(out, number);
	output_text(out, " CPU:");
	output_number(out, (uint32_t)record->cpu);
	if (record->missed_events > 0) {
		output_text(out, " [LOST ");
		output_number(out, (uint64_t)record->missed_events);
		output_text(out, " EVENTS]\n");
	} else {
		output_text(out, " [EVENTS DROPPED]\n");
	}
}

void dat_print_record(struct dat_print *print, const struct tep_record *record, uint64_t number)
{
	struct output *out = print->out;
	struct event *event = NULL;

	g_assert(number > 0);
	if (record->missed_events)
		put_lost(print, record, number);
	if (record->size >= COMMON_BYTES && record->data)
		event = event_of_type(
			print, tep_data_type(print->tep, (struct tep_record *)record));
	if (!event || !event->fields) {
		*(event ? &event->ignored : &print->unknown) += 1;
		return;
	}
	output_number(out, number);
	output_char(out, ' ');
	put_prefix(print, record);
	output_text(out, event->name);
	output_char(out, ':');
	for (struct tep_format_field **field = event->fields; *field; field++)
		put_field(print, *field, record);
	output_char(out, '\n');
}

static void put_ignored(struct output *out, uint64_t count, const char *name)
{
	if (!count)
		return;
	output_text(out, "# ignored ");
	output_number(out, count);
	output_char(out, ' ');
	put_string(out, name, STRING_MAX);
	output_char(out, '\n');
}

void dat_print_ignored(struct dat_print *print)
{
	GHashTableIter iter;
	gpointer event;

	g_hash_table_iter_init(&iter, print->events);
	while (g_hash_table_iter_next(&iter, NULL, &event))
		put_ignored(print->out, ((struct event *)event)->ignored,
			((struct event *)event)->name);
	put_ignored(print->out, print->unknown, "without a name");
}
