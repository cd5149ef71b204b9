/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "sim/kernel/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/check.h"
#include "sim/base/confine.h"
#include "sim/base/failure.h"

static void limit(void)
{
	static const int signals[] = { SIGPROF, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTERM };

	for (size_t i = 0; i < G_N_ELEMENTS(signals); i++)
		signal(signals[i], SIG_DFL);
	signal(SIGINT, SIG_IGN); /* the other side asks this one to end */
	confine();
}

static void run(const struct compiled *compiled, const struct lockstep_options *options,
	struct lockstep_result *result) G_GNUC_NORETURN;

/* In the child. Without exit(): what the parent has in its buffers is not ours to write. */
static void run(const struct compiled *compiled, const struct lockstep_options *options,
	struct lockstep_result *result)
{
	const struct code *code;

	limit();
	code = compiled_load(compiled, NULL);
	if (!code)
		_exit(1);
	lockstep_run(code, options, result);
	code->finish();
	_exit(0);
}

bool child_start(struct child *child, const struct compiled *compiled,
	const struct lockstep_options *options, GError **error)
{
	void *shared = mmap(NULL, sizeof(struct lockstep_result), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	*child = (struct child){ 0 };
	if (shared == MAP_FAILED)
		return failure_environment(error, "kernel: no memory: %s", g_strerror(errno));
	child->result = shared;
	child->pid = fork();
	if (child->pid == 0)
		run(compiled, options, child->result);
	if (child->pid > 0)
		return true;
	child_end(child);
	return failure_environment(error, "kernel: no process: %s", g_strerror(errno));
}

static void make_log_safe(struct lockstep_log *log)
{
	log->count = MIN(log->count, LOCKSTEP_ROUND);
	log->shape.cpus = CLAMP(log->shape.cpus, 1, CODE_CPUS_MAX);
	log->shape.tasks_max = CLAMP(log->shape.tasks_max, 1, CODE_TASKS_MAX);
	log->shape.mms_max = CLAMP(log->shape.mms_max, 1, CODE_MMS_MAX);
}

static void make_finding_safe(struct lockstep_finding *finding)
{
	struct difference *difference = &finding->difference;

	make_log_safe(&finding->log);
	difference->what[sizeof(difference->what) - 1] = '\0';
	difference->file[sizeof(difference->file) - 1] = '\0';
	finding->path.count = MIN(finding->path.count, PATH_MAX_STEPS);
	for (uint32_t i = 0; i < finding->path.count; i++) {
		finding->path.steps[i].verb %= VERB_COUNT;
		finding->path.steps[i].sees = SEES_PRESENT;
	}
	for (uint32_t i = 0; i < finding->log.count; i++)
		finding->log.events[i].kind %= EVENT_KINDS;
	finding->story[LOCKSTEP_STORY - 1] = '\0';
	finding->broken &= CHECK_ALL_SAFETY | CHECK_I3 | CHECK_I7;
	finding->broken &= -finding->broken; /* one bit */
}

static void make_safe(struct lockstep_result *result)
{
	make_log_safe(&result->now);
	make_finding_safe(&result->difference);
	make_finding_safe(&result->violation);
	result->broken &= CHECK_ALL_SAFETY | CHECK_I3 | CHECK_I7;
	result->broken_known &= CHECK_ALL_SAFETY | CHECK_I3 | CHECK_I7;
}

bool child_poll(struct child *child)
{
	int status;
	pid_t ended;

	if (child->state != CHILD_RUNS)
		return true;
	ended = waitpid(child->pid, &status, WNOHANG);
	if (ended == 0 || (ended == -1 && errno == EINTR))
		return false;
	child->pid = 0;
	make_safe(child->result);
	if (ended > 0 && WIFEXITED(status)) {
		child->state =
			child->result->done && WEXITSTATUS(status) == 0 ? CHILD_DONE : CHILD_FAILED;
	} else {
		child->signal = ended > 0 ? WTERMSIG(status) : 0;
		child->state = child->signal == SIGPROF ? CHILD_LOOPS : CHILD_CRASHED;
	}
	return true;
}

void child_stop(struct child *child)
{
	child->result->stop = 1;
}

void child_end(struct child *child)
{
	if (child->pid > 0) {
		kill(child->pid, SIGKILL);
		waitpid(child->pid, NULL, 0);
	}
	if (child->result)
		munmap(child->result, sizeof(*child->result));
	*child = (struct child){ 0 };
}
