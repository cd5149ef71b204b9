/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * trace.dat. With FILE the input is one, which the child reads with the library of trace-cmd: whatever
 * the library does, the parent ends with events or with an error. Else the input is the records of a
 * file whose descriptions are sound: they are printed as the child prints them, and each line is read
 * as the parent reads it.
 *
 * Input: FILE and the file; or another byte and records, each a type, a size and its bytes.
 */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/values.h"
#include "sim/trace/dat-print.h"
#include "sim/trace/text.h"
#include "tests/fuzz/fuzz.h"

enum { FILE_INPUT = 'F', RECORDS_MAX = 64, LINES_MAX = 1 << 18 };

#define COMMON                                                                                     \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"                     \
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"                     \
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"             \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
#define FIELD(declaration, offset, size, is_signed)                                                \
	"\tfield:" declaration ";\toffset:" #offset ";\tsize:" #size ";\tsigned:" #is_signed ";\n"
#define EVENT(name, id, fields)                                                                    \
	"name: " name "\nID: " #id "\nformat:\n" COMMON fields "\nprint fmt: \"x\"\n"

static const char *const formats[] = {
	EVENT("pe", 0, FIELD("u32 tp", 8, 4, 0) FIELD("s32 ps", 12, 4, 1) FIELD("char comm[4]", 16, 4, 0)
			FIELD("__data_loc char[] name", 20, 4, 0)),
	EVENT("sched_switch", 1, FIELD("char prev_comm[16]", 8, 16, 0) FIELD("pid_t prev_pid", 24, 4, 1)
			FIELD("int prev_prio", 28, 4, 1) FIELD("long prev_state", 32, 8, 1)
			FIELD("char next_comm[16]", 40, 16, 0) FIELD("pid_t next_pid", 56, 4, 1)
			FIELD("int next_prio", 60, 4, 1)),
	EVENT("sched_process_exec", 2, FIELD("__data_loc char[] filename", 8, 4, 0) FIELD("pid_t pid", 12, 4, 1)
			FIELD("pid_t old_pid", 16, 4, 1)),
	EVENT("af", 3, FIELD("u64 nm", 8, 8, 0) FIELD("u64 nm1", 16, 8, 0) FIELD("u32 tp", 24, 4, 0)
			FIELD("u64 beyond", 4000, 8, 0)),
	EVENT("irq_entry", 4, FIELD("u32 irq", 8, 4, 0)),
};

static struct tep_handle *new_tep(void)
{
	struct tep_handle *tep = tep_alloc();

	for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
		FUZZ_CHECK(tep_parse_event(tep, formats[i], strlen(formats[i]), "sys") == 0);
	return tep;
}

static void print_records(struct fuzz *fuzz, struct dat_print *print)
{
	for (uint64_t number = 1; number <= RECORDS_MAX && !fuzz_ended(fuzz); number++) {
		uint16_t type = (uint16_t)fuzz_below(fuzz, G_N_ELEMENTS(formats) + 1);
		size_t size = fuzz_below(fuzz, 100), left = (size_t)(fuzz->end - fuzz->at);
		struct tep_record record = { .ts = number * (1 + fuzz_byte(fuzz)), .cpu = (int)fuzz_below(fuzz, 300),
			.missed_events = (int)fuzz_below(fuzz, 8) - 6 };
		uint8_t *bytes;

		record.missed_events = record.missed_events < -1 ? 0 : record.missed_events;
		size = MIN(size, left > 3 ? left - 3 : 0);
		bytes = g_malloc(MAX(size, 1));
		for (size_t i = 0; i < size; i++)
			bytes[i] = fuzz_byte(fuzz);
		if (size >= sizeof(type))
			memcpy(bytes, &type, sizeof(type));
		record.data = bytes;
		record.size = (int)size;
		dat_print_record(print, &record, number);
		g_free(bytes);
	}
}

/* A line of the child, as read-dat.c takes it. */
static void read_line(struct text_reader *reader, struct trace *trace, char *line)
{
	char *at = line + strspn(line, "0123456789");
	struct trace_event event;
	GError *error = NULL;

	FUZZ_CHECK(g_str_has_prefix(line, "# ignored ") || (at > line && *at == ' '));
	if (*line == '#')
		return;
	trace->line = g_ascii_strtoull(line, NULL, 10);
	text_reader_line(reader, at + 1, &event, &error);
	if (error)
		FUZZ_CHECK(value_is_text(error->message));
	g_clear_error(&error);
}

static void read_lines(int file)
{
	char path[FUZZ_PATH_MAX];
	int empty = fuzz_file("          <idle>-0     [002]   100.000001: sched_wakeup: c:12 [120] CPU:001\n", 76, path);
	struct trace *trace = trace_open(path, NULL);
	struct text_reader *reader = text_reader_new(trace);
	struct bytes *bytes = bytes_new(file);
	size_t length;
	char *line;

	while ((line = bytes_line(bytes, &length, NULL)) != NULL)
		read_line(reader, trace, line);
	bytes_close(bytes);
	text_reader_free(reader);
	trace_close(trace);
	close(empty);
}

static void print_and_read(struct fuzz *fuzz)
{
	static struct tep_handle *tep;
	char path[FUZZ_PATH_MAX];
	int file = fuzz_file("", 0, path);
	struct output *out = output_on_descriptor(file, "lines");
	struct dat_print *print;

	tep = tep ? tep : new_tep();
	print = dat_print_new(out, tep, fuzz_byte(fuzz) & 1);
	print_records(fuzz, print);
	dat_print_ignored(print);
	dat_print_free(print);
	FUZZ_CHECK(output_close(out, NULL) && lseek(file, 0, SEEK_SET) == 0);
	read_lines(file);
}

static void read_file(struct fuzz *fuzz)
{
	char path[FUZZ_PATH_MAX];
	int file = fuzz_file(fuzz->at, (size_t)(fuzz->end - fuzz->at), path);
	GError *error = NULL;
	struct trace *trace = trace_open(path, &error);
	struct trace_event event;

	while (trace && trace_next(trace, &event, &error))
		FUZZ_CHECK(event.kind < TRACE_KINDS);
	FUZZ_CHECK(trace || error);
	if (error)
		FUZZ_CHECK(value_is_text(error->message));
	g_clear_error(&error);
	trace_close(trace);
	close(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz fuzz = { data, data + size };

	if (size > 0 && *data == FILE_INPUT) {
		fuzz_byte(&fuzz);
		read_file(&fuzz);
	} else {
		print_and_read(&fuzz);
	}
	return 0;
}
