/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/private.h"

#include <string.h>

#include "sim/base/hash.h"
#include "sim/base/text.h"

static uint64_t digest_of(
	const char *text, size_t length, const struct scenario_overrides *overrides)
{
	uint64_t hash = hash_bytes(HASH_BYTES_START, text, length);

	g_assert(text);
	if (!overrides || !overrides->set)
		return hash;
	for (size_t i = 0; overrides->set[i]; i++) {
		hash = hash_bytes(hash, "", 1);
		hash = hash_bytes(hash, overrides->set[i], strlen(overrides->set[i]));
	}
	return hash;
}

/* The command that makes the scenario again. */
static void keep_command(struct scenario *scenario, const struct scenario_overrides *overrides)
{
	g_assert(!scenario->verb);
	scenario->verb = "run";
	if (overrides && overrides->revision)
		scenario_ask(scenario, "--revision", overrides->revision);
	for (size_t i = 0; overrides && overrides->set && overrides->set[i]; i++)
		scenario_ask(scenario, "--set", overrides->set[i]);
}

static void loader_start(struct loader *loader, const char *path)
{
	struct scenario *scenario = g_new0(struct scenario, 1);

	g_assert(!loader->scenario);
	scenario->path = g_strdup(path);
	loader->scenario = scenario;
	loader->options = g_string_chunk_new(256);
	loader->names = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	loader->gone = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
}

static void loader_end(struct loader *loader)
{
	for (int i = 0; i < GROUP_KINDS; i++)
		g_clear_pointer(&loader->heads[i], g_ptr_array_unref);
	g_hash_table_destroy(loader->gone);
	g_hash_table_destroy(loader->names);
	g_string_chunk_free(loader->options);
	g_free(loader->mms);
	g_free(loader->groups);
	keyfile_free(loader->file);
}

static void load_parts(struct loader *loader)
{
	g_assert(!loader->names || g_hash_table_size(loader->names) == 0);
	load_machine(loader);
	load_explore(loader);
	if (!is_explored(loader)) {
		load_tasks(loader);
		load_actions(loader);
	}
	load_expects(loader);
	if (!is_explored(loader))
		load_sweep(loader);
}

/* Takes @text over. Returns NULL if anything was added to @faults. */
static struct scenario *load_text(const char *path, char *text, size_t length,
	const struct scenario_overrides *overrides, struct faults *faults)
{
	struct loader loader = { .faults = faults, .overrides = overrides };
	struct scenario *scenario;

	g_assert(text[length] == '\0');
	loader_start(&loader, path);
	scenario = loader.scenario;
	scenario->digest = digest_of(text, length, overrides);
	keep_command(scenario, overrides);
	loader.file = keyfile_parse(text, length, faults);
	/* The rest of a file that is so broken would only be misunderstood. */
	if (faults_count(faults) <= FAULTS_MAX && loader.file->lines > 0) {
		overrides_apply(&loader);
		groups_sort(&loader);
		load_parts(&loader);
	} else if (faults_count(faults) == 0) {
		faults_add(faults, (struct place){ .line = 1 },
			"the file is empty, at least [mm NAME] is needed");
	}
	loader_end(&loader);
	if (faults_count(faults) == 0) {
		scenario->files = *faults_files(faults);
		*faults_files(faults) = (struct line_files){ 0 };
		return scenario;
	}
	scenario_free(scenario);
	return NULL;
}

/* With a NUL behind it. */
static char *copy_text(const char *text, size_t length)
{
	char *copy = g_malloc(length + 1);

	g_assert(text || length == 0);
	if (length > 0)
		memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

struct scenario *scenario_parse(const char *path, const char *text, size_t length,
	const struct scenario_overrides *overrides, GPtrArray *errors)
{
	struct faults *faults = faults_new(text_path(path));
	struct scenario *scenario =
		load_text(path, copy_text(text, length), length, overrides, faults);

	faults_list(faults, errors);
	faults_free(faults);
	return scenario;
}

struct scenario *scenario_load(const char *path, const struct scenario_overrides *overrides,
	GPtrArray *errors, bool *environment)
{
	struct faults *faults = faults_new(text_path(path));
	struct scenario *scenario = NULL;
	size_t length = 0;
	char *text;

	*environment = false;
	text = scenario_read(path, &length, faults, environment);
	if (text)
		scenario = load_text(path, text, length, overrides, faults);
	faults_list(faults, errors);
	faults_free(faults);
	return scenario;
}

char *scenario_write_out(const char *path, const char *text, size_t length,
	const struct scenario_overrides *overrides, GPtrArray *errors)
{
	struct scenario *scenario = scenario_parse(path, text, length, overrides, errors);
	struct loader loader = { .faults = faults_new(path), .overrides = overrides };
	GString *written = g_string_new(NULL);

	if (!scenario) {
		faults_free(loader.faults);
		g_string_free(written, TRUE);
		return NULL;
	}
	loader_start(&loader, path);
	loader.file = keyfile_parse(copy_text(text, length), length, loader.faults);
	overrides_apply(&loader);
	g_assert(faults_count(loader.faults) == 0); /* it loads */
	keyfile_print(written, loader.file);
	scenario_free(loader.scenario);
	loader_end(&loader);
	faults_free(loader.faults);
	scenario_free(scenario);
	return g_string_free(written, FALSE);
}
