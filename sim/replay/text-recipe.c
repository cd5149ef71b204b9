/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/state.h"
#include "sim/replay/scan.h"
#include "sim/replay/text.h"

/* The dynamic events of the recipe, which docs/recording.md explains. */

/* In the order of the longest event, the switch: the next field is mostly the next of these. */
enum field {
	PREV_PID,
	PREV_TGID,
	PREV_MM,
	PREV_WORD,
	PREV_ACTIVE,
	PREV_STATE,
	MM, /* fields of an mm, from here on: of prev */
	NEXT_PID = MM + 9,
	NEXT_TGID,
	NEXT_MM,
	NEXT_WORD,
	NEXT_ACTIVE,
	NEXT_OF_MM, /* of next */
	TASK_PID = NEXT_OF_MM + 9,
	TASK_TGID,
	TASK_MM,
	TASK_WORD,
	TASK_ACTIVE,
	THE_MM,
	CHANGED,
	NEW_MASK,
	CPU,
	OLD_PID,
	IS_SWITCH,
	FIELDS
};
_Static_assert(FIELDS <= 64, "a bit each");

/* Of an mm, as offsets. */
enum { MODE, USERS, MAX_CIDS, THRS, ALLOWED, CPU_WORD, PERCPU, TRANSIT, DEFERRED };

static const struct {
	char name[8];
	uint8_t length;
	uint8_t field;
} names[] = {
	{ "pp", 2, PREV_PID },
	{ "pt", 2, PREV_TGID },
	{ "pg", 2, PREV_MM },
	{ "pw", 2, PREV_WORD },
	{ "pa", 2, PREV_ACTIVE },
	{ "ps", 2, PREV_STATE },
	{ "mo", 2, MM + MODE },
	{ "us", 2, MM + USERS },
	{ "mx", 2, MM + MAX_CIDS },
	{ "th", 2, MM + THRS },
	{ "na", 2, MM + ALLOWED },
	{ "cw", 2, MM + CPU_WORD },
	{ "np", 2, NEXT_PID },
	{ "nt", 2, NEXT_TGID },
	{ "ng", 2, NEXT_MM },
	{ "nw", 2, NEXT_WORD },
	{ "nac", 3, NEXT_ACTIVE },
	{ "nmo", 3, NEXT_OF_MM + MODE },
	{ "nus", 3, NEXT_OF_MM + USERS },
	{ "nmx", 3, NEXT_OF_MM + MAX_CIDS },
	{ "nth", 3, NEXT_OF_MM + THRS },
	{ "nna", 3, NEXT_OF_MM + ALLOWED },
	{ "ncw", 3, NEXT_OF_MM + CPU_WORD },
	{ "tp", 2, TASK_PID },
	{ "tt", 2, TASK_TGID },
	{ "tg", 2, TASK_MM },
	{ "tw", 2, TASK_WORD },
	{ "ta", 2, TASK_ACTIVE },
	{ "m", 1, THE_MM },
	{ "ret", 3, CHANGED },
	{ "nm", 2, NEW_MASK },
	{ "tc", 2, CPU },
	{ "dc", 2, CPU },
	{ "op", 2, OLD_PID },
	{ "sy", 2, IS_SWITCH },
	/* 6.19 has two words where later kernels have a mode */
	{ "pc", 2, MM + PERCPU },
	{ "tr", 2, MM + TRANSIT },
	{ "npc", 3, NEXT_OF_MM + PERCPU },
	{ "ntr", 3, NEXT_OF_MM + TRANSIT },
	{ "ud", 2, MM + DEFERRED },
	{ "nud", 3, NEXT_OF_MM + DEFERRED },
	/* spelt out */
	{ "mode", 4, MM + MODE },
	{ "percpu", 6, MM + PERCPU },
	{ "transit", 7, MM + TRANSIT },
	{ "users", 5, MM + USERS },
	{ "max", 3, MM + MAX_CIDS },
	{ "thrs", 4, MM + THRS },
	{ "word", 4, TASK_WORD },
	{ "active", 6, TASK_ACTIVE },
	{ "mm", 2, THE_MM },
};

struct fields {
	uint64_t seen; /* bits by enum field */
	uint64_t values[FIELDS];
	uint64_t *mask; /* room for TRACE_MASK_WORDS: nm, nm1, nm2 …; NULL = not wanted */
	uint32_t mask_words;
};

static bool has(const struct fields *fields, unsigned field)
{
	return fields->seen >> field & 1;
}

/* The row of the name that ends at '=', from @hint on; G_N_ELEMENTS(names) = none. */
static size_t find_name(const char *name, size_t length, size_t hint)
{
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++, hint++) {
		if (hint >= G_N_ELEMENTS(names))
			hint = 0;
		if (names[hint].length == length && memcmp(names[hint].name, name, length) == 0)
			return hint;
	}
	return G_N_ELEMENTS(names);
}

static const char *scan_name(const char *at)
{
	while (*at != '=' && *at != ' ' && *at != '\0')
		at++;
	return at;
}

/* The words of a mask after the first: "nm1" to "nm127". Others are nobody's fields. */
static bool read_mask(const struct text_event *text, struct fields *fields, const char *name,
	const char *value, GError **error)
{
	uint64_t number, word;
	const char *end = scan_text(name, "nm");

	if (!fields->mask || !end || scan_decimal(end, &number) != value)
		return true;
	if (number != fields->mask_words || number >= TRACE_MASK_WORDS)
		return trace_fail_text(text->trace, error, "a part of the mask", name,
			(size_t)(value - name), "nm, nm1 and so on, in order");
	if (scan_number(value + 1, &word) != scan_word(value))
		return trace_fail_text(text->trace, error, "the mask", value + 1,
			(size_t)(scan_word(value) - value - 1), "a number");
	fields->mask[fields->mask_words++] = word;
	return true;
}

/* @mask: room for TRACE_MASK_WORDS, NULL = no mask is wanted. */
static bool read_fields_mask(
	const struct text_event *text, struct fields *fields, uint64_t *mask, GError **error)
{
	const char *at = text->fields;
	size_t row = 0;

	fields->seen = 0;
	fields->mask = mask;
	fields->mask_words = 0;
	/* Where it was recorded: "(symbol+0x0/0x10 <- caller)". */
	if (*at == '(' && strchr(at, ')'))
		at = strchr(at, ')') + 1;
	for (at = scan_blanks(at); *at; at = scan_blanks(at)) {
		const char *name = at, *value = scan_name(at), *end = scan_word(value);

		at = end;
		if (*value != '=')
			continue;
		row = find_name(name, (size_t)(value - name), row);
		if (row == G_N_ELEMENTS(names)) {
			if (!read_mask(text, fields, name, value, error))
				return false;
			continue;
		}
		if (scan_number(value + 1, &fields->values[names[row].field]) != end)
			return trace_fail_text(text->trace, error, names[row].name, value + 1,
				(size_t)(end - value - 1), "a number");
		fields->seen |= UINT64_C(1) << names[row].field;
		if (names[row].field == NEW_MASK && fields->mask) {
			fields->mask[0] = fields->values[NEW_MASK];
			fields->mask_words = 1;
		}
		row++;
	}
	return true;
}

static bool read_fields(const struct text_event *text, struct fields *fields, GError **error)
{
	return read_fields_mask(text, fields, NULL, error);
}

static bool fail_missing(const struct text_event *text, const char *what, GError **error)
{
	return trace_fail(text->trace, error, "event %s without %s", text->name, what);
}

static bool check_max(const struct text_event *text, const struct fields *fields, unsigned field,
	uint64_t max, GError **error)
{
	size_t row = 0;

	if (!has(fields, field) || fields->values[field] <= max)
		return true;
	while (names[row].field != field)
		row++;
	return trace_fail(text->trace, error,
		"%s is %" G_GUINT64_FORMAT ", expected a number up to %" G_GUINT64_FORMAT,
		names[row].name, fields->values[field], max);
}

/* @first: the field that is the pid; those after it follow in the same order. */
static bool set_task(const struct text_event *text, const struct fields *fields, unsigned first,
	struct trace_task *task, GError **error)
{
	const uint64_t *values = fields->values + first;

	if (!check_max(text, fields, first, TRACE_PID_MAX, error) ||
		!check_max(text, fields, first + 1, TRACE_PID_MAX, error) ||
		!check_max(text, fields, first + 3, UINT32_MAX - 1, error) ||
		!check_max(text, fields, first + 4, 1, error))
		return false;
	if (has(fields, first))
		task->pid = (uint32_t)values[0];
	if (has(fields, first + 1))
		task->tgid = (uint32_t)values[1];
	task->mm_known = has(fields, first + 2);
	if (task->mm_known)
		task->mm = values[2];
	if (has(fields, first + 3))
		task->word = (uint32_t)values[3];
	if (has(fields, first + 4))
		task->active = (int8_t)values[4];
	return true;
}

static bool set_mode(const struct text_event *text, const struct fields *fields, unsigned first,
	struct trace_mm *mm, GError **error)
{
	uint64_t mode = fields->values[first + MODE];

	mm->mode = 0;
	if (!has(fields, first + MODE)) {
		mm->mode |= fields->values[first + PERCPU] ? MODE_PER_CPU : 0;
		mm->mode |= fields->values[first + TRANSIT] ? MODE_TRANSIT : 0;
		return true;
	}
	if (mode & ~(uint64_t)(CID_KERNEL_ONCPU | CID_KERNEL_TRANSIT))
		return trace_fail(text->trace, error,
			"the mode is 0x%" G_GINT64_MODIFIER
			"x, expected 0x40000000 (per CPU) and 0x20000000 (in transit), or none",
			mode);
	mm->mode |= mode & CID_KERNEL_ONCPU ? MODE_PER_CPU : 0;
	mm->mode |= mode & CID_KERNEL_TRANSIT ? MODE_TRANSIT : 0;
	return true;
}

/* The fields from @first on are those of the mm at @address; of none (0) they are garbage. */
static bool set_mm(const struct text_event *text, const struct fields *fields, unsigned first,
	uint64_t address, struct trace_mm *mm, GError **error)
{
	const uint64_t *values = fields->values + first;
	const uint64_t needed = UINT64_C(1) << USERS | UINT64_C(1) << MAX_CIDS |
	                        UINT64_C(1) << THRS | UINT64_C(1) << ALLOWED;
	const uint64_t split = UINT64_C(1) << PERCPU | UINT64_C(1) << TRANSIT;
	uint64_t seen = fields->seen >> first;

	mm->address = address;
	if (!address)
		return true;
	if (has(fields, first + DEFERRED))
		mm->deferred = values[DEFERRED] != 0;
	if ((seen & needed) != needed || (!(seen >> MODE & 1) && (seen & split) != split))
		return true;
	for (unsigned i = USERS; i <= ALLOWED; i++) {
		if (!check_max(text, fields, first + i, UINT32_MAX, error))
			return false;
	}
	mm->known = true;
	mm->users = (uint32_t)values[USERS];
	mm->max_cids = (uint32_t)values[MAX_CIDS];
	mm->pcpu_thrs = (uint32_t)values[THRS];
	mm->allowed_count = (uint32_t)values[ALLOWED];
	return set_mode(text, fields, first, mm, error);
}

/* The word of this CPU, of the mm at @address. */
static bool set_cpu_word(const struct text_event *text, const struct fields *fields, unsigned first,
	uint64_t address, uint32_t *word, GError **error)
{
	if (!address || !has(fields, first + CPU_WORD))
		return true;
	if (!check_max(text, fields, first + CPU_WORD, UINT32_MAX - 1, error))
		return false;
	*word = (uint32_t)fields->values[first + CPU_WORD];
	return true;
}

static bool parse_switch(const struct text_event *text, struct trace_event *event, GError **error)
{
	struct fields fields;

	if (!read_fields(text, &fields, error))
		return false;
	if (!has(&fields, PREV_PID) || !has(&fields, NEXT_PID))
		return fail_missing(text, "pp=PID and np=PID, the tasks", error);
	if (has(&fields, PREV_STATE)) {
		event->prev_state = fields.values[PREV_STATE];
		event->prev_dead = event->prev_state & 0x80; /* TASK_DEAD */
	}
	return set_task(text, &fields, PREV_PID, &event->prev, error) &&
	       set_task(text, &fields, NEXT_PID, &event->task, error) &&
	       set_mm(text, &fields, MM, event->prev.mm, &event->prev_mm, error) &&
	       set_mm(text, &fields, NEXT_OF_MM, event->task.mm, &event->mm, error) &&
	       set_cpu_word(text, &fields, MM, event->prev.mm, &event->prev_cpu_word, error) &&
	       set_cpu_word(text, &fields, NEXT_OF_MM, event->task.mm, &event->cpu_word, error);
}

/* Fields of a task and of its mm. */
static bool set_task_event(const struct text_event *text, struct fields *fields,
	struct trace_event *event, GError **error)
{
	if (!has(fields, TASK_MM) && has(fields, THE_MM)) {
		fields->values[TASK_MM] = fields->values[THE_MM];
		fields->seen |= UINT64_C(1) << TASK_MM;
	}
	return set_task(text, fields, TASK_PID, &event->task, error) &&
	       set_mm(text, fields, MM, event->task.mm, &event->mm, error) &&
	       set_cpu_word(text, fields, MM, event->task.mm, &event->cpu_word, error);
}

/* The task that is now on the CPU is told by the line itself, what it has only on some kernels. */
static bool parse_switched(const struct text_event *text, struct trace_event *event, GError **error)
{
	struct fields fields;

	if (!read_fields(text, &fields, error) ||
		!check_max(text, &fields, PREV_PID, TRACE_PID_MAX, error))
		return false;
	event->task.pid = event->pid;
	event->task.tgid = event->tgid;
	if (has(&fields, PREV_PID))
		event->prev.pid = (uint32_t)fields.values[PREV_PID];
	if (has(&fields, IS_SWITCH) && !fields.values[IS_SWITCH])
		event->kind = TRACE_KINDS;
	return set_task_event(text, &fields, event, error);
}

static bool parse_task(const struct text_event *text, struct trace_event *event, GError **error)
{
	struct fields fields;

	if (!read_fields(text, &fields, error))
		return false;
	if (!has(&fields, TASK_PID))
		return fail_missing(text, "tp=PID, the task", error);
	return set_task_event(text, &fields, event, error);
}

/* Of fork and exit the task may be told by its word alone. In 6.19 a fork comes before the child
 * has a pid. */
static bool parse_user(const struct text_event *text, struct trace_event *event, GError **error)
{
	struct fields fields;

	if (!read_fields(text, &fields, error))
		return false;
	if (!has(&fields, TASK_PID) && !has(&fields, TASK_WORD))
		return fail_missing(text, "tp=PID, the task, or word=WORD, what it has", error);
	if (!set_task_event(text, &fields, event, error))
		return false;
	if (event->task.pid == 0)
		event->task.pid = TRACE_PID_UNKNOWN;
	return true;
}

static bool parse_mm(const struct text_event *text, struct trace_event *event, GError **error)
{
	struct fields fields;

	if (!read_fields(text, &fields, error))
		return false;
	if (!has(&fields, THE_MM))
		return fail_missing(text, "m=ADDRESS, the mm", error);
	/* A kernel's bool may have garbage in the other bits of the register. */
	if (has(&fields, CHANGED))
		event->changed = (fields.values[CHANGED] & 0xff) != 0;
	return set_mm(text, &fields, MM, fields.values[THE_MM], &event->mm, error) &&
	       set_cpu_word(text, &fields, MM, fields.values[THE_MM], &event->cpu_word, error);
}

static bool parse_affinity(const struct text_event *text, struct trace_event *event, GError **error)
{
	struct fields fields;

	if (!read_fields_mask(text, &fields, text->trace->mask, error))
		return false;
	if (!has(&fields, TASK_PID))
		return fail_missing(text, "tp=PID, the task", error);
	if (fields.mask_words)
		event->mask = (struct trace_bits){ fields.mask, fields.mask_words };
	return set_task_event(text, &fields, event, error);
}

static bool parse_migrate(const struct text_event *text, struct trace_event *event, GError **error)
{
	struct fields fields;

	if (!read_fields(text, &fields, error))
		return false;
	if (!has(&fields, TASK_PID) || !has(&fields, CPU))
		return fail_missing(text, "tp=PID and dc=CPU, the task and where it goes", error);
	if (!check_max(text, &fields, CPU, TRACE_CPUS_MAX - 1, error))
		return false;
	event->other_cpu = (uint32_t)fields.values[CPU];
	return set_task_event(text, &fields, event, error);
}

static bool parse_cpu_step(const struct text_event *text, struct trace_event *event, GError **error)
{
	struct fields fields;

	if (!read_fields(text, &fields, error))
		return false;
	if (!has(&fields, CPU))
		return fail_missing(text, "tc=CPU, that which was visited", error);
	if (!check_max(text, &fields, CPU, TRACE_CPUS_MAX - 1, error))
		return false;
	event->other_cpu = (uint32_t)fields.values[CPU];
	return set_mm(text, &fields, MM, has(&fields, THE_MM) ? fields.values[THE_MM] : 0,
		&event->mm, error);
}

static bool parse_exec(const struct text_event *text, struct trace_event *event, GError **error)
{
	struct fields fields;

	event->task.pid = event->pid;
	event->task.tgid = event->tgid;
	if (!read_fields(text, &fields, error) ||
		!check_max(text, &fields, OLD_PID, TRACE_PID_MAX, error))
		return false;
	if (has(&fields, OLD_PID))
		event->old_pid = (uint32_t)fields.values[OLD_PID];
	return set_task_event(text, &fields, event, error);
}

static bool parse_nothing(const struct text_event *text, struct trace_event *event, GError **error)
{
	(void)text;
	(void)event;
	(void)error;
	return true;
}

static const struct text_name events[] = {
	{ "sw", 2, TRACE_SWITCH, parse_switch },
	{ "fin", 3, TRACE_SWITCHED, parse_switched },
	{ "fst", 3, TRACE_SWITCHED, parse_switched },
	{ "up", 2, TRACE_DECIDE, parse_mm },
	{ "upr", 3, TRACE_DECIDE_END, parse_mm },
	{ "fk", 2, TRACE_FORK, parse_user },
	{ "fkr", 3, TRACE_FORK_END, parse_user },
	{ "ex", 2, TRACE_EXIT, parse_user },
	{ "exr", 3, TRACE_EXIT_END, parse_user },
	{ "pf", 2, TRACE_NEW_TASK, parse_task },
	{ "pe", 2, TRACE_TASK_GONE, parse_task },
	{ "mig", 3, TRACE_MIGRATE, parse_migrate },
	{ "ct", 2, TRACE_CPU_WALK, parse_mm },
	{ "ctr", 3, TRACE_CPU_WALK_END, parse_mm },
	{ "af", 2, TRACE_AFFINITY, parse_affinity },
	{ "afr", 3, TRACE_AFFINITY_END, parse_task },
	{ "tcs", 3, TRACE_TASK_STEP_BEGIN, parse_task },
	{ "tcsr", 4, TRACE_TASK_STEP, parse_task },
	{ "stc", 3, TRACE_TASK_STEP, parse_task },
	{ "sct", 3, TRACE_CPU_STEP, parse_cpu_step },
	{ "wk", 2, TRACE_WORK, parse_nothing },
	{ "iw", 2, TRACE_IRQ_WORK, parse_nothing },
	{ "xe", 2, TRACE_EXEC, parse_exec },
	{ "wu", 2, TRACE_WAKE, parse_task },
};

const struct text_name *text_recipe_find(const char *name, size_t length)
{
	if (length > 4)
		return NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
		if (events[i].length == length && memcmp(events[i].name, name, length) == 0)
			return &events[i];
	}
	return NULL;
}
