/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_VERSION_H
#define CIDSIM_SIM_BASE_VERSION_H

/* "0.1.0 (1a2b3c4d5e6f)": the version, and the commit that was built; with "-dirty" if files of it
 * had changed. "0.1.0" where the sources came without git. Never NULL. */
const char *version_text(void);

/* "1a2b3c4d5e6f" of it; "". */
const char *version_commit(void);

#endif
