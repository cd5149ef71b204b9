/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/dump/dump.h"

#include <inttypes.h>
#include <string.h>

#include "model/revision.h"
#include "sim/base/numbers.h"
#include "sim/base/values.h"
#include "sim/dump/private.h"
#include "sim/release/release.h"

/* Lines */

/* A line, while it is read. */
struct line {
	const char *at;
	char key[TOKEN_MAX]; /* whose value may follow; "": none */
	bool is_first;       /* no word or number has come yet */
	bool of_cpu;         /* it began with "CPU 3" */
	bool current;        /* "CURRENT": the task that a CPU runs follows */
};

/* The text up to the next blank: for values that are no numbers. */
static char *rest_of_word(struct line *line)
{
	const char *start = line->at + strspn(line->at, " \t=:\"");
	size_t length = strcspn(start, " \t\"';");

	line->at = start + length;
	return g_strndup(start, MIN(length, CPU_IDS_TEXT_MAX));
}

static void set_text(struct reader *reader, char **value, char *text, const char *what)
{
	if (*value && strcmp(*value, text) != 0) {
		g_autofree char *quoted = value_quote(text);
		g_autofree char *before = value_quote(*value);

		reader_fault(reader, "the %s is %s, but it was %s before; give one dump", what,
			quoted, before);
	}
	if (!*value)
		*value = g_steal_pointer(&text);
	reader->dump->facts++;
	g_free(text);
}

static void set_pool(struct reader *reader, char *text)
{
	struct cpu_ids taken = { 0 };
	g_autofree char *wrong = strcmp(text, "none") == 0 ? NULL : cpu_ids_read(text, &taken);
	struct dump *dump = reader->dump;

	if (wrong)
		reader_fault(reader, "pool: %s", wrong);
	else if (dump_has(dump->pool) &&
		 memcmp(dump->taken.words, taken.words, sizeof(taken.words)) != 0)
		reader_fault(reader,
			"pool: line %" PRIu32
			" has other CIDs; print the state once, while the machine "
			"is stopped",
			dump->pool.line);
	if (!wrong) {
		dump->taken = taken;
		value_store(reader, &dump->pool, 1, "pool");
	}
	g_free(text);
}

/* Keys whose values are no numbers. False: @name is none of them. */
static bool read_text_key(struct reader *reader, struct line *line, const char *name)
{
	struct release release;
	char *text;

	if (strcmp(name, "pool") == 0) {
		set_pool(reader, rest_of_word(line));
		return true;
	}
	if (strcmp(name, "revision") == 0) {
		set_text(reader, &reader->dump->revision, rest_of_word(line), "revision");
		return true;
	}
	/* also of "Not tainted 6.19.6" and "Linux version 6.19.6-amd64" in a kernel's messages */
	if (strcmp(name, "kernel") != 0 && strcmp(name, "RELEASE") != 0 &&
		strcmp(name, "tainted") != 0 && strcmp(name, "version") != 0)
		return false;
	text = rest_of_word(line);
	if (release_read(text, &release) || strcmp(name, "kernel") == 0)
		set_text(reader, &reader->dump->kernel, text, "kernel");
	else
		g_free(text);
	return true;
}

/* "cpu 3" at the begin of a line is a CPU, behind a task it is the CPU of that task. */
static void read_cpu(struct reader *reader, struct line *line, const struct token *number)
{
	if (reader->scope == OF_TASK && !line->is_first) {
		key_set(reader, "cpu", number);
		return;
	}
	reader_at_cpu(reader, number->number);
	line->of_cpu = true;
}

/* "CPU: 3 PID: 4711", "CURRENT: PID: 4711": that CPU runs it. */
static void read_task(struct reader *reader, struct line *line, const struct token *number)
{
	if (reader->scope == OF_CPU && (line->of_cpu || line->current))
		key_set(reader, "runs", number);
	if (number->number > 0 && !line->current)
		reader_at_task(reader, number->number);
	line->of_cpu = line->current = false;
}

static bool is_any(const char *word, const char *a, const char *b)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

static void read_number_token(struct reader *reader, struct line *line, const struct token *token)
{
	const char *key = line->key;

	if (!*key)
		return;
	if (is_any(key, "CPU", "cpu")) {
		read_cpu(reader, line, token);
	} else if (is_any(key, "PID", "pid") || strcmp(key, "task") == 0) {
		read_task(reader, line, token);
	} else if (key_set(reader, key, token) == KEY_UNKNOWN && reader->depth == 0) {
		g_autofree char *quoted = value_quote(key);

		reader_note(reader, "%s is no key that cidsim knows here; skipped", quoted);
	}
	line->key[0] = '\0';
	line->is_first = false;
}

/* "CPU3", "task4711": the number is part of the word. */
static bool read_glued(struct reader *reader, struct line *line, const struct token *token)
{
	size_t letters = strcspn(token->text, "0123456789");
	struct token number = { .kind = TOKEN_NUMBER };

	if (!number_read(token->text + letters, UINT32_MAX, &number.number))
		return false;
	g_strlcpy(line->key, token->text, letters + 1);
	if (!is_any(line->key, "CPU", "cpu") && strcmp(line->key, "task") != 0)
		return false;
	read_number_token(reader, line, &number);
	return true;
}

static void read_word_token(struct reader *reader, struct line *line, const struct token *token)
{
	const char *dot = strrchr(token->text, '.');
	const char *name = dot ? dot + 1 : token->text;

	if (*line->key && key_takes_word(line->key, token->text)) {
		key_set(reader, line->key, token);
		if (strcmp(line->key, "doing") != 0) /* that has several words */
			line->key[0] = '\0';
		return;
	}
	if (read_text_key(reader, line, name) || read_glued(reader, line, token))
		return;
	line->current |= strcmp(name, "CURRENT") == 0;
	key_set_function(reader, name);
	/* what follows the first word is not the begin of a line any more, but for "CPU" itself */
	if (*line->key)
		line->is_first = false;
	g_strlcpy(line->key, name, sizeof(line->key));
}

static void open_brace(struct reader *reader, struct line *line)
{
	if (reader->depth < PATH_MAX_DEPTH)
		g_strlcpy(reader->path[reader->depth], line->key, TOKEN_MAX);
	reader->depth++;
	line->key[0] = '\0';
}

/* "[3]: ffff…" and "[3] = {": the element of CPU 3. */
static void read_index(struct reader *reader, struct line *line)
{
	const char *at = line->at, *end;
	uint64_t number;

	end = number_scan(at, &number);
	if (!end || *end != ']')
		return;
	end += 1 + strspn(end + 1, " ");
	if (*end == ':' || *end == '=') {
		reader_at_cpu(reader, number);
		line->at = end + 1 + strcspn(end + 1, "{");
	}
}

static void read_sign(struct reader *reader, struct line *line, char sign)
{
	if (sign == '{')
		open_brace(reader, line);
	else if (sign == '}' && reader->depth > 0)
		reader->depth--;
	else if (sign == '[')
		read_index(reader, line);
	else if (sign == '$') /* "$1 = {": a value of gdb's history */
		line->at += strspn(line->at, "0123456789");
}

static bool is_prompt(const char *line)
{
	return g_str_has_prefix(line, "crash>") || g_str_has_prefix(line, "(gdb)") ||
	       g_str_has_prefix(line, ">>>");
}

/* "#5 [ffffc900] mm_get_cid at ffffffff81" is a frame of a stack, another '#' begins a comment. */
static bool is_comment(const char *line)
{
	return *line == '#' && !number_is_digit(line[1]);
}

static void read_line(struct reader *reader, const char *text)
{
	struct line line = { .at = text, .is_first = true };
	struct token token;

	line.at += strspn(line.at, " \t");
	if (is_comment(line.at) || is_prompt(line.at))
		return;
	while ((token = token_next(&line.at)).kind != TOKEN_END) {
		if (token.kind == TOKEN_WORD)
			read_word_token(reader, &line, &token);
		else if (token.kind == TOKEN_NUMBER)
			read_number_token(reader, &line, &token);
		else if (token.kind == TOKEN_TEXT)
			line.key[0] = '\0';
		else
			read_sign(reader, &line, token.text[0]);
	}
}

/* All of it */

/* The first byte of @line that is no text; -1: none is. */
static int find_binary(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)line[i];

		if ((c < ' ' && !strchr("\t\r\f", c)) || c == 0 || c == 0x7f)
			return c;
	}
	return -1;
}

/* A mode of two words, as one. */
static void join_mode(struct reader *reader)
{
	struct dump *dump = reader->dump;
	uint64_t mode = (dump->percpu.number ? CID_KERNEL_ONCPU : 0) |
	                (dump->transit.number ? CID_KERNEL_TRANSIT : 0);

	if (!dump_has(dump->percpu) || !dump_has(dump->transit))
		return;
	reader->line = dump->percpu.line;
	value_store(reader, &dump->mode, mode, "mode");
}

/* What no stopped machine can have. */
static void check_whole(struct reader *reader)
{
	const struct dump *dump = reader->dump;
	g_autoptr(GHashTable) runs = g_hash_table_new(NULL, NULL);

	reader->line = dump->possible.line;
	if (dump_has(dump->possible) && dump->possible.number < MAX(1, dump->cpus->len))
		reader_fault(reader,
			"possible is %" PRIu64 ", but there are %u CPUs; give their number",
			dump->possible.number, dump->cpus->len);
	reader->line = dump->allowed.line;
	if (dump_has(dump->possible) && dump_has(dump->allowed) &&
		dump->allowed.number > dump->possible.number)
		reader_fault(reader,
			"nr_cpus_allowed is %" PRIu64 ", but only %" PRIu64
			" CPUs are possible; give "
			"one mm of one machine",
			dump->allowed.number, dump->possible.number);
	for (guint i = 0; i < dump->cpus->len; i++) {
		const struct dump_cpu *cpu = dump_cpu(dump, i);
		gpointer pid = GSIZE_TO_POINTER(cpu->runs.number);

		reader->line = cpu->runs.line;
		if (cpu->runs.number && cpu->runs.number != DUMP_OTHER &&
			!g_hash_table_add(runs, pid))
			reader_fault(reader,
				"task %" PRIu64
				" runs on two CPUs; print the state once, while the "
				"machine is stopped",
				cpu->runs.number);
	}
}

struct dump *dump_read(const char *text, size_t length, struct faults *faults)
{
	struct dump *dump = dump_new();
	struct reader reader = { .dump = dump, .faults = faults };
	const char *end = text + length;

	for (const char *at = text; at < end && faults_count(faults) < FAULTS_MAX;) {
		const char *next = memchr(at, '\n', (size_t)(end - at));
		size_t bytes = (size_t)((next ? next : end) - at);
		g_autofree char *line = g_strndup(at, bytes);
		int binary = find_binary(at, bytes);

		reader.line++;
		if (binary >= 0) {
			reader_fault(&reader,
				"has the byte 0x%02x, which is no text; print the state of the mm "
				"with "
				"crash, drgn or gdb, see docs/explain.md",
				(unsigned)binary);
			break;
		}
		read_line(&reader, line);
		at += bytes + 1;
	}
	join_mode(&reader);
	check_whole(&reader);
	if (dump->facts == 0 && faults_count(faults) == 0)
		faults_add(faults, (struct place){ 0 },
			"has nothing that cidsim understands; lines like \"mode 0x40000000\" and "
			"\"cpu 0 "
			"word 0x40000003\" are needed, see docs/explain.md");
	if (faults_count(faults) == 0)
		return dump;
	dump_free(dump);
	return NULL;
}
