/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/teams.h"

#include "sim/engine/task.h"

void teams_init(struct teams *teams)
{
	teams->all = g_array_new(FALSE, FALSE, sizeof(struct team));
	teams->free = g_array_new(FALSE, FALSE, sizeof(uint32_t));
}

static void free_lists(struct team *team)
{
	if (team->threads)
		g_array_free(team->threads, TRUE);
	if (team->waiting)
		g_array_free(team->waiting, TRUE);
}

void teams_clear(struct teams *teams)
{
	for (guint i = 0; i < teams->all->len; i++)
		free_lists(teams_at(teams, i));
	g_array_free(teams->all, TRUE);
	g_array_free(teams->free, TRUE);
}

uint32_t teams_new(struct teams *teams, enum team_kind kind, uint32_t leader)
{
	struct team team = {
		.kind = kind, .leader = leader, .refs = 1, .ramp = INDEX_NONE, .pool = INDEX_NONE
	};
	uint32_t index;

	if (teams->free->len == 0) {
		g_array_append_val(teams->all, team);
		return teams->all->len - 1;
	}
	index = g_array_index(teams->free, uint32_t, teams->free->len - 1);
	g_array_set_size(teams->free, teams->free->len - 1);
	g_assert(teams_at(teams, index)->refs == 0);
	*teams_at(teams, index) = team;
	return index;
}

void teams_put(struct teams *teams, uint32_t index)
{
	struct team *team = teams_at(teams, index);

	g_assert(index < teams->all->len && team->refs > 0);
	if (--team->refs > 0)
		return;
	free_lists(team);
	*team = (struct team){ 0 };
	g_array_append_val(teams->free, index);
}

void team_remove_thread(struct team *team, uint32_t task)
{
	g_assert(team->kind == TEAM_MAIN);
	for (guint i = team->threads->len; i-- > 0;) {
		if (g_array_index(team->threads, uint32_t, i) == task) {
			g_array_remove_index(team->threads, i);
			return;
		}
	}
}
