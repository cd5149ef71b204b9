/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/cidtrace-section.h"

#include <string.h>

#include "model/cid.h"
#include "sim/trace/scan.h"

char *section_take(struct section *section)
{
	char *word = (char *)scan_blanks(section->at);
	char *end = (char *)scan_word(word);

	section->at = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

bool section_fail(const struct section *section, const char *word, const char *what,
	const char *right, GError **error)
{
	g_assert(section->trace && section->name);
	if (*word == '\0')
		return trace_fail(section->trace, error, "%s: %s is missing, expected %s",
			section->name, what, right);
	return trace_fail_text(section->trace, error, what, word, strlen(word), right);
}

bool section_take_number(
	struct section *section, const char *what, uint64_t max, uint64_t *number, GError **error)
{
	const char *word = scan_blanks(section->at);
	const char *end = number_scan(word, number);
	char *right;

	g_assert(max > 0);
	if (end && end == scan_word(end) && *number <= max) {
		section->at += end - section->at;
		return true;
	}
	word = section_take(section);
	right = g_strdup_printf("a number up to %" G_GUINT64_FORMAT, max);
	section_fail(section, word, what, right, error);
	g_free(right);
	return false;
}

bool section_take_number32(
	struct section *section, const char *what, uint32_t max, uint32_t *number, GError **error)
{
	uint64_t value = 0;
	bool good = section_take_number(section, what, max, &value, error);

	*number = (uint32_t)value;
	return good;
}

bool section_check_end(struct section *section, GError **error)
{
	const char *word = section_take(section);

	return *word == '\0' || trace_fail_text(section->trace, error, section->name, word,
					strlen(word), "no more of it");
}

const char *section_scan_cid(const char *at, uint32_t *word)
{
	uint64_t number;

	if (*at == '-' || *at == '?') {
		*word = *at == '-' ? CID_KERNEL_UNSET : TRACE_WORD_UNKNOWN;
		return at + 1;
	}
	at = number_scan(at, &number);
	if (!at || number >= TRACE_CPUS_MAX)
		return NULL;
	*word = (uint32_t)number;
	for (; *at == 'c' || *at == 't'; at++)
		*word |= *at == 'c' ? CID_KERNEL_ONCPU : CID_KERNEL_TRANSIT;
	return at;
}

/* PID:WORD:ACTIVE, the latter or both left out; "." = not of this mm, "?" = not known. */
static bool parse_task(const char *at, struct trace_task *task)
{
	uint64_t pid;

	if (at[0] == '?' && at[1] == '\0')
		return true;
	if (at[0] == '.' && at[1] == '\0') {
		task->pid = TRACE_TASK_FOREIGN;
		return true;
	}
	at = number_scan(at, &pid);
	if (!at || pid > TRACE_PID_MAX)
		return false;
	task->pid = (uint32_t)pid;
	task->mm_known = true;
	task->mm = CIDTRACE_MM;
	if (*at == ':')
		at = section_scan_cid(at + 1, &task->word);
	if (!at || *at == '\0')
		return at != NULL;
	if (at[0] != ':' || at[1] == '\0' || at[2] != '\0')
		return false;
	if (at[1] != '?')
		task->active = at[1] == '1';
	return at[1] == '0' || at[1] == '1' || at[1] == '?';
}

bool section_take_task(
	struct section *section, const char *what, struct trace_task *task, GError **error)
{
	const char *word = section_take(section);

	return parse_task(word, task) ||
	       section_fail(section, word, what, "PID:WORD:ACTIVE, '.' or '?'", error);
}

bool section_take_bits(struct section *section, const char *what, uint64_t *words,
	struct trace_bits *bits, GError **error)
{
	const char *word = section_take(section);
	const char *digits = scan_text(word, "0x");
	size_t count = digits ? strlen(digits) : 0;

	if ((word[0] == '?' || word[0] == '-') && word[1] == '\0')
		return true;
	for (; count > 1 && *digits == '0'; count--)
		digits++;
	if (count == 0 || count > TRACE_CPUS_MAX / 4)
		return section_fail(section, word, what, "0x and up to 2048 digits", error);
	bits->words = words;
	bits->words_count = (uint32_t)(count + 15) / 16;
	memset(words, 0, bits->words_count * sizeof(*words));
	for (size_t i = 0; i < count; i++) {
		size_t place = count - 1 - i;
		unsigned digit = number_hex_digit(digits[i]);

		if (digit > 15)
			return section_fail(section, word, what, "0x and digits", error);
		words[place / 16] |= (uint64_t)digit << place % 16 * 4;
	}
	g_assert(bits->words_count <= TRACE_MASK_WORDS);
	return true;
}

bool section_is_unknown(const struct section *section)
{
	const char *at = scan_blanks(section->at);

	return at[0] == '?' && *scan_blanks(at + 1) == '\0';
}
