/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/process/process.h"

enum { CANNOT = PROCESS_STATES };

/* By state and event. FORGETS leads a given-up process nowhere, so does a decision of it. */
static const uint8_t after[PROCESS_STATES][PROCESS_EVENTS] = {
#define WITH_A_STATE(agrees)                                                                       \
	{                                                                                          \
		PROCESS_UNKNOWN, PROCESS_GIVEN_UP, CANNOT, CANNOT, CANNOT, CANNOT, CANNOT, agrees  \
	}
	[PROCESS_KNOWN] = WITH_A_STATE(PROCESS_KNOWN),
	[PROCESS_GUESSED] = WITH_A_STATE(PROCESS_GUESSED),
	[PROCESS_ON_PROBATION] = WITH_A_STATE(PROCESS_ON_PROBATION),
	[PROCESS_DOUBTED] = WITH_A_STATE(PROCESS_DOUBTED),
#undef WITH_A_STATE
	[PROCESS_UNKNOWN] = { PROCESS_UNKNOWN, CANNOT, PROCESS_UNKNOWN_DECIDES, PROCESS_UNKNOWN,
		PROCESS_KNOWN, PROCESS_ON_PROBATION, PROCESS_GUESSED, CANNOT },
	[PROCESS_UNKNOWN_DECIDES] = { PROCESS_UNKNOWN, CANNOT, PROCESS_UNKNOWN_DECIDES,
		PROCESS_UNKNOWN, CANNOT, CANNOT, CANNOT, CANNOT },
	[PROCESS_GIVEN_UP] = { PROCESS_GIVEN_UP, CANNOT, PROCESS_GIVEN_UP, PROCESS_GIVEN_UP, CANNOT,
		CANNOT, CANNOT, CANNOT },
};

const char *process_state_to_string(enum process_state state)
{
	static const char *const names[] = {
		[PROCESS_KNOWN] = "known",
		[PROCESS_UNKNOWN] = "unknown",
		[PROCESS_UNKNOWN_DECIDES] = "unknown, decides",
		[PROCESS_GUESSED] = "guessed",
		[PROCESS_ON_PROBATION] = "on probation",
		[PROCESS_DOUBTED] = "doubted",
		[PROCESS_GIVEN_UP] = "given up",
	};

	g_assert(state < PROCESS_STATES);
	return names[state];
}

const char *process_event_to_string(enum process_event event)
{
	static const char *const names[] = {
		[PROCESS_FORGETS] = "forgets",
		[PROCESS_GIVES_UP] = "gives up",
		[PROCESS_DECISION_BEGINS] = "decision begins",
		[PROCESS_DECISION_ENDS] = "decision ends",
		[PROCESS_TAKES_ALL] = "takes all",
		[PROCESS_TAKES_WORDS] = "takes words",
		[PROCESS_TAKES_GUESS] = "takes a guess",
		[PROCESS_AGREES] = "agrees",
	};

	g_assert(event < PROCESS_EVENTS);
	return names[event];
}

void process_turn(struct process *process, enum process_event event)
{
	uint8_t state = after[process->state][event];

	if (state == CANNOT)
		g_error("a process that is \"%s\" cannot meet \"%s\"",
			process_state_to_string(process->state), process_event_to_string(event));
	process->state = state;
	if (event != PROCESS_AGREES)
		return;
	process->agreed++;
	if (state == PROCESS_ON_PROBATION && process->agreed >= PROCESS_PROBATION)
		process->state = PROCESS_DOUBTED;
	else if (state == PROCESS_DOUBTED && process->agreed >= PROCESS_DOUBTS_MAX)
		process->state = PROCESS_KNOWN;
}

struct process *process_new(struct order_mm *mm, uint64_t address, uint32_t slot,
	struct replay_process *counts, uint32_t cpus)
{
	struct process *process = g_new0(struct process, 1);

	g_assert(mm && counts && cpus > 0);
	process->mm = mm;
	process->address = address;
	process->slot = slot;
	process->counts = counts;
	process->state = PROCESS_KNOWN;
	process->account = ACCOUNT_NONE;
	process->cpu_words = g_new(uint32_t, cpus);
	for (uint32_t cpu = 0; cpu < cpus; cpu++)
		process->cpu_words[cpu] = TRACE_WORD_UNKNOWN;
	return process;
}

void process_free(struct process *process)
{
	order_mm_free(process->mm);
	g_free(process->cpu_words);
	g_free(process);
}
