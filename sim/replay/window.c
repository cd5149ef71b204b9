/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/window.h"

#include <string.h>

#include "sim/base/numbers.h"
#include "sim/base/values.h"

#define SECONDS_MAX (UINT64_MAX / 1000000000 - 1)

/* "12.345678" */
static bool read_seconds(const char *text, uint64_t *ns)
{
	uint64_t seconds, fraction = 0;
	const char *at = number_scan(text, &seconds);

	if (at && *at == '.')
		at = number_scan_fraction(at + 1, 9, &fraction);
	if (!at || *at || seconds > SECONDS_MAX)
		return false;
	*ns = seconds * 1000000000 + fraction;
	return true;
}

char *replay_time_read(const char *text, struct replay_time *time)
{
	size_t length = strlen(text);
	uint64_t ns = 0;
	char *wrong = NULL;

	if (length == 0 || number_is_digit(text[length - 1])) {
		if (!read_seconds(text, &ns))
			wrong = value_fault(text,
				"is no time, expected one as the trace has it (12.345678), or one "
				"after its first event (1.5ms)");
	} else {
		wrong = value_read_duration(text, &ns);
	}
	if (!wrong)
		*time = (struct replay_time){
			.is_set = true, .of_trace = number_is_digit(text[length - 1]), .ns = ns
		};
	return wrong;
}

uint64_t replay_time_ns(
	const struct replay_time *time, const struct trace_info *info, uint64_t base_ns)
{
	g_assert(time->is_set);
	if (time->of_trace) /* one event is 1000 ns there, and was read as a second */
		return info->counts ? time->ns / 1000000 : time->ns;
	return time->ns <= UINT64_MAX - base_ns ? base_ns + time->ns : UINT64_MAX;
}
