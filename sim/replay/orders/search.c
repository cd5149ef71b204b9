/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/search.h"

#include <string.h>

enum {
	MM = 0,
	NODES_PER_STATE = 8, /* looked at for each that may be kept */
	SMALL_CPUS = 16,     /* with at most this many CPUs all orders of switches are tried */
	COSTS = 32,          /* with more inversions, states are equally likely in the search */
	LATE_MAX = 3,        /* beyond: switches that may be late; of more the oldest are over */
};

enum goal {
	GOAL_DONE,     /* the target has taken all its steps */
	GOAL_DECIDED,  /* ... or at least the decision */
	GOAL_UNLOCKED, /* ... or is past what it does with interrupts off */
	GOAL_PAST,     /* the walk is past a task or a CPU */
	GOAL_AT,       /* the next step of the walk is for that task */
	GOAL_SEEN,     /* the walk has changed something that is looked at */
};

struct search {
	struct order_mm *mm;
	enum goal goal;
	struct order_actor target;
	struct order_look look;        /* for the goals that speak of the walk */
	const struct order_actor *all; /* NULL: they are not known yet */
	guint all_count;
	/* Those of them that have steps which do not commute with the target, and what they touch.
	 */
	struct order_actor *actors;
	unsigned *touches;
	guint actors_count;
	/* The states that it has come to are marked. Of those whose successors are to be found this
	 * is the last one, by inversions, with others below. */
	struct order_state *work[COSTS];
	uint32_t base; /* inversions where it begins */
	guint budget;  /* states to come to, and to find */
};

/* Who does not commute */

static bool conflict(unsigned a, unsigned b)
{
	return (a & b & (TOUCHES_POOL | LOCKED)) != 0 ||
	       (a & CHANGES_MODE && b & (TOUCHES_MODE | CHANGES_MODE | CHANGES_MAX)) ||
	       (b & CHANGES_MODE && a & (TOUCHES_MODE | CHANGES_MODE | CHANGES_MAX)) ||
	       (a & CHANGES_MAX && b & TOUCHES_NUMBER) || (b & CHANGES_MAX && a & TOUCHES_NUMBER);
}

static bool same_actor(struct order_actor a, struct order_actor b)
{
	return a.kind == b.kind && a.index == b.index;
}

static void swap_actors(struct search *search, guint a, guint b)
{
	struct order_actor actor = search->actors[a];
	unsigned touches = search->touches[a];

	search->actors[a] = search->actors[b];
	search->touches[a] = search->touches[b];
	search->actors[b] = actor;
	search->touches[b] = touches;
}

static void remove_actor(struct search *search, guint at)
{
	g_assert(at < search->actors_count);
	search->actors_count--;
	for (; at < search->actors_count; at++)
		swap_actors(search, at, at + 1);
}

/* What the actors touch in @state. */
static void find_touches(struct search *search, const struct order_state *state)
{
	uint32_t limit = UINT32_MAX;

	/* The lowest max_cids that a step under way makes or finds. */
	for (guint i = 0; i < search->actors_count; i++) {
		if (search->actors[i].kind != ACTOR_SWITCH)
			limit = MIN(limit, hidden_limit(search->mm, state, search->actors[i],
						   &search->touches[i]));
	}
	for (guint i = 0; i < search->actors_count; i++) {
		if (search->actors[i].kind == ACTOR_SWITCH)
			search->touches[i] =
				hidden_touches(search->mm, state, search->actors[i], limit);
	}
}

/* All actors, and room for as many. */
static void find_actors(struct search *search)
{
	struct order_room *room = &search->mm->room;
	guint most = order_actors_max(search->mm);

	if (room->size < most) {
		room->size = MAX(most, room->size * 2);
		room->all = g_renew(struct order_actor, room->all, room->size);
		room->actors = g_renew(struct order_actor, room->actors, room->size);
		room->touches = g_renew(unsigned, room->touches, room->size);
	}
	search->all = room->all;
	search->all_count = hidden_actors(search->mm, room->all);
	search->actors = room->actors;
	search->touches = room->touches;
}

/* The actors are the target, which comes first, and those that its steps, or those of one that is
 * among them, do not commute with. */
static void find_component(struct search *search, const struct order_state *state)
{
	guint kept = 0;

	if (!search->all)
		find_actors(search);
	search->actors_count = search->all_count;
	for (guint i = 0; i < search->actors_count; i++)
		search->actors[i] = search->all[i];
	find_touches(search, state);
	for (guint i = 0; i < search->actors_count; i++) {
		if (!same_actor(search->actors[i], search->target))
			continue;
		swap_actors(search, i, 0);
		search->actors[0] = search->target; /* with the line that the caller gives it */
		kept = 1;
	}
	for (guint i = 0; i < kept; i++) {
		for (guint j = kept; j < search->actors_count; j++) {
			if (conflict(search->touches[i], search->touches[j]))
				swap_actors(search, j, kept++);
		}
	}
	search->actors_count = kept;
}

static bool is_goal(const struct search *search, const struct order_state *state)
{
	switch (search->goal) {
	case GOAL_DONE:
		return hidden_is_done(search->mm, state, search->target);
	case GOAL_DECIDED:
		return hidden_is_done(search->mm, state, search->target) ||
		       (state->holder == search->mm->current.id && state->stage >= ORDER_FLIPPED);
	case GOAL_UNLOCKED:
		return hidden_is_done(search->mm, state, search->target) ||
		       (state->stage == ORDER_DECIDED &&
			       model_mm_const(&state->model, MM)->phase != PHASE_GET_LOCKED);
	case GOAL_PAST:
		return hidden_is_done(search->mm, state, search->target) ||
		       !(walk_is_under_way(search->mm, state)
				       ? walk_visit_is_ahead(search->mm, state, &search->look)
				       : state->stage < ORDER_DECIDED);
	case GOAL_AT:
		return walk_is_next(search->mm, state, &search->look);
	case GOAL_SEEN:
		break;
	}
	return false;
}

/* Searching */

static bool words_differ(const struct order_state *a, const struct order_state *b)
{
	const struct model *x = &a->model, *y = &b->model;

	return model_mm_const(x, MM)->taken != model_mm_const(y, MM)->taken ||
	       memcmp((const char *)x + x->tasks_at, (const char *)y + y->tasks_at,
		       x->size - x->tasks_at) != 0;
}

/* Could the walk, which is about to look at what is looked at here, not come to it for a while from
 * now on? Then that it has been there makes a difference, even if it did nothing. */
static bool locks_out(const struct search *search, const struct order_state *state)
{
	const struct model_mm *m = model_mm_const(&state->model, MM);

	return search->look.locks &&
	       (m->phase == PHASE_WALK_TASKS || m->cursor == search->look.cpu);
}

static bool has_budget(const struct search *search)
{
	if (states_marked(&search->mm->states) < search->budget &&
		states_count(&search->mm->states) < search->budget)
		return true;
	search->mm->states.cut = true;
	return false;
}

static void add_found(struct search *search, const struct order_state *state)
{
	states_add(&search->mm->states, states_copy(&search->mm->states, state));
}

static uint32_t cost_of(const struct search *search, const struct order_state *state)
{
	uint32_t cost = state->inversions - search->base;

	g_assert(state->inversions >= search->base);
	return MIN(cost, COSTS - 1);
}

/* Take over @state, which is to be looked at unless it has been. */
static void add_node(struct search *search, struct order_state *state)
{
	struct order_state *old = states_mark(&search->mm->states, state);

	if (old) {
		if (state_by_likelihood(&state, &old) < 0) {
			old->inversions = state->inversions;
			old->waits = state->waits;
		}
		states_drop(&search->mm->states, state);
		return;
	}
	if (is_goal(search, state)) {
		add_found(search, state);
	} else {
		struct order_state **work = &search->work[cost_of(search, state)];

		state->below = *work;
		*work = state;
	}
}

/* @actor has taken a step in @after, made of @state: do older ones stand back for it? That a walk
 * takes its time is likelier than that a switch does. */
static void rank(const struct search *search, const struct order_state *state,
	struct order_state *after, struct order_actor actor)
{
	bool waits = false;

	for (guint i = 0; i < search->actors_count; i++) {
		struct order_actor other = search->actors[i];

		if (other.line >= actor.line || same_actor(other, actor) ||
			hidden_is_done(search->mm, state, other) ||
			hidden_touches(search->mm, state, other, UINT32_MAX) == 0)
			continue;
		after->inversions += other.kind != ACTOR_CURRENT;
		waits |= other.kind == ACTOR_CURRENT;
	}
	after->waits += waits;
}

static void expand(struct search *search, const struct order_state *state)
{
	bool next = search->goal == GOAL_SEEN && walk_is_next(search->mm, state, &search->look);

	if (search->goal == GOAL_SEEN && !walk_is_ahead(search->mm, state, &search->look))
		return;
	for (guint i = 0; i < search->actors_count && has_budget(search); i++) {
		struct order_actor actor = search->actors[i];
		struct order_state *after;

		if (hidden_is_done(search->mm, state, actor))
			continue;
		after = states_copy(&search->mm->states, state);
		if (!hidden_take(search->mm, after, actor)) {
			states_drop(&search->mm->states, after);
			continue;
		}
		rank(search, state, after, actor);
		if (next && actor.kind == ACTOR_CURRENT &&
			(locks_out(search, state) || words_differ(state, after)))
			add_found(search, after);
		add_node(search, after);
	}
}

/* With the fewest inversions, and of those the one found last: it is the farthest. */
static struct order_state *likeliest(struct search *search)
{
	for (uint32_t cost = 0; cost < COSTS; cost++) {
		struct order_state *state = search->work[cost];

		if (state) {
			search->work[cost] = state->below;
			return state;
		}
	}
	return NULL;
}

/* The youngest first, others in their order: what the oldest leads to is then found last, and
 * looked at first. */
static void sort_actors(struct search *search)
{
	for (guint i = 1; i < search->actors_count; i++) {
		for (guint j = i; j > 0 && search->actors[j - 1].line < search->actors[j].line; j--)
			swap_actors(search, j - 1, j);
	}
}

/* From @state, taken over, to all goals. */
static void search_from(struct search *search, struct order_state *state)
{
	struct order_states *states = &search->mm->states;

	g_assert(states_marked(states) == 0);
	search->base = state->inversions;
	memset(search->work, 0, sizeof(search->work));
	add_node(search, state);
	while (has_budget(search) && (state = likeliest(search)) != NULL)
		expand(search, state);
	states_unmark_all(states, true);
}

/* Nobody else is in the way: the target goes on alone. True if it came to the goal. */
static bool go_alone(struct search *search, struct order_state *state)
{
	while (!is_goal(search, state)) {
		if (!hidden_take(search->mm, state, search->target))
			return false;
	}
	return true;
}

/* So many switches in one component that their orders are beyond number: the oldest are over,
 * unless their tasks wait for a number. */
static void settle_oldest(struct search *search, struct order_state *state)
{
	struct order_actor *list = search->actors;
	guint late = 0;

	if (search->mm->config.cpus_count <= SMALL_CPUS)
		return;
	for (guint i = 1; i < search->actors_count; i++)
		late += list[i].kind == ACTOR_SWITCH;
	for (; late > LATE_MAX; late--) {
		guint oldest = 0;

		for (guint i = 1; i < search->actors_count; i++) {
			if (list[i].kind == ACTOR_SWITCH &&
				(oldest == 0 || list[i].line < list[oldest].line))
				oldest = i;
		}
		search->mm->states.cut = true;
		while (!hidden_is_done(search->mm, state, list[oldest]) &&
			hidden_take(search->mm, state, list[oldest]))
			continue;
		remove_actor(search, oldest);
	}
}

static void search_state(struct search *search, struct order_state *state)
{
	struct order_mm *mm = search->mm;

	if (search->goal == GOAL_SEEN) {
		add_found(search, state);
		if (!walk_is_ahead(search->mm, state, &search->look)) {
			states_drop(&mm->states, state);
			return;
		}
	} else if (is_goal(search, state)) {
		states_add(&mm->states, state);
		return;
	}
	find_component(search, state);
	settle_oldest(search, state);
	sort_actors(search);
	if (search->actors_count > 1 || search->goal == GOAL_SEEN)
		search_from(search, state);
	else if (go_alone(search, state))
		states_add(&mm->states, state);
	else
		states_drop(&mm->states, state);
}

/* Nothing is hidden: the target alone takes its steps. */
static void go_on(struct search *search)
{
	struct order_states *states = &search->mm->states;

	g_assert(states_count(states) <= 1);
	if (states_count(states) == 0)
		return;
	states_rule_out(states, 0, !go_alone(search, states_first(states)));
	states_compact(states);
}

static void search_all(struct search *search)
{
	struct order_mm *mm = search->mm;
	const GPtrArray *states;

	if (mm->stepwise) {
		go_on(search);
		return;
	}
	search->budget = states_limit(&mm->states) * NODES_PER_STATE;
	states = states_take_all(&mm->states);
	for (guint i = 0; i < states->len; i++)
		search_state(search, states->pdata[i]);
	states_tidy(&mm->states);
}

static struct order_actor current_of(const struct order_mm *mm)
{
	return (struct order_actor){ .kind = ACTOR_CURRENT, .line = mm->current.line };
}

void order_settle(struct order_mm *mm, struct order_actor actor)
{
	struct search search = { .mm = mm, .goal = GOAL_DONE, .target = actor };

	search_all(&search);
}

static void settle_current(struct order_mm *mm, enum goal goal)
{
	struct search search = { .mm = mm, .goal = goal, .target = current_of(mm) };

	g_assert(mm->current.id != 0);
	search_all(&search);
}

void order_settle_decision(struct order_mm *mm)
{
	settle_current(mm, GOAL_DECIDED);
}

void order_settle_lock(struct order_mm *mm)
{
	settle_current(mm, GOAL_UNLOCKED);
}

void order_settle_walk(
	struct order_mm *mm, uint32_t task, uint32_t cpu, bool only_up_to, bool again)
{
	struct search search = {
		.mm = mm,
		.goal = only_up_to ? GOAL_AT : GOAL_PAST,
		.target = current_of(mm),
		.look = { .tasks = &task, .tasks_count = 1, .cpu = cpu, .again = again },
	};

	g_assert(task != TASK_NONE || cpu != UINT32_MAX);
	search_all(&search);
}

void order_walk_may_have_come(
	struct order_mm *mm, uint32_t cpu, const uint32_t *tasks, unsigned tasks_count, bool locks)
{
	struct search search = {
		.mm = mm,
		.goal = GOAL_SEEN,
		.target = current_of(mm),
		.look = { .tasks = tasks, .tasks_count = tasks_count, .cpu = cpu, .locks = locks },
	};
	bool any = false;

	g_assert(cpu == UINT32_MAX || cpu < mm->config.cpus_count);
	for (guint i = 0; !mm->stepwise && i < states_count(&mm->states); i++)
		any |= walk_is_ahead(mm, states_at(&mm->states, i), &search.look);
	if (any)
		search_all(&search);
}

void order_affinities_may_be_over(struct order_mm *mm)
{
	g_autoptr(GPtrArray) before = g_ptr_array_new();

	for (uint32_t i = 0; !mm->stepwise && i < ORDER_AFFINITIES_MAX; i++) {
		if (!(mm->affinities_used >> i & 1))
			continue;
		for (guint j = 0; j < states_count(&mm->states); j++)
			g_ptr_array_add(
				before, states_copy(&mm->states, states_at(&mm->states, j)));
		order_settle(mm, (struct order_actor){ .kind = ACTOR_AFFINITY,
					 .index = i,
					 .line = mm->affinities[i].line });
		for (guint j = 0; j < before->len; j++)
			states_add(&mm->states, before->pdata[j]);
		g_ptr_array_set_size(before, 0);
		states_tidy(&mm->states);
	}
}
