-- SPDX-License-Identifier: MIT
-- Copyright (c) The cidsim authors
--
-- The CID ownership protocol of revision 7.1 in Murphi, for Rumur, to check `cidsim explore` and to
-- measure it against. One mm, no failed execs, no affinity that changes. The same machine as
-- mmcid.pml with HALVES=1, whose head says what is in a state: the states and the steps are those of
-- `cidsim explore --reduce off --symmetry off`. Each rule is one kind of step.
--
--     rumur --symmetry-reduction off --deadlock-detection off -o mmcid.c mmcid.m
--     cc -O3 -march=native -o mmcid mmcid.c -lpthread -latomic && ./mmcid
--
-- explore.sh sets the constants by editing their lines. With ANY_ORDER = 1 a walk visits what it has
-- to in any order. Then no rule depends on the names of CPUs and tasks, and Rumur may exchange them.
-- The kernel's order depends on them: with ANY_ORDER = 0 symmetry must be off. With ANY_ORDER = 1 and
-- --symmetry-reduction exhaustive the states and steps are those of `cidsim explore --reduce off`;
-- with heuristic they are more: it does not find every state that is the same but for names.
--
-- The tasks are the list of users, the newest first. Who comes or goes moves the records of those
-- behind. This exchanges names, and nothing else if the order does not matter.

const
	N: 3; -- possible CPUs
	A: 3; -- so many of them, the first, are those the tasks may run on
	S: 3; -- tasks at the start, to A
	T: 4; -- tasks at once at most
	F: 2; -- forks that may happen
	E: 2; -- exits that may happen
	TRANSIT_TO_PERCPU: 1; -- 0: no TRANSIT on the way to per CPU (as before 6.19-livelock)
	DROP_TESTS_OWNED: 1; -- 0: "drop CPU" does not test that the word is CPU-owned (before 6.19.1)
	ANY_ORDER: 0; -- 1: walks in any order

	-- Words: the number, owned by the task; N more, CPU-owned; 2N more, in transit; 3N, unset.
	UNSET: 3 * N;
	ALL: (1 << N) - 1; -- as a set of numbers: one bit for each

	-- Bits of the mode
	PER_CPU: 1;
	TRANSIT: 2;

	-- What a CPU is in the middle of. SPINS is plus the mode that the switch has read.
	FREE: 0;
	BETWEEN: 1;
	SPINS: 2;

type
	cpu: scalarset(N);
	task: scalarset(T);
	number: 0 .. N - 1;
	word: 0 .. 3 * N;
	numbers: 0 .. ALL;
	any_mode: 0 .. PER_CPU + TRANSIT;
	visit: enum { to_do, awaited, done }; -- of the walk; awaited: it waits for that rq lock
	a_cpu: record
		owns: word;
		runs: enum { a_user, the_leaver, idle, a_dead_task };
		at: 0 .. SPINS + PER_CPU + TRANSIT; -- its rq lock is held unless FREE
		allowed: boolean;
		walk: visit;
	end;
	a_task: record
		owns: word;
		where: cpu; -- runs there or is in its queue; undefined: no user
		runs: boolean;
		role: enum { none, parent, child }; -- in the fork that is under way
		walk: visit;
	end;

var
	cpus: array [cpu] of a_cpu;
	tasks: array [task] of a_task;
	users: 0 .. T;
	pool: numbers;
	mode: any_mode;
	threshold: 0 .. N;
	forks_left: 0 .. F;
	exits_left: 0 .. E;
	-- What the holder of the mutex is in the middle of.
	phase: enum { nothing, walks_tasks, fork_completes, gets, walks_cpus, exit_completes };
	waits: boolean; -- the walk, for a rq lock
	leaver_at: cpu; -- of the task that has left and walks; undefined: there is none

-- Words and the mode

function task_owned(w: word): boolean; begin return w < N; end;
function cpu_owned(w: word): boolean; begin return w >= N & w < 2 * N; end;
function in_transit(w: word): boolean; begin return w >= 2 * N & w < 3 * N; end;
function per_cpu(m: any_mode): boolean; begin return m % 2 = PER_CPU; end;
function changes(m: any_mode): boolean; begin return m >= TRANSIT; end;

function least(a: 0 .. 2 * N; b: 0 .. T + N): 0 .. 2 * N;
begin
	return a < b ? a : b;
end;

function width(): 0 .. N;
begin
	return least(A, users);
end;

function max_cids(): 0 .. N;
begin
	return least(width() + width() / 4, N);
end;

-- The pool

function has(set: numbers; n: number): boolean;
begin
	return (set >> n) % 2 = 1;
end;

function lowest_clear(): 0 .. N;
begin
	for n: number do
		if !has(pool, n) then return n; end;
	end;
	return N;
end;

function take(): number;
var n: number;
begin
	n := lowest_clear();
	pool := pool + (1 << n);
	return n;
end;

procedure drop(n: word);
begin
	assert "I2" n < N;
	assert "I4" has(pool, n);
	pool := pool - (1 << n);
end;

-- For a number at or above max_cids: the lowest instead, if that is below.
function converge(n: number): number;
var low: 0 .. N;
begin
	low := lowest_clear();
	if low >= max_cids() then return n; end;
	pool := pool + (1 << low);
	drop(n);
	return low;
end;

procedure set_cpu(c: cpu; w: word);
begin
	if DROP_TESTS_OWNED = 0 | cpu_owned(w) then
		cpus[c].owns := w;
	else
		cpus[c].owns := task_owned(w) ? 0 : UNSET;
	end;
end;

procedure set_both(c: cpu; t: task; w: word);
begin
	tasks[t].owns := w;
	set_cpu(c, w);
end;

procedure drop_cpu(c: cpu);
var w: word;
begin
	w := cpus[c].owns;
	if cpu_owned(w) then
		drop(w - N);
		set_cpu(c, w - N);
	elsif DROP_TESTS_OWNED = 0 then
		assert "I2" task_owned(w);
		drop(w);
	end;
end;

-- Who is where

function runs_on(t: task; c: cpu): boolean;
begin
	return tasks[t].runs & tasks[t].where = c;
end;

function is_user(t: task): boolean;
begin
	return !isundefined(tasks[t].where);
end;

-- It does not run, but a CPU may take it from its queue.
function waiting(t: task): boolean;
begin
	return is_user(t) & !tasks[t].runs & tasks[t].role != child;
end;

function exiting(): boolean;
begin
	return phase = walks_cpus | phase = exit_completes;
end;

function leaver_waiting(): boolean;
begin
	return exiting() & cpus[leaver_at].runs != the_leaver;
end;

function initiator_executes(): boolean;
begin
	if exiting() then return cpus[leaver_at].runs = the_leaver & cpus[leaver_at].at = FREE; end;
	return exists t: task do
		tasks[t].role = parent & tasks[t].runs & cpus[tasks[t].where].at = FREE
	end;
end;

function executes_user(c: cpu): boolean;
begin
	return phase = nothing & cpus[c].at = FREE & cpus[c].runs = a_user;
end;

-- Its task is not to be switched out.
function pinned(c: cpu): boolean;
begin
	return (waits | phase = gets) & (cpus[c].runs = the_leaver |
		exists t: task do tasks[t].role = parent & runs_on(t, c) end);
end;

function dead(): 0 .. N;
var n: 0 .. N;
begin
	n := 0;
	for c: cpu do
		if cpus[c].runs = a_dead_task then n := n + 1; end;
	end;
	return n;
end;

-- A switch

procedure switch_out(c: cpu; t: task);
var w: word; n: number;
begin
	w := tasks[t].owns;
	if in_transit(w) then
		n := w % N;
		if changes(mode) | n >= max_cids() then
			tasks[t].owns := UNSET;
			drop(n);
		elsif per_cpu(mode) then
			set_cpu(c, N + n);
			tasks[t].owns := N;
		else
			set_both(c, t, n);
		end;
	elsif cpu_owned(w) then
		tasks[t].owns := N;
	end;
	tasks[t].runs := false;
end;

-- Neither brings a number along, in either mode.
function needs_number(c: cpu; t: task): boolean;
begin
	return !task_owned(tasks[t].owns) & !cpu_owned(cpus[c].owns);
end;

-- The number that comes in, and whether it is converted for a mode that the switch has read.
function bring(c: cpu; t: task; of_cpu: boolean): number;
var w: word; v: word;
begin
	w := cpus[c].owns;
	v := tasks[t].owns;
	if cpu_owned(w) & task_owned(v) then
		if of_cpu then drop(v); return w - N; end;
		drop(w - N);
		return v;
	end;
	if cpu_owned(w) then return w - N; end;
	if task_owned(v) then return v; end;
	return take();
end;

procedure switch_in(c: cpu; t: task; read: any_mode);
var w: word; n: number; settled: boolean;
begin
	w := cpus[c].owns;
	if per_cpu(read) then
		settled := cpu_owned(w) & cpu_owned(tasks[t].owns);
	else
		settled := task_owned(w) & task_owned(tasks[t].owns);
	end;
	if !settled then
		n := bring(c, t, per_cpu(read));
	else
		n := per_cpu(read) ? w - N : tasks[t].owns;
		if n >= max_cids() then n := converge(n); end;
	end;
	if !settled & changes(read) then
		set_both(c, t, 2 * N + n);
	else
		set_both(c, t, per_cpu(read) ? N + n : n);
	end;
	cpus[c].at := FREE;
end;

-- Fork, exit, walks

-- A record for the newest, before those of all others. They move up to the first that is free.
procedure insert(c: cpu);
var one: a_task; next: a_task;
begin
	one.owns := UNSET;
	one.where := c;
	one.runs := false;
	one.role := child;
	one.walk := to_do;
	for t: task do
		if !isundefined(one.where) then
			next := tasks[t];
			tasks[t] := one;
			one := next;
		end;
	end;
	users := users + 1;
end;

procedure vacate(t: task);
begin
	tasks[t].owns := UNSET;
	undefine tasks[t].where;
	tasks[t].runs := false;
	tasks[t].role := none;
	tasks[t].walk := to_do;
end;

procedure remove(gone: task);
var before: task; behind: boolean;
begin
	behind := false;
	for t: task do
		if behind then tasks[before] := tasks[t]; end;
		behind := behind | t = gone;
		before := t;
	end;
	vacate(before);
	users := users - 1;
end;

procedure end_operation();
begin
	phase := nothing;
	for t: task do
		tasks[t].role := none;
		tasks[t].walk := to_do;
	end;
	for c: cpu do cpus[c].walk := to_do; end;
end;

procedure child_gets();
begin
	for t: task do
		if tasks[t].role = child then tasks[t].owns := take(); end;
	end;
end;

procedure to_per_cpu(c: cpu; parent: task);
var w: word; wanted: 0 .. N;
begin
	wanted := least(width() - width() / 4, N / 2);
	threshold := wanted > 1 ? wanted : 1;
	mode := PER_CPU + TRANSIT_TO_PERCPU * TRANSIT;
	w := tasks[parent].owns;
	if task_owned(w) then set_both(c, parent, w + (TRANSIT_TO_PERCPU = 1 ? 2 * N : N)); end;
end;

procedure fork(c: cpu);
begin
	for t: task do
		if runs_on(t, c) then tasks[t].role := parent; end;
	end;
	insert(c);
	forks_left := forks_left - 1;
	if per_cpu(mode) then
		end_operation();
	elsif users > max_cids() then
		for t: task do
			if tasks[t].role = parent then to_per_cpu(c, t); end;
		end;
		phase := walks_tasks;
	elsif pool = ALL then
		phase := gets;
	else
		child_gets();
		end_operation();
	end;
end;

procedure leave(c: cpu; t: task);
var w: word; last: boolean;
begin
	exits_left := exits_left - 1;
	w := tasks[t].owns;
	last := users = 1 & cpu_owned(w);
	if last then set_cpu(c, w + N); end;
	if last | task_owned(w) | in_transit(w) then drop(w % N); end;
	remove(t);
	cpus[c].runs := a_dead_task;
	if per_cpu(mode) & users < threshold then
		threshold := 0;
		mode := TRANSIT;
		if users > 0 then
			cpus[c].runs := the_leaver;
			leaver_at := c;
			phase := walks_cpus;
			drop_cpu(c);
		end;
	end;
end;

procedure fix_task(t: task);
var w: word;
begin
	w := tasks[t].owns;
	if !task_owned(w) then return; end;
	if tasks[t].runs then
		set_both(tasks[t].where, t, w + (TRANSIT_TO_PERCPU = 1 ? 2 * N : N));
	else
		tasks[t].owns := UNSET;
		drop(w);
	end;
end;

procedure fix_cpu(c: cpu);
var w: word;
begin
	w := cpus[c].owns;
	if cpus[c].runs != a_user then
		if cpu_owned(w) then drop_cpu(c); end;
		return;
	end;
	for t: task do
		if runs_on(t, c) then
			if cpu_owned(w) & cpu_owned(tasks[t].owns) then
				set_both(c, t, w + N);
			elsif !cpu_owned(w) & task_owned(tasks[t].owns) then
				set_both(c, t, tasks[t].owns + 2 * N);
			end;
		end;
	end;
end;

-- To be visited by the walk: next, or at some time if any order will do.

function left_task(t: task): boolean;
begin
	return is_user(t) & tasks[t].role != parent & tasks[t].walk != done;
end;

function next_task(t: task): boolean;
begin
	if ANY_ORDER = 0 then
		for u: task do
			if left_task(u) then return t = u; end;
		end;
	end;
	return left_task(t) & tasks[t].walk = (waits ? awaited : to_do);
end;

function next_cpu(c: cpu): boolean;
begin
	if ANY_ORDER = 0 then
		for d: cpu do
			if cpus[d].walk != done then return c = d; end;
		end;
	end;
	return cpus[c].walk = (waits ? awaited : to_do);
end;

-- What must hold

-- No two tasks in user space have the same number.
function shown_once(): boolean;
var shown: numbers; n: number;
begin
	shown := 0;
	for t: task do
		if tasks[t].runs & tasks[t].owns != UNSET & cpus[tasks[t].where].at = FREE then
			n := tasks[t].owns % N;
			if has(shown, n) then return false; end;
			shown := shown + (1 << n);
		end;
	end;
	return true;
end;

-- The numbers taken are those that somebody holds, and nobody else.
function held_once(): boolean;
var left: numbers; w: word;
begin
	left := pool;
	for t: task do
		w := tasks[t].owns;
		if task_owned(w) | (in_transit(w) & tasks[t].runs) then
			if !has(left, w % N) then return false; end;
			left := left - (1 << (w % N));
		end;
	end;
	for c: cpu do
		w := cpus[c].owns;
		if cpu_owned(w) then
			if !has(left, w - N) then return false; end;
			left := left - (1 << (w - N));
		end;
	end;
	return left = 0;
end;

invariant "I1" users > 0 -> shown_once();
invariant "I4" users > 0 -> held_once();
invariant "I5" users > 0 & phase = nothing -> (per_cpu(mode)
	? forall t: task do !task_owned(tasks[t].owns) end
	: forall c: cpu do !cpu_owned(cpus[c].owns) end);

-- Steps

ruleset c: cpu do
	rule "out" cpus[c].at = FREE & !pinned(c) ==>
	begin
		for t: task do
			if runs_on(t, c) then switch_out(c, t); end;
		end;
		cpus[c].runs := idle;
		cpus[c].at := BETWEEN;
	end;

	rule "in: idle" cpus[c].at = BETWEEN ==>
	begin
		cpus[c].at := FREE;
	end;

	rule "retry" cpus[c].at >= SPINS & pool != ALL ==>
	var read: any_mode;
	begin
		read := cpus[c].at - SPINS;
		for t: task do
			if runs_on(t, c) then switch_in(c, t, read); end;
		end;
	end;

	rule "fork" executes_user(c) & forks_left > 0 & users + dead() < T ==>
	begin
		fork(c);
	end;

	rule "exit" executes_user(c) & exits_left > 0 ==>
	var gone: task;
	begin
		for t: task do
			if runs_on(t, c) then gone := t; end;
		end;
		leave(c, gone);
	end;

	rule "in: the leaver" cpus[c].at = BETWEEN & cpus[c].allowed & leaver_waiting() &
		(leaver_at = c | cpus[leaver_at].at = FREE) ==>
	begin
		leaver_at := c;
		cpus[c].runs := the_leaver;
		cpus[c].at := FREE;
	end;

	rule "migrate the leaver" cpus[c].at = FREE & cpus[c].allowed & leaver_waiting() &
		leaver_at != c & cpus[leaver_at].at = FREE ==>
	begin
		leaver_at := c;
	end;

	ruleset t: task do
		rule "in" cpus[c].at = BETWEEN & cpus[c].allowed & waiting(t) &
			(tasks[t].where = c | cpus[tasks[t].where].at = FREE) ==>
		begin
			tasks[t].where := c;
			tasks[t].runs := true;
			cpus[c].runs := a_user;
			if needs_number(c, t) & pool = ALL then
				cpus[c].at := SPINS + mode;
			else
				switch_in(c, t, mode);
			end;
		end;

		rule "migrate" cpus[c].at = FREE & cpus[c].allowed & waiting(t) &
			tasks[t].where != c & cpus[tasks[t].where].at = FREE ==>
		begin
			tasks[t].where := c;
		end;
	end;

	rule "walk: a CPU" phase = walks_cpus & next_cpu(c) & cpus[c].at = FREE &
		initiator_executes() ==>
	begin
		waits := false;
		fix_cpu(c);
		cpus[c].walk := done;
		if forall d: cpu do cpus[d].walk = done end then
			end_operation();
			phase := exit_completes;
		end;
	end;

	rule "wait for a CPU" phase = walks_cpus & next_cpu(c) & cpus[c].at != FREE & !waits &
		initiator_executes() ==>
	begin
		waits := true;
		cpus[c].walk := awaited;
	end;
end;

ruleset t: task do
	rule "walk: a task" phase = walks_tasks & next_task(t) &
		cpus[tasks[t].where].at = FREE & initiator_executes() ==>
	begin
		waits := false;
		fix_task(t);
		tasks[t].walk := done;
		if forall u: task do !left_task(u) end then
			for u: task do tasks[u].walk := to_do; end;
			phase := fork_completes;
		end;
	end;

	rule "wait for a task" phase = walks_tasks & next_task(t) &
		cpus[tasks[t].where].at != FREE & !waits & initiator_executes() ==>
	begin
		waits := true;
		tasks[t].walk := awaited;
	end;
end;

rule "complete the fork" phase = fork_completes & initiator_executes() ==>
begin
	mode := mode % 2;
	end_operation();
end;

rule "complete the exit" phase = exit_completes & initiator_executes() ==>
begin
	mode := mode % 2;
	cpus[leaver_at].runs := a_dead_task;
	undefine leaver_at;
	end_operation();
end;

rule "get" phase = gets & initiator_executes() & pool != ALL ==>
begin
	child_gets();
	end_operation();
end;

-- The first task has forked the others, one after the other; it runs on the first CPU, they wait
-- there.
startstate
var i: 0 .. N + T; first: cpu;
begin
	i := 0;
	for c: cpu do
		if i = 0 then first := c; end;
		cpus[c].owns := 0;
		cpus[c].runs := i = 0 ? a_user : idle;
		cpus[c].at := FREE;
		cpus[c].allowed := i < A;
		cpus[c].walk := to_do;
		i := i + 1;
	end;
	i := 0;
	for t: task do
		vacate(t);
		if i < S then
			tasks[t].owns := S - 1 - i;
			tasks[t].where := first;
			tasks[t].runs := i = S - 1;
		end;
		i := i + 1;
	end;
	pool := (1 << S) - 1;
	users := S;
	mode := 0;
	threshold := 0;
	forks_left := F;
	exits_left := E;
	phase := nothing;
	waits := false;
	undefine leaver_at;
end;
