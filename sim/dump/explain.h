/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_DUMP_EXPLAIN_H
#define CIDSIM_SIM_DUMP_EXPLAIN_H

/* What a dump means: which properties are broken, which known defects fit, in order. */

#include "model/check.h"
#include "sim/dump/view.h"

enum { EXPLAIN_DEFECTS = 12, EXPLAIN_PROPERTIES = 8, EXPLAIN_TEXT_MAX = 1 << 10 };

/* Does a defect fit? */
enum fit {
	FIT_NO,       /* something in the dump, or the kernel, rules it out */
	FIT_POSSIBLE, /* nothing does, but the dump lacks something that it needs */
	FIT_YES       /* all that it needs is there */
};

/* A shortest way to a state with the defect, that the caller of explain_dump() may add. */
struct explain_way {
	char *command;        /* that shows it; NULL: there is no way */
	const char *property; /* that it breaks */
	unsigned steps;
	char *story; /* the steps in words; NULL: they are not asked for */
};

struct explain_defect {
	unsigned number; /* 9 is B9 */
	enum fit fit;
	int points;         /* what speaks for it, less what speaks against it */
	GPtrArray *shown;   /* char *: what speaks for it */
	GPtrArray *against; /* ... against it */
	GPtrArray *missing; /* ... what is needed, and not in the dump */
	struct explain_way way;
};

enum verdict { VERDICT_HOLDS, VERDICT_BROKEN, VERDICT_OPEN };

struct explain_property {
	unsigned bit; /* CHECK_I1 … CHECK_I8 */
	enum verdict verdict;
	char *why;
};

struct explanation {
	struct view *view;
	struct explain_property properties[EXPLAIN_PROPERTIES];
	struct explain_defect defects[EXPLAIN_DEFECTS]; /* those that fit best first */
};

/* @dump, and what @kernel points to, must live as long as the result. */
struct explanation *explain_dump(const struct dump *dump, const struct view_kernel *kernel);
void explanation_free(struct explanation *explanation);

/* 1: a property is broken or a defect fits; 4: neither, but one may; 0: neither can be. */
int explanation_status(const struct explanation *explanation);

/* The properties of @view; the strings are the caller's. */
void explain_properties(
	const struct view *view, struct explain_property properties[EXPLAIN_PROPERTIES]);

/* "fits", "may fit", "does not fit"; "holds", "broken", "open". */
const char *fit_to_string(enum fit fit);
const char *verdict_to_string(enum verdict verdict);

/* What @defect is, in a few words: the title of its scenario. */
const char *explain_title(unsigned number);

/* In which releases B@number is: "in 6.19-rc1 and later, fixed by …". The caller frees it. */
char *explain_releases(unsigned number);

/* The revision to show @defect with: of the kernel, or, if that is not known, the newest that has
 * it. NULL: the kernel does not have it. */
const struct revision *explain_revision(
	const struct explanation *explanation, const struct explain_defect *defect);

/* Append the report for people, or a JSON object and a line feed. @path names the dump. */
void explanation_report(GString *text, const char *path, const struct explanation *explanation);
void explanation_json(GString *text, const char *path, const struct explanation *explanation);

#endif
