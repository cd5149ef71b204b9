/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/dump/dump.h"

#include <inttypes.h>
#include <stdarg.h>

#include "sim/dump/private.h"

/* A dump, and what the parts of the reader add to it. */

struct dump *dump_new(void)
{
	struct dump *dump = g_new0(struct dump, 1);

	dump->cpus = g_array_new(FALSE, TRUE, sizeof(struct dump_cpu));
	dump->tasks = g_array_new(FALSE, TRUE, sizeof(struct dump_task));
	dump->notes = g_ptr_array_new_with_free_func(g_free);
	return dump;
}

void dump_free(struct dump *dump)
{
	if (!dump)
		return;
	g_array_free(dump->cpus, TRUE);
	g_array_free(dump->tasks, TRUE);
	g_ptr_array_free(dump->notes, TRUE);
	g_free(dump->kernel);
	g_free(dump->revision);
	g_free(dump);
}

/* Messages */

void reader_note(struct reader *reader, const char *format, ...)
{
	va_list arguments;
	g_autofree char *text = NULL;

	if (reader->dump->notes->len >= DUMP_NOTES_MAX) {
		reader->dump->notes_left_out++;
		return;
	}
	va_start(arguments, format);
	text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_ptr_array_add(
		reader->dump->notes, g_strdup_printf("line %" PRIu32 ": %s", reader->line, text));
}

void reader_fault(struct reader *reader, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	faults_take(reader->faults, (struct place){ .line = reader->line },
		g_strdup_vprintf(format, arguments));
	va_end(arguments);
}

/* CPUs and tasks */

/* The index of the first of @array, of elements of @size bytes that begin with a key of 64 or 32
 * bits, whose key is not below @key. */
static guint lower_bound(const GArray *array, uint64_t key, bool of_tasks)
{
	guint low = 0, high = array->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;
		uint64_t there = of_tasks ? g_array_index(array, struct dump_task, middle).pid
		                          : g_array_index(array, struct dump_cpu, middle).id;

		if (there < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void reader_at_cpu(struct reader *reader, uint64_t id)
{
	GArray *cpus = reader->dump->cpus;
	struct dump_cpu added = { .id = (uint32_t)id };
	guint index = lower_bound(cpus, id, false);

	if (id >= MODEL_CPUS_MAX) {
		reader_fault(reader, "CPU %" PRIu64 " is out of range, it must be 0 to %u", id,
			MODEL_CPUS_MAX - 1);
		return;
	}
	if (index == cpus->len || dump_cpu(reader->dump, index)->id != id)
		g_array_insert_val(cpus, index, added);
	reader->scope = OF_CPU;
	reader->index = index;
}

void reader_at_task(struct reader *reader, uint64_t pid)
{
	GArray *tasks = reader->dump->tasks;
	struct dump_task added = { .pid = pid };
	guint index = lower_bound(tasks, pid, true);

	if (pid > DUMP_COUNT_MAX) {
		reader_fault(reader, "task %" PRIu64 " is out of range, a pid is 0 to %u", pid,
			DUMP_COUNT_MAX);
		return;
	}
	if (index == tasks->len || dump_task(reader->dump, index)->pid != pid) {
		if (tasks->len >= DUMP_TASKS_MAX) {
			reader_fault(reader, "more than %u tasks; give those of one mm only",
				DUMP_TASKS_MAX);
			return;
		}
		g_array_insert_val(tasks, index, added);
	}
	reader->scope = OF_TASK;
	reader->index = index;
}

const struct dump_task *dump_find_task(const struct dump *dump, uint64_t pid)
{
	guint index = lower_bound(dump->tasks, pid, true);

	if (index == dump->tasks->len || dump_task(dump, index)->pid != pid)
		return NULL;
	return dump_task(dump, index);
}

const struct dump_cpu *dump_find_cpu(const struct dump *dump, uint32_t id)
{
	guint index = lower_bound(dump->cpus, id, false);

	if (index == dump->cpus->len || dump_cpu(dump, index)->id != id)
		return NULL;
	return dump_cpu(dump, index);
}
