/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/ftrace-private.h"

static const struct record_task idle = { .pid = 0 };

char *ftrace_put_name(char *at, const char *name, size_t size)
{
	g_assert(size <= sizeof(((struct record_task *)NULL)->name));
	for (size_t i = 0; i < size && name[i]; i++)
		*at++ = (unsigned char)name[i] <= ' ' ? '_' : name[i];
	return at;
}

uint32_t ftrace_cpu_id(const struct ftrace *ftrace, uint32_t cpu)
{
	g_assert(cpu < ftrace->scenario->cpus_count);
	return ftrace->scenario->cpu_ids[cpu];
}

static char *put_who(char *at, const struct record_task *task)
{
	char name[sizeof(task->name)];
	const char *text = task->pid ? name : "<idle>";
	size_t length =
		task->pid ? (size_t)(ftrace_put_name(name, task->name, sizeof(name)) - name) : 6;

	g_assert(length <= 16);
	for (size_t i = length; i < 16; i++)
		*at++ = ' ';
	memcpy(at, text, length);
	at = output_format(ftrace_put_text(at + length, "-"), task->pid);
	return at;
}

char *ftrace_begin_line(
	struct ftrace *ftrace, uint64_t time_ns, uint32_t cpu, const struct record_task *task)
{
	char *start = output_reserve(ftrace->out, OUTPUT_RESERVE_MAX);
	char *at;

	ftrace->last_cpu = cpu;
	if (!task)
		task = &idle;
	at = put_who(start, task);
	do {
		*at++ = ' ';
	} while (at < start + 25);
	*at++ = '(';
	if (task->group_pid && task->pid)
		at = output_format_wide(at, task->group_pid, 7, ' ');
	else
		at = ftrace_put_text(at, "-------");
	at = output_format_wide(ftrace_put_text(at, ") ["), ftrace_cpu_id(ftrace, cpu), 3, '0');
	at = output_format_wide(ftrace_put_text(at, "] .... "), time_ns / 1000000000, 5, ' ');
	*at++ = '.';
	at = output_format_wide(at, time_ns % 1000000000, 9, '0');
	at = ftrace_put_text(at, ": ");
	g_assert(at <= start + 128);
	return at;
}

void ftrace_end_line(struct ftrace *ftrace, char *at)
{
	*at++ = '\n';
	output_advance(ftrace->out, at);
}

void ftrace_add_text(struct ftrace *ftrace, const char *text, char bar)
{
	for (size_t left = strlen(text), piece; left > 0; left -= piece, text += piece) {
		char *at;

		piece = MIN(left, OUTPUT_RESERVE_MAX);
		at = output_reserve(ftrace->out, piece);
		for (size_t i = 0; i < piece; i++) {
			char c = (unsigned char)text[i] < ' ' || text[i] == 0x7f ? ' ' : text[i];

			at[i] = c == '|' ? bar : c;
		}
		output_advance(ftrace->out, at + piece);
	}
}

const char *ftrace_account_name(const struct ftrace *ftrace, uint32_t account)
{
	return record_account_name(ftrace->accounts, account, "-");
}

void ftrace_add_account(struct ftrace *ftrace, const char *key, uint32_t account)
{
	const char *name = ftrace_account_name(ftrace, account);
	bool quoted = name[strcspn(name, " \"\t\r\n")];

	output_text(ftrace->out, key);
	if (quoted)
		output_char(ftrace->out, '"');
	for (; *name; name++)
		output_char(ftrace->out, *name == '"'             ? '\''
					 : g_ascii_iscntrl(*name) ? ' '
								  : *name);
	if (quoted)
		output_char(ftrace->out, '"');
}
