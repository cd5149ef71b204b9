/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/chrome.h"

#include <string.h>

#include "model/cid.h"
#include "sim/base/json-write.h"
#include "sim/base/version.h"
#include "sim/record/report.h"

enum { CPUS_PID = 1, MM_PID = 2, COUNTERS = 4, EVENT_MAX = 1024 };

static const char *const counter_names[COUNTERS] = { "users", "taken", "max_cids", "span" };

/* A task that is on a CPU. */
struct stay {
	struct record_task task; /* pid 0: none is */
	uint32_t account;
	cid_word word;
};

/* A window that is open. */
struct lane {
	struct record_mode_switch opened;
	bool used, named;
};

/* What was written of an account. */
struct mm_track {
	bool named, has_values;
	uint32_t values[COUNTERS];
	GArray *lanes; /* struct lane: windows that are open at once; NULL: none was */
};

struct chrome {
	struct output *out;
	const struct scenario *scenario;
	const GPtrArray *accounts;
	struct stay *stays; /* by dense CPU index */
	GArray *mms;        /* struct mm_track, by account */
	bool follows;       /* an event was written: a comma is due */
};

/* Text */

static char *put_text(char *at, const char *text)
{
	size_t length = strlen(text);

	memcpy(at, text, length);
	return at + length;
}

static char *put_number(char *at, const char *key, uint64_t value)
{
	return output_format(put_text(at, key), value);
}

/* @ns as us, with three decimals. */
static char *put_time(char *at, const char *key, uint64_t ns)
{
	at = output_format(put_text(at, key), ns / 1000);
	*at++ = '.';
	return output_format_wide(at, ns % 1000, 3, '0');
}

/* Names are short, of letters and digits; what would end a string becomes '_'. */
static char *put_name(char *at, const char *name)
{
	for (size_t i = 0; i < EVENT_MAX / 4 && name[i]; i++) {
		unsigned char c = (unsigned char)name[i];

		*at++ = c < ' ' || c >= 0x7f || c == '"' || c == '\\' ? '_' : name[i];
	}
	return at;
}

/* An event of @phase on @tid of @pid: what is before its own fields. */
static char *begin_event(struct chrome *chrome, char phase, uint32_t pid, uint32_t tid)
{
	char *at = output_reserve(chrome->out, EVENT_MAX);

	at = put_text(at, chrome->follows ? ",\n{\"ph\":\"" : "\n{\"ph\":\"");
	*at++ = phase;
	at = put_number(at, "\",\"pid\":", pid);
	chrome->follows = true;
	return put_number(at, ",\"tid\":", tid);
}

static void end_event(struct chrome *chrome, char *at)
{
	*at++ = '}';
	output_advance(chrome->out, at);
}

/* A name of @pid, or of its thread @tid: @what is process_name or thread_name. */
static void add_name(struct chrome *chrome, uint32_t pid, uint32_t tid, const char *what,
	const char *before, const char *name)
{
	char *at = begin_event(chrome, 'M', pid, tid);

	at = put_text(put_text(at, ",\"name\":\""), what);
	at = put_name(put_text(put_text(at, "\",\"args\":{\"name\":\""), before), name);
	end_event(chrome, put_text(at, "\"}"));
}

/* Viewers sort by it, and not by name. */
static void add_index(
	struct chrome *chrome, uint32_t pid, uint32_t tid, const char *what, uint64_t index)
{
	char *at = begin_event(chrome, 'M', pid, tid);

	at = put_text(put_text(at, ",\"name\":\""), what);
	end_event(chrome, put_text(put_number(at, "\",\"args\":{\"sort_index\":", index), "}"));
}

/* CPUs */

/* Who is on @cpu begins, or ends, its slice: "name-PID:CID", of the category of its mm. */
static void add_stay(struct chrome *chrome, uint32_t cpu, char phase, uint64_t now_ns)
{
	const struct stay *stay = &chrome->stays[cpu];
	char name[sizeof(stay->task.name) + 1] = { 0 };
	char *at;

	if (!stay->task.pid)
		return;
	memcpy(name, stay->task.name, sizeof(stay->task.name));
	at = begin_event(chrome, phase, CPUS_PID, chrome->scenario->cpu_ids[cpu]);
	at = put_text(put_time(at, ",\"ts\":", now_ns), ",\"cat\":\"");
	at = put_name(at, record_account_name(chrome->accounts, stay->account, "-"));
	at = put_number(put_name(put_text(at, "\",\"name\":\""), name), "-", stay->task.pid);
	at = cid_is_unset(stay->word) ? put_text(at, ":-")
	                              : put_number(at, ":", cid_number(stay->word));
	end_event(chrome, put_text(at, "\""));
}

static void take_switch(void *context, const struct record_switch *seen)
{
	struct chrome *chrome = context;

	g_assert(seen->cpu < chrome->scenario->cpus_count);
	add_stay(chrome, seen->cpu, 'E', seen->time_ns);
	chrome->stays[seen->cpu] = (struct stay){ *seen->next, seen->next_account,
		seen->spins ? CID_UNSET : seen->next_word };
	add_stay(chrome, seen->cpu, 'B', seen->time_ns);
}

/* Processes */

static struct mm_track *track_of(struct chrome *chrome, uint32_t account)
{
	struct mm_track *track;

	g_assert(account < chrome->accounts->len);
	if (account >= chrome->mms->len)
		g_array_set_size(chrome->mms, account + 1);
	track = &g_array_index(chrome->mms, struct mm_track, account);
	if (track->named)
		return track;
	track->named = true;
	add_name(chrome, MM_PID + account, 0, "process_name", "mm ",
		record_account_name(chrome->accounts, account, "-"));
	add_index(chrome, MM_PID + account, 0, "process_sort_index", MM_PID + account);
	return track;
}

static void take_sample(void *context, const struct record_sample *sample)
{
	struct chrome *chrome = context;
	struct mm_track *track = track_of(chrome, sample->account);
	const uint32_t values[COUNTERS] = { sample->users, sample->taken, sample->max_cids,
		sample->span };

	for (int i = 0; i < COUNTERS; i++) {
		char *at;

		if (track->has_values && track->values[i] == values[i])
			continue;
		at = begin_event(chrome, 'C', MM_PID + sample->account, 0);
		at = put_time(at, ",\"ts\":", sample->time_ns);
		at = put_text(put_text(at, ",\"name\":\""), counter_names[i]);
		at = put_text(put_text(at, "\",\"args\":{\""), counter_names[i]);
		end_event(chrome, put_text(put_number(at, "\":", values[i]), "}"));
		track->values[i] = values[i];
	}
	track->has_values = true;
}

/* Windows: thread N of an mm has those in lane N - 1 */

static void add_flip(struct chrome *chrome, const struct record_mode_switch *flip, uint32_t tid)
{
	char *at = begin_event(chrome, 'i', MM_PID + flip->account, tid);

	at = put_time(at, ",\"s\":\"p\",\"ts\":", flip->time_ns);
	at = put_text(
		at, flip->to_percpu ? ",\"name\":\"to per CPU: " : ",\"name\":\"to per task: ");
	at = put_text(at, model_trigger_to_string(flip->trigger));
	at = put_text(put_number(at, ", ", flip->users), " users\",\"args\":{");
	at = put_number(at, "\"users\":", flip->users);
	at = put_number(at, ",\"allowed\":", flip->allowed_count);
	at = put_number(at, ",\"max_cids_before\":", flip->max_cids_before);
	at = put_number(at, ",\"max_cids_after\":", flip->max_cids_after);
	at = put_number(at, ",\"pcpu_thrs_before\":", flip->thrs_before);
	at = put_number(at, ",\"pcpu_thrs_after\":", flip->thrs_after);
	at = put_number(at, ",\"cpu\":", chrome->scenario->cpu_ids[flip->cpu]);
	end_event(chrome, put_text(put_number(at, ",\"pid\":", flip->pid), "}"));
}

/* The lowest lane of @track that is free. */
static uint32_t free_lane(struct mm_track *track)
{
	uint32_t lane = 0;

	if (!track->lanes)
		track->lanes = g_array_new(FALSE, TRUE, sizeof(struct lane));
	while (lane < track->lanes->len && g_array_index(track->lanes, struct lane, lane).used)
		lane++;
	if (lane == track->lanes->len)
		g_array_set_size(track->lanes, lane + 1);
	return lane;
}

/* The slice of the window of @lane begins or ends. The caller ends the event. */
static char *put_window(
	struct chrome *chrome, const struct lane *lane, uint32_t index, char phase, uint64_t now_ns)
{
	const struct record_mode_switch *opened = &lane->opened;
	char *at = begin_event(chrome, phase, MM_PID + opened->account, index + 1);

	g_assert(lane->used && opened->time_ns <= now_ns);
	return put_text(put_time(at, ",\"ts\":", now_ns),
		opened->to_percpu ? ",\"name\":\"window to per CPU\""
				  : ",\"name\":\"window to per task\"");
}

static void take_mode_switch(void *context, const struct record_mode_switch *flip)
{
	struct chrome *chrome = context;
	struct mm_track *track = track_of(chrome, flip->account);
	uint32_t index = free_lane(track);
	struct lane *lane = &g_array_index(track->lanes, struct lane, index);

	lane->opened = *flip;
	lane->used = true;
	if (!lane->named)
		add_name(chrome, MM_PID + flip->account, index + 1, "thread_name", "",
			"transit windows");
	lane->named = true;
	add_flip(chrome, flip, index + 1);
	end_event(chrome, put_window(chrome, lane, index, 'B', flip->time_ns));
}

static void add_window(struct chrome *chrome, const struct record_window *window,
	const struct lane *lane, uint32_t index)
{
	char *at = put_window(chrome, lane, index, 'E', window->close_ns);

	at = put_number(at, ",\"args\":{\"steps\":", window->steps);
	at = put_number(at, ",\"moved\":", window->moved);
	at = put_number(at, ",\"dropped\":", window->dropped);
	at = put_number(at, ",\"handed\":", window->handed);
	at = put_number(at, ",\"settled\":", window->settled);
	at = put_number(at, ",\"out_dropped\":", window->out_dropped);
	at = put_number(at, ",\"spins\":", window->spins);
	at = put_number(at, ",\"spin_ns\":", window->spin_ns);
	at = put_number(at, ",\"preempted_ns\":", window->preempted_ns);
	end_event(chrome, put_text(put_number(at, ",\"pid\":", window->opened.pid), "}"));
}

static void take_window(void *context, const struct record_window *window)
{
	struct chrome *chrome = context;
	struct mm_track *track = track_of(chrome, window->opened.account);

	for (uint32_t i = 0; track->lanes && i < track->lanes->len; i++) {
		struct lane *lane = &g_array_index(track->lanes, struct lane, i);

		if (!lane->used || lane->opened.pid != window->opened.pid)
			continue;
		add_window(chrome, window, lane, i);
		lane->used = false;
		return;
	}
}

/* The file */

static void add_head(struct chrome *chrome)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *command = report_command(chrome->scenario);
	g_autofree char *revision = report_revision(chrome->scenario);
	struct json json = { .text = text };

	json_begin_object(&json, NULL);
	json_add_text(&json, "cidsim", version_text());
	json_add_text(&json, "scenario", chrome->scenario->path);
	json_add_text(&json, "title", chrome->scenario->title);
	json_add_text(&json, "command", command);
	json_add_text(&json, "revision", revision);
	json_end_object(&json);
	output_text(chrome->out, "{\"displayTimeUnit\":\"ns\",\"otherData\":");
	output_bytes(chrome->out, text->str, text->len);
	output_text(chrome->out, ",\"traceEvents\":[");
}

struct chrome *chrome_new(
	struct output *out, const struct scenario *scenario, const GPtrArray *accounts)
{
	struct chrome *chrome = g_new0(struct chrome, 1);

	g_assert(scenario->cpus_count > 0);
	chrome->out = out;
	chrome->scenario = scenario;
	chrome->accounts = accounts;
	chrome->stays = g_new0(struct stay, scenario->cpus_count);
	chrome->mms = g_array_new(FALSE, TRUE, sizeof(struct mm_track));
	add_head(chrome);
	add_name(chrome, CPUS_PID, 0, "process_name", "", "CPUs");
	add_index(chrome, CPUS_PID, 0, "process_sort_index", CPUS_PID);
	for (uint32_t cpu = 0; cpu < scenario->cpus_count; cpu++) {
		char id[OUTPUT_DIGITS_MAX + 1];

		*output_format(id, scenario->cpu_ids[cpu]) = '\0';
		add_name(chrome, CPUS_PID, scenario->cpu_ids[cpu], "thread_name", "CPU ", id);
		add_index(chrome, CPUS_PID, scenario->cpu_ids[cpu], "thread_sort_index", cpu);
	}
	return chrome;
}

void chrome_free(struct chrome *chrome)
{
	if (!chrome)
		return;
	for (guint i = 0; i < chrome->mms->len; i++) {
		struct mm_track *track = &g_array_index(chrome->mms, struct mm_track, i);

		if (track->lanes)
			g_array_free(track->lanes, TRUE);
	}
	g_array_free(chrome->mms, TRUE);
	g_free(chrome->stays);
	g_free(chrome);
}

struct record_sink chrome_sink(struct chrome *chrome)
{
	return (struct record_sink){
		.context = chrome,
		.sample = take_sample,
		.mode_switch = take_mode_switch,
		.window = take_window,
		.sched_switch = take_switch,
	};
}

static void end_windows(struct chrome *chrome, struct mm_track *track, uint64_t now_ns)
{
	for (uint32_t i = 0; track->lanes && i < track->lanes->len; i++) {
		const struct lane *lane = &g_array_index(track->lanes, struct lane, i);

		if (lane->used)
			end_event(chrome, put_window(chrome, lane, i, 'E', now_ns));
	}
}

void chrome_end(struct chrome *chrome, uint64_t now_ns, const char *why)
{
	for (uint32_t cpu = 0; cpu < chrome->scenario->cpus_count; cpu++)
		add_stay(chrome, cpu, 'E', now_ns);
	for (guint i = 0; i < chrome->mms->len; i++)
		end_windows(chrome, &g_array_index(chrome->mms, struct mm_track, i), now_ns);
	if (why) {
		char *at = begin_event(chrome, 'i', CPUS_PID, chrome->scenario->cpu_ids[0]);

		at = put_time(at, ",\"s\":\"g\",\"ts\":", now_ns);
		end_event(chrome,
			put_text(put_name(put_text(at, ",\"name\":\"the log "), why), "\""));
	}
	output_text(chrome->out, "\n]}\n");
}
