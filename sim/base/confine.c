/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _GNU_SOURCE /* close_range(), CLONE_NEWNS */
#include "sim/base/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MEMORY_MAX (UINT64_C(4) << 30)

/* The address sanitizer needs more of that than any machine has. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNLIMITED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) && !defined(UNLIMITED)
#define UNLIMITED 1
#endif

static void silence(void)
{
	int null = open("/dev/null", O_RDWR);

	if (null == -1)
		return;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
}

void confine_resource(int resource, uint64_t max)
{
	const struct rlimit limit = { max, max };

	setrlimit(resource, &limit);
}

void confine(uint64_t more)
{
	confine_resource(RLIMIT_CORE, 0);
#ifdef UNLIMITED
	(void)more;
#else
	confine_resource(RLIMIT_AS, MEMORY_MAX + more);
#endif
	silence();
}

void confine_memory(uint64_t bytes)
{
#ifdef UNLIMITED
	(void)bytes;
#else
	struct rlimit limit;

	if (getrlimit(RLIMIT_DATA, &limit) != 0)
		return;
	limit.rlim_cur = MIN(limit.rlim_cur, (rlim_t)bytes);
	setrlimit(RLIMIT_DATA, &limit);
#endif
}

bool confine_descriptors(int a, int b)
{
	enum { FIRST = 3, SECOND, REST };
	/* Out of the way first: each may be where the other goes. */
	int from = fcntl(a, F_DUPFD, REST), to = fcntl(b, F_DUPFD, REST);

	g_assert(a >= 0 && b >= 0 && a != b);
	return from >= 0 && to >= 0 && dup2(from, FIRST) == FIRST && dup2(to, SECOND) == SECOND &&
	       close_range(REST, ~0U, 0) == 0;
}

#if defined(__x86_64__)
#define FILTER_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define FILTER_ARCH AUDIT_ARCH_AARCH64
#endif

#ifdef FILTER_ARCH
static struct sock_filter load(size_t offset)
{
	return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

static struct sock_filter end_with(uint32_t action)
{
	return (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
}

/* If what was loaded is @value, the next one, else @other steps further. */
static struct sock_filter if_is(uint32_t value, uint8_t other)
{
	return (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, other);
}

static size_t argument_offset(int argument)
{
	/* The low half: both architectures are little-endian. */
	return offsetof(struct seccomp_data, args) + (size_t)argument * sizeof(uint64_t);
}

/* If what was loaded has one of @bits, the next one, else @other steps further. */
static struct sock_filter if_has(uint32_t bits, uint8_t other)
{
	return (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, other);
}

/* The number of the call is loaded, if it is a call of this architecture. Where the kernel knows x32,
 * x86-64 has a second number for each call: those fail. */
static struct sock_filter *begin_filter(struct sock_filter *next)
{
	const uint32_t x32 = UINT32_C(0x40000000);

	*next++ = load(offsetof(struct seccomp_data, arch));
	*next++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, FILTER_ARCH, 1, 0);
	*next++ = end_with(SECCOMP_RET_KILL_PROCESS);
	*next++ = load(offsetof(struct seccomp_data, nr));
	*next++ = if_has(x32, 1);
	*next++ = end_with(SECCOMP_RET_ERRNO | EPERM);
	return next;
}

static bool set_filter(struct sock_filter *filter, const struct sock_filter *end)
{
	struct sock_fprog program = { .filter = filter, .len = (unsigned short)(end - filter) };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

/* Of headers older than the kernel; the same number for both architectures. */
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467
#endif

enum { CODE = CONFINE_CODE, READERS = CODE | CONFINE_PROGRAM, ALL = READERS | CONFINE_COMPILER };

/* What fails with EPERM, and for whom. */
static const struct {
	int call;
	unsigned whom;
} denied[] = {
	/* The network, and other processes. */
	{ SYS_socket, ALL },
	{ SYS_ptrace, ALL },
	{ SYS_process_vm_readv, ALL },
	{ SYS_process_vm_writev, ALL },
	{ SYS_process_madvise, ALL },
	{ SYS_kcmp, ALL },
	{ SYS_pidfd_open, ALL },
	{ SYS_pidfd_getfd, ALL },
	{ SYS_pidfd_send_signal, ALL },
	{ SYS_rt_sigqueueinfo, ALL },
	{ SYS_rt_tgsigqueueinfo, ALL },
	/* The system, if root starts it. */
	{ SYS_mount, ALL },
	{ SYS_umount2, ALL },
	{ SYS_fsopen, ALL },
	{ SYS_fsconfig, ALL },
	{ SYS_fsmount, ALL },
	{ SYS_fspick, ALL },
	{ SYS_open_tree, ALL },
	{ SYS_open_tree_attr, ALL },
	{ SYS_move_mount, ALL },
	{ SYS_mount_setattr, ALL },
	{ SYS_open_by_handle_at, ALL },
	{ SYS_quotactl, ALL },
	{ SYS_mknodat, ALL },
	{ SYS_pivot_root, ALL },
	{ SYS_chroot, ALL },
	{ SYS_unshare, ALL },
	{ SYS_setns, ALL },
	{ SYS_reboot, ALL },
	{ SYS_swapon, ALL },
	{ SYS_swapoff, ALL },
	{ SYS_sethostname, ALL },
	{ SYS_setdomainname, ALL },
	{ SYS_settimeofday, ALL },
	{ SYS_clock_settime, ALL },
	{ SYS_clock_adjtime, ALL },
	{ SYS_adjtimex, ALL },
	{ SYS_acct, ALL },
	{ SYS_syslog, ALL },
	{ SYS_init_module, ALL },
	{ SYS_finit_module, ALL },
	{ SYS_delete_module, ALL },
	{ SYS_kexec_load, ALL },
	{ SYS_kexec_file_load, ALL },
	{ SYS_bpf, ALL },
	{ SYS_perf_event_open, ALL },
	{ SYS_keyctl, ALL },
	{ SYS_add_key, ALL },
	{ SYS_request_key, ALL },
	{ SYS_io_uring_setup, ALL },
	{ SYS_userfaultfd, ALL },
	/* Names of files. */
	{ SYS_unlinkat, READERS },
	{ SYS_renameat, READERS },
	{ SYS_renameat2, READERS },
	{ SYS_linkat, READERS },
	{ SYS_symlinkat, READERS },
	{ SYS_mkdirat, READERS },
	{ SYS_fchmod, READERS },
	{ SYS_fchmodat, READERS },
	{ SYS_fchmodat2, READERS },
	{ SYS_fchown, READERS },
	{ SYS_fchownat, READERS },
	/* Processes. */
	{ SYS_tkill, CODE },
	{ SYS_setpgid, CODE },
	{ SYS_setsid, CODE },
	{ SYS_execve, CODE },
	{ SYS_execveat, CODE },
	{ SYS_truncate, CODE },
#ifdef __x86_64__
	{ SYS_iopl, ALL },
	{ SYS_ioperm, ALL },
	{ SYS_mknod, ALL },
	{ SYS_fork, CODE },
	{ SYS_vfork, CODE },
	{ SYS_unlink, READERS },
	{ SYS_rmdir, READERS },
	{ SYS_rename, READERS },
	{ SYS_link, READERS },
	{ SYS_symlink, READERS },
	{ SYS_mkdir, READERS },
	{ SYS_chmod, READERS },
	{ SYS_chown, READERS },
	{ SYS_lchown, READERS },
#endif
};

static struct sock_filter *deny(struct sock_filter *next, int call)
{
	*next++ = if_is((uint32_t)call, 1);
	*next++ = end_with(SECCOMP_RET_ERRNO | EPERM);
	return next;
}

/* New processes and threads: none for code; for programs none in a new namespace, where they would be
 * root. The arguments of clone3() are in memory, which a filter cannot read. It fails as on a kernel
 * that does not know it, and the C library takes clone(). */
static struct sock_filter *deny_clone(struct sock_filter *next, enum confined who)
{
	const uint32_t namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
				    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

	*next++ = if_is(SYS_clone3, 1);
	*next++ = end_with(SECCOMP_RET_ERRNO | ((who & CODE) ? EPERM : ENOSYS));
	if (who & CODE)
		return deny(next, SYS_clone);
	*next++ = if_is(SYS_clone, 4);
	*next++ = load(argument_offset(0));
	*next++ = if_has(namespaces, 1);
	*next++ = end_with(SECCOMP_RET_ERRNO | EPERM);
	*next++ = end_with(SECCOMP_RET_ALLOW);
	return next;
}

/* Signals to others; abort() is tgkill() of oneself. */
static struct sock_filter *deny_signals(struct sock_filter *next, int call)
{
	*next++ = if_is((uint32_t)call, 4);
	*next++ = load(argument_offset(0));
	*next++ = if_is((uint32_t)getpid(), 1);
	*next++ = end_with(SECCOMP_RET_ALLOW);
	*next++ = end_with(SECCOMP_RET_ERRNO | EPERM);
	return next;
}

bool confine_program(enum confined who)
{
	struct sock_filter filter[2 * G_N_ELEMENTS(denied) + 32], *next = begin_filter(filter);

	for (size_t i = 0; i < G_N_ELEMENTS(denied); i++) {
		if (denied[i].whom & who)
			next = deny(next, denied[i].call);
	}
	next = deny_clone(next, who);
	if (who & CODE) {
		next = deny_signals(next, SYS_kill);
		next = deny_signals(next, SYS_tgkill);
	}
	*next++ = end_with(SECCOMP_RET_ALLOW);
	g_assert((size_t)(next - filter) <= G_N_ELEMENTS(filter));
	return set_filter(filter, next);
}
#else
bool confine_program(enum confined who)
{
	(void)who;
	return false;
}
#endif

#if defined(FILTER_ARCH) && !defined(UNLIMITED)
/* What is allowed: the number, and the argument in which the bits of @denied must be 0, or -1. */
static const struct {
	int call;
	int argument;
	uint32_t denied;
} allowed[] = {
	/* What is open. */
	{ SYS_read, -1, 0 },
	{ SYS_readv, -1, 0 },
	{ SYS_pread64, -1, 0 },
	{ SYS_write, -1, 0 },
	{ SYS_writev, -1, 0 },
	{ SYS_lseek, -1, 0 },
	{ SYS_fstat, -1, 0 },
	{ SYS_close, -1, 0 },
	/* Memory, but none that can be run. */
	{ SYS_brk, -1, 0 },
	{ SYS_mmap, 2, PROT_EXEC },
	{ SYS_mprotect, 2, PROT_EXEC },
	{ SYS_munmap, -1, 0 },
	{ SYS_mremap, -1, 0 },
	{ SYS_madvise, -1, 0 },
	{ SYS_sysinfo, -1, 0 }, /* qsort() asks how much there is */
	/* Signals and timers of its own; time. */
	{ SYS_rt_sigaction, -1, 0 },
	{ SYS_rt_sigprocmask, -1, 0 },
	{ SYS_rt_sigreturn, -1, 0 },
	{ SYS_setitimer, -1, 0 },
	{ SYS_restart_syscall, -1, 0 },
	{ SYS_clock_gettime, -1, 0 },
	{ SYS_gettimeofday, -1, 0 },
	{ SYS_getpid, -1, 0 },
	{ SYS_gettid, -1, 0 },
	{ SYS_getrandom, -1, 0 },
	{ SYS_futex, -1, 0 },
	/* The end. */
	{ SYS_exit, -1, 0 },
	{ SYS_exit_group, -1, 0 },
};

bool confine_calls(uint64_t file_max)
{
	struct sock_filter filter[G_N_ELEMENTS(allowed) * 6 + 16], *next = begin_filter(filter);
	const struct rlimit file = { file_max, file_max };

	for (size_t i = 0; i < G_N_ELEMENTS(allowed); i++) {
		*next++ = if_is((uint32_t)allowed[i].call, allowed[i].argument < 0 ? 1 : 4);
		if (allowed[i].argument >= 0) {
			*next++ = load(argument_offset(allowed[i].argument));
			*next++ = if_has(allowed[i].denied, 1);
			*next++ = end_with(SECCOMP_RET_ERRNO | EPERM);
		}
		*next++ = end_with(SECCOMP_RET_ALLOW);
	}
	/* abort() is tgkill() of oneself. */
	*next++ = if_is(SYS_tgkill, 3);
	*next++ = load(argument_offset(0));
	*next++ = if_is((uint32_t)getpid(), 1);
	*next++ = end_with(SECCOMP_RET_ALLOW);
	*next++ = end_with(SECCOMP_RET_ERRNO | EPERM);
	g_assert((size_t)(next - filter) <= G_N_ELEMENTS(filter));
	return setrlimit(RLIMIT_FSIZE, &file) == 0 && set_filter(filter, next);
}
#else
bool confine_calls(uint64_t file_max)
{
	const struct rlimit file = { file_max, file_max };

	setrlimit(RLIMIT_FSIZE, &file);
	return false;
}
#endif
