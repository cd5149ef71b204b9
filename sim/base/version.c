/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/version.h"

#include <stdbool.h>
#include <string.h>

#include <version-commit.h> /* the build makes it */

static bool is_known(void)
{
	return strcmp(VERSION_COMMIT, "unknown") != 0;
}

const char *version_text(void)
{
	return is_known() ? CIDSIM_VERSION " (" VERSION_COMMIT ")" : CIDSIM_VERSION;
}

const char *version_commit(void)
{
	return is_known() ? VERSION_COMMIT : "";
}
