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
	GArray *actors; /* struct order_actor: that have steps which do not commute with it */
	struct order_look look; /* for the goals that speak of the walk */
	GHashTable *seen;       /* struct order_state, owned */
	GPtrArray *work[COSTS]; /* those of them whose successors are to be found, by inversions */
	uint32_t base;          /* inversions where the search begins */
	GPtrArray *found;       /* copies */
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

/* The lowest max_cids that a step under way makes or finds. */
static uint32_t lowest_limit(struct order_mm *mm, const struct order_state *state, GArray *actors)
{
	uint32_t limit = UINT32_MAX;

	for (guint i = 0; i < actors->len; i++)
		limit = MIN(limit,
			hidden_limit(mm, state, g_array_index(actors, struct order_actor, i)));
	return limit;
}

/* Keep in @actors only @target, which comes first then, and those that its steps, or those of one
 * that is kept, do not commute with. */
static void keep_component(struct order_mm *mm, const struct order_state *state,
	struct order_actor target, GArray *actors)
{
	uint32_t limit = lowest_limit(mm, state, actors);
	g_autofree unsigned *touches = g_new(unsigned, actors->len);
	struct order_actor *list = (struct order_actor *)actors->data;
	guint kept = 0;

	for (guint i = 0; i < actors->len; i++) {
		if (!same_actor(list[i], target))
			continue;
		list[i] = list[0];
		list[0] = target;
		kept = 1;
	}
	for (guint i = 0; i < actors->len; i++)
		touches[i] = hidden_touches(mm, state, list[i], limit);
	for (guint i = 0; i < kept; i++) {
		for (guint j = kept; j < actors->len; j++) {
			struct order_actor actor = list[j];
			unsigned t = touches[j];

			if (!conflict(touches[i], t))
				continue;
			list[j] = list[kept];
			touches[j] = touches[kept];
			list[kept] = actor;
			touches[kept++] = t;
		}
	}
	g_array_set_size(actors, kept);
	g_assert(kept <= actors->len);
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
	guint limit = states_limit(&search->mm->states) * NODES_PER_STATE;

	if (g_hash_table_size(search->seen) < limit && search->found->len < limit)
		return true;
	search->mm->states.cut = true;
	return false;
}

static void add_found(struct search *search, const struct order_state *state)
{
	g_ptr_array_add(search->found, states_copy(&search->mm->states, state));
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
	struct order_state *old;

	state_hash(&search->mm->states, state);
	old = g_hash_table_lookup(search->seen, state);
	if (old) {
		if (state_by_likelihood(&state, &old) < 0) {
			old->inversions = state->inversions;
			old->waits = state->waits;
		}
		states_drop(&search->mm->states, state);
		return;
	}
	g_hash_table_add(search->seen, state);
	if (is_goal(search, state))
		add_found(search, state);
	else
		g_ptr_array_add(search->work[cost_of(search, state)], state);
}

/* @actor has taken a step in @after, made of @state: do older ones stand back for it? That a walk
 * takes its time is likelier than that a switch does. */
static void rank(const struct search *search, const struct order_state *state,
	struct order_state *after, struct order_actor actor)
{
	bool waits = false;

	for (guint i = 0; i < search->actors->len; i++) {
		struct order_actor other = g_array_index(search->actors, struct order_actor, i);

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
	for (guint i = 0; i < search->actors->len && has_budget(search); i++) {
		struct order_actor actor = g_array_index(search->actors, struct order_actor, i);
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
		GPtrArray *work = search->work[cost];

		if (work->len > 0)
			return g_ptr_array_steal_index(work, work->len - 1);
	}
	return NULL;
}

static gint youngest_first(gconstpointer a, gconstpointer b)
{
	const struct order_actor *x = a, *y = b;

	return x->line > y->line ? -1 : x->line < y->line;
}

/* From @state, taken over, to all goals. */
static void search_from(struct search *search, struct order_state *state)
{
	GHashTableIter iter;
	gpointer node;

	search->seen = g_hash_table_new(state_stored_hash, state_equal);
	search->base = state->inversions;
	for (uint32_t cost = 0; cost < COSTS; cost++)
		search->work[cost] = g_ptr_array_new();
	add_node(search, state);
	while (has_budget(search) && (state = likeliest(search)) != NULL)
		expand(search, state);
	g_hash_table_iter_init(&iter, search->seen);
	while (g_hash_table_iter_next(&iter, &node, NULL))
		states_drop(&search->mm->states, node);
	g_hash_table_unref(search->seen);
	for (uint32_t cost = 0; cost < COSTS; cost++)
		g_ptr_array_free(search->work[cost], TRUE);
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
	struct order_actor *list = (struct order_actor *)search->actors->data;
	guint late = 0;

	if (search->mm->config.cpus_count <= SMALL_CPUS)
		return;
	for (guint i = 1; i < search->actors->len; i++)
		late += list[i].kind == ACTOR_SWITCH;
	for (; late > LATE_MAX; late--) {
		guint oldest = 0;

		for (guint i = 1; i < search->actors->len; i++) {
			if (list[i].kind == ACTOR_SWITCH &&
				(oldest == 0 || list[i].line < list[oldest].line))
				oldest = i;
		}
		search->mm->states.cut = true;
		while (!hidden_is_done(search->mm, state, list[oldest]) &&
			hidden_take(search->mm, state, list[oldest]))
			continue;
		g_array_remove_index(search->actors, oldest);
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
		g_ptr_array_add(search->found, state);
		return;
	}
	hidden_actors(mm, search->actors);
	keep_component(mm, state, search->target, search->actors);
	settle_oldest(search, state);
	/* What the oldest leads to is then found last, and looked at first. */
	g_array_sort(search->actors, youngest_first);
	if (search->actors->len > 1 || search->goal == GOAL_SEEN)
		search_from(search, state);
	else if (go_alone(search, state))
		g_ptr_array_add(search->found, state);
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
	gsize count;
	g_autofree gpointer *states = NULL;

	if (mm->stepwise) {
		go_on(search);
		return;
	}
	states = g_ptr_array_steal(mm->states.list, &count);
	search->actors = g_array_new(FALSE, FALSE, sizeof(struct order_actor));
	search->found = g_ptr_array_new();
	for (gsize i = 0; i < count; i++)
		search_state(search, states[i]);
	for (guint i = 0; i < search->found->len; i++)
		states_add(&mm->states, search->found->pdata[i]);
	g_ptr_array_free(search->found, TRUE);
	g_array_free(search->actors, TRUE);
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
