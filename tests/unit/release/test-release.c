/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* What a released kernel has of the protocol: docs/protocol.md, section 7. */

#include "sim/release/release.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 30);

static const struct {
	const char *release, *revision;
} rows[] = {
	{ "6.19.0", "6.19" },
	{ "6.19.6-amd64", "6.19.1" },
	{ "6.19.10", "7.0" },
	{ "7.0.4", "7.0" },
	{ "7.1", "7.0" },
	{ "7.1.0", "7.0" },
	{ "7.1.2-1-generic", "7.0" },
	{ "7.1.3", "7.1" }, /* the fix of B7 */
	{ "7.2.13", "7.1" },
	{ "8.0.0", "7.1" },
};

TEST_ROWS(a_release_has_the_revision_of_its_time, rows)
{
	const struct revision *revision = release_revision(rows[_i].release);

	ck_assert_ptr_nonnull(revision);
	ck_assert_str_eq(revision->name, rows[_i].revision);
}

static const char *const before[] = { "6.18.9", "5.10", "", "linux", "7", "7.x", "99999.1",
	"7.99999", "7.1.99999", "7.1-rc99999" };

TEST_ROWS(a_release_from_before_the_protocol_has_none, before)
{
	ck_assert_ptr_null(release_revision(before[_i]));
}

static const struct {
	const char *release, *oldest, *newest;
} known[] = {
	{ "6.19-rc1", "v5", "v5" },
	{ "6.19-rc8", "v5", "v5" },
	{ "6.19.0", "6.19", "6.19" },
	{ "6.19.6", "6.19.1", "6.19.1" }, /* a trace of it */
	{ "6.19.7", "6.19.1", "7.0" },    /* between two traces */
	{ "6.19.9", "6.19.1", "7.0" },
	{ "6.19.10", "7.0", "7.0" }, /* a trace of it */
	{ "7.0-rc3", "6.19.1", "7.0" },
	{ "7.0", "7.0", "7.0" },
	{ "7.1-rc1", "7.0", "7.0" },
	{ "7.2-rc2", "7.0", "7.1" },
	{ "v7.2", "7.1", "7.1" },
};

TEST_ROWS(a_release_lies_between_two_revisions, known)
{
	struct release release;
	const struct revision *oldest, *newest;

	ck_assert(release_read(known[_i].release, &release));
	ck_assert(release_revisions(&release, &oldest, &newest));
	ck_assert_str_eq(oldest->name, known[_i].oldest);
	ck_assert_str_eq(newest->name, known[_i].newest);
}

static const char *const no_releases[] = { "", "7", "7.", "seven.one", "7.99999", ".7.1", "vv7.1" };

TEST_ROWS(what_is_no_version_is_refused, no_releases)
{
	struct release release;

	ck_assert(!release_read(no_releases[_i], &release));
}

TEST(a_release_is_newer_than_all_that_were_compared)
{
	struct release release;

	ck_assert(release_read(release_newest, &release) && !release_is_newer(&release));
	ck_assert(release_read("7.3.5", &release) && release_is_newer(&release));
	ck_assert(release_read("7.3.4-rc1", &release) && !release_is_newer(&release));
}

TEST(a_commit_is_known_by_its_first_digits)
{
	ck_assert_str_eq(release_of_commit("de3ab9bd3133")->name, "7.1");
	ck_assert_str_eq(release_of_commit("de3ab9bd")->name, "7.1");
	ck_assert_str_eq(
		release_of_commit("de3ab9bd3133aaaaaaaaaaaaaaaaaaaaaaaaaaaa")->name, "7.1");
	ck_assert_ptr_null(release_of_commit("de3ab9b"));
	ck_assert_ptr_null(release_of_commit("00000000"));
	ck_assert_ptr_null(release_of_commit(""));
}

/* All commits from one revision to a later one, backported, make the later one. */
TEST(backports_of_all_commits_make_the_current_revision)
{
	const struct revision *v5 = revision_find("v5");
	g_autoptr(GPtrArray) backports = g_ptr_array_new();
	struct protocol protocol;

	for (const struct revision *at = v5 + 1; at <= revision_current(); at++)
		g_ptr_array_add(backports, (gpointer)at);
	protocol = release_protocol(v5, backports);
	ck_assert_mem_eq(&protocol, &revision_current()->protocol, sizeof(protocol));
	protocol = release_protocol(v5, NULL);
	ck_assert_mem_eq(&protocol, &v5->protocol, sizeof(protocol));
}

static const struct {
	unsigned number;
	const char *cve, *cause, *fix;
} defects[] = {
	{ 1, NULL, "v1", "6.19-livelock" },
	{ 4, "CVE-2026-23225", "6.19-dropcpu", "6.19.1" },
	{ 5, "CVE-2026-43418", "v1", "7.0-fork" },
	{ 6, "CVE-2026-43417", "v1", "7.0-vfork" },
	{ 7, "CVE-2026-63799", "v2", "7.1" },
	{ 9, NULL, "v1", NULL },
	{ 11, NULL, "6.19-ordering", NULL },
	{ 12, NULL, "v2", "v5" },
};

TEST_ROWS(a_defect_begins_and_ends_with_a_revision, defects)
{
	unsigned number = defects[_i].number;
	const struct revision *fix = release_fix(number);

	ck_assert_pstr_eq(release_cve(number), defects[_i].cve);
	ck_assert_str_eq(release_cause(number)->name, defects[_i].cause);
	ck_assert_pstr_eq(fix ? fix->name : NULL, defects[_i].fix);
}
