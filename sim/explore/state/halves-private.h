/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_STATE_HALVES_PRIVATE_H
#define CIDSIM_SIM_EXPLORE_STATE_HALVES_PRIVATE_H

/* What four sources share: halves.c uses kept answers, halves-ask.c asks the model for answers,
 * halves-memo.c keeps them, halves-rename.c gives tasks other numbers. */

#include "sim/explore/state/halves.h"
#include "sim/explore/state/local-private.h"
#include "sim/explore/state/pack-private.h"

enum question_kind {
	/* named by the CPU */
	ASK_LEAVE,
	ASK_RETRY,
	ASK_GIVE_UP,
	/* by the CPU and the task */
	ASK_ENTER,
	ASK_MIGRATE,
	/* by the task; they give tasks other numbers */
	ASK_FORK,
	ASK_EXIT,
};

enum {
	NO_TASK = 31,
	LEFT_EDITS = 1 << 12, /* states that have the same left half are neighbours */
};

/* May one step be taken, and what does it change? */
struct question {
	uint64_t who;            /* the number of the mm, users, CPU, task, kind */
	uint64_t fields;         /* of the CPU and the task */
	uint32_t answer;         /* 0: none is kept */
	uint8_t kind, cpu, task; /* NO_TASK */
};

/* A field of a half changes: what its words differ in from @word on. */
struct half_edit {
	uint64_t differ[2];
	uint8_t word;
};

static inline void halves_edit(uint64_t *words, struct half_edit edit)
{
	words[edit.word] ^= edit.differ[0];
	words[edit.word + 1] ^= edit.differ[1];
}

/* The edit that puts @field into the @bits at @at, where 0 is. */
static inline struct half_edit halves_edit_of(unsigned at, unsigned bits, uint64_t field)
{
	unsigned shift = at % 64;

	return (struct half_edit){
		.differ = { field << shift, shift + bits > 64 ? field >> (64 - shift) : 0 },
		.word = (uint8_t)(at / 64),
	};
}

/* How the state after a step differs from the state before. Where tasks get other numbers, that is
 * done before. */
struct half_answer {
	uint64_t mm; /* the first word of the left half */
	struct half_edit cpu, task, child;
	bool left, right; /* does this half differ? */
	bool renames;
	uint8_t verb;
	bool judged; /* as in struct answer */
};

/* The first two answers are the same for all questions. */
enum {
	HALF_NONE = 1,   /* the step cannot be taken */
	HALF_EVERYWHERE, /* it changes more */
	HALF_FIRST
};

struct half_slot {
	uint64_t who, fields;
	uint32_t answer; /* 0: free */
};

/* The fields of a left half. */
struct left_side {
	uint32_t number; /* 0: none */
	const uint64_t *words;
	uint64_t mm;
	uint32_t mm_number;  /* 0: no room */
	bool is_idle;        /* nobody holds the mutex */
	bool may_begin;      /* a fork or an exit is left */
	bool may_begin_rare; /* an exec, a vfork, … is left */
	uint16_t busy;       /* CPUs whose rq lock is held */
	uint16_t runs;       /* tasks that do */
	bool spins;          /* some get may do so */
	uint32_t cpu[MACHINE_CPUS_MAX];
	uint8_t phase[MACHINE_CPUS_MAX];
	uint8_t curr[MACHINE_CPUS_MAX]; /* NO_TASK */
};

/* A state on its way. */
struct half_view {
	state_id id;
	const struct left_side *left;
	uint32_t right;
	const uint64_t *tasks; /* the right half */
	uint32_t task[MACHINE_TASKS_MAX];
	uint8_t users, alive;
	uint8_t placeless;       /* tasks without a place on the list of users */
	bool all_hold;           /* each running task shows a number that it or its CPU holds */
	bool asks_all;           /* the model is to take all steps */
	bool asks_rare;          /* ... those that no question is posed for */
	unsigned first, end;     /* of halves.questions */
	unsigned next, next_end; /* of local.next */
};

struct halves {
	struct local *local;
	const struct pack_layout *layout;
	struct dictionary mms; /* fields of mms */
	struct half_slot *slots;
	uint64_t mask, used;
	GArray *answers;               /* struct half_answer */
	struct edit *left_edits, none; /* none: of right halves, which are not kept */
	uint8_t traits[PC_COUNT];      /* by the code of a pc */
	bool moves;                    /* questions are posed for forks and exits */
	struct left_side sides[HALVES_VIEWS];
	struct half_view views[HALVES_VIEWS];
	struct question questions[HALVES_VIEWS * MACHINE_STEPS_MAX];
	unsigned questions_count;
	struct half_view *view; /* while the model is asked */
};

/* Of a left or a right half. */
static inline unsigned halves_words(const struct halves *halves, unsigned part)
{
	return halves->local->parts->of[part].words;
}

/* The task with the number `from` gets the number `to`; those between move up or down by one. */
struct half_move {
	uint8_t from, to;
};

/* A child gets the number 0; the first free number was its own before. A task that exits gets the
 * highest number that is not free. */
static inline struct half_move halves_move(
	const struct half_view *view, const struct question *question)
{
	if (question->kind == ASK_FORK)
		return (struct half_move){ view->alive, 0 };
	return (struct half_move){ question->task, (uint8_t)(view->alive - 1) };
}

static inline unsigned halves_renamed(struct half_move move, unsigned task)
{
	if (task == move.from)
		return move.to;
	if (task > move.from && task <= move.to)
		return task - 1;
	return task >= move.to && task < move.from ? task + 1 : task;
}

/* Write the halves of @view after @move. */
void halves_rename(const struct pack_layout *layout, const struct half_view *view,
	struct half_move move, uint64_t *left, uint64_t *right);

/* Read the slot of @question ahead. */
void halves_seek(const struct halves *halves, const struct question *question);

/* Keep the answer of @question, which is new. */
void halves_keep(struct halves *halves, const struct question *question);

/* Look up the answers to all questions of @view. Returns how many are not kept. */
unsigned halves_find(struct halves *halves, struct half_view *view);

/* Ask the model for the answers to the questions of @view that have none; keep them. */
void halves_fill(struct halves *halves, struct half_view *view);

#endif
