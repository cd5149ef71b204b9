/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/json-write.h"
#include "sim/dump/explain.h"
#include "sim/release/release.h"

static void add_texts(struct json *json, const char *name, const GPtrArray *texts)
{
	json_begin_array(json, name);
	for (guint i = 0; i < texts->len; i++)
		json_add_text(json, NULL, texts->pdata[i]);
	json_end_array(json);
}

static void add_value(struct json *json, const char *name, struct dump_value value)
{
	json_add_number_if(json, name, dump_has(value), value.number);
}

static void add_property(struct json *json, const struct explain_property *property)
{
	json_begin_object(json, NULL);
	json_add_text(json, "property", check_to_string(property->bit));
	json_add_text(json, "verdict", verdict_to_string(property->verdict));
	json_add_text(json, "why", property->why);
	json_end_object(json);
}

static void add_defect(struct json *json, const struct explain_defect *defect)
{
	const struct revision *fix = release_fix(defect->number);
	const struct explain_way *way = &defect->way;
	g_autofree char *name = g_strdup_printf("B%u", defect->number);
	g_autofree char *releases = release_ranges(defect->number);

	json_begin_object(json, NULL);
	json_add_text(json, "defect", name);
	json_add_text(json, "title", explain_title(defect->number));
	json_add_text(json, "fit", fit_to_string(defect->fit));
	add_texts(json, "for", defect->shown);
	add_texts(json, "against", defect->against);
	add_texts(json, "missing", defect->missing);
	json_add_text_if(json, "cve", release_cve(defect->number));
	json_add_text_if(json, "fix", fix && *fix->commit ? fix->commit : NULL);
	json_add_text(json, "releases", releases);
	json_add_text_if(json, "property", way->command ? way->property : NULL);
	json_add_number_if(json, "steps", way->command, way->steps);
	json_add_text_if(json, "command", way->command);
	json_end_object(json);
}

void explanation_json(GString *text, const char *path, const struct explanation *explanation)
{
	struct json writer = { .text = text }, *json = &writer;
	const struct view *view = explanation->view;
	const struct view_kernel *kernel = &view->kernel;

	json_begin_object(json, NULL);
	json_add_text(json, "dump", path);
	json_add_text_if(json, "oldest", kernel->oldest ? kernel->oldest->name : NULL);
	json_add_text_if(json, "newest", kernel->newest ? kernel->newest->name : NULL);
	json_begin_array(json, "backports");
	for (guint i = 0; kernel->backports && i < kernel->backports->len; i++)
		json_add_text(
			json, NULL, ((const struct revision *)kernel->backports->pdata[i])->commit);
	json_end_array(json);
	add_value(json, "mode", view->dump->mode);
	add_value(json, "users", view->dump->users);
	add_value(json, "max_cids", view->dump->max_cids);
	add_value(json, "pcpu_thrs", view->dump->pcpu_thrs);
	json_begin_array(json, "properties");
	for (int i = 0; i < EXPLAIN_PROPERTIES; i++)
		add_property(json, &explanation->properties[i]);
	json_end_array(json);
	json_begin_array(json, "defects");
	for (int i = 0; i < EXPLAIN_DEFECTS; i++)
		add_defect(json, &explanation->defects[i]);
	json_end_array(json);
	add_texts(json, "notes", view->dump->notes);
	json_end_object(json);
	json_end_line(json);
}
