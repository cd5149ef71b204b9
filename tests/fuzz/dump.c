/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * What a debugger has printed, in any form, as `cidsim explain` reads it: faults that say what is wrong, or
 * an explanation as text and as JSON.
 *
 * Input: a byte for the kernel that it is of, the dump.
 */

#include <json-glib/json-glib.h>
#include <string.h>

#include "sim/base/values.h"
#include "sim/dump/explain.h"
#include "tests/fuzz/fuzz.h"

static void explain(const struct dump *dump, const struct revision *revision)
{
	struct explanation *explanation =
		explain_dump(dump, &(struct view_kernel){ revision, revision, NULL });
	g_autoptr(GString) text = g_string_new(NULL), json = g_string_new(NULL);
	g_autoptr(JsonNode) node = NULL;

	explanation_report(text, "dump", explanation);
	explanation_json(json, "dump", explanation);
	FUZZ_CHECK(g_utf8_validate(text->str, (gssize)text->len, NULL) && !strpbrk(text->str, "\t\r\033"));
	node = json_from_string(json->str, NULL);
	FUZZ_CHECK(node && json_node_get_node_type(node) == JSON_NODE_OBJECT);
	for (unsigned i = 0; i < EXPLAIN_DEFECTS; i++)
		explain_revision(explanation, &explanation->defects[i]);
	explanation_free(explanation);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t revisions;
	const struct revision *table = revision_table(&revisions);
	struct fuzz fuzz = { data, data + size };
	uint32_t revision = fuzz_below(&fuzz, (uint32_t)revisions + 1);
	size_t length = (size_t)(fuzz.end - fuzz.at);
	g_autofree char *text = g_malloc(length + 1);
	struct faults *faults = faults_new("dump");
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	struct dump *dump;

	memcpy(text, fuzz.at, length);
	text[length] = '\0';
	dump = dump_read(text, length, faults);
	faults_list(faults, errors);
	FUZZ_CHECK(!dump == (errors->len > 0));
	for (guint i = 0; i < errors->len; i++)
		FUZZ_CHECK(value_is_text(errors->pdata[i]));
	if (dump)
		explain(dump, revision < revisions ? &table[revision] : NULL);
	dump_free(dump);
	faults_free(faults);
	return 0;
}
