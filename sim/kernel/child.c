/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _DEFAULT_SOURCE   /* MAP_ANONYMOUS */
#define _XOPEN_SOURCE 700 /* waitid() */
#include "sim/kernel/child.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "model/check.h"
#include "sim/base/failure.h"
#include "sim/base/text.h"
#include "sim/kernel/limits.h"

enum {
	STUCK_S = 10, /* no processor time is used */
	END_S = 30,   /* and it was asked to end */
	LOOK_US = 50000,
};

static void run(const struct compiled *compiled, const struct child_job *job,
	const struct child *child, int parent) G_GNUC_NORETURN;

static uint32_t helper; /* of this process */

uint32_t child_helper(void)
{
	return helper;
}

/* In the child: GLib ends a process that gets no memory. The other side is told why. */
static void note_log(const char *domain, GLogLevelFlags level, const char *message, void *context)
{
	struct lockstep_result *result = context;

	(void)domain;
	if (!(level & G_LOG_LEVEL_ERROR))
		return;
	if (!strstr(message, "failed to allocate"))
		abort();
	if (helper > 0)
		_exit(1);
	g_strlcpy(result->failed, "there is no memory for the process in which the code runs",
		sizeof(result->failed));
	_exit(1);
}

/* In the child, before it loads anything: its helpers. Returns whose child this process is. */
static int start_helpers(const struct child_job *job, int parent)
{
	int first = getpid();

	for (uint32_t i = 1; i <= job->helpers; i++) {
		if (fork() != 0)
			continue;
		helper = i;
		return first;
	}
	return parent;
}

/* In the child. Without exit(): what the parent has in its buffers is not ours to write. */
static void run(const struct compiled *compiled, const struct child_job *job,
	const struct child *child, int parent)
{
	const struct code *code;
	GError *error = NULL;

	g_log_set_default_handler(note_log, child->result);
	limits_of_code(start_helpers(job, parent), child->shared + job->memory);
	code = compiled_load(compiled, &error);
	if (!code && helper > 0)
		_exit(1);
	if (!code) {
		g_strlcpy(child->result->failed, error->message, sizeof(child->result->failed));
		_exit(1);
	}
	job->run(code, job->options, child->result, child->more);
	code->finish();
	_exit(0);
}

bool child_start(struct child *child, const struct compiled *compiled, const struct child_job *job,
	GError **error)
{
	int parent = getpid();
	size_t size = (sizeof(struct lockstep_result) + 63) / 64 * 64;
	void *shared = mmap(NULL, size + job->more, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	*child = (struct child){ .polled_us = g_get_monotonic_time(), .shared = size + job->more };
	if (shared == MAP_FAILED)
		return failure_environment(error, "no memory: %s", g_strerror(errno));
	child->result = shared;
	child->more = (char *)shared + size;
	child->pid = fork();
	if (child->pid == 0)
		run(compiled, job, child, parent);
	if (child->pid > 0)
		return true;
	child_end(child);
	return failure_environment(error, "no process: %s", g_strerror(errno));
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
	result->failed[sizeof(result->failed) - 1] = '\0';
	result->broken &= CHECK_ALL_SAFETY | CHECK_I3 | CHECK_I7;
	result->broken_known &= CHECK_ALL_SAFETY | CHECK_I3 | CHECK_I7;
}

/* Does it sleep? Where memory is short it may also wait for a processor, or for its pages. */
static bool is_asleep(int pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/stat", pid);
	g_autofree char *text = NULL;
	const char *state = NULL;

	if (g_file_get_contents(path, &text, NULL, NULL))
		state = strrchr(text, ')');
	return !state || !strchr("RD", state[1] == ' ' ? state[2] : 0);
}

/* It sleeps, or does not end when it is asked to. Where all processes have stood still, only the
 * time between two looks is long: that counts little. */
static bool is_stuck(struct child *child)
{
	gint64 now_us = g_get_monotonic_time(), since_us = now_us - child->polled_us;
	struct timespec used = { 0 };
	clockid_t clock;
	int64_t used_ns;

	child->polled_us = now_us;
	if (clock_getcpuclockid(child->pid, &clock) != 0 || clock_gettime(clock, &used) != 0)
		return false; /* it has just ended */
	used_ns = (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
	if (used_ns != child->used_ns || !is_asleep(child->pid))
		child->idle_us = 0;
	else
		child->idle_us += MIN(since_us, LOOK_US);
	child->used_ns = used_ns;
	return child->idle_us > STUCK_S * G_USEC_PER_SEC ||
	       (child->asked_us > 0 && now_us - child->asked_us > END_S * G_USEC_PER_SEC);
}

/* Whether it is over; then all that it has started is, too. */
static bool is_over(struct child *child)
{
	siginfo_t info = { 0 };

	if (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
		info.si_pid == 0 && !is_stuck(child))
		return false;
	child->stuck = info.si_pid == 0;
	kill(-child->pid, SIGKILL);
	kill(child->pid, SIGKILL); /* if it has no group yet */
	return true;
}

/* How it has ended by a signal. Where memory is short the system kills whom it likes. */
static enum child_state killed(const struct child *child)
{
	if (child->stuck || child->signal == SIGPROF)
		return CHILD_LOOPS;
	return child->signal == SIGKILL ? CHILD_FAILED : CHILD_CRASHED;
}

bool child_poll(struct child *child)
{
	int status;
	pid_t ended;

	if (child->state != CHILD_RUNS)
		return true;
	if (!is_over(child))
		return false;
	do
		ended = waitpid(child->pid, &status, 0);
	while (ended == -1 && errno == EINTR);
	child->pid = 0;
	make_safe(child->result);
	if (ended > 0 && WIFEXITED(status)) {
		child->state =
			child->result->done && WEXITSTATUS(status) == 0 ? CHILD_DONE : CHILD_FAILED;
	} else {
		child->signal = ended > 0 ? WTERMSIG(status) : 0;
		child->state = killed(child);
	}
	return true;
}

bool child_failure(const struct child *child, GError **error)
{
	g_assert(child->state == CHILD_FAILED);
	if (child->signal == SIGKILL)
		return failure_environment(error, "the process in which the code runs was killed; "
						  "the system does that where memory is short");
	if (*child->result->failed)
		return failure_environment(error, "%s", text_clean(child->result->failed));
	return failure_environment(error, "the process in which the code runs has ended");
}

void child_stop(struct child *child)
{
	child->result->stop = 1;
	if (child->asked_us == 0)
		child->asked_us = g_get_monotonic_time();
}

void child_end(struct child *child)
{
	if (child->pid > 0) {
		kill(-child->pid, SIGKILL);
		kill(child->pid, SIGKILL);
		waitpid(child->pid, NULL, 0);
	}
	if (child->result)
		munmap(child->result, child->shared);
	*child = (struct child){ 0 };
}
