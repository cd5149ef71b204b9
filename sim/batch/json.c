/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/json-write.h"
#include "sim/batch/private.h"

void batch_json_error(GString *text, const struct batch_case *batch_case)
{
	g_autoptr(GPtrArray) findings = batch_findings(batch_case);
	struct json json = { .text = text };

	g_assert(!batch_case->result);
	json_begin_object(&json, NULL);
	json_add_text(&json, "scenario", batch_case->path);
	json_add_bool(&json, "ok", false);
	json_begin_array(&json, "error");
	for (guint i = 0; i < findings->len; i++)
		json_add_text(&json, NULL, g_ptr_array_index(findings, i));
	json_end_array(&json);
	json_end_object(&json);
	json_end_line(&json);
}
