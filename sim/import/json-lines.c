/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/import/json-lines.h"

#include <string.h>

#include <json-glib/json-glib.h>

#include "sim/base/numbers.h"

/* Text: what json-glib does not take becomes blanks, so that lines stay as they are */

/* From the quote at @at to after the one that ends the string, or to the end. */
static char *skip_string(char *at)
{
	for (at++; *at && *at != '"'; at++) {
		if (*at == '\\' && at[1])
			at++;
	}
	return *at ? at + 1 : at;
}

/* After the comment that begins at @at. */
static char *comment_end(char *at)
{
	char *end = strstr(at + 2, at[1] == '*' ? "*/" : "\n");

	if (!end)
		return at + strlen(at);
	return at[1] == '*' ? end + 2 : end;
}

static void blank_comments(char *text)
{
	for (char *at = text; *at;) {
		if (*at == '"') {
			at = skip_string(at);
		} else if (*at == '/' && (at[1] == '*' || at[1] == '/')) {
			for (char *end = comment_end(at); at < end; at++)
				*at = *at == '\n' ? '\n' : ' ';
		} else {
			at++;
		}
	}
}

/* A comma with nothing but blanks before the end of what it is in. */
static void blank_last_commas(char *text)
{
	char *comma = NULL;

	for (char *at = text; *at;) {
		if ((*at == '}' || *at == ']') && comma)
			*comma = ' ';
		if (*at == ',')
			comma = at;
		else if (!g_ascii_isspace(*at))
			comma = NULL;
		at = *at == '"' ? skip_string(at) : at + 1;
	}
}

/* The parser calls itself for each level. Returns the line where they are too many; 0: they are
 * not. */
static uint32_t too_deep(char *text)
{
	uint32_t line = 1;
	unsigned depth = 0;

	for (char *at = text; *at;) {
		char *next = *at == '"' ? skip_string(at) : at + 1;

		depth += *at == '{' || *at == '[';
		depth -= depth > 0 && (*at == '}' || *at == ']');
		if (depth > JSON_LINES_DEPTH_MAX)
			return line;
		for (; at < next; at++)
			line += *at == '\n';
	}
	return 0;
}

/* workgen lets a member be without a value, as in { "suspend", "run" : 10 }: it gets "". The caller
 * frees the text. */
static char *add_values(const char *text)
{
	GString *out = g_string_sized_new(strlen(text) + 1);
	bool in_object[JSON_LINES_DEPTH_MAX + 1] = { false }, key = false;
	unsigned depth = 0;

	for (const char *at = text; *at;) {
		const char *next = *at == '"' ? skip_string((char *)at) : at + 1;

		g_string_append_len(out, at, next - at);
		if (*at == '"' && key) {
			const char *after = next + strspn(next, " \t\r\n");

			g_string_append(out, *after == ',' || *after == '}' ? ":\"\"" : "");
			key = false;
		} else if (*at == '{' || *at == '[') {
			g_assert(depth < JSON_LINES_DEPTH_MAX);
			in_object[++depth] = key = *at == '{';
		} else if (*at == '}' || *at == ']') {
			depth -= depth > 0;
			key = false;
		} else if (*at == ',') {
			key = in_object[depth];
		}
		at = next;
	}
	return g_string_free(out, FALSE);
}

/* The tree, built as the parser reports what it reads: a container is complete before the member or
 * element that it is */

struct builder {
	JsonParser *parser;
	GPtrArray *open;         /* struct json_value: containers that are not complete */
	struct json_value *last; /* the container that was completed last; NULL: it is taken */
};

static void free_value(gpointer data)
{
	json_value_free(data);
}

void json_value_free(struct json_value *value)
{
	if (!value)
		return;
	if (value->children)
		g_ptr_array_free(value->children, TRUE);
	g_free(value->name);
	g_free(value->text);
	g_free(value);
}

static void begin(struct builder *builder, enum json_kind kind)
{
	struct json_value *value = g_new0(struct json_value, 1);

	value->kind = kind;
	value->line = json_parser_get_current_line(builder->parser);
	value->children = g_ptr_array_new_with_free_func(free_value);
	g_ptr_array_add(builder->open, value);
}

static void end(struct builder *builder)
{
	g_assert(builder->open->len > 0);
	json_value_free(builder->last);
	builder->last = g_ptr_array_steal_index(builder->open, builder->open->len - 1);
}

static struct json_value *scalar(struct builder *builder, JsonNode *node)
{
	struct json_value *value = g_new0(struct json_value, 1);

	value->line = json_parser_get_current_line(builder->parser);
	value->kind = JSON_OTHER;
	if (json_node_get_node_type(node) != JSON_NODE_VALUE)
		return value;
	if (json_node_get_value_type(node) == G_TYPE_STRING) {
		value->kind = JSON_STRING;
		value->text = g_strdup(json_node_get_string(node));
	} else if (json_node_get_value_type(node) == G_TYPE_INT64) {
		value->kind = JSON_INTEGER;
		value->number = json_node_get_int(node);
	}
	return value;
}

static void add(struct builder *builder, JsonNode *node, const char *name)
{
	struct json_value *parent, *value;

	g_assert(builder->open->len > 0);
	parent = builder->open->pdata[builder->open->len - 1];
	if (JSON_NODE_HOLDS_OBJECT(node) || JSON_NODE_HOLDS_ARRAY(node))
		value = g_steal_pointer(&builder->last);
	else
		value = scalar(builder, node);
	g_assert(value);
	value->name = g_strdup(name);
	g_ptr_array_add(parent->children, value);
}

static void on_object_start(JsonParser *parser, gpointer data)
{
	(void)parser;
	begin(data, JSON_OBJECT);
}

static void on_array_start(JsonParser *parser, gpointer data)
{
	(void)parser;
	begin(data, JSON_ARRAY);
}

static void on_object_member(
	JsonParser *parser, JsonObject *object, const char *name, gpointer data)
{
	(void)parser;
	add(data, json_object_get_member(object, name), name);
}

static void on_array_element(JsonParser *parser, JsonArray *array, gint index, gpointer data)
{
	(void)parser;
	add(data, json_array_get_element(array, (guint)index), NULL);
}

static void on_end(JsonParser *parser, gpointer container, gpointer data)
{
	(void)parser;
	(void)container;
	end(data);
}

static void connect(struct builder *builder)
{
	JsonParser *parser = builder->parser;

	g_signal_connect(parser, "object-start", G_CALLBACK(on_object_start), builder);
	g_signal_connect(parser, "array-start", G_CALLBACK(on_array_start), builder);
	g_signal_connect(parser, "object-member", G_CALLBACK(on_object_member), builder);
	g_signal_connect(parser, "array-element", G_CALLBACK(on_array_element), builder);
	g_signal_connect(parser, "object-end", G_CALLBACK(on_end), builder);
	g_signal_connect(parser, "array-end", G_CALLBACK(on_end), builder);
}

/* "<data>:3:4: Parse error: …" of the parser. */
static void add_parse_fault(struct faults *faults, const GError *error)
{
	const char *text = error->message,
		   *at = g_str_has_prefix(text, "<data>:") ? text + 7 : NULL;
	g_autofree char *shown = NULL;
	uint64_t line = 0;

	if (at && number_scan(at, &line) && strstr(at, ": "))
		text = strstr(at, ": ") + 2;
	if (g_str_has_prefix(text, "Parse error: "))
		text += strlen("Parse error: ");
	shown = g_utf8_make_valid(text, -1);
	faults_add(faults, (struct place){ .line = (uint32_t)line }, "this is no JSON: %s", shown);
}

static struct json_value *parse(const char *text, struct faults *faults)
{
	struct builder builder = { .parser = json_parser_new(),
		.open = g_ptr_array_new_with_free_func(free_value) };
	g_autoptr(GError) error = NULL;
	struct json_value *value = NULL;

	connect(&builder);
	if (!json_parser_load_from_data(builder.parser, text, -1, &error))
		add_parse_fault(faults, error);
	else if (!builder.last)
		faults_add(faults, (struct place){ .line = 1 },
			"this is no JSON object, expected { \"tasks\" : { … } }");
	else
		value = g_steal_pointer(&builder.last);
	json_value_free(builder.last);
	g_ptr_array_free(builder.open, TRUE);
	g_object_unref(builder.parser);
	return value;
}

struct json_value *json_lines_read(const char *text, size_t length, struct faults *faults)
{
	g_autofree char *copy = NULL, *complete = NULL;
	uint32_t line;

	if (length > JSON_LINES_BYTES_MAX || memchr(text, '\0', length) ||
		!g_utf8_validate(text, (gssize)length, NULL)) {
		faults_add(faults, (struct place){ 0 },
			"is no JSON text: UTF-8, without NUL, of at most 16 MiB");
		return NULL;
	}
	copy = g_strndup(text, length);
	if (g_str_has_prefix(copy, "\xef\xbb\xbf"))
		memset(copy, ' ', 3);
	blank_comments(copy);
	blank_last_commas(copy);
	line = too_deep(copy);
	if (!line) {
		complete = add_values(copy);
		return parse(complete, faults);
	}
	faults_add(faults, (struct place){ .line = line },
		"more than %d objects and arrays within each other", JSON_LINES_DEPTH_MAX);
	return NULL;
}

const struct json_value *json_value_find(const struct json_value *object, const char *name)
{
	for (guint i = object->children ? object->children->len : 0; i-- > 0;) {
		const struct json_value *member = object->children->pdata[i];

		if (member->name && strcmp(member->name, name) == 0)
			return member;
	}
	return NULL;
}
