/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PROOF_RULES_H
#define CIDSIM_SIM_PROOF_RULES_H

/*
 * The rules of proof/: the protocol as a transition system over any number of tasks, CPUs and
 * numbers, and what is to be proven of it. proof/README.md explains how they are written.
 */

#include "model/revision.h"
#include "sim/proof/terms.h"

struct sort_info {
	const char *name;
	const char *letters; /* variables of this sort begin with one of them */
	GPtrArray *values;   /* char *: of a kind; NULL: a sort of any number of elements */
};

/* One line of an action: the symbol changes at @args[i], or at all where @over[i] is not NULL. */
struct update {
	const struct symbol *symbol;
	const struct variable *over[TERM_ARGS_MAX]; /* bound in @value */
	const struct term *args[TERM_ARGS_MAX];
	const struct term *value;
};

struct action {
	const char *name;
	const char *text;
	const char *file;
	unsigned line;
	GPtrArray *steps;      /* char *: the words of the steps that it stands for */
	GPtrArray *parameters; /* const struct variable * */
	const struct term *guard;
	GArray *updates; /* struct update, one after the other: each reads what is there then */
};

/* A sentence and its formula. */
struct claim {
	const char *group; /* of a lemma: "I3"; else NULL */
	const char *name;
	const char *text;
	const char *file;
	unsigned line;
	const struct term *term;
};

/* A symbol that is the number of elements for which a formula holds. */
struct counted {
	const struct symbol *symbol;
	const struct variable *variable;
	const struct term *member;
	const char *text;
};

/* What is no flag of the protocol. */
struct rules_options {
	bool failed_execs; /* an exec can fail */
	bool split_drops;  /* a drop ends in a step of its own */
	bool early_reads;  /* a half of a switch can have read the mode before */
};

struct rules {
	struct term_pool pool;
	struct protocol protocol;
	struct rules_options options;
	struct sort_info sorts[SORTS_MAX];
	unsigned sorts_count;
	GPtrArray *symbols;    /* struct symbol */
	GPtrArray *actions;    /* struct action */
	GPtrArray *starts;     /* struct claim: what holds at the start */
	GPtrArray *conjuncts;  /* struct claim: of the invariant */
	GPtrArray *facts;      /* struct claim: follows from what is counted */
	GPtrArray *properties; /* struct claim: follows from the invariant */
	GPtrArray *lemmas;     /* struct claim: follows, too, but what it is for may need more */
	GArray *counts;        /* struct counted */
};

/* Without anything in it yet. */
struct rules *proof_rules_new(const struct protocol *protocol, const struct rules_options *options);

/* Read the rules in @folder for @protocol: an action whose guard a flag rules out is left out. NULL
 * sets @error (FAILURE), with file and line. To be freed by proof_rules_free(). */
struct rules *proof_rules_read(const char *folder, const struct protocol *protocol,
	const struct rules_options *options, GError **error);
void proof_rules_free(struct rules *rules);

/* The symbol @name, NULL if there is none. */
const struct symbol *rules_symbol(const struct rules *rules, const char *name);

#endif
