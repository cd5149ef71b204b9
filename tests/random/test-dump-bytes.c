/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * Dumps that are spoiled, in all forms, and bytes of any kind: reading ends, with faults that say
 * what is wrong or with a dump that can be explained. One that fails is repeated by its number:
 *
 *     tests/test-random-dump-bytes /NUMBER
 */

#include <string.h>

#include "sim/dump/explain.h"
#include "tests/lib/dumps.h"
#include "tests/lib/machines.h"
#include "tests/lib/suite.h"
#include "tests/lib/trace-text.h"

enum { PARTS = 20, DUMPS = 100, SPOILED_MAX = 8, BYTES_MAX = 4096 };

static void explain_bytes(const GString *bytes)
{
	struct faults *faults = faults_new("dump");
	struct dump *dump = dump_read(bytes->str, bytes->len, faults);
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GString) text = g_string_new(NULL);
	struct explanation *explanation;

	faults_list(faults, errors);
	ck_assert(!dump == (errors->len > 0));
	for (guint i = 0; i < errors->len; i++)
		ck_assert(g_str_has_prefix(errors->pdata[i], "dump:"));
	faults_free(faults);
	if (!dump)
		return;
	explanation = explain_dump(dump, &(struct view_kernel){ NULL, NULL, NULL });
	explanation_report(text, "dump", explanation);
	explanation_json(text, "dump", explanation);
	ck_assert(g_utf8_validate(text->str, (gssize)text->len, NULL));
	explanation_free(explanation);
	dump_free(dump);
}

/* A dump of a random state. */
static GString *random_dump(struct prng *prng)
{
	const struct machine_config config = machines_busy_config("7.1", 3, 3, 5);
	struct machine *machine = machines_new(&config);
	struct explore_step step;
	const struct dumps_options options = {
		.form = (enum dumps_form)machines_below(prng, DUMPS_FORMS),
		.kernel = "kernel 6.19.6",
	};
	g_autofree char *text = NULL;

	for (uint32_t steps = machines_below(prng, 30); steps > 0; steps--) {
		if (!machines_take_random(machine, &config, prng, &step))
			break;
	}
	text = dumps_print(machine, &options, prng);
	free(machine);
	return g_string_new(text);
}

TEST_LONG(a_spoiled_dump_is_read_to_an_end, 0, 4, PARTS)
{
	for (uint64_t i = 0; i < DUMPS; i++) {
		struct prng prng = { .key = prng_key((uint64_t)_i, i) };
		GString *bytes = random_dump(&prng);

		for (uint32_t places = 1 + machines_below(&prng, SPOILED_MAX);
			places > 0 && bytes->len > 0; places--)
			trace_text_spoil(bytes, &prng, false);
		explain_bytes(bytes);
		g_string_free(bytes, TRUE);
	}
}

/* Of what the reader knows, in any order. */
TEST_LONG(any_words_are_read_to_an_end, 0, 4, PARTS)
{
	static const char *const words[] = { "cpu", "CPU", "task", "PID:", "TASK:", "mode", "word",
		"cid", "runs", "mutex", "lock", "owner", "counter", "pool", "kernel", "doing",
		"walk", "held", "free", "=", "{", "}", "(", ")", "[", "]", ":", "\"", "'", "$1",
		"#", "-", "0x", "0x40000003", "12", "18446744073709551616", "-1",
		"ffff888101234000", "\n", "\n", "\n", "\xc3", "\t", "...", "mm_cid" };

	for (uint64_t i = 0; i < DUMPS; i++) {
		struct prng prng = { .key = prng_key((uint64_t)_i + PARTS, i) };
		GString *bytes = g_string_new(NULL);

		for (uint32_t count = machines_below(&prng, 400); count > 0; count--)
			g_string_append_printf(bytes, "%s%s",
				words[machines_below(&prng, G_N_ELEMENTS(words))],
				machines_chance(&prng, 70) ? " " : "");
		explain_bytes(bytes);
		g_string_free(bytes, TRUE);
	}
}

TEST_LONG(any_bytes_are_read_to_an_end, 0, 4, PARTS)
{
	for (uint64_t i = 0; i < DUMPS; i++) {
		struct prng prng = { .key = prng_key((uint64_t)_i + 2 * PARTS, i) };
		GString *bytes = g_string_new(NULL);
		bool printable = machines_chance(&prng, 70);

		for (uint32_t count = machines_below(&prng, BYTES_MAX); count > 0; count--)
			g_string_append_c(bytes, (char)(printable ? 32 + machines_below(&prng, 95)
								  : machines_below(&prng, 256)));
		explain_bytes(bytes);
		g_string_free(bytes, TRUE);
	}
}
