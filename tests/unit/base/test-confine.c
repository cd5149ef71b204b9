/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _GNU_SOURCE /* fork, memfd_create, prlimit */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/confine.h"
#include "tests/lib/folder.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 60);

TEST(a_confined_child_reads_nothing_and_leaves_no_core)
{
	pid_t pid = fork();
	struct rlimit core;
	char byte;
	int status;

	if (pid == 0) {
		confine(0);
		_exit(read(STDIN_FILENO, &byte, 1) == 0 && write(STDOUT_FILENO, "x", 1) == 1 &&
					getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0
				? 0
				: 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

/* A search may have much memory beside that. */
TEST(more_is_more_than_four_gigabytes)
{
	const uint64_t more = UINT64_C(3) << 30;
	pid_t pid = fork();
	void *large;
	int status;

	if (pid == 0) {
		confine(more);
		large = mmap(
			NULL, (size_t)(more * 2), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		_exit(large == MAP_FAILED);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

/* What a child tries: the result of a system call. */
static char *victim, *other;

static long try_open(void)
{
	return open("/etc/passwd", O_RDONLY);
}

static long try_make(void)
{
	return open(other, O_WRONLY | O_CREAT, 0600);
}

static long try_remove(void)
{
	return unlink(victim);
}

static long try_rename(void)
{
	return rename(victim, other);
}

static long try_folder(void)
{
	return mkdir(other, 0700);
}

static long try_link(void)
{
	return symlink(victim, other);
}

static long try_mode(void)
{
	return chmod(victim, 0);
}

static long try_process(void)
{
	return syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
}

static long try_program(void)
{
	char *const words[] = { "true", NULL };

	return execve("/bin/true", words, words + 1);
}

static long try_network(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static long try_signal(void)
{
	return kill(getppid(), 0);
}

static long try_thread_signal(void)
{
	return syscall(SYS_tgkill, getppid(), getppid(), 0);
}

static long try_trace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static long try_limits(void)
{
	struct rlimit limit;

	return prlimit(getppid(), RLIMIT_CPU, NULL, &limit);
}

static long try_code(void)
{
	void *memory = mmap(
		NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? -1 : 0;
}

static long try_code_later(void)
{
	void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? 0 : mprotect(memory, 4096, PROT_READ | PROT_EXEC);
}

static long try_memory_file(void)
{
	return memfd_create("x", 0);
}

static long try_terminal(void)
{
	return syscall(SYS_ioctl, 0, 0x5412, "x"); /* TIOCSTI */
}

static long (*const tries[])(void) = { try_open, try_make, try_remove, try_rename, try_folder,
	try_link, try_mode, try_process, try_program, try_network, try_signal, try_thread_signal,
	try_trace, try_limits, try_code, try_code_later, try_memory_file, try_terminal };

enum { UNFILTERED = 77 };

/* How the child ends that calls @act after confine_calls(). */
static int end_of(int (*act)(int), int i)
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		confine(0);
		_exit(confine_calls(0) ? act(i) : UNFILTERED);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == UNFILTERED)
		suite_skip("there is no filter of system calls here");
	return status;
}

static int try(int i)
{
	errno = 0;
	return tries[i]() == -1 && errno == EPERM ? 0 : 1;
}

TEST_RANGE(a_child_that_tries_more_is_refused, 0, sizeof(tries) / sizeof(*tries))
{
	char *folder = folder_new();
	FILE *file;
	int status;

	victim = g_build_filename(folder, "victim", NULL);
	other = g_build_filename(folder, "other", NULL);
	file = fopen(victim, "w");
	fclose(file);
	status = end_of(try, _i);
	ck_assert_msg(status == 0 || WEXITSTATUS(status) == UNFILTERED, "status %x", status);
	if (status == 0)
		ck_assert_uint_eq(folder_files(folder), 1);
	g_free(victim);
	g_free(other);
	folder_remove(folder);
}

/* What each kind of program may not. */
static long try_mount(void)
{
	return syscall(SYS_mount, "none", other, "tmpfs", 0, NULL);
}

static long try_unshare(void)
{
	return syscall(SYS_unshare, 0x10000000); /* CLONE_NEWUSER */
}

static long try_look_into_parent(void)
{
	struct iovec here = { &here, sizeof(here) }, there = { &here, sizeof(here) };

	return syscall(SYS_process_vm_readv, getppid(), &here, 1, &there, 1, 0);
}

static long try_mount_anew(void)
{
	return syscall(SYS_fsopen, "tmpfs", 0);
}

static long try_clock(void)
{
	return syscall(SYS_clock_adjtime, 0, NULL);
}

static long try_device(void)
{
	return mknod(other, S_IFCHR | 0600, 0x103);
}

static long try_mode_of_open(void)
{
	return fchmod(open(victim, O_RDONLY), 0);
}

/* A process of its own user namespace is root there. */
static long try_namespace(void)
{
	return syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);
}

/* The number that x32 has for getpid(). */
static long try_second_number(void)
{
	return syscall(0x40000000 | SYS_getpid);
}

static const struct {
	long (*act)(void);
	unsigned denied; /* to whom */
} program_tries[] = {
	{ try_mount_anew, CONFINE_COMPILER | CONFINE_PROGRAM | CONFINE_CODE },
	{ try_clock, CONFINE_COMPILER | CONFINE_PROGRAM | CONFINE_CODE },
	{ try_device, CONFINE_COMPILER | CONFINE_PROGRAM | CONFINE_CODE },
	{ try_namespace, CONFINE_COMPILER | CONFINE_PROGRAM | CONFINE_CODE },
	{ try_second_number, CONFINE_COMPILER | CONFINE_PROGRAM | CONFINE_CODE },
	{ try_mode_of_open, CONFINE_PROGRAM | CONFINE_CODE },
	{ try_network, CONFINE_COMPILER | CONFINE_PROGRAM | CONFINE_CODE },
	{ try_trace, CONFINE_COMPILER | CONFINE_PROGRAM | CONFINE_CODE },
	{ try_mount, CONFINE_COMPILER | CONFINE_PROGRAM | CONFINE_CODE },
	{ try_unshare, CONFINE_COMPILER | CONFINE_PROGRAM | CONFINE_CODE },
	{ try_look_into_parent, CONFINE_COMPILER | CONFINE_PROGRAM | CONFINE_CODE },
	{ try_remove, CONFINE_PROGRAM | CONFINE_CODE },
	{ try_rename, CONFINE_PROGRAM | CONFINE_CODE },
	{ try_folder, CONFINE_PROGRAM | CONFINE_CODE },
	{ try_link, CONFINE_PROGRAM | CONFINE_CODE },
	{ try_mode, CONFINE_PROGRAM | CONFINE_CODE },
	{ try_process, CONFINE_CODE },
	{ try_signal, CONFINE_CODE },
	{ try_thread_signal, CONFINE_CODE },
	{ try_program, CONFINE_CODE },
	{ try_open, 0 },
	{ try_make, 0 },
};

static const unsigned confined[] = { CONFINE_COMPILER, CONFINE_PROGRAM, CONFINE_CODE };

enum { PROGRAM_TRIES = sizeof(program_tries) / sizeof(*program_tries) };

/* A thread or a process is what compilers and solvers start: the C library finds a way without clone3(). */
static void *end_thread(void *value)
{
	return value;
}

static long start_both(void)
{
	pthread_t thread;
	void *value = NULL;
	int status = 1;
	pid_t pid;

	if (pthread_create(&thread, NULL, end_thread, &status) != 0 || pthread_join(thread, &value) != 0)
		return 1;
	pid = fork();
	if (pid == 0)
		_exit(0);
	return value == &status && waitpid(pid, &status, 0) == pid && status == 0 ? 0 : 2;
}

TEST_RANGE(a_program_starts_threads_and_processes, 0, 2)
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		confine_program(_i == 0 ? CONFINE_COMPILER : CONFINE_PROGRAM);
		_exit((int)start_both());
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

/* Exit status 0: what is denied fails with EPERM, and what is not does not. */
static void try_program_call(int i)
{
	unsigned who = confined[i / PROGRAM_TRIES];
	bool refused;

	if (!confine_program(who))
		_exit(UNFILTERED);
	errno = 0;
	refused = program_tries[i % PROGRAM_TRIES].act() == -1 && errno == EPERM;
	_exit(refused == ((program_tries[i % PROGRAM_TRIES].denied & who) != 0) ? 0 : 1);
}

TEST_RANGE(a_program_that_tries_more_is_refused, 0, 3 * PROGRAM_TRIES)
{
	char *folder = folder_new();
	pid_t pid;
	int status;

	victim = g_build_filename(folder, "victim", NULL);
	other = g_build_filename(folder, "other", NULL);
	ck_assert(g_file_set_contents(victim, "", 0, NULL));
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		try_program_call(_i);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == 0 || WEXITSTATUS(status) == UNFILTERED, "status %x", status);
	g_free(victim);
	g_free(other);
	folder_remove(folder);
	if (status != 0)
		suite_skip("there is no filter of system calls here");
}

static int work(int i)
{
	char *memory = malloc(1 << 24);
	char byte;

	memset(memory, i, 1 << 24);
	free(memory);
	return read(STDIN_FILENO, &byte, 1) == 0 && write(STDOUT_FILENO, "x", 1) == 1 ? 0 : 1;
}

TEST(what_a_confined_child_needs_goes_on)
{
	int status = end_of(work, 1);

	ck_assert(status == 0 || WEXITSTATUS(status) == UNFILTERED);
}

static int die(int i)
{
	(void)i;
	abort();
}

TEST(an_assertion_of_a_confined_child_ends_it_as_ever)
{
	int status = end_of(die, 0);

	ck_assert(WIFSIGNALED(status) ? WTERMSIG(status) == SIGABRT
				      : WEXITSTATUS(status) == UNFILTERED);
}

/* Whatever the numbers are: also swapped, and those that will be used. */
TEST_RANGE(of_descriptors_two_stay, 0, 4)
{
	static const int places[][2] = { { 3, 4 }, { 4, 3 }, { 0, 9 }, { 20, 1 } };
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		int a = open("/dev/zero", O_RDONLY), b = open("/dev/full", O_RDONLY), more = dup(a);
		struct stat zero, full, first, second;
		int from = fcntl(a, F_DUPFD, 30), to = fcntl(b, F_DUPFD, 30);

		dup2(from, places[_i][0]);
		dup2(to, places[_i][1]);
		if (!confine_descriptors(places[_i][0], places[_i][1]) || more < 0)
			_exit(1);
		_exit(stat("/dev/zero", &zero) == 0 && stat("/dev/full", &full) == 0 &&
					fstat(3, &first) == 0 && fstat(4, &second) == 0 &&
					first.st_rdev == zero.st_rdev &&
					second.st_rdev == full.st_rdev && fcntl(5, F_GETFD) == -1 &&
					fcntl(from, F_GETFD) == -1 && fcntl(more, F_GETFD) == -1
				? 0
				: 2);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
