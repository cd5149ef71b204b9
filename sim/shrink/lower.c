/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <inttypes.h>
#include <string.h>

#include "sim/base/numbers.h"
#include "sim/shrink/private.h"

/* Keys whose numbers are names. */
static const char *const names[] = { "revision", "found-with", "title", "seed", NULL };

/* The next number of @text from @at on that is not part of a name ("app2"): its digits. */
static const char *next_number(const char *text, const char *at, size_t *length)
{
	for (; *at; at++) {
		bool inside = at > text && (g_ascii_isalnum(at[-1]) || at[-1] == '_');

		*length = strspn(at, "0123456789");
		if (*length > 0 && !inside)
			return at;
		if (*length > 0)
			at += *length - 1;
	}
	return NULL;
}

/* @text with @number in the place of the @length digits at @at. */
static char *with_number(const char *text, const char *at, size_t length, uint64_t number)
{
	return g_strdup_printf("%.*s%" PRIu64 "%s", (int)(at - text), text, number, at + length);
}

/* Try @number in the place of the digits at @offset. */
static bool try_number(
	struct shrinker *shrinker, char **text, size_t offset, size_t length, uint64_t number)
{
	char *before = *text;

	*text = with_number(before, before + offset, length, number);
	if (shrink_try(shrinker)) {
		g_free(before);
		return true;
	}
	g_free(*text);
	*text = before;
	return false;
}

/* Lower the number at @offset: 0, 1, then a half, a quarter, … off, as often as that is kept.
 * Returns how many digits it has then. */
static size_t lower_number(struct shrinker *shrinker, char **text, size_t offset, size_t length)
{
	uint64_t number, step;

	if (!number_scan(*text + offset, &number))
		return length;
	for (uint64_t low = 0; low < 2 && low < number; low++) {
		if (try_number(shrinker, text, offset, length, low))
			return 1;
	}
	for (step = number / 2; step > 0 && !shrinker->stopped; step /= 2) {
		while (number > step + 1 &&
			try_number(shrinker, text, offset, length, number - step)) {
			number -= step;
			length = strspn(*text + offset, "0123456789");
		}
	}
	return length;
}

/* All numbers of a text. */
static void lower_text(struct shrinker *shrinker, char **text)
{
	size_t length;
	const char *at = *text;

	while (!shrinker->stopped && (at = next_number(*text, at, &length)) != NULL) {
		size_t offset = (size_t)(at - *text);

		length = lower_number(shrinker, text, offset, length);
		g_assert(length > 0);
		at = *text + offset + length;
	}
}

/* --- the CPUs, together with another number --- */

/* A number of the draft. */
struct place {
	char **text;
	size_t offset, length;
	uint64_t number;
};

/* The numbers of @text. */
static void add_places(GArray *places, char **text)
{
	size_t length;
	const char *at = *text;

	while ((at = next_number(*text, at, &length)) != NULL) {
		struct place place = { text, (size_t)(at - *text), length, 0 };

		if (number_scan(at, &place.number))
			g_array_append_val(places, place);
		at += length;
	}
}

static bool is_cpus(const struct draft_group *group, const struct draft_entry *entry)
{
	return draft_is_kind(group, "machine") && strcmp(entry->key, "cpus") == 0;
}

/* The number of CPUs, where [machine] gives one, and all others that are no names. */
static bool find_places(struct shrinker *shrinker, struct place *cpus, GArray *others)
{
	bool found = false;

	for (guint i = 0; i < shrinker->draft->groups->len; i++) {
		struct draft_group *group = shrinker->draft->groups->pdata[i];

		for (guint e = 0; !group->gone && e < group->entries->len; e++) {
			struct draft_entry *entry = group->entries->pdata[e];

			if (entry->gone || entry->fixed || g_strv_contains(names, entry->key))
				continue;
			if (!is_cpus(group, entry)) {
				add_places(others, &entry->value);
				continue;
			}
			*cpus = (struct place){ &entry->value, 0, strlen(entry->value), 0 };
			found = number_read(entry->value, UINT32_MAX, &cpus->number);
		}
	}
	return found;
}

/* Lower both numbers by @step. */
static bool try_both(struct shrinker *shrinker, const struct place *cpus, const struct place *other,
	uint64_t step)
{
	char *before = *other->text;

	g_assert(cpus->text != other->text);
	if (other->number < step)
		return false;
	*other->text =
		with_number(before, before + other->offset, other->length, other->number - step);
	if (try_number(shrinker, cpus->text, 0, cpus->length, cpus->number - step)) {
		g_free(before);
		return true;
	}
	g_free(*other->text);
	*other->text = before;
	return false;
}

/* One that was kept ends it: the places are others then. */
static bool lower_cpus_once(struct shrinker *shrinker)
{
	g_autoptr(GArray) others = g_array_new(FALSE, FALSE, sizeof(struct place));
	struct place cpus;

	if (!find_places(shrinker, &cpus, others))
		return false;
	for (uint64_t step = cpus.number / 2; step > 0; step /= 2) {
		for (guint i = 0; i < others->len && !shrinker->stopped; i++) {
			if (try_both(
				    shrinker, &cpus, &g_array_index(others, struct place, i), step))
				return true;
		}
	}
	return false;
}

void shrink_lower_cpus(struct shrinker *shrinker)
{
	while (!shrinker->stopped && lower_cpus_once(shrinker))
		continue;
}

void shrink_lower(struct shrinker *shrinker)
{
	for (guint i = 0; i < shrinker->draft->groups->len; i++) {
		struct draft_group *group = shrinker->draft->groups->pdata[i];

		for (guint e = 0; !group->gone && e < group->entries->len; e++) {
			struct draft_entry *entry = group->entries->pdata[e];

			if (!entry->gone && !entry->fixed && !g_strv_contains(names, entry->key))
				lower_text(shrinker, &entry->value);
		}
		if (!group->gone && !group->fixed && draft_is_kind(group, "at"))
			lower_text(shrinker, &group->name);
	}
}
