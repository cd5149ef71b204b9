/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
/* PROGRAM FILE|FOLDER...: plays the inputs once each, without a fuzzer. */
#include <stdio.h>

#include "tests/fuzz/fuzz.h"

static unsigned played;

static void play(const char *path)
{
	GDir *folder = g_dir_open(path, 0, NULL);
	const char *name;
	char *bytes;
	gsize size;

	if (!folder && g_file_get_contents(path, &bytes, &size, NULL)) {
		/* Memory of exactly this size: reading beyond it shows. */
		uint8_t *exact = g_memdup2(bytes, size);

		LLVMFuzzerTestOneInput(exact, size);
		played++;
		g_free(exact);
		g_free(bytes);
	}
	while (folder && (name = g_dir_read_name(folder)) != NULL) {
		g_autofree char *inner = g_build_filename(path, name, NULL);

		play(inner);
	}
	if (folder)
		g_dir_close(folder);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		play(argv[i]);
	printf("%u inputs\n", played);
	return played == 0;
}
