/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/kernel-tree.h"

#include "sim/cli/command.h"
#include "sim/cli/stop.h"

struct compiled *kernel_tree_compile(
	const char *prefix, const char *name, const struct compile_for *purpose, int *status)
{
	g_autoptr(GError) error = NULL;
	struct tree *tree = tree_read(name, &error);
	struct compiled *compiled = tree ? compile_tree(tree, purpose, stop_asked, &error) : NULL;

	tree_free(tree);
	if (!compiled)
		*status = command_failed(prefix, error);
	if (!compiled && stop_asked())
		*status = EXIT_UNDECIDED;
	return compiled;
}

int kernel_tree_write(const char *output, const struct written_subject *subject,
	const struct lockstep_finding *finding)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (!output || !finding)
		return command_remove_older("kernel: -o", output);
	written_print(text, subject, finding);
	return command_write(output, text->str, text->len);
}
