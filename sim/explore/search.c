/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <assert.h>
#include <string.h>

#include "sim/explore/search-modes.h"
#include "sim/explore/search-private.h"

enum {
	BLOCK_STATES = 1 << 14,
	PARCEL_STATES = 512,
	PASSED_STATES = 1 << 14, /* as many as the cache of a CPU holds besides all else */
	PREFETCH = 12,           /* states ahead of the one that is added */
	LOOK_AT_ONCE = 64,       /* states between looks into the inbox */
};

/* Queues of states */

static void queue_init(struct key_queue *queue, unsigned words)
{
	*queue = (struct key_queue){ .words = words };
	g_queue_init(&queue->blocks);
}

static void queue_push(struct key_queue *queue, const uint32_t *key)
{
	uint32_t *block = g_queue_peek_tail(&queue->blocks);

	if (!block || queue->written == BLOCK_STATES) {
		block = g_new(uint32_t, (size_t)BLOCK_STATES * queue->words);
		g_queue_push_tail(&queue->blocks, block);
		queue->written = 0;
	}
	pack_copy(block + queue->written++ * queue->words, key, queue->words);
	queue->count++;
}

static bool queue_pop(struct key_queue *queue, uint32_t *key)
{
	uint32_t *block = g_queue_peek_head(&queue->blocks);

	if (queue->count == 0)
		return false;
	pack_copy(key, block + queue->read++ * queue->words, queue->words);
	queue->count--;
	if (queue->count == 0 || queue->read == BLOCK_STATES) {
		g_free(g_queue_pop_head(&queue->blocks));
		queue->read = 0;
	}
	return true;
}

static void queue_clear(struct key_queue *queue)
{
	g_queue_clear_full(&queue->blocks, g_free);
	queue_init(queue, queue->words);
}

static size_t queue_bytes(const struct key_queue *queue)
{
	return (size_t)queue->blocks.length * BLOCK_STATES * queue->words * sizeof(uint32_t);
}

/* Passing states on */

static uint32_t *parcel_keys(struct parcel *parcel)
{
	return (uint32_t *)(parcel->hash + PARCEL_STATES);
}

static struct parcel *parcel_new(const struct worker *worker)
{
	struct parcel *parcel =
		g_malloc(sizeof(struct parcel) + PARCEL_STATES * sizeof(uint64_t) +
			 (size_t)PARCEL_STATES * worker->set.words * sizeof(uint32_t));

	parcel->count = 0;
	parcel->last = false;
	return parcel;
}

/* What the table may take: all that the queues leave. */
static void share_memory(struct worker *worker)
{
	size_t share = worker->search->options->memory / worker->search->jobs;
	size_t queues = queue_bytes(&worker->now) + queue_bytes(&worker->next);

	worker->set.bytes_max = share > queues ? share - queues : 0;
}

static void take_in(struct worker *worker, struct parcel *parcel)
{
	unsigned words = worker->set.words;
	uint32_t *key = parcel_keys(parcel);

	share_memory(worker);
	for (uint32_t i = 0; i < parcel->count && i < PREFETCH; i++)
		set_prefetch(&worker->set, parcel->hash[i]);
	for (uint32_t i = 0; i < parcel->count; i++, key += words) {
		if (i + PREFETCH < parcel->count)
			set_prefetch(&worker->set, parcel->hash[i + PREFETCH]);
		switch (set_add(&worker->set, key, parcel->hash[i])) {
		case SET_NEW:
			queue_push(&worker->next, key);
			break;
		case SET_KNOWN:
			break;
		case SET_FULL:
			worker->full = true;
			g_atomic_int_set(&worker->search->stopped, 1);
			break;
		}
	}
}

static void receive(struct worker *worker, struct parcel *parcel)
{
	take_in(worker, parcel);
	worker->lasts += parcel->last;
	g_free(parcel);
}

/* Hand over what there is for @owner. */
static void send(struct worker *worker, unsigned owner, bool last)
{
	struct parcel *parcel = worker->out[owner];

	if (owner == worker->index) {
		take_in(worker, parcel);
		parcel->count = 0;
		return;
	}
	parcel->last = last;
	worker->out[owner] = parcel_new(worker);
	g_async_queue_push(worker->search->workers[owner].inbox, parcel);
}

/* Has this thread passed on the state at @key not long ago? Each state is come to several times,
 * and often soon after one another; what is in the cache of the CPU need not be asked of the table,
 * nor sent to another thread. */
static bool was_passed_on(struct worker *worker, const uint32_t *key, uint64_t hash)
{
	unsigned words = worker->set.words;
	uint32_t *slot = worker->passed + (size_t)(hash % PASSED_STATES) * words;
	uint32_t differ = 0;

	for (unsigned i = 0; i < words; i++)
		differ |= slot[i] ^ key[i];
	if (differ == 0)
		return true;
	pack_copy(slot, key, words);
	return false;
}

/* A state of the next level, on its way to whom it belongs to. */
static void pass_on(struct worker *worker, const uint32_t *key)
{
	struct search *search = worker->search;
	unsigned words = worker->set.words;
	uint64_t hash = set_hash(key, words);
	unsigned owner = search_owner(search, hash);
	struct parcel *parcel = worker->out[owner];
	uint32_t *to = parcel_keys(parcel) + (size_t)parcel->count * words;

	if (was_passed_on(worker, key, hash))
		return;
	pack_copy(to, key, words);
	pack_set_depth(&search->layout, to, search->depth + 1);
	parcel->hash[parcel->count++] = hash;
	if (parcel->count == PARCEL_STATES)
		send(worker, owner, false);
}

/* Looking at states */

int search_compare(const struct search *search, const uint32_t *a, const uint32_t *b)
{
	unsigned last = search->layout.words - 1;
	uint32_t mask = UINT32_MAX >> PACK_DEPTH_BITS;

	for (unsigned i = 0; i < last; i++) {
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	}
	if ((a[last] & mask) == (b[last] & mask))
		return 0;
	return (a[last] & mask) < (b[last] & mask) ? -1 : 1;
}

static void on_step(void *context, const struct explore_step *step, const struct machine *next,
	const uint32_t *key)
{
	struct worker *worker = context;

	(void)next;
	worker->taken[step->verb]++;
	pass_on(worker, key);
}

static void look_at(struct worker *worker, const uint32_t *key)
{
	struct search *search = worker->search;
	unsigned broken;

	expander_read(&worker->expander, key);
	worker->spin_states += machine_spins(worker->expander.base);
	broken = expander_check(&worker->expander, search->options->check);
	if (broken && (!worker->broken || search_compare(search, key, worker->found) < 0)) {
		worker->broken = broken;
		memcpy(worker->found, key, worker->set.words * sizeof(*key));
	}
	/* The level that has one is looked at to its end, but leads nowhere. */
	if (!worker->broken)
		worker->transitions += expander_steps(&worker->expander, on_step, worker);
}

static size_t bytes_used(const struct search *search)
{
	size_t bytes = 0;

	for (unsigned i = 0; i < search->jobs; i++) {
		const struct worker *worker = &search->workers[i];

		bytes += worker->set.bytes + queue_bytes(&worker->now) + queue_bytes(&worker->next);
	}
	return bytes;
}

/* The other threads go on meanwhile: what is told of them is about right. */
static void tell_progress(struct search *search)
{
	const struct search_options *options = search->options;
	struct search_progress progress = { .depth = search->depth, .bytes = bytes_used(search) };

	for (unsigned i = 0; i < search->jobs; i++) {
		progress.states += search->workers[i].set.count;
		progress.transitions += search->workers[i].transitions;
		progress.waiting += search->workers[i].now.count + search->workers[i].next.count;
	}
	if (options->progress)
		options->progress(options->context, &progress);
	if (options->stop && options->stop(options->context))
		g_atomic_int_set(&search->stopped, 1);
}

static void receive_what_is_there(struct worker *worker)
{
	struct parcel *parcel;

	while ((parcel = g_async_queue_try_pop(worker->inbox)) != NULL)
		receive(worker, parcel);
}

static void do_level(struct worker *worker)
{
	struct search *search = worker->search;
	uint32_t key[PACK_WORDS_MAX];
	uint64_t looked = 0;

	worker->lasts = 0;
	while (!g_atomic_int_get(&search->stopped) && queue_pop(&worker->now, key)) {
		look_at(worker, key);
		if (++looked % LOOK_AT_ONCE == 0)
			receive_what_is_there(worker);
		if (worker->index == 0 && looked % SEARCH_ASK_AT_ONCE == 0)
			tell_progress(search);
	}
	for (unsigned owner = 0; owner < search->jobs; owner++)
		send(worker, owner, true);
	while (worker->lasts < search->jobs - 1)
		receive(worker, g_async_queue_pop(worker->inbox));
}

/* Threads */

struct job {
	void (*work)(void *context, unsigned index);
	void *context;
	unsigned index;
};

static gpointer run_job(gpointer data)
{
	const struct job *job = data;

	job->work(job->context, job->index);
	return NULL;
}

void search_in_threads(unsigned count, void (*work)(void *context, unsigned index), void *context)
{
	GThread **threads = g_new0(GThread *, count);
	struct job *jobs = g_new0(struct job, count);

	for (unsigned i = 0; i < count; i++)
		jobs[i] = (struct job){ work, context, i };
	for (unsigned i = 1; i < count; i++)
		threads[i] = g_thread_new("explore", run_job, &jobs[i]);
	work(context, 0);
	for (unsigned i = 1; i < count; i++)
		g_thread_join(threads[i]);
	g_free(threads);
	g_free(jobs);
}

struct task {
	struct search *search;
	void (*work)(struct worker *worker);
};

static void run_task(void *context, unsigned index)
{
	const struct task *task = context;

	task->work(&task->search->workers[index]);
}

void search_in_all(struct search *search, void (*work)(struct worker *worker))
{
	struct task task = { search, work };

	search_in_threads(search->jobs, run_task, &task);
}

/* The whole */

static void worker_init(struct search *search, unsigned index)
{
	struct worker *worker = &search->workers[index];

	worker->search = search;
	worker->index = index;
	expander_init(&worker->expander, &search->layout);
	if (!set_init(&worker->set, search->layout.words, 0))
		g_error("no memory");
	queue_init(&worker->now, search->layout.words);
	queue_init(&worker->next, search->layout.words);
	worker->inbox = g_async_queue_new_full(g_free);
	worker->passed = g_new0(uint32_t, (size_t)PASSED_STATES * search->layout.words);
	worker->out = g_new0(struct parcel *, search->jobs);
	for (unsigned owner = 0; owner < search->jobs; owner++)
		worker->out[owner] = parcel_new(worker);
}

static void worker_clear(struct worker *worker, unsigned jobs)
{
	expander_free(&worker->expander);
	set_free(&worker->set);
	queue_clear(&worker->now);
	queue_clear(&worker->next);
	g_async_queue_unref(worker->inbox);
	for (unsigned owner = 0; owner < jobs; owner++)
		g_free(worker->out[owner]);
	g_free(worker->out);
	g_free(worker->passed);
}

static void start(struct search *search)
{
	uint32_t key[PACK_WORDS_MAX];
	struct worker *owner;
	uint64_t hash;

	pack_write(&search->layout, search->layout.blank, key);
	hash = set_hash(key, search->layout.words);
	owner = &search->workers[search_owner(search, hash)];
	share_memory(owner);
	set_add(&owner->set, key, hash);
	queue_push(&owner->next, key);
	search->result->states = search->result->widest = 1;
}

/* The lowest state of all threads that breaks something; NULL if there is none. */
static const struct worker *lowest_found(const struct search *search)
{
	const struct worker *lowest = NULL;

	for (unsigned i = 0; i < search->jobs; i++) {
		const struct worker *worker = &search->workers[i];

		if (worker->broken &&
			(!lowest || search_compare(search, worker->found, lowest->found) < 0))
			lowest = worker;
	}
	return lowest;
}

/* What the levels up to this one came to. Returns how many states the next one has. */
static uint64_t sum_up_steps(struct search *search)
{
	struct search_result *result = search->result;
	uint64_t waiting = 0;

	result->states = result->transitions = 0;
	memset(result->taken, 0, sizeof(result->taken));
	for (unsigned i = 0; i < search->jobs; i++) {
		const struct worker *worker = &search->workers[i];

		result->states += worker->set.count;
		result->transitions += worker->transitions;
		waiting += worker->next.count;
		for (unsigned verb = 0; verb < VERB_COUNT; verb++)
			result->taken[verb] += worker->taken[verb];
	}
	result->widest = MAX(result->widest, waiting);
	return waiting;
}

/* Sum up a level. Returns how many states the next one has. Where something was found, threads have
 * stopped going on from the level, each at a time of its own: of where it leads nothing counts. */
static uint64_t sum_up(struct search *search)
{
	struct search_result *result = search->result;

	result->spin_states = result->set_bytes = 0;
	for (unsigned i = 0; i < search->jobs; i++) {
		result->spin_states += search->workers[i].spin_states;
		result->set_bytes += search->workers[i].set.bytes;
	}
	result->depth = search->depth;
	result->bytes = MAX(result->bytes, bytes_used(search));
	return lowest_found(search) ? 0 : sum_up_steps(search);
}

static bool is_full(const struct search *search)
{
	for (unsigned i = 0; i < search->jobs; i++) {
		if (search->workers[i].full)
			return true;
	}
	return false;
}

static void end(struct search *search, enum search_verdict verdict, const char *why)
{
	search_end(search->result, verdict, why);
}

/* Is there a verdict after this level, which leaves @waiting states? */
static bool judge(struct search *search, uint64_t waiting)
{
	const struct search_options *options = search->options;
	const struct worker *found = lowest_found(search);

	if (found) {
		search->result->broken = found->broken;
		search->result->shortest = true;
		end(search, SEARCH_VIOLATED, "violation");
	} else if (is_full(search)) {
		end(search, SEARCH_UNDECIDED, "memory");
	} else if (search->stopped) {
		end(search, SEARCH_UNDECIDED, "interrupted");
	} else if (waiting == 0) {
		end(search, SEARCH_HOLDS, "exhausted");
	} else if (options->max_states && search->result->states >= options->max_states) {
		end(search, SEARCH_UNDECIDED, "max-states");
	} else if (search->depth >= PACK_DEPTH_MAX ||
		   (options->max_depth && search->depth >= options->max_depth)) {
		end(search, SEARCH_UNDECIDED, "max-depth");
	} else {
		return false;
	}
	return true;
}

static void search_levels(struct search *search)
{
	for (search->depth = 0;; search->depth++) {
		for (unsigned i = 0; i < search->jobs; i++) {
			struct worker *worker = &search->workers[i];
			struct key_queue done = worker->now;

			worker->now = worker->next;
			worker->next = done;
			queue_clear(&worker->next);
		}
		search_in_all(search, do_level);
		tell_progress(search);
		if (judge(search, sum_up(search)))
			return;
	}
}

struct search_result *search_breadth_first(const struct search_options *options)
{
	struct search search = { .options = options, .jobs = options->jobs };
	bool can = pack_layout_init(&search.layout, &options->config);
	struct search_result *result;

	assert(can && options->jobs >= 1);
	(void)can;
	search.result = result = search_result_new(&search.layout);
	search.workers = g_new0(struct worker, options->jobs);
	for (unsigned i = 0; i < search.jobs; i++)
		worker_init(&search, i);
	start(&search);
	search_levels(&search);
	if (result->verdict == SEARCH_VIOLATED) {
		g_array_free(result->steps, TRUE);
		result->steps = search_way(&search, lowest_found(&search)->found);
		result->found_depth = result->depth;
	}
	for (unsigned i = 0; i < search.jobs; i++)
		worker_clear(&search.workers[i], search.jobs);
	g_free(search.workers);
	pack_layout_free(&search.layout);
	return result;
}

/* All searches */

struct search_result *search_result_new(const struct pack_layout *layout)
{
	struct search_result *result = g_new0(struct search_result, 1);

	result->state_bytes = layout->words * (unsigned)sizeof(uint32_t);
	result->steps = g_array_new(FALSE, FALSE, sizeof(struct explore_step));
	return result;
}

void search_end(struct search_result *result, enum search_verdict verdict, const char *ended)
{
	result->verdict = verdict;
	result->ended = ended;
}

bool search_can(const struct machine_config *config)
{
	struct pack_layout layout;
	bool can = pack_layout_init(&layout, config);

	if (can)
		pack_layout_free(&layout);
	return can;
}

struct search_result *search_run(const struct search_options *options)
{
	switch (options->mode) {
	case SEARCH_BFS:
		return search_breadth_first(options);
	case SEARCH_DFS:
		return search_depth_first(options);
	case SEARCH_BITSTATE:
		return search_bit_state(options);
	case SEARCH_WALK:
		return search_walks(options);
	}
	g_assert_not_reached();
}

void search_result_free(struct search_result *result)
{
	if (!result)
		return;
	g_array_free(result->steps, TRUE);
	g_free(result);
}
