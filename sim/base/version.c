/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/version.h"

#include <version-commit.h> /* the build makes it */

const char *version_text(void)
{
	return sizeof(VERSION_COMMIT) > 1 ? CIDSIM_VERSION " (" VERSION_COMMIT ")" : CIDSIM_VERSION;
}

const char *version_commit(void)
{
	return VERSION_COMMIT;
}
