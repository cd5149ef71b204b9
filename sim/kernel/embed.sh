#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# embed.sh FILE…: prints C that has the lines of each file, as sim/kernel/shim-text.h declares it.
echo '#include "sim/kernel/shim-text.h"'
for file; do
	name=$(basename "$file" .h)
	echo "static const char *const lines_$name[] = {"
	sed 's/\\/\\\\/g; s/"/\\"/g; s/?/\\?/g; s/.*/"&\\n",/' "$file"
	echo 'NULL };'
done
echo 'const struct shim_text shim_texts[] = {'
for file; do
	name=$(basename "$file" .h)
	echo "{ \"$(basename "$file")\", lines_$name },"
done
echo '{ NULL, NULL } };'
