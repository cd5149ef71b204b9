/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_RELEASE_RELEASE_H
#define CIDSIM_SIM_RELEASE_RELEASE_H

/*
 * Released kernels: which revision of the protocol each has, and what a backported commit changes.
 * Source: docs/protocol.md, section 7; for updates of 6.19, what traces of them show.
 */

#include <glib.h>
#include <stdbool.h>

#include "model/revision.h"

enum { RELEASE_FINAL = 1000000 }; /* struct release.candidate of what is no release candidate */

struct release {
	unsigned major, minor, patch;
	unsigned candidate; /* 3 of "6.19-rc3", else RELEASE_FINAL */
};

/* The release that @text names: "7.1", "v6.19-rc3", "6.19.6+deb13-amd64". Returns false if it is
 * none; *@release is as it was. */
bool release_read(const char *text, struct release *release);

/*
 * What @release has of the protocol: at least all changes up to *@oldest, at most those up to
 * *@newest. The two are the same where it is known. Returns false if @release is older than the
 * protocol.
 */
bool release_revisions(const struct release *release, const struct revision **oldest,
	const struct revision **newest);

/* Whether @release is newer than all that were compared with the model. */
bool release_is_newer(const struct release *release);

/* The newest release that was compared, as text. */
extern const char release_newest[];

/* The revision that the kernel @text has at least; NULL if it is older than the protocol, or @text
 * names no release. */
const struct revision *release_revision(const char *text);

/* The revision whose commit begins with @commit, at least 8 hexadecimal digits; NULL if there is
 * none. */
const struct revision *release_of_commit(const char *commit);

/* The protocol of @revision with what each of @backports (const struct revision *) changed, compared
 * with its predecessor. NULL: no backports. */
struct protocol release_protocol(const struct revision *revision, const GPtrArray *backports);

/* The CVE number of the defect B@number, NULL if it has none. */
const char *release_cve(unsigned number);

/* Does @revision have the defect B@number? */
bool release_has_defect(const struct revision *revision, unsigned number);

/* The releases that have the defect B@number: "from 6.19-rc1, before 6.19.7; perhaps from 6.19.7,
 * before 6.19.10"; "none". The caller frees it. */
char *release_ranges(unsigned number);

/* The first revision up to the current one that no longer has the defect B@number; NULL: none. */
const struct revision *release_fix(unsigned number);

/* The first revision that has the defect B@number; NULL: none. */
const struct revision *release_cause(unsigned number);

#endif
