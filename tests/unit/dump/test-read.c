/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/dump/dump.h"

#include <inttypes.h>
#include <string.h>

#include "tests/lib/suite.h"

static void add(GString *text, const char *name, struct dump_value value)
{
	if (dump_has(value))
		g_string_append_printf(text, " %s=%" PRIx64, name, value.number);
}

/* All that @dump has, numbers in hexadecimal. */
static char *summary(const struct dump *dump)
{
	GString *text = g_string_new(dump->kernel ? dump->kernel : "");

	g_string_append_printf(text, "%s", dump->revision ? dump->revision : "");
	add(text, "mm", dump->address);
	add(text, "mode", dump->mode);
	add(text, "users", dump->users);
	add(text, "max", dump->max_cids);
	add(text, "thrs", dump->pcpu_thrs);
	add(text, "deferred", dump->update_deferred);
	add(text, "allowed", dump->allowed);
	add(text, "possible", dump->possible);
	add(text, "lock", dump->lock);
	add(text, "mutex", dump->mutex);
	add(text, "owner", dump->owner);
	add(text, "bit", dump->bit);
	if (dump_has(dump->pool)) {
		g_autofree char *list = cpu_ids_to_string(&dump->taken);

		g_string_append_printf(text, " pool=%s", list);
	}
	for (guint i = 0; i < dump->cpus->len; i++) {
		g_string_append_printf(text, " / cpu %u", dump_cpu(dump, i)->id);
		add(text, "word", dump_cpu(dump, i)->word);
		add(text, "runs", dump_cpu(dump, i)->runs);
		add(text, "locked", dump_cpu(dump, i)->rq_lock);
	}
	for (guint i = 0; i < dump->tasks->len; i++) {
		const struct dump_task *task = dump_task(dump, i);

		g_string_append_printf(text, " / task %" PRIu64, task->pid);
		add(text, "word", task->word);
		add(text, "active", task->active);
		add(text, "group", task->group);
		add(text, "cpu", task->cpu);
		add(text, "on_cpu", task->on_cpu);
		add(text, "doing", task->doing);
		add(text, "new", task->is_new);
		add(text, "at", task->address);
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static struct dump *read_text(const char *text, struct faults *faults)
{
	return dump_read(text, strlen(text), faults);
}

static const struct {
	const char *text, *expected;
} good[] = {
	{ "mode 0x40000000", " mode=40000000" },
	{ "mode = 1073741824, users: 3;", " mode=40000000 users=3" },
	{ "percpu 1\ntransit 0x20000000", " mode=60000000" },
	{ "percpu 0 transit 0 users 1", " mode=0 users=1" },
	{ "# mode 5\nusers 2\r\nmax_cids 3\r\n", " users=2 max=3" },
	{ "mm 0xffff888101234000 update_deferred no", " mm=ffff888101234000 deferred=0" },
	{ "mm ffff888101234000", " mm=ffff888101234000" },
	{ "mutex free lock held", " lock=1 mutex=0" },
	{ "mutex 4711", " mutex=1 owner=1267" },
	{ "mutex 0xffff888101234043", " mutex=1 owner=ffff888101234040" },
	{ "mutex held pool 0-2,5 bit 0x20000001", " mutex=1 bit=20000001 pool=0-2,5" },
	{ "pool none", " pool=" },
	{ "kernel 6.19.6-amd64 #1", "6.19.6-amd64" },
	{ "    RELEASE: 7.1.3", "7.1.3" },
	{ "Linux version 6.19.0-rc3 (gcc version 14.2.0) users 1", "6.19.0-rc3 users=1" },
	{ "revision v3 users 1", "v3 users=1" },
	{ "cpu 3 word 0x40000003 runs 7 rq_lock held", " / cpu 3 word=40000003 runs=7 locked=1" },
	{ "CPU3: cid=3\ncpu 1 runs idle", " / cpu 1 runs=0 / cpu 3 word=3" },
	{ "cpu 0 runs other", " / cpu 0 runs=400001" },
	{ "task 9 word -2147483648 active yes group 8 cpu 2 on_cpu 1 new 0",
		" / task 9 word=80000000 active=1 group=8 cpu=2 on_cpu=1 new=0" },
	{ "task 9 doing fork walk active 1", " / task 9 active=1 doing=9" },
	{ "task 9 doing nothing", " / task 9 doing=0" },
	{ "PID: 9  TASK: ffff888105049780  CPU: 2  COMMAND: \"task 7\"\n #0 [ffff] schedule at ff\n"
	  " #1 [ffff] sched_mm_cid_exit+0x10/0x20",
		" / task 9 cpu=2 doing=2 at=ffff888105049780" },
	{ "[2]: ffff88807da0a3c0\nstruct mm_cid_pcpu {\n  cid = 5\n}", " / cpu 2 word=5" },
	{ "$1 = {active = 1, cid = 3}", "" },
	{ "task 5\n$1 = {active = 1, cid = 3}", " / task 5 word=3 active=1" },
	{ "cpu 1\n(struct mm_cid_pcpu){\n\t.cid = (unsigned int)4,\n}", " / cpu 1 word=4" },
	{ "mm_cid = { users = 2, work = { users = 9 }, lock = { raw_lock = { val = { counter = 1 } "
	  "} } }",
		" users=2 lock=1" },
	{ "CPU: 1 UID: 0 PID: 12 Comm: app Not tainted 7.2.1 #3",
		"7.2.1 / cpu 1 runs=c / task 12" },
	{ "crash> set users 5\nusers 3", " users=3" },
	{ "users 3 users 3", " users=3" },
};

TEST_ROWS(what_debuggers_print_is_read, good)
{
	struct faults *faults = faults_new("dump");
	struct dump *dump = read_text(good[_i].text, faults);
	g_autofree char *found = dump ? summary(dump) : NULL;

	if (!*good[_i].expected) {
		ck_assert_ptr_null(dump);
	} else {
		ck_assert_ptr_nonnull(dump);
		ck_assert_str_eq(found, good[_i].expected);
	}
	dump_free(dump);
	faults_free(faults);
}

static const struct {
	const char *text, *message;
} bad[] = {
	{ "", "dump: has nothing that cidsim understands; lines like \"mode 0x40000000\" and \"cpu "
	      "0 word "
	      "0x40000003\" are needed, see docs/explain.md" },
	{ "mode 5",
		"dump:1: mode: '5' is no mode; that has the bits 0x40000000 and 0x20000000 only" },
	{ "users 1\nusers 2",
		"dump:2: users is 2, but line 1 has 1; print the state once, while the "
		"machine is stopped" },
	{ "cpu 1 word 2\ncpu 1 word 3",
		"dump:2: the word of CPU 1 is 3, but line 1 has 2; print the "
		"state once, while the machine is stopped" },
	{ "pool 1\npool 2",
		"dump:2: pool: line 1 has other CIDs; print the state once, while the machine is "
		"stopped" },
	{ "users 9999999", "dump:1: users: '9999999' is out of range, it must be 0 to 4194304" },
	{ "task 1 word 0x123456789",
		"dump:1: the word of task 1: '0x123456789' has more than 32 bits; a "
		"word is like 0x40000003" },
	{ "cpu 8192 word 1", "dump:1: CPU 8192 is out of range, it must be 0 to 8191" },
	{ "task 5000000", "dump:1: task 5000000 is out of range, a pid is 0 to 4194304" },
	{ "pool 3-1",
		"dump:1: pool: '3-1' has a range that runs backwards, write the lower CPU first" },
	{ "cpu 0 runs 7\ncpu 1 runs 7",
		"dump:2: task 7 runs on two CPUs; print the state once, while the "
		"machine is stopped" },
	{ "possible 1\ncpu 0 word 1\ncpu 1 word 1",
		"dump:1: possible is 1, but there are 2 CPUs; give their number" },
	{ "possible 2 nr_cpus_allowed 3",
		"dump:1: nr_cpus_allowed is 3, but only 2 CPUs are possible; give "
		"one mm of one machine" },
	{ "mm 0xffff000000000000\nmm 0xffff000000000040",
		"dump:2: mm is 0xffff000000000040, but line 1 has 0xffff000000000000; print the "
		"state once, "
		"while the machine is stopped" },
	{ "kernel 6.19.0\nkernel 7.1",
		"dump:2: the kernel is '7.1', but it was '6.19.0' before; give one "
		"dump" },
	{ "users 1\n\x7f"
	  "ELF",
		"dump:2: has the byte 0x7f, which is no text; print the state of the mm with "
		"crash, drgn or gdb, see docs/explain.md" },
};

TEST_ROWS(what_cannot_be_is_refused, bad)
{
	struct faults *faults = faults_new("dump");
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);

	ck_assert_ptr_null(read_text(bad[_i].text, faults));
	faults_list(faults, errors);
	ck_assert_uint_eq(errors->len, 1);
	ck_assert_str_eq(errors->pdata[0], bad[_i].message);
	faults_free(faults);
}

TEST(unknown_keys_are_noted_and_skipped)
{
	struct faults *faults = faults_new("dump");
	g_autoptr(GString) text = g_string_new("users 1\n");
	struct dump *dump;

	for (int i = 0; i < 2 * DUMP_NOTES_MAX; i++)
		g_string_append(text, "wheels = 4\n");
	dump = read_text(text->str, faults);
	ck_assert_ptr_nonnull(dump);
	ck_assert_uint_eq(dump->notes->len, DUMP_NOTES_MAX);
	ck_assert_uint_eq(dump->notes_left_out, DUMP_NOTES_MAX);
	ck_assert_str_eq(dump->notes->pdata[0],
		"line 2: 'wheels' is no key that cidsim knows here; skipped");
	dump_free(dump);
	faults_free(faults);
}
