/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/release/release.h"

#include <glib.h>
#include <string.h>

#include "sim/base/numbers.h"

enum { PART_MAX = 9999, PART_NONE = PART_MAX + 1, COMMIT_MIN = 8, COMMIT_MAX = 40 };

const char release_newest[] = "7.3.4";

/* From each release on, the newest first. Where two revisions stand the changes between them came
 * with one of the releases of that row, and which one is not known. */
static const struct row {
	struct release from;
	const char *oldest, *newest;
} rows[] = {
	{ { 7, 2, 0, RELEASE_FINAL }, "7.1", "7.1" },
	{ { 7, 2, 0, 0 }, "7.0", "7.1" },
	{ { 7, 1, 3, 0 }, "7.1", "7.1" }, /* with the fix of B7 */
	{ { 7, 0, 0, RELEASE_FINAL }, "7.0", "7.0" },
	{ { 7, 0, 0, 0 }, "6.19.1", "7.0" },
	{ { 6, 19, 10, 0 }, "7.0", "7.0" },
	{ { 6, 19, 7, 0 }, "6.19.1", "7.0" },
	{ { 6, 19, 1, 0 }, "6.19.1", "6.19.1" },
	{ { 6, 19, 0, RELEASE_FINAL }, "6.19", "6.19" },
	{ { 6, 19, 0, 0 }, "v5", "v5" },
};

/* The number behind @before at *@at; then *@at is after both. False if it is too large; *@part
 * stays where @before or the number is missing, and so does *@at. */
static bool read_part(const char **at, const char *before, unsigned *part)
{
	uint64_t number = 0;
	const char *start = *at + strlen(before), *end;

	if (!g_str_has_prefix(*at, before) || !number_is_digit(*start))
		return true;
	end = number_scan(start, &number);
	if (!end || number > PART_MAX)
		return false;
	*part = (unsigned)number;
	*at = end;
	return true;
}

bool release_read(const char *text, struct release *release)
{
	struct release read = {
		.major = PART_NONE, .minor = PART_NONE, .candidate = RELEASE_FINAL
	};
	const char *at = *text == 'v' ? text + 1 : text;

	if (!read_part(&at, "", &read.major) || !read_part(&at, ".", &read.minor) ||
		!read_part(&at, ".", &read.patch) || !read_part(&at, "-rc", &read.candidate) ||
		read.major == PART_NONE || read.minor == PART_NONE)
		return false;
	*release = read;
	return true;
}

static int compare_numbers(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

static int compare(const struct release *a, const struct release *b)
{
	int order = compare_numbers(a->major, b->major);

	order = order ? order : compare_numbers(a->minor, b->minor);
	order = order ? order : compare_numbers(a->patch, b->patch);
	return order ? order : compare_numbers(a->candidate, b->candidate);
}

bool release_revisions(const struct release *release, const struct revision **oldest,
	const struct revision **newest)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (compare(release, &rows[i].from) < 0)
			continue;
		*oldest = revision_find(rows[i].oldest);
		*newest = revision_find(rows[i].newest);
		g_assert(*oldest && *newest && *oldest <= *newest);
		return true;
	}
	return false;
}

bool release_is_newer(const struct release *release)
{
	struct release newest;

	if (!release_read(release_newest, &newest))
		g_assert_not_reached();
	return compare(release, &newest) > 0;
}

const struct revision *release_revision(const char *text)
{
	struct release release;
	const struct revision *oldest, *newest;

	if (!release_read(text, &release) || !release_revisions(&release, &oldest, &newest))
		return NULL;
	return oldest;
}

const struct revision *release_of_commit(const char *commit)
{
	size_t count, length = strlen(commit);
	const struct revision *table = revision_table(&count);

	if (length < COMMIT_MIN || length > COMMIT_MAX)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		size_t known = strlen(table[i].commit);

		/* The table has the first digits of each. */
		if (known > 0 && strncmp(table[i].commit, commit, MIN(known, length)) == 0)
			return &table[i];
	}
	return NULL;
}

/* Change in @protocol what @revision changed. */
static void backport(struct protocol *protocol, const struct revision *revision)
{
	const struct revision *before = revision_predecessor(revision);
	size_t count;
	const struct protocol_flag *flags = protocol_flags(&count);

	g_assert(before);
	for (size_t i = 0; i < count; i++) {
		char old[32], new[32];

		protocol_get(&before->protocol, &flags[i], old, sizeof(old));
		protocol_get(&revision->protocol, &flags[i], new, sizeof(new));
		if (strcmp(old, new) != 0 && protocol_set(protocol, flags[i].name, new) != 0)
			g_assert_not_reached();
	}
}

struct protocol release_protocol(const struct revision *revision, const GPtrArray *backports)
{
	struct protocol protocol = revision->protocol;

	for (guint i = 0; backports && i < backports->len; i++)
		backport(&protocol, backports->pdata[i]);
	return protocol;
}

const char *release_cve(unsigned number)
{
	switch (number) {
	case 4:
		return "CVE-2026-23225";
	case 5:
		return "CVE-2026-43418";
	case 6:
		return "CVE-2026-43417";
	case 7:
		return "CVE-2026-63799";
	}
	return NULL;
}

bool release_has_defect(const struct revision *revision, unsigned number)
{
	g_auto(GStrv) defects = g_strsplit(revision->defects, " ", -1);
	g_autofree char *name = g_strdup_printf("B%u", number);

	g_assert(number > 0);
	return g_strv_contains((const char *const *)defects, name);
}

/* The first of the table up to the current one that @number has begun in, and, if @ended, that does
 * not have it any more. */
static const struct revision *first(unsigned number, bool ended)
{
	const struct revision *current = revision_current();
	size_t count;
	const struct revision *table = revision_table(&count);
	bool begun = false;

	for (const struct revision *at = table; at <= current; at++) {
		bool has = release_has_defect(at, number);

		if (ended ? begun && !has : has)
			return at;
		begun |= has;
	}
	return NULL;
}

const struct revision *release_fix(unsigned number)
{
	return first(number, true);
}

const struct revision *release_cause(unsigned number)
{
	return first(number, false);
}

/* Of the releases from a row on: 0 without the defect, 1 perhaps with it, 2 with it. */
static unsigned share(const struct row *row, unsigned number)
{
	return (unsigned)release_has_defect(revision_find(row->oldest), number) +
	       (unsigned)release_has_defect(revision_find(row->newest), number);
}

/* "7.1.3", "7.2-rc1" */
static void append_release(GString *text, const struct release *release)
{
	g_string_append_printf(text, "%u.%u", release->major, release->minor);
	if (release->patch)
		g_string_append_printf(text, ".%u", release->patch);
	if (!release->patch && release->candidate != RELEASE_FINAL)
		g_string_append_printf(text, "-rc%u", MAX(release->candidate, 1));
}

char *release_ranges(unsigned number)
{
	GString *text = g_string_new(NULL);
	unsigned before = 0;

	for (size_t i = G_N_ELEMENTS(rows); i-- > 0;) {
		unsigned now = share(&rows[i], number);

		if (now == before)
			continue;
		if (before) {
			g_string_append(text, ", before ");
			append_release(text, &rows[i].from);
		}
		if (now) {
			g_string_append_printf(text, "%s%sfrom ", *text->str ? "; " : "",
				now == 1 ? "perhaps " : "");
			append_release(text, &rows[i].from);
		}
		before = now;
	}
	if (!*text->str)
		g_string_append(text, "none");
	return g_string_free(text, FALSE);
}
