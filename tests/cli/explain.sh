#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# cidsim explain: what debuggers print, statuses, the scripts that print dumps. Usage: explain.sh CIDSIM SOURCE

# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
source=$(realpath "$2")
begin "$@"

# explained WHAT STATUS ARGUMENT…: standard input is the dump
explained() {
	what=$1 wanted=$2
	shift 2
	cat >dump.txt
	call "$cidsim" explain dump.txt "$@"
	is "$what: status" "$status" "$wanted"
	[ ! -s "$tmp/err" ] || fail "$what: a message" "$tmp/err"
}

explained "nothing is broken" 0 --kernel 7.3.4 <<END
mode 0 users 2 max_cids 2 pcpu_thrs 0 nr_cpus_allowed 2 possible 2 update_deferred 0
mutex free lock free pool 0-1
cpu 0 word 0x0 runs 10 rq_lock free
cpu 1 word 0x1 runs idle rq_lock free
task 10 word 0x0 active 1 group 10 doing nothing
task 11 word 0x1 active 1 group 10 doing nothing
END
says "all but I7 holds" '^  I8  holds'
is "nothing fits" "$(grep -cE '^  B[0-9]+ +(fits|may fit)' "$tmp/out")" 0

explained "too little" 4 <<END
mode 0x40000000
END
says "what is missing" '^  I5  open +words of tasks are missing'

# B2 in what crash prints: structs, run queues, a stack
explained "crash" 1 <<END
crash> sys
     RELEASE: 6.19-rc3
crash> struct mm_struct.mm_cid ffff888101234000
  mm_cid = {
    pcpu = 0x607fe0c0a3c0,
    mode = 1610612736,
    max_cids = 3,
    irq_work = {
      node = {
        users = 17
      }
    },
    mutex = {
      owner = {
        counter = -131387260369791
      },
      wait_lock = {
        raw_lock = {
          {
            val = {
              counter = 5
            }
          }
        }
      }
    },
    nr_cpus_allowed = 3,
    users = 4,
    pcpu_thrs = 1,
    update_deferred = 0
  }
crash> runq
CPU 0 RUNQUEUE: ffff88807da2cd00
  CURRENT: PID: 4712   TASK: ffff888105049800  COMMAND: "app"
  CFS RB_ROOT: ffff88807da2ce00
     [120] PID: 4710   TASK: ffff888105049780  COMMAND: "app"
CPU 1 RUNQUEUE: ffff88807da6cd00
  CURRENT: PID: 4711   TASK: ffff888105048480  COMMAND: "app"
CPU 2 RUNQUEUE: ffff88807daacd00
  CURRENT: PID: 0      TASK: ffff888100290000  COMMAND: "swapper/2"
crash> struct mm_cid_pcpu 0x607fe0c0a3c0:a
[0]: ffff88807da0a3c0
struct mm_cid_pcpu {
  cid = 0
}
[1]: ffff88807da4a3c0
struct mm_cid_pcpu {
  cid = 536870913
}
[2]: ffff88807da8a3c0
struct mm_cid_pcpu {
  cid = 1073741826
}
crash> foreach 4710 4711 4712 task -R mm_cid
PID: 4710   TASK: ffff888105049780  CPU: 0    COMMAND: "app"
  mm_cid = {
    active = 1,
    cid = 0
  },

PID: 4711   TASK: ffff888105048480  CPU: 1    COMMAND: "app"
  mm_cid = {
    active = 1,
    cid = 536870913
  },

PID: 4712   TASK: ffff888105049800  CPU: 0    COMMAND: "app"
  mm_cid = {
    active = 1,
    cid = 1073741826
  },

crash> bt 4711
PID: 4711   TASK: ffff888105048480  CPU: 1    COMMAND: "app"
 #0 [ffffc90000a5fd48] native_queued_spin_lock_slowpath at ffffffff811e
 #1 [ffffc90000a5fd70] mm_cid_fixup_tasks_to_cpus at ffffffff810e
 #2 [ffffc90000a5fdb8] sched_mm_cid_fork at ffffffff810f
 #3 [ffffc90000a5fe00] copy_process at ffffffff8109
END
says "crash: the mode" '^The mode is per CPU in transit \(0x60000000\); users 4;'
says "crash: the word of a CPU" '^  2 +0x40000002  2c  the CPU owns it +idles$'
says "crash: who runs" '^  0 +0x00000000  0 +owns nothing +task 4712$'
says "crash: the stack and the mutex" '^  4711 +0x20000001  1t +in transit +runs on CPU 1; forks; walks; holds the mutex$'
says "crash: what spins" '^  I3  BROKEN  CPU 0 spins in get'
says "the release in the dump" 'has revision v5 of the protocol'
call "$cidsim" explain dump.txt --revision 6.19-livelock
says "an option counts more" '^  B2    fits          live lock by stores seen out of order$'
says "a shortest way" '^          cidsim explore explore/b2 --revision 6\.19-livelock$'
says "its steps" '^    3  T1, on CPU1, forks the thread T3$'
says "of what is known the first comes first" '^  B2 '
is "B2 is the first" "$(grep -oE '^  B[0-9]+' "$tmp/out" | head -n 1)" "  B2"

# The way to what is printed: its command finds the same.
command=$(sed -n 's/^ *cidsim \(explore explore\/b2 .*\)/\1/p' "$tmp/out")
# shellcheck disable=SC2086 # a list of words
call "$cidsim" $command
says "its command" '^VIOLATED: I3, .* 7 steps'

explained "gdb, drgn, a kernel's messages" 1 <<'END'
$1 = {mode = 0, users = 1, max_cids = 1, pcpu_thrs = 0, lock = {raw_lock = {{val = {counter = 0}}}}}
(struct mm_cid_pcpu){}
CPU: 1 UID: 0 PID: 4712 Comm: app Not tainted 7.1.5-amd64 #1
CPU 1
(struct mm_cid_pcpu){
	.cid = (unsigned int)1073741825,
}
task 4712
$2 = {active = 1, cid = 0x80000000}
mutex = 0
END
says "gdb, drgn: the release" 'has revision 7\.1 of the protocol'
is "gdb, drgn: B9 is the first" "$(grep -oE '^  B[0-9]+' "$tmp/out" | head -n 1)" "  B9"

# Backports: what a commit has fixed is not there
cat >dump.txt <<END
kernel 6.19.6
mode 0x40000000 users 3 max_cids 2 pcpu_thrs 1 nr_cpus_allowed 2 possible 2 mutex free
task 10 word 0x80000000 active 1 group 10
task 12 word 0x1 active 1 group 12
END
call "$cidsim" explain dump.txt
says "without backports B6 fits" '^  B6 +(may )?fits? +users in another thread group'
call "$cidsim" explain dump.txt --with 28b5a1395036
says "with its fix it does not" '^  B6    does not fit  this kernel does not have it: it is fixed by 28b5a1395036$'
flows "the backport is named" 'has revision 6\.19\.1 of the protocol, with 28b5a1395036'
says "the way has it, too" '^ +cidsim explore explore/b5 --revision 6\.19\.1 --set protocol\.walk-full=on$'
call "$cidsim" explain dump.txt --with 28b5a1395036,b2e48c429ec5 --json
says "--with: JSON" '"backports":\["28b5a1395036","b2e48c429ec5"\]'
bad "--with: no commit" 2 "explain: --with: 'abc' is no commit that changed the protocol; those are 4327fb13fa47, " \
	"$cidsim" explain dump.txt --with abc

# All faults are told, each with its line
cat >dump.txt <<END
mode 77
users 99999999999
users 2
users 3
cpu 9999 word 3
cpu 0 word 0x40000000 runs 5
cpu 1 word 1 runs 5
cpu 0 word 3
possible 1
END
call "$cidsim" explain dump.txt
is "a bad dump: status" "$status" 2
is "a bad dump: the lines of its faults" "$(sed -nE 's/^cidsim: dump\.txt:([0-9]+): .*/\1/p' "$tmp/err" | tr '\n' ' ')" \
	"1 2 4 5 7 8 9 "
says "a bad dump: numbers" "^cidsim: dump\.txt:4: users is 3, but line 3 has 2; " "$tmp/err"
says "a bad dump: words" "^cidsim: dump\.txt:8: the word of CPU 0 is 3, but line 6 has 0x40000000; " "$tmp/err"

printf 'mode 0 wheels 4\n' >dump.txt
call "$cidsim" explain dump.txt
says "an unknown key is noted" "^line 1: 'wheels' is no key that cidsim knows here; skipped$"
call "$cidsim" explain - <dump.txt
says "standard input" '^<stdin>: 1 facts'
call "$cidsim" explain dump.txt --json
says "--json" '^\{"dump":"dump.txt","oldest":null,"newest":null,"backports":\[\],"mode":0,'
python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$tmp/out" || fail "--json is no JSON" "$tmp/out"

# A dump of any size ends, and is refused or explained.
awk 'BEGIN { for (i = 1; i <= 65000; i++) print "task " i " word " i % 8192 " active 1"
	for (i = 0; i < 8192; i++) print "cpu " i " word " 1073741824 + i " runs " i + 1
	print "mode 0x40000000 possible 8192 users 65000 mutex 0" }' >large.txt
call timeout 10 "$cidsim" explain large.txt
is "a large dump: status" "$status" 1
head -c 17000000 /dev/zero | tr '\0' ' ' >huge.txt
bad "a huge dump" 2 'huge\.txt: is larger than 16 MiB, the most that is read$' "$cidsim" explain huge.txt
head -c 10000 "$cidsim" >binary.bin
call timeout 10 "$cidsim" explain binary.bin
is "a binary dump: status" "$status" 2

# scripts/dump-drgn, with a drgn that knows two tasks
mkdir -p drgn/helpers/linux
cat >drgn/__init__.py <<END
class FaultError(Exception):
    pass
END
: >drgn/helpers/__init__.py
: >drgn/helpers/linux/__init__.py
cat >drgn/helpers/linux/cpumask.py <<END
def for_each_possible_cpu(prog):
    return range(2)
END
cat >drgn/helpers/linux/percpu.py <<END
def per_cpu(variable, cpu):
    return variable[cpu]
def per_cpu_ptr(pointer, cpu):
    return pointer[cpu]
END
cat >drgn/helpers/linux/pid.py <<END
def find_task(prog, pid):
    return next((task for task in prog.tasks if task.pid == pid), None)
def for_each_task(prog):
    return prog.tasks
END
cat >drgn/helpers/linux/sched.py <<END
def task_cpu(task):
    return 0
END
cat >fake.py <<END
import runpy, sys

class Thing:
    def __init__(self, at, **members):
        self.at = at
        self.__dict__.update(members)
    def __int__(self):
        return self.at

def lock(value):
    return Thing(0, raw_lock=Thing(0, val=Thing(0, counter=value)))

class Array(Thing):
    def address_of_(self):
        return self.at

class Prog(dict):
    def read_u64(self, at):
        assert at == 0xffff888101234500 + 16 # two masks of one word
        return 3
    def stack_trace(self, task):
        return [Thing(0, name='copy_process')] if task.pid == 11 else []

mm = Thing(0xffff888101234000, flexible_array=Array(0xffff888101234500))
mm.mm_cid = Thing(0, mode=0x40000000, users=2, max_cids=2, pcpu_thrs=1, update_deferred=0, nr_cpus_allowed=2,
    mutex=Thing(0, owner=Thing(0, counter=0)), lock=lock(0), pcpu=[Thing(0, cid=0x40000000), Thing(0, cid=0)])
tasks = [Thing(0xffff888100000000 + 64 * pid, pid=pid, tgid=tgid, on_cpu=cpu, mm=mm, mm_cid=Thing(0, cid=word, active=1))
    for pid, tgid, word, cpu in ((11, 11, 0x40000000, 1), (12, 12, 1, 0))]
idle = Thing(1, pid=0, mm=Thing(0))
prog = Prog(runqueues=[Thing(0, curr=tasks[0], idle=idle, __lock=lock(0)), Thing(0, curr=idle, idle=idle, __lock=lock(0))],
    nr_cpu_ids=2, UTS_RELEASE=Thing(0, string_=lambda: b'6.19.6'))
prog.tasks = tasks
sys.argv[0:] = sys.argv[1:]
runpy.run_path(sys.argv[0], {'prog': prog})
END
good "dump-drgn" env PYTHONPATH=. PYTHONDONTWRITEBYTECODE=1 python3 fake.py "$source/scripts/dump-drgn" 11
cp "$tmp/out" dump.txt
call "$cidsim" explain dump.txt
is "dump-drgn: it is understood" "$(grep -c skipped "$tmp/out")" 0
says "dump-drgn: the pool" '; possible 2; CIDs taken: 0-1;'
says "dump-drgn: the task" '^  11 +0x40000000  0c +uses that of its CPU +runs on CPU 0; forks$'
says "dump-drgn: what is broken" '^  I5  BROKEN  task 12 owns CID 1; the mode is per CPU$'
call env PYTHONPATH=. PYTHONDONTWRITEBYTECODE=1 python3 fake.py "$source/scripts/dump-drgn" 13
is "dump-drgn: no such task" "$status" 1
says "dump-drgn: the message" 'there is no task 13 with an mm; take the pid of a thread' "$tmp/err"

# scripts/dump-gdb, with a program that has such structs
if command -v gdb >/dev/null; then
	cat >mini.c <<'END'
#define STRIDE __attribute__((aligned(256)))
struct list { struct list *next; };
struct lock { struct { struct { int counter; } val; } raw_lock; };
struct mm_cid_pcpu { unsigned cid; } STRIDE;
struct mm_struct { struct { unsigned mode, users, max_cids, pcpu_thrs, update_deferred, nr_cpus_allowed;
	struct { struct { long counter; } owner; } mutex; struct mm_cid_pcpu *pcpu; } mm_cid;
	char flexible_array[] __attribute__((aligned(8))); };
struct signal { struct list thread_head; };
struct task_struct { int pid, tgid; struct mm_struct *mm; struct signal *signal;
	struct { unsigned cid, active; } mm_cid; struct list thread_node; };
struct rq { struct task_struct *curr, *idle; struct lock __lock; } STRIDE;
extern struct signal sig;
struct mm_cid_pcpu words[2] = { { 0x40000000 }, { 1 } };
struct { struct mm_struct mm; unsigned long masks[3]; } all_of_mm = {
	{ { 0x40000000, 2, 2, 1, 0, 2, { { 0 } }, words } }, { 3, 3, 3 } };
#define mm all_of_mm.mm
extern struct task_struct tasks[2];
struct task_struct idle, tasks[2] = { { 11, 11, &mm, &sig, { 0x40000000, 1 }, { &tasks[1].thread_node } },
	{ 12, 11, &mm, &sig, { 1, 1 }, { &sig.thread_head } } };
struct signal sig = { { &tasks[0].thread_node } };
struct rq all[2] = { { &tasks[0], &idle, { { { 0 } } } }, { &idle, &idle, { { { 1 } } } } };
extern struct rq runqueues __attribute__((alias("all")));
unsigned nr_cpu_ids = 2;
struct { unsigned long bits[1]; } __cpu_possible_mask = { { 3 } };
unsigned long __per_cpu_offset[2] = { 0, 256 };
int main(void) { return 0; }
END
	cc -g -no-pie -o mini mini.c 2>"$tmp/err" || fail "dump-gdb: mini.c" "$tmp/err"
	call gdb -nx -batch -x "$source/scripts/dump-gdb" -ex 'cidsim-mm &tasks[0]' mini
	cp "$tmp/out" dump.txt
	call "$cidsim" explain dump.txt
	says "dump-gdb: the mm" '^The mode is per CPU \(0x40000000\); users 2; max_cids 2; pcpu_thrs 1; CPUs'
	says "dump-gdb: the pool" 'possible 2; CIDs taken: 0-1;'
	says "dump-gdb: a CPU" '^  1 +0x00000001  1 +owns nothing +idles; its rq lock is held$'
	says "dump-gdb: what is broken" '^  I5  BROKEN  task 12 owns CID 1; the mode is per CPU$'
else
	skip "dump-gdb: gdb is not installed"
fi

bad "no argument" 2 "explain: takes one DUMP, a file or -; --help explains" "$cidsim" explain
finish
