/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _GNU_SOURCE      /* RTLD_NEXT */
#undef _FILE_OFFSET_BITS /* the names with and without 64 are two */

/*
 * A library to be preloaded: it lets the n-th call of one kind fail. faults.py uses it.
 *
 *     CIDSIM_FAULT=KIND:N[:COUNT]   the N-th call of KIND fails, or COUNT from there on; 0: all
 *     CIDSIM_FAULT=KIND:0           none fails; how many there were is written to the file
 *     CIDSIM_FAULT_COUNT=FILE       of this name, when the process ends by exit()
 *
 * The kinds are in the table below. A program that is started then has no such library.
 */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum kind {
	KIND_MALLOC,
	KIND_WRITE,
	KIND_EIO, /* a write, too: the disk is not full but broken */
	KIND_SHORT, /* a write of fewer bytes than asked for: no fault */
	KIND_READ,
	KIND_RENAME,
	KIND_FSYNC,
	KIND_CLOSE,
	KIND_FTRUNCATE,
	KIND_OPEN,
	KIND_NAMELESS, /* opening a file without a name */
	KIND_THREAD,
	KIND_FORK,
	KIND_EXEC,  /* counted in children, too */
	KIND_CLOCK, /* the time is eleven days off: no fault */
	KINDS
};

static const struct {
	const char *name;
	int error;
} kinds[KINDS] = {
	[KIND_MALLOC] = { "malloc", ENOMEM },
	[KIND_WRITE] = { "write", ENOSPC },
	[KIND_EIO] = { "eio", EIO },
	[KIND_SHORT] = { "short", 0 },
	[KIND_READ] = { "read", EIO },
	[KIND_RENAME] = { "rename", EACCES },
	[KIND_FSYNC] = { "fsync", EIO },
	[KIND_CLOSE] = { "close", EIO },
	[KIND_FTRUNCATE] = { "ftruncate", EIO },
	[KIND_OPEN] = { "open", EMFILE },
	[KIND_NAMELESS] = { "nameless", EOPNOTSUPP },
	[KIND_THREAD] = { "thread", EAGAIN },
	[KIND_FORK] = { "fork", EAGAIN },
	[KIND_EXEC] = { "exec", ENOENT },
	[KIND_CLOCK] = { "clock", 0 },
};

static enum kind chosen = KINDS;
static unsigned long first, count = 1, own_calls;
static unsigned long *calls = &own_calls;
static const char *count_file;

__attribute__((constructor)) static void begin(void)
{
	const char *fault = getenv("CIDSIM_FAULT");
	const char *colon = fault ? strchr(fault, ':') : NULL;
	char *end;

	for (int i = 0; colon && i < KINDS; i++) {
		if (strlen(kinds[i].name) == (size_t)(colon - fault) &&
			strncmp(fault, kinds[i].name, strlen(kinds[i].name)) == 0)
			chosen = (enum kind)i;
	}
	if (!colon)
		return;
	first = strtoul(colon + 1, &end, 10);
	if (*end == ':')
		count = strtoul(end + 1, NULL, 10);
	count_file = getenv("CIDSIM_FAULT_COUNT");
	if (chosen == KIND_EXEC) {
		void *shared = mmap(NULL, sizeof(*calls), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);

		calls = shared == MAP_FAILED ? calls : shared;
	}
	unsetenv("LD_PRELOAD");
}

/* Of a child that was forked only the calls of exec are counted. */
static pid_t self;

__attribute__((constructor)) static void remember(void)
{
	self = getpid();
}

/* Whether this call fails; sets errno. */
static bool fails(enum kind kind)
{
	unsigned long now;

	if (kind != chosen)
		return false;
	now = __atomic_add_fetch(calls, 1, __ATOMIC_RELAXED);
	if (first == 0 || now < first || (count > 0 && now >= first + count))
		return false;
	errno = kinds[kind].error;
	return true;
}

/* The function of the C library. */
#define REAL(name)                                                                                 \
	static __typeof__(name) *real;                                                             \
	if (!real)                                                                                 \
	*(void **)(void *)&real = dlsym(RTLD_NEXT, #name)

__attribute__((destructor)) static void end(void)
{
	FILE *file = count_file && first == 0 && getpid() == self ? fopen(count_file, "we") : NULL;

	if (!file)
		return;
	fprintf(file, "%lu\n", __atomic_load_n(calls, __ATOMIC_RELAXED));
	fclose(file);
}

/* dlsym() allocates: these have other names in the C library. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t number, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size)
{
	return fails(KIND_MALLOC) ? NULL : __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
	return fails(KIND_MALLOC) ? NULL : __libc_calloc(number, size);
}

void *realloc(void *old, size_t size)
{
	return fails(KIND_MALLOC) ? NULL : __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return fails(KIND_MALLOC) ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
	if (fails(KIND_MALLOC))
		return ENOMEM;
	*memory = __libc_memalign(alignment, size);
	return *memory ? 0 : ENOMEM;
}

/* What GLib and the system use among themselves (an eventfd) cannot fail like a file. */
static bool is_file(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && (status.st_mode & S_IFMT) != 0;
}

static bool fails_to_write(int fd)
{
	return is_file(fd) && (fails(KIND_WRITE) || fails(KIND_EIO));
}

/* A write of fewer bytes is none that fails. */
static size_t shorter(int fd, size_t size)
{
	return size > 1 && is_file(fd) && fails(KIND_SHORT) ? 1 + size / 3 : size;
}

ssize_t write(int fd, const void *bytes, size_t size)
{
	REAL(write);
	return fails_to_write(fd) ? -1 : real(fd, bytes, shorter(fd, size));
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset)
{
	REAL(pwrite64);
	return fails_to_write(fd) ? -1 : real(fd, bytes, shorter(fd, size), offset);
}

ssize_t read(int fd, void *bytes, size_t size)
{
	REAL(read);
	return is_file(fd) && fails(KIND_READ) ? -1 : real(fd, bytes, size);
}

ssize_t pread64(int fd, void *bytes, size_t size, off64_t offset)
{
	REAL(pread64);
	return is_file(fd) && fails(KIND_READ) ? -1 : real(fd, bytes, size, offset);
}

ssize_t pread(int fd, void *bytes, size_t size, off_t offset)
{
	REAL(pread);
	return is_file(fd) && fails(KIND_READ) ? -1 : real(fd, bytes, size, offset);
}

int rename(const char *from, const char *to)
{
	REAL(rename);
	return fails(KIND_RENAME) ? -1 : real(from, to);
}

int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
	REAL(linkat);
	return fails(KIND_RENAME) ? -1 : real(from_dir, from, to_dir, to, flags);
}

int fsync(int fd)
{
	REAL(fsync);
	return fails(KIND_FSYNC) ? -1 : real(fd);
}

int fdatasync(int fd)
{
	REAL(fdatasync);
	return fails(KIND_FSYNC) ? -1 : real(fd);
}

/* It is closed all the same. */
int close(int fd)
{
	REAL(close);
	int result = real(fd);

	return fails(KIND_CLOSE) ? -1 : result;
}

int ftruncate(int fd, off_t length)
{
	REAL(ftruncate);
	return fails(KIND_FTRUNCATE) ? -1 : real(fd, length);
}

int ftruncate64(int fd, off64_t length)
{
	REAL(ftruncate64);
	return fails(KIND_FTRUNCATE) ? -1 : real(fd, length);
}

static bool fails_to_open(int flags)
{
	return ((flags & O_TMPFILE) == O_TMPFILE && fails(KIND_NAMELESS)) || fails(KIND_OPEN);
}

#define OPEN(name)                                                                                 \
	int name(const char *path, int flags, ...)                                                 \
	{                                                                                          \
		mode_t mode;                                                                       \
		va_list list;                                                                      \
		REAL(name);                                                                        \
                                                                                                   \
		va_start(list, flags);                                                             \
		mode = va_arg(list, mode_t);                                                       \
		va_end(list);                                                                      \
		return fails_to_open(flags) ? -1 : real(path, flags, mode);                        \
	}

OPEN(open)
OPEN(open64)

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*begin_at)(void *),
	void *argument)
{
	REAL(pthread_create);
	return fails(KIND_THREAD) ? EAGAIN : real(thread, attributes, begin_at, argument);
}

pid_t fork(void)
{
	REAL(fork);
	return fails(KIND_FORK) ? -1 : real();
}

int execve(const char *path, char *const words[], char *const environment[])
{
	REAL(execve);
	return fails(KIND_EXEC) ? -1 : real(path, words, environment);
}

int execv(const char *path, char *const words[])
{
	REAL(execv);
	return fails(KIND_EXEC) ? -1 : real(path, words);
}

int execvp(const char *name, char *const words[])
{
	REAL(execvp);
	return fails(KIND_EXEC) ? -1 : real(name, words);
}

#define SPAWN(name)                                                                                \
	int name(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,          \
		const posix_spawnattr_t *attributes, char *const words[],                          \
		char *const environment[])                                                         \
	{                                                                                          \
		REAL(name);                                                                        \
		if (fails(KIND_EXEC))                                                              \
			return kinds[KIND_EXEC].error;                                             \
		return real(pid, path, actions, attributes, words, environment);                   \
	}

SPAWN(posix_spawn)
SPAWN(posix_spawnp)

/* The time of day jumps forwards and backwards in turns. */
static time_t jump(void)
{
	if (!fails(KIND_CLOCK))
		return 0;
	return __atomic_load_n(calls, __ATOMIC_RELAXED) % 2 ? 1000000 : -1000000;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	REAL(clock_gettime);
	int result = real(clock, now);

	if (result == 0 && clock == CLOCK_REALTIME)
		now->tv_sec += jump();
	/* The other clock only goes forwards, such as after a pause of a virtual machine. */
	if (result == 0 && clock == CLOCK_MONOTONIC && chosen == KIND_CLOCK) {
		unsigned long at = __atomic_add_fetch(calls, 1, __ATOMIC_RELAXED);

		now->tv_sec += first > 0 && at >= first ? 1000000 : 0;
	}
	return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	REAL(gettimeofday);
	int result = real(now, zone);

	if (result == 0)
		now->tv_sec += jump();
	return result;
}

time_t time(time_t *now)
{
	REAL(time);
	time_t result = real(NULL) + jump();

	if (now)
		*now = result;
	return result;
}
