/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/fuzz/machine-text.h"

#include "model/revision.h"

/* In half of the cases the revision as it is, else with up to three flags. */
static void add_protocol(struct fuzz *fuzz, GString *text)
{
	size_t revisions, flags_count;
	const struct revision *table = revision_table(&revisions);
	const struct protocol_flag *flags = protocol_flags(&flags_count);
	const struct revision *revision = &table[fuzz_below(fuzz, (uint32_t)revisions)];
	uint32_t changes = fuzz_below(fuzz, 8), last = UINT32_MAX;

	g_string_append_printf(text, "[protocol]\nrevision = %s\n", revision->name);
	for (uint32_t i = 0; changes < 4 && i < changes; i++) {
		uint32_t flag = fuzz_below(fuzz, (uint32_t)flags_count);
		struct protocol protocol = revision->protocol;
		uint8_t value = fuzz_byte(fuzz);
		char printed[32];

		if (flags[flag].size != 1 || (last != UINT32_MAX && flag <= last))
			continue;
		last = flag;
		((uint8_t *)&protocol)[flags[flag].offset] =
			(uint8_t)(flags[flag].min + value % (flags[flag].max - flags[flag].min + 1));
		protocol_get(&protocol, &flags[flag], printed, sizeof(printed));
		g_string_append_printf(text, "%s = %s\n", flags[flag].name, printed);
	}
}

void machine_text(struct fuzz *fuzz, GString *text, uint32_t cpus, uint32_t tasks, uint32_t may)
{
	static const char *const what[] = { "forks", "clone-vms", "vforks", "exits", "execs", "failed-execs",
		"affinities" };
	uint32_t start = 1 + fuzz_below(fuzz, tasks);

	g_string_append_printf(
		text, "[scenario]\ntitle = any\n[machine]\ncpus = %u\n", 1 + fuzz_below(fuzz, cpus));
	add_protocol(fuzz, text);
	g_string_append_printf(text, "[explore]\ntasks = %u\ntasks-max = %u\nmemory = %s\n", start,
		start + fuzz_below(fuzz, tasks + 1), fuzz_below(fuzz, 4) ? "strong" : "weak");
	for (size_t i = 0; i < G_N_ELEMENTS(what); i++)
		g_string_append_printf(text, "%s = %u\n", what[i], fuzz_below(fuzz, may + 1));
	if (fuzz_below(fuzz, 2))
		g_string_append(text, "allowed = 0\n");
	if (fuzz_below(fuzz, 8) == 7)
		g_string_append(text, "made-in-window = on\n");
}
