/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _DEFAULT_SOURCE /* setpgid() */
#include "sim/proof/solver.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sim/base/confine.h"
#include "sim/base/failure.h"
#include "sim/base/program.h"

enum { WORDS_MAX = 8, VERSION_S = 20, START_S = 10 };

static const struct solver_kind {
	const char *name;
	const char *says; /* before its version */
	unsigned oldest[2];
	const char *options[WORDS_MAX]; /* it reads standard input */
	const char *models;             /* one more: it looks for finite models; not with sizes */
	const char *time;               /* before the milliseconds of a question */
	bool sizes;
} kinds[SOLVERS] = {
	{ "z3", "Z3 version ", { 4, 8 }, { "-smt2", "-in", NULL }, NULL, "-t:", false },
	{ "cvc5", "cvc5 version ", { 1, 0 }, { "--lang=smt2", "--incremental", NULL },
		"--finite-model-find", "--tlimit-per=", true },
};

const char *solver_name(unsigned solver)
{
	g_assert(solver < SOLVERS);
	return kinds[solver].name;
}

unsigned solver_find(const char *name)
{
	unsigned solver = 0;

	while (solver < SOLVERS && strcmp(kinds[solver].name, name) != 0)
		solver++;
	return solver;
}

struct limits {
	rlim_t memory, seconds;
};

/* In the child: it may not grow without bound, and ends with the program that started it, which
 * alone ends it when a terminal interrupts both. */
static void on_start(gpointer data)
{
	const struct limits *limits = data;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	confine_resource(RLIMIT_AS, limits->memory);
	confine_resource(RLIMIT_CPU, limits->seconds);
	confine_resource(RLIMIT_CORE, 0);
	confine_resource(RLIMIT_FSIZE, 0);
	confine_program(CONFINE_PROGRAM);
}

static GSubprocessLauncher *new_launcher(struct limits *limits, GSubprocessFlags flags)
{
	GSubprocessLauncher *launcher = g_subprocess_launcher_new(
		G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE | flags);

	g_subprocess_launcher_setenv(launcher, "LC_ALL", "C", TRUE);
	g_subprocess_launcher_set_child_setup(launcher, on_start, limits, NULL);
	return launcher;
}

/* Is @text "4.8.12…", and no older than what is needed? Cuts it after the version. */
static bool is_new_enough(const struct solver_kind *kind, char *text)
{
	char *end;
	unsigned long major = strtoul(text, &end, 10);
	unsigned long minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;

	text[strspn(text, "0123456789.")] = '\0';
	return end > text &&
	       (major > kind->oldest[0] || (major == kind->oldest[0] && minor >= kind->oldest[1]));
}

char *solver_version(unsigned solver, GError **error)
{
	const struct solver_kind *kind = &kinds[solver];
	const char *words[] = { kind->name, "--version", NULL };
	struct limits limits = { (rlim_t)4 << 30, VERSION_S };
	struct program program = { .launcher = new_launcher(&limits, 0),
		.words = words,
		.seconds = VERSION_S,
		.has_group = true };
	g_autoptr(GError) fault = NULL;
	enum program_end end = program_run(&program, &fault);
	g_autofree char *printed = program.printed;
	const char *version = printed ? strstr(printed, kind->says) : NULL;
	g_autofree char *number = version ? g_strdup(version + strlen(kind->says)) : NULL;

	if (end == PROGRAM_FAILED)
		failure_environment(error, "%s cannot be started: %s; install the package %s",
			kind->name, fault->message, kind->name);
	else if (!number)
		failure_environment(
			error, "%s --version does not say which %s it is", kind->name, kind->name);
	else if (!is_new_enough(kind, number))
		failure_environment(error, "%s %s is older than %u.%u", kind->name, number,
			kind->oldest[0], kind->oldest[1]);
	else
		return g_steal_pointer(&number);
	return NULL;
}

/* The answers are lines of one word; a last line without an end is part of one. Returns false at a
 * line that is no answer. */
static bool take_answers(const char *printed, unsigned count, uint8_t *answers, char **wrong)
{
	g_auto(GStrv) lines = g_strsplit(printed ? printed : "", "\n", -1);
	unsigned taken = 0;

	memset(answers, ANSWER_UNKNOWN, count);
	for (char **line = lines; line[0] && line[1]; line++) {
		uint8_t answer = strcmp(*line, "sat") == 0     ? ANSWER_CAN_BE
		                 : strcmp(*line, "unsat") == 0 ? ANSWER_NEVER
		                 : strcmp(*line, "unknown") == 0 || strcmp(*line, "timeout") == 0
		                         ? ANSWER_UNKNOWN
		                         : ANSWER_NONE;

		if (**line == '\0' || strstr(*line, "interrupted by") ||
			strstr(*line, "out of memory"))
			continue;
		if (answer == ANSWER_NONE || taken == count) {
			*wrong = g_utf8_make_valid(*line, MIN(strlen(*line), 200));
			return false;
		}
		answers[taken++] = answer;
	}
	return true;
}

bool solver_knows_sizes(unsigned solver)
{
	g_assert(solver < SOLVERS);
	return kinds[solver].sizes;
}

bool solver_ask(unsigned solver, const struct solver_script *script,
	const struct solver_limits *limits, uint8_t *answers, GError **error)
{
	const struct solver_kind *kind = &kinds[solver];
	unsigned most_s = START_S + script->count * limits->query_s;
	struct limits at_most = { (rlim_t)limits->memory_mib << 20, most_s };
	g_autofree char *time = g_strdup_printf("%s%u", kind->time, limits->query_s * 1000);
	const char *words[WORDS_MAX + 2] = { kind->name, time };
	struct program program = { .words = words,
		.input = script->text,
		.seconds = most_s,
		.stop = limits->stop,
		.context = limits->context,
		.has_group = true };
	g_autofree char *printed = NULL, *wrong = NULL;
	GError *fault = NULL;
	enum program_end end;
	unsigned next = 2;

	for (unsigned i = 0; kind->options[i]; i++)
		words[next++] = kind->options[i];
	if (!script->sizes)
		words[next] = kind->models;
	program.launcher = new_launcher(&at_most, G_SUBPROCESS_FLAGS_STDIN_PIPE);
	end = program_run(&program, &fault);
	printed = program.printed;
	if (end == PROGRAM_FAILED) {
		failure_environment(error, "%s: %s", kind->name, fault->message);
		g_error_free(fault);
		return false;
	}
	if (end == PROGRAM_STOPPED)
		return false;
	if (!take_answers(printed, script->count, answers, &wrong))
		return failure_environment(
			error, "%s answers what is no answer: %s", kind->name, wrong);
	return true;
}
