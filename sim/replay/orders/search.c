/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/mm.h"

#include <string.h>

#include "sim/base/hash.h"

enum {
	MM = 0,
	NODES_PER_STATE = 8,     /* looked at for each that may be kept */
	STATES_MIN = 64,         /* kept in any case */
	STATES_BYTES = 16 << 20, /* beyond that only so many */
	SMALL_CPUS = 16,         /* up to so many CPUs all orders of switches can be tried */
	COSTS = 32,   /* inversions that are told apart when the likeliest is looked at first */
	LATE_MAX = 3, /* beyond: switches that may be late; of more the oldest are over */
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
	const uint32_t *tasks;
	unsigned tasks_count;
	uint32_t cpu;
	bool locks;             /* ... and is locked from now on */
	bool again;             /* it is the second visit */
	GHashTable *seen;       /* struct order_state, owned */
	GPtrArray *work[COSTS]; /* those of them whose successors are to be found, by inversions */
	uint32_t base;          /* inversions where the search begins */
	GPtrArray *found;       /* copies */
};

static const size_t compared_from = offsetof(struct order_state, holder);

static uint32_t hash_of(const struct order_mm *mm, const struct order_state *state)
{
	const char *at = (const char *)state + compared_from;
	size_t size = mm->state_size - compared_from;
	uint64_t hash = 0, word;

	for (; size >= sizeof(word); size -= sizeof(word), at += sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		hash = hash_word(hash, word);
	}
	return (uint32_t)(hash ^ hash >> 32) | 1;
}

static guint stored_hash(gconstpointer state)
{
	return ((const struct order_state *)state)->hash;
}

/* All states of a search have one size: that of their model. */
static gboolean equal_states(gconstpointer a, gconstpointer b)
{
	const struct order_state *x = a, *y = b;

	return x->hash == y->hash &&
	       memcmp((const char *)x + compared_from, (const char *)y + compared_from,
		       offsetof(struct order_state, model) - compared_from + x->model.size) == 0;
}

static gint by_likelihood(gconstpointer a, gconstpointer b)
{
	const struct order_state *x = *(struct order_state *const *)a;
	const struct order_state *y = *(struct order_state *const *)b;

	if (x->inversions != y->inversions)
		return x->inversions < y->inversions ? -1 : 1;
	if (x->waits != y->waits)
		return x->waits < y->waits ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* g_ptr_array_sort() is not stable by its contract: ties go by the place that they had. */
static void sort(GPtrArray *states)
{
	for (guint i = 0; i < states->len; i++)
		((struct order_state *)states->pdata[i])->place = i;
	g_ptr_array_sort(states, by_likelihood);
}

static void keep_first_of_equal(struct order_mm *mm)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(stored_hash, equal_states);
	guint kept = 0;

	for (guint i = 0; i < mm->states->len; i++) {
		struct order_state *state = mm->states->pdata[i];

		if (!state->hash)
			state->hash = hash_of(mm, state);
		if (g_hash_table_contains(seen, state)) {
			order_state_drop(mm, state);
			continue;
		}
		g_hash_table_add(seen, state);
		mm->states->pdata[kept++] = state;
	}
	while (mm->states->len > kept)
		g_ptr_array_steal_index(mm->states, mm->states->len - 1);
}

/* How many states are kept: what a large machine's take must stay within bounds, too. */
static uint32_t states_limit(const struct order_mm *mm)
{
	size_t fit = MAX(STATES_MIN, STATES_BYTES / mm->state_size);

	return (uint32_t)MIN(fit, mm->replay->options->orders_max);
}

void order_tidy(struct order_mm *mm)
{
	uint32_t limit = states_limit(mm);

	if (mm->states->len > 1) {
		sort(mm->states);
		keep_first_of_equal(mm);
	}
	while (mm->states->len > limit) {
		mm->cut = true;
		order_state_drop(mm, g_ptr_array_steal_index(mm->states, mm->states->len - 1));
	}
	mm->process->states_max = MAX(mm->process->states_max, mm->states->len);
}

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
			order_limit(mm, state, g_array_index(actors, struct order_actor, i)));
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
		touches[i] = order_touches(mm, state, list[i], limit);
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
}

/* The walk */

/* It is under way, or about to begin: what an exit does with the number of its CPU comes before. */
static bool walks(const struct order_mm *mm, const struct order_state *state)
{
	uint8_t phase = model_mm_const(&state->model, MM)->phase;

	return mm->current.id != 0 && !state->current_done && state->stage >= ORDER_FLIPPED &&
	       (phase == PHASE_WALK_TASKS || phase == PHASE_WALK_CPUS);
}

static bool is_of_initiators_group(const struct model *model, uint32_t task)
{
	return model_task_const(model, task)->group ==
	       model_task_const(model, model_mm_const(model, MM)->initiator)->group;
}

/* Has the walk yet to come to @task? On a walk over the system: it may have. */
static bool task_is_ahead(const struct order_state *state, uint32_t task)
{
	const struct model *model = &state->model;
	const struct model_mm *m = model_mm_const(model, MM);
	bool list = model->protocol.walk_users == WALK_USERS_LIST;
	uint32_t first = list ? m->newest : model_task_const(model, m->newest)->newer;
	uint32_t at = m->cursor;

	if (task == m->initiator || !model_task_const(model, task)->active)
		return false;
	if (!list && m->pass == 0 && !is_of_initiators_group(model, task))
		return true;
	do {
		if (at == task)
			return true;
		at = list ? model_task_const(model, at)->older : model_task_const(model, at)->newer;
	} while (at != first);
	return false;
}

static bool cpu_is_ahead(const struct order_state *state, uint32_t cpu)
{
	return model_mm_const(&state->model, MM)->cursor <= cpu;
}

/* Has the walk yet to come to something that is looked at? */
static bool is_ahead(const struct search *search, const struct order_state *state)
{
	const struct model_mm *m = model_mm_const(&state->model, MM);

	if (!walks(search->mm, state))
		return false;
	if (m->phase == PHASE_WALK_CPUS && search->cpu != UINT32_MAX)
		return cpu_is_ahead(state, search->cpu);
	for (unsigned i = 0; i < search->tasks_count; i++) {
		uint32_t task = search->tasks[i];

		if (task == TASK_NONE)
			continue;
		if (m->phase == PHASE_WALK_TASKS
				? task_is_ahead(state, task)
				: cpu_is_ahead(state, model_task_const(&state->model, task)->cpu))
			return true;
	}
	return false;
}

/* Is the next step of the walk for something that is looked at? */
static bool is_next(const struct search *search, const struct order_state *state)
{
	const struct model_mm *m = model_mm_const(&state->model, MM);

	if (!walks(search->mm, state) || state->stage != ORDER_DECIDED)
		return false;
	if (m->phase == PHASE_WALK_CPUS && m->cursor == search->cpu)
		return true;
	for (unsigned i = 0; i < search->tasks_count; i++) {
		uint32_t task = search->tasks[i];

		if (task != TASK_NONE &&
			(m->phase == PHASE_WALK_TASKS
					? m->cursor == task
					: m->cursor == model_task_const(&state->model, task)->cpu))
			return true;
	}
	return false;
}

/* The pass over the system visits who was visited in that over the thread group once more, if
 * its budget suffices. */
static bool visit_is_ahead(const struct search *search, const struct order_state *state)
{
	const struct model *model = &state->model;
	const struct model_mm *m = model_mm_const(model, MM);
	uint32_t task = search->tasks[0];

	if (m->phase == PHASE_WALK_TASKS && task != TASK_NONE &&
		model->protocol.walk_users == WALK_USERS_SYSTEM &&
		is_of_initiators_group(model, task) && (m->pass == 0) == search->again)
		return search->again;
	return is_ahead(search, state);
}

static bool is_goal(const struct search *search, const struct order_state *state)
{
	switch (search->goal) {
	case GOAL_DONE:
		return order_is_done(search->mm, state, search->target);
	case GOAL_DECIDED:
		return order_is_done(search->mm, state, search->target) ||
		       (state->holder == search->mm->current.id && state->stage >= ORDER_FLIPPED);
	case GOAL_UNLOCKED:
		return order_is_done(search->mm, state, search->target) ||
		       (state->stage == ORDER_DECIDED &&
			       model_mm_const(&state->model, MM)->phase != PHASE_GET_LOCKED);
	case GOAL_PAST:
		return order_is_done(search->mm, state, search->target) ||
		       !(walks(search->mm, state) ? visit_is_ahead(search, state)
						  : state->stage < ORDER_DECIDED);
	case GOAL_AT:
		return is_next(search, state);
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

	return search->locks && (m->phase == PHASE_WALK_TASKS || m->cursor == search->cpu);
}

static bool has_budget(const struct search *search)
{
	guint limit = states_limit(search->mm) * NODES_PER_STATE;

	if (g_hash_table_size(search->seen) < limit && search->found->len < limit)
		return true;
	search->mm->cut = true;
	return false;
}

static void add_found(struct search *search, const struct order_state *state)
{
	g_ptr_array_add(search->found, order_state_copy(search->mm, state));
}

static uint32_t cost_of(const struct search *search, const struct order_state *state)
{
	uint32_t cost = state->inversions - search->base;

	return MIN(cost, COSTS - 1);
}

/* Take over @state, which is to be looked at unless it has been. */
static void add_node(struct search *search, struct order_state *state)
{
	struct order_state *old;

	state->hash = hash_of(search->mm, state);
	old = g_hash_table_lookup(search->seen, state);
	if (old) {
		if (by_likelihood(&state, &old) < 0) {
			old->inversions = state->inversions;
			old->waits = state->waits;
		}
		order_state_drop(search->mm, state);
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
			order_is_done(search->mm, state, other) ||
			order_touches(search->mm, state, other, UINT32_MAX) == 0)
			continue;
		after->inversions += other.kind != ACTOR_CURRENT;
		waits |= other.kind == ACTOR_CURRENT;
	}
	after->waits += waits;
}

static void expand(struct search *search, const struct order_state *state)
{
	bool next = search->goal == GOAL_SEEN && is_next(search, state);

	if (search->goal == GOAL_SEEN && !is_ahead(search, state))
		return;
	for (guint i = 0; i < search->actors->len && has_budget(search); i++) {
		struct order_actor actor = g_array_index(search->actors, struct order_actor, i);
		struct order_state *after;

		if (order_is_done(search->mm, state, actor))
			continue;
		after = order_state_copy(search->mm, state);
		if (!order_take(search->mm, after, actor)) {
			order_state_drop(search->mm, after);
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

	search->seen = g_hash_table_new(stored_hash, equal_states);
	search->base = state->inversions;
	for (uint32_t cost = 0; cost < COSTS; cost++)
		search->work[cost] = g_ptr_array_new();
	add_node(search, state);
	while (has_budget(search) && (state = likeliest(search)) != NULL)
		expand(search, state);
	g_hash_table_iter_init(&iter, search->seen);
	while (g_hash_table_iter_next(&iter, &node, NULL))
		order_state_drop(search->mm, node);
	g_hash_table_unref(search->seen);
	for (uint32_t cost = 0; cost < COSTS; cost++)
		g_ptr_array_free(search->work[cost], TRUE);
}

/* Nobody else is in the way: the target goes on alone. True if it came to the goal. */
static bool go_alone(struct search *search, struct order_state *state)
{
	while (!is_goal(search, state)) {
		if (!order_take(search->mm, state, search->target))
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
		search->mm->cut = true;
		while (!order_is_done(search->mm, state, list[oldest]) &&
			order_take(search->mm, state, list[oldest]))
			continue;
		g_array_remove_index(search->actors, oldest);
	}
}

static void search_state(struct search *search, struct order_state *state)
{
	struct order_mm *mm = search->mm;

	if (search->goal == GOAL_SEEN) {
		add_found(search, state);
		if (!is_ahead(search, state)) {
			order_state_drop(mm, state);
			return;
		}
	} else if (is_goal(search, state)) {
		g_ptr_array_add(search->found, state);
		return;
	}
	order_actors(mm, search->actors);
	keep_component(mm, state, search->target, search->actors);
	settle_oldest(search, state);
	/* What the oldest leads to is then found last, and looked at first. */
	g_array_sort(search->actors, youngest_first);
	if (search->actors->len > 1 || search->goal == GOAL_SEEN)
		search_from(search, state);
	else if (go_alone(search, state))
		g_ptr_array_add(search->found, state);
	else
		order_state_drop(mm, state);
}

static void search_all(struct search *search)
{
	struct order_mm *mm = search->mm;
	gsize count;
	g_autofree gpointer *states = g_ptr_array_steal(mm->states, &count);

	search->actors = g_array_new(FALSE, FALSE, sizeof(struct order_actor));
	search->found = g_ptr_array_new();
	for (gsize i = 0; i < count; i++)
		search_state(search, states[i]);
	for (guint i = 0; i < search->found->len; i++)
		g_ptr_array_add(mm->states, search->found->pdata[i]);
	g_ptr_array_free(search->found, TRUE);
	g_array_free(search->actors, TRUE);
	order_tidy(mm);
}

static struct order_actor current_of(const struct order_mm *mm)
{
	return (struct order_actor){ .kind = ACTOR_CURRENT, .line = mm->current.line };
}

void order_settle(struct order_mm *mm, struct order_actor actor)
{
	struct search search = { .mm = mm, .goal = GOAL_DONE, .target = actor, .cpu = UINT32_MAX };

	search_all(&search);
}

static void settle_current(struct order_mm *mm, enum goal goal)
{
	struct search search = {
		.mm = mm, .goal = goal, .target = current_of(mm), .cpu = UINT32_MAX
	};

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
		.tasks = &task,
		.tasks_count = 1,
		.cpu = cpu,
		.again = again,
	};

	search_all(&search);
}

void order_walk_may_have_come(
	struct order_mm *mm, uint32_t cpu, const uint32_t *tasks, unsigned tasks_count, bool locks)
{
	struct search search = {
		.mm = mm,
		.goal = GOAL_SEEN,
		.target = current_of(mm),
		.tasks = tasks,
		.tasks_count = tasks_count,
		.cpu = cpu,
		.locks = locks,
	};
	bool any = false;

	for (guint i = 0; i < mm->states->len; i++)
		any |= is_ahead(&search, mm->states->pdata[i]);
	if (any)
		search_all(&search);
}

void order_affinities_may_be_over(struct order_mm *mm)
{
	g_autoptr(GPtrArray) before = g_ptr_array_new();

	for (uint32_t i = 0; i < ORDER_AFFINITIES_MAX; i++) {
		if (!(mm->affinities_used >> i & 1))
			continue;
		for (guint j = 0; j < mm->states->len; j++)
			g_ptr_array_add(before, order_state_copy(mm, mm->states->pdata[j]));
		order_settle(mm, (struct order_actor){ .kind = ACTOR_AFFINITY,
					 .index = i,
					 .line = mm->affinities[i].line });
		for (guint j = 0; j < before->len; j++)
			g_ptr_array_add(mm->states, before->pdata[j]);
		g_ptr_array_set_size(before, 0);
		order_tidy(mm);
	}
}
