/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <inttypes.h>
#include <string.h>

#include "sim/base/numbers.h"
#include "sim/base/values.h"
#include "sim/dump/private.h"

enum kind {
	A_COUNT,   /* up to key.max */
	A_FLAG,    /* 0 is no, everything else yes; held, free, yes, no */
	A_WORD,    /* of a CID, 32 bits */
	A_MODE,    /* its two bits */
	A_RUNNER,  /* a pid; idle, other */
	A_HOLDER,  /* a FLAG, or the pid of who holds the mutex */
	A_POINTER, /* hexadecimal, with 0x or without */
	A_FUNCTION /* what a task does */
};

static const struct key {
	const char *name;
	enum scope scope;
	enum kind kind;
	size_t offset;
	uint64_t max;
} keys[] = {
	{ "mode", OF_MM, A_MODE, offsetof(struct dump, mode), 0 },
	{ "percpu", OF_MM, A_FLAG, offsetof(struct dump, percpu), 0 },
	{ "transit", OF_MM, A_FLAG, offsetof(struct dump, transit), 0 },
	{ "users", OF_MM, A_COUNT, offsetof(struct dump, users), DUMP_COUNT_MAX },
	{ "max_cids", OF_MM, A_COUNT, offsetof(struct dump, max_cids), MODEL_CPUS_MAX },
	{ "pcpu_thrs", OF_MM, A_COUNT, offsetof(struct dump, pcpu_thrs), MODEL_CPUS_MAX },
	{ "update_deferred", OF_MM, A_FLAG, offsetof(struct dump, update_deferred), 0 },
	{ "nr_cpus_allowed", OF_MM, A_COUNT, offsetof(struct dump, allowed), MODEL_CPUS_MAX },
	{ "possible", OF_MM, A_COUNT, offsetof(struct dump, possible), MODEL_CPUS_MAX },
	{ "mutex", OF_MM, A_HOLDER, offsetof(struct dump, mutex), 0 },
	{ "lock", OF_MM, A_FLAG, offsetof(struct dump, lock), 0 },
	{ "bit", OF_MM, A_WORD, offsetof(struct dump, bit), 0 },
	{ "mm", OF_MM, A_POINTER, offsetof(struct dump, address), 0 },
	{ "word", OF_CPU, A_WORD, offsetof(struct dump_cpu, word), 0 },
	{ "cid", OF_CPU, A_WORD, offsetof(struct dump_cpu, word), 0 },
	{ "runs", OF_CPU, A_RUNNER, offsetof(struct dump_cpu, runs), DUMP_COUNT_MAX },
	{ "rq_lock", OF_CPU, A_FLAG, offsetof(struct dump_cpu, rq_lock), 0 },
	{ "word", OF_TASK, A_WORD, offsetof(struct dump_task, word), 0 },
	{ "cid", OF_TASK, A_WORD, offsetof(struct dump_task, word), 0 },
	{ "active", OF_TASK, A_FLAG, offsetof(struct dump_task, active), 0 },
	{ "group", OF_TASK, A_COUNT, offsetof(struct dump_task, group), DUMP_COUNT_MAX },
	{ "tgid", OF_TASK, A_COUNT, offsetof(struct dump_task, group), DUMP_COUNT_MAX },
	{ "cpu", OF_TASK, A_COUNT, offsetof(struct dump_task, cpu), MODEL_CPUS_MAX - 1 },
	{ "on_cpu", OF_TASK, A_FLAG, offsetof(struct dump_task, on_cpu), 0 },
	{ "doing", OF_TASK, A_FUNCTION, offsetof(struct dump_task, doing), 0 },
	{ "new", OF_TASK, A_FLAG, offsetof(struct dump_task, is_new), 0 },
	{ "TASK", OF_TASK, A_POINTER, offsetof(struct dump_task, address), 0 },
};

static const struct word {
	const char *text;
	enum kind kind;
	uint64_t number;
} words[] = {
	{ "held", A_FLAG, 1 },
	{ "free", A_FLAG, 0 },
	{ "yes", A_FLAG, 1 },
	{ "no", A_FLAG, 0 },
	{ "held", A_HOLDER, 1 },
	{ "free", A_HOLDER, 0 },
	{ "idle", A_RUNNER, 0 },
	{ "other", A_RUNNER, DUMP_OTHER },
	{ "nothing", A_FUNCTION, 0 },
	{ "fork", A_FUNCTION, DOING_FORK },
	{ "exit", A_FUNCTION, DOING_EXIT },
	{ "exec", A_FUNCTION, DOING_EXEC },
	{ "walk", A_FUNCTION, DOING_WALK },
	{ "get", A_FUNCTION, DOING_GET },
};

/* Functions of the kernel by name, and what a task does in them. */
static const struct {
	const char *name;
	enum dump_doing doing;
} functions[] = {
	{ "sched_mm_cid_fork", DOING_FORK },
	{ "copy_process", DOING_FORK },
	{ "sched_mm_cid_exit", DOING_EXIT },
	{ "do_exit", DOING_EXIT },
	{ "bprm_execve", DOING_EXEC },
	{ "sched_mm_cid_before_execve", DOING_EXEC },
	{ "sched_mm_cid_after_execve", DOING_EXEC },
	{ "mm_cid_fixup_tasks_to_cpus", DOING_WALK },
	{ "mm_cid_fixup_cpus_to_tasks", DOING_WALK },
	{ "mm_get_cid", DOING_GET },
};

static const struct key *find_key(const char *name, enum scope scope)
{
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (strcmp(keys[i].name, name) == 0 &&
			(keys[i].scope == OF_MM || keys[i].scope == scope))
			return &keys[i];
	}
	return NULL;
}

/* ffff888101234000 */
static bool is_address(const char *word)
{
	size_t digits = strspn(word, "0123456789abcdef");

	return digits >= 8 && !word[digits];
}

/* The row of "words" for @text where a value of @kind is read; NULL: none. */
static const struct word *find_word(enum kind kind, const char *text)
{
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (words[i].kind == kind && strcmp(words[i].text, text) == 0)
			return &words[i];
	}
	return NULL;
}

bool key_takes_word(const char *name, const char *word)
{
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (strcmp(keys[i].name, name) != 0)
			continue;
		if (find_word(keys[i].kind, word) ||
			(keys[i].kind == A_POINTER && is_address(word)))
			return true;
	}
	return false;
}

/* Small numbers are counts, CIDs and pids; others are words and addresses. */
static char *number_to_string(uint64_t number)
{
	return g_strdup_printf(number < CID_KERNEL_TRANSIT ? "%" PRIu64 : "0x%" PRIx64, number);
}

void value_store(struct reader *reader, struct dump_value *value, uint64_t number, const char *what)
{
	if (dump_has(*value) && value->number != number) {
		g_autofree char *now = number_to_string(number);
		g_autofree char *before = number_to_string(value->number);

		reader_fault(reader,
			"%s is %s, but line %" PRIu32
			" has %s; print the state once, while the machine is stopped",
			what, now, value->line, before);
		return;
	}
	if (!dump_has(*value))
		*value = (struct dump_value){ .number = number, .line = reader->line };
	reader->dump->facts++;
}

/* "the word of CPU 3": how messages name the value of @key. */
static char *describe(const struct reader *reader, const struct key *key)
{
	if (key->scope == OF_CPU)
		return g_strdup_printf(
			"the %s of CPU %u", key->name, dump_cpu(reader->dump, reader->index)->id);
	if (key->scope == OF_TASK)
		return g_strdup_printf("the %s of task %" PRIu64, key->name,
			dump_task(reader->dump, reader->index)->pid);
	return g_strdup(key->name);
}

static struct dump_value *value_of(const struct reader *reader, const struct key *key)
{
	char *owner = (char *)reader->dump;

	if (key->scope == OF_CPU)
		owner = (char *)dump_cpu(reader->dump, reader->index);
	else if (key->scope == OF_TASK)
		owner = (char *)dump_task(reader->dump, reader->index);
	return (struct dump_value *)(owner + key->offset);
}

static bool read_word(const struct key *key, const char *text, uint64_t *number)
{
	const struct word *word = find_word(key->kind, text);

	if (word)
		*number = word->number;
	if (word || key->kind != A_POINTER)
		return word;
	return is_address(text) && number_scan_hex(text, number);
}

/* NULL, or what is wrong with the number @token as a value of @key. */
static const char *read_number(const struct key *key, const struct token *token, uint64_t *number)
{
	const uint64_t mode = CID_KERNEL_ONCPU | CID_KERNEL_TRANSIT;

	*number = token->number;
	switch (key->kind) {
	case A_COUNT:
	case A_RUNNER:
		return token->too_large || *number > key->max ? "is out of range" : NULL;
	case A_FLAG:
		*number = *number != 0;
		return NULL;
	case A_WORD:
		/* an int of 32 bits may have been printed with its sign */
		if (token->too_large || (*number > UINT32_MAX && *number < -(UINT64_C(1) << 31)))
			return "has more than 32 bits; a word is like 0x40000003";
		*number &= UINT32_MAX;
		return NULL;
	case A_MODE:
		return token->too_large || *number & ~mode
		               ? "is no mode; that has the bits 0x40000000 and 0x20000000 only"
		               : NULL;
	case A_HOLDER:
	case A_POINTER:
	case A_FUNCTION:
		break;
	}
	return NULL;
}

/* What @token means for @key. False: nothing, or *@wrong says what is wrong with it. */
static bool read_value(
	const struct key *key, const struct token *token, uint64_t *number, const char **wrong)
{
	*wrong = NULL;
	if (token->kind == TOKEN_WORD)
		return read_word(key, token->text, number);
	if (token->kind != TOKEN_NUMBER || key->kind == A_FUNCTION)
		return false;
	*wrong = read_number(key, token, number);
	return *wrong == NULL;
}

/* The mutex: 0, or who holds it. A pid or the address of a task, the lowest bits are flags. */
static void set_mutex(struct reader *reader, uint64_t holder, bool is_pid)
{
	value_store(reader, &reader->dump->mutex, holder != 0, "mutex");
	holder = is_pid ? holder : holder & ~UINT64_C(7);
	if (holder)
		value_store(reader, &reader->dump->owner, holder, "who holds the mutex");
}

/* Is one of the braces called @name? */
static bool is_in(const struct reader *reader, const char *name)
{
	for (unsigned i = 0; i < MIN(reader->depth, PATH_MAX_DEPTH); i++) {
		if (strcmp(reader->path[i], name) == 0)
			return true;
	}
	return false;
}

/* A member of a lock's struct. */
static enum key_answer set_lock(struct reader *reader, const char *name, const struct token *token)
{
	bool is_value = strcmp(name, "counter") == 0 || strcmp(name, "owner") == 0;

	if (!is_value || token->kind != TOKEN_NUMBER || is_in(reader, "wait_lock") ||
		is_in(reader, "osq"))
		return KEY_SKIPPED;
	if (is_in(reader, "mutex"))
		set_mutex(reader, token->number, false);
	else
		value_store(reader, &reader->dump->lock, token->number != 0, "lock");
	return KEY_SET;
}

/* Are the members of the innermost braces of interest? */
static bool is_our_struct(const struct reader *reader)
{
	static const char *const structs[] = { "", "mm_cid", "mm_mm_cid", "sched_mm_cid",
		"mm_cid_pcpu", "task_struct", "mm_struct", NULL };

	return reader->depth == 0 ||
	       (reader->depth <= PATH_MAX_DEPTH &&
		       g_strv_contains(structs, reader->path[reader->depth - 1]));
}

/* A stack has several functions. */
static void add_doing(struct reader *reader, struct dump_value *doing, unsigned more)
{
	uint64_t all = doing->number | more;

	doing->line = 0;
	value_store(reader, doing, all, "doing");
}

enum key_answer key_set(struct reader *reader, const char *name, const struct token *token)
{
	const struct key *key = find_key(name, reader->scope);
	g_autofree char *what = NULL;
	g_autofree char *quoted = NULL;
	const char *wrong;
	uint64_t number;

	if (is_in(reader, "mutex") || is_in(reader, "lock"))
		return set_lock(reader, name, token);
	if (!is_our_struct(reader))
		return KEY_SKIPPED;
	if (!key)
		return KEY_UNKNOWN;
	what = describe(reader, key);
	if (!read_value(key, token, &number, &wrong)) {
		quoted = value_quote(token->text);
		if (wrong && key->max)
			reader_fault(reader, "%s: %s %s, it must be 0 to %" PRIu64, what, quoted,
				wrong, key->max);
		else if (wrong)
			reader_fault(reader, "%s: %s %s", what, quoted, wrong);
		return KEY_SKIPPED;
	}
	if (key->kind == A_HOLDER && token->kind == TOKEN_NUMBER)
		set_mutex(reader, number, number <= DUMP_COUNT_MAX);
	else if (key->kind == A_FUNCTION)
		add_doing(reader, value_of(reader, key), (unsigned)number);
	else
		value_store(reader, value_of(reader, key), number, what);
	return KEY_SET;
}

void key_set_function(struct reader *reader, const char *name)
{
	if (reader->scope != OF_TASK)
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(functions); i++) {
		if (strcmp(functions[i].name, name) == 0)
			add_doing(reader,
				&g_array_index(reader->dump->tasks, struct dump_task, reader->index)
					 .doing,
				functions[i].doing);
	}
}
