SPDX-License-Identifier: MIT
Copyright (c) The cidsim authors

Bad input over all commands: the exact message, and the exit status: [2] usage or input, [3] the
environment. `tests/cli/cram.sh build/sim/cidsim tests/cli/messages.t --update` takes what the program
prints now; read the difference before you commit it.

  $ cidsim() { "$CIDSIM" "$@"; }
  $ scn() { { printf '[machine]\ncpus = 4\n\n[mm app]\n'; cat; } >bad.scn; cidsim check bad.scn; }
  $ scn </dev/null
  bad.scn: ok: CPUs 4, processes 1, expectations 0; at most about 1 tasks at
    once, about 0 events

Commands and options

  $ cidsim rnu x
  cidsim: unknown command 'rnu'; did you mean run?
  [2]
  $ cidsim xylophone
  cidsim: unknown command 'xylophone'; --help lists the commands
  [2]
  $ cidsim ''
  cidsim: unknown command ''; --help lists the commands
  [2]
  $ cidsim help chek
  cidsim: unknown command 'chek'; did you mean check?
  [2]
  $ cidsim run
  cidsim: run: no scenario given; a FILE, a folder, - or a name of `cidsim list`
  [2]
  $ cidsim run --jsn x.scn
  cidsim: run: unknown option --jsn; did you mean --json?
  [2]
  $ cidsim run x.scn --seed
  cidsim: run: missing argument for --seed; --help lists the options
  [2]
  $ cidsim run -Z x.scn
  cidsim: run: unknown option -Z; --help lists the options
  [2]
  $ cidsim run bad.scn --seed x
  cidsim: --seed: 'x' is not a whole number, write one like 4
  [2]
  $ cidsim run bad.scn --seed -1
  cidsim: --seed: '-1' is negative, a number from 0 is needed
  [2]
  $ cidsim run bad.scn --seed 99999999999999999999
  cidsim: --seed: '99999999999999999999' is out of range, it must be 0 to 18446744073709551615
  [2]
  $ cidsim run bad.scn --json --quiet
  cidsim: run: --json prints, --quiet prints nothing; give one of them
  [2]
  $ cidsim run bad.scn -r 7.0 -r 7.1
  cidsim: run: --revision is given twice
  [2]
  $ cidsim run bad.scn --revision 6.18
  cidsim: --revision: unknown revision '6.18', did you mean '6.19'?
  [2]
  $ cidsim run bad.scn --revision latest
  cidsim: --revision: unknown revision 'latest', `cidsim revisions` lists them
  [2]
  $ cidsim run bad.scn --log xml -o out
  cidsim: run: --log: 'xml' is unknown; ftrace, chrome or none
  [2]
  $ cidsim run bad.scn --log none
  cidsim: run: --log has no effect without -o DIR
  [2]
  $ cidsim run bad.scn --log-from 1ms
  cidsim: run: --log-from has no effect without -o DIR
  [2]
  $ cidsim run bad.scn -o out --log none --log-to 1ms
  cidsim: run: --log-to and --log none cannot go together
  [2]
  $ cidsim run bad.scn -o out --log-from 2ms --log-to 1ms
  cidsim: run: --log-to is before --log-from
  [2]
  $ cidsim run bad.scn -o out --log-limit 1.5G
  cidsim: run: --log-limit: '1.5G' is not a size like 4G, 512M or 65536K
  [2]
  $ cidsim run bad.scn -o out --log-limit 0
  cidsim: run: --log-limit: '0' is no limit; --log none writes no log
  [2]
  $ cidsim run bad.scn -o out --log-from 5
  cidsim: run: --log-from: '5' has no unit, write ns, us, ms or s right after the number
  [2]
  $ cidsim run bad.scn -o ''
  cidsim: run: -o needs the name of a folder
  [2]
  $ cidsim run bad.scn --seeds 0
  cidsim: run: --seeds: at least 1 is needed
  [2]
  $ cidsim run bad.scn --seeds x
  cidsim: run: --seeds: 'x' is not a whole number, write one like 4
  [2]
  $ cidsim run bad.scn --seeds 2 -o out
  cidsim: run: --seeds writes no files; give -o and --seed for one of them
  [2]
  $ cidsim run bad.scn --bytes-per-cid x
  cidsim: run: --bytes-per-cid: 'x' is not a whole number, write one like 4
  [2]
  $ cidsim run bad.scn --bytes-per-cid 0
  cidsim: run: --bytes-per-cid: '0' is out of range, it must be 1 to 4294967295
  [2]
  $ cidsim run bad.scn --set cpus=8
  cidsim: --set: 'cpus=8' is not written like machine.cpus=8
  [2]
  $ cidsim run bad.scn --set machine.cpu=8
  cidsim: --set machine.cpu: unknown key 'cpu' in group 'machine', did you mean 'cpus'?
  [2]
  $ cidsim run bad.scn --set machne.cpus=8
  cidsim: --set machne.cpus: unknown kind of group 'machne', did you mean 'machine'?
  [2]
  $ cidsim run bad.scn --set machine.cpus
  cidsim: --set: 'machine.cpus' is not written like machine.cpus=8
  [2]
  $ cidsim run bad.scn --set machine.cpus=
  cidsim: --set machine.cpus: has no value
  [2]
  $ cidsim run bad.scn --set machine.cpus=0
  cidsim: --set machine.cpus: '0' is out of range, it must be 1 to 8192
  [2]
  $ cidsim run bad.scn --set 'mm app.cpus=0-9'
  cidsim: --set mm app.cpus: CPU 4 is not one of the possible CPUs '0-3'
  [2]
  $ cidsim run bad.scn --set protocol.threshold=2/3
  cidsim: --set protocol.threshold: unknown key 'threshold' in group 'protocol', did you mean one of thrs-floor, thrs-cap, thrs-policy, thrs-gap?
  [2]
  $ cidsim run bad.scn --set protocol.thrs=2/3
  cidsim: --set protocol.thrs: unknown key 'thrs' in group 'protocol', did you mean one of thrs-floor, thrs-cap, thrs-policy, thrs-gap?
  [2]

Files that are not there, or are something else

  $ cidsim run nosuch.scn
  cidsim: nosuch.scn: cannot be read: No such file or directory; `cidsim list` names what ships
  [3]
  $ cidsim run hysteresi
  cidsim: hysteresi: cannot be read: No such file or directory; did you mean hysteresis?
  [3]
  $ cidsim check nosuch.scn
  cidsim: nosuch.scn: cannot be read: No such file or directory; `cidsim list` names what ships
  [3]
  $ mkdir empty; cidsim run empty
  cidsim: empty: there is no .scn file in this folder
  [2]
  $ cidsim run empty/
  cidsim: empty/: there is no .scn file in this folder
  [2]
  $ cidsim run ''
  cidsim: '': cannot be read: No such file or directory
  [3]
  $ cidsim run /dev/null
  cidsim: /dev/null: is neither a file nor a pipe; name a file, or - for standard input
  [2]
  $ printf '\0\1\2' >binary.scn; cidsim run binary.scn
  cidsim: binary.scn:1: has a NUL byte: this is not a text file
  [2]
  $ echo '{"cpus": 4}' >json.scn; cidsim run json.scn
  cidsim: json.scn: is JSON; a scenario is text, with lines like [mm app] and count = 4
  [2]
  $ echo '[mm' >open.scn; cidsim check open.scn
  cidsim: open.scn:1: the group has no ']' at its end
  [2]
  $ cidsim run bad.scn bad.scn -o out
  cidsim: run: -o: bad.scn and bad.scn would both be written to out/bad
  [2]
  $ cidsim run bad.scn -o bad.scn
  cidsim: run: -o: bad.scn is a file; name a folder, it need not be there
  [2]
  $ cidsim run bad.scn -o /proc/none
  cidsim: /proc/none/bad: No such file or directory
  [3]
  $ cidsim explore nosuch.scn
  cidsim: nosuch.scn: cannot be read: No such file or directory; `cidsim list` names what ships
  [3]
  $ cidsim replay nosuch.txt
  cidsim: replay: nosuch.txt: No such file or directory
  [3]
  $ cidsim replay bad.scn
  cidsim: replay: bad.scn is a scenario, not a trace; `cidsim run` runs it
  [2]
  $ cidsim replay empty
  cidsim: replay: empty is a folder; name a trace, like empty/trace.txt
  [2]
  $ cidsim replay /dev/null
  cidsim: replay: /dev/null: is neither a file nor a pipe; name a file, or - for standard input
  [2]
  $ cidsim merge nosuch.csv
  cidsim: nosuch.csv: No such file or directory
  [3]
  $ cidsim merge bad.scn
  cidsim: bad.scn:1: not a result file of a sweep: found '[machine]', expected '# cidsim VERSION sweep'
  [2]
  $ cidsim rerun nosuch
  cidsim: rerun: nosuch/modes.csv: No such file or directory
  [3]
  $ cidsim rerun empty
  cidsim: rerun: empty is no folder that `cidsim run -o` or `cidsim replay -o` wrote: it has no modes.csv
  [2]
  $ cidsim rerun bad.scn
  cidsim: rerun: bad.scn is no folder that `cidsim run -o` or `cidsim replay -o` wrote: it has no modes.csv
  [2]
  $ cidsim list nosuch
  cidsim: list: there is no scenario 'nosuch'; `cidsim list` names them
  [2]
  $ cidsim list ../vfork
  cidsim: list: there is no scenario '../vfork'; `cidsim list` names them
  [2]
  $ cidsim list hysteresi
  cidsim: list: there is no scenario 'hysteresi'; did you mean hysteresis?
  [2]
  $ cidsim list study
  cidsim: list: there is no scenario 'study'; `cidsim list` names them
  [2]

Scenarios: groups and keys

  $ scn <<X
  > [taks t]
  > X
  cidsim: bad.scn:5: unknown kind of group 'taks', did you mean 'tasks'?
  [2]
  $ scn <<X
  > [tasks t]
  > slep = 1ms
  > X
  cidsim: bad.scn:6: unknown key 'slep' in group 'tasks t', did you mean 'sleep'?
  [2]
  $ scn <<X
  > [tasks]
  > run = 1ms
  > X
  cidsim: bad.scn:5: the group is not written like [tasks NAME]
  [2]
  $ scn <<X
  > [tasks t]
  > mm = other
  > run = 1ms
  > X
  cidsim: bad.scn:6: mm: unknown mm 'other', the file has app
  [2]
  $ scn <<X
  > [tasks t]
  > run = 1ms
  > run = 2ms
  > X
  cidsim: bad.scn:7: key 'run' twice in the same group, the first is in line 6
  [2]
  $ scn <<X
  > [mm app]
  > X
  cidsim: bad.scn:5: group 'mm app' twice, the first is in line 4
  [2]
  $ scn <<X
  > [tasks t]
  > run 1ms
  > X
  cidsim: bad.scn:6: 'run 1ms' is neither [group] nor key=value nor # comment
  [2]
  $ scn <<X
  > [tasks t]
  > run =
  > X
  cidsim: bad.scn:6: key 'run' has no value
  [2]
  $ scn <<X
  > [tasks t]
  > = 1ms
  > X
  cidsim: bad.scn:6: no key before the '='
  [2]
  $ scn <<X
  > [tasks t] ; comment
  > X
  cidsim: bad.scn:5: text after the ']' of the group, a comment needs a line of its own
  [2]
  $ scn <<X
  > [tasks t]
  > run = 1ms ; comment
  > X
  cidsim: bad.scn:6: run: '1ms ; comment' does not end in a unit of time, write ns, us, ms or s right after the number; a comment needs a line of its own
  [2]
  $ scn <<X
  > [tasks t]
  > run = 1ms # comment
  > X
  cidsim: bad.scn:6: run: '1ms # comment' does not end in a unit of time, write ns, us, ms or s right after the number; a comment needs a line of its own
  [2]
  $ scn <<X
  > [machine]
  > cpus = 8
  > X
  cidsim: bad.scn:5: group 'machine' twice, the first is in line 1
  [2]
  $ scn <<X
  > [protocol]
  > revision = 6.18
  > X
  cidsim: bad.scn:6: revision: unknown revision '6.18', did you mean '6.19'?
  [2]
  $ scn <<X
  > [protocol]
  > transit-to-pcpu = on
  > X
  cidsim: bad.scn:6: unknown key 'transit-to-pcpu' in group 'protocol', did you mean 'transit-to-percpu'?
  [2]
  $ scn <<X
  > [protocol]
  > threshold = 2/3
  > X
  cidsim: bad.scn:6: unknown key 'threshold' in group 'protocol', did you mean one of thrs-floor, thrs-cap, thrs-policy, thrs-gap?
  [2]
  $ scn <<X
  > [protocol]
  > transit-to-percpu = maybe
  > X
  cidsim: bad.scn:6: transit-to-percpu: 'maybe' does not fit, it must be off|on
  [2]
  $ scn <<X
  > [sched]
  > placement = idel
  > X
  cidsim: bad.scn:6: placement: 'idel' is not known, write idle or previous
  [2]
  $ scn <<X
  > [at 10ms]
  > fork = 3
  > X
  cidsim: bad.scn:6: fork: unknown group of tasks '3'
  [2]
  $ scn <<X
  > [at soon]
  > fork = app 3
  > X
  cidsim: bad.scn:5: 'soon' is not a duration, write one like 10ms
  [2]
  $ scn <<X
  > [expect app]
  > to-percpu = many
  > X
  cidsim: bad.scn:6: to-percpu: 'many' is not a whole number, write one like 4
  [2]
  $ scn <<X
  > [expect other]
  > to-percpu = 1
  > X
  cidsim: bad.scn:5: unknown mm 'other', the file has app
  [2]
  $ scn <<X
  > [expect]
  > to-percpus = 1
  > X
  cidsim: bad.scn:6: unknown key 'to-percpus' in group 'expect', the keys are violations, livelocks
  [2]
  $ scn <<X
  > [steps]
  > 1 = jump 0
  > X
  cidsim: bad.scn:5: [steps] needs [explore], which says of what machine they are
  [2]

Scenarios: numbers, times, sets of CPUs

  $ scn <<X
  > [tasks t]
  > count = four
  > X
  cidsim: bad.scn:6: count: 'four' is not a whole number, write one like 4
  [2]
  $ scn <<X
  > [tasks t]
  > count = 4 ; four
  > X
  cidsim: bad.scn:6: count: '4 ; four' is not a whole number, write one like 4; a comment needs a line of its own
  [2]
  $ scn <<X
  > [tasks t]
  > count = -1
  > X
  cidsim: bad.scn:6: count: '-1' is negative, a number from 0 is needed
  [2]
  $ scn <<X
  > [tasks t]
  > count = 4194305
  > X
  cidsim: bad.scn:6: count: '4194305' is out of range, it must be 0 to 4194304
  [2]
  $ scn <<X
  > [tasks t]
  > count = 18446744073709551616
  > X
  cidsim: bad.scn:6: count: '18446744073709551616' is out of range, it must be 0 to 4194304
  [2]
  $ scn <<X
  > [tasks t]
  > count = 0x10
  > X
  cidsim: bad.scn:6: count: '0x10' is not a whole number, write one like 4
  [2]
  $ scn <<X
  > [tasks t]
  > count = 1e3
  > X
  cidsim: bad.scn:6: count: '1e3' is not a whole number, write one like 4
  [2]
  $ scn <<X
  > [tasks t]
  > count = 1,000
  > X
  cidsim: bad.scn:6: count: '1,000' is not a whole number, write one like 4
  [2]
  $ scn <<X
  > [tasks t]
  > run = 5
  > X
  cidsim: bad.scn:6: run: '5' has no unit, write ns, us, ms or s right after the number
  [2]
  $ scn <<X
  > [tasks t]
  > run = 5sec
  > X
  cidsim: bad.scn:6: run: '5sec' does not end in a unit of time, write ns, us, ms or s right after the number
  [2]
  $ scn <<X
  > [tasks t]
  > run = 1.5ns
  > X
  cidsim: bad.scn:6: run: '1.5ns' is not a whole number of ns, leave out decimals
  [2]
  $ scn <<X
  > [tasks t]
  > run = 99999999999999999999s
  > X
  cidsim: bad.scn:6: run: '99999999999999999999s' is too long a duration, it must be below 2^64 ns
  [2]
  $ scn <<X
  > [tasks t]
  > run = uniform(1ms)
  > X
  cidsim: bad.scn:6: run: uniform() is not written like uniform(1ms,2ms)
  [2]
  $ scn <<X
  > [tasks t]
  > run = 2ms..1ms
  > X
  cidsim: bad.scn:6: run: '2ms..1ms' is not a duration, write a range like uniform(1ms,2ms)
  [2]
  $ scn <<X
  > [tasks t]
  > cpus = 0..2
  > X
  cidsim: bad.scn:6: cpus: '0..2' is not a list of CPUs, write one like 0-3,8
  [2]
  $ scn <<X
  > [tasks t]
  > cpus = 3-1
  > X
  cidsim: bad.scn:6: cpus: '3-1' has a range that runs backwards, write the lower CPU first
  [2]
  $ scn <<X
  > [tasks t]
  > cpus = 0-9
  > X
  cidsim: bad.scn:6: cpus: CPU 4 is not one of the possible CPUs '0-3'
  [2]
  $ scn <<X
  > [tasks t]
  > cpus =
  > X
  cidsim: bad.scn:6: key 'cpus' has no value
  [2]
  $ scn <<X
  > [tasks t]
  > cpus = all
  > X
  cidsim: bad.scn:6: cpus: 'all' is not a list of CPUs, write one like 0-3,8
  [2]
  $ printf '[machine]\ncpus = 99999999999999999999\n' >c.scn; cidsim check c.scn
  cidsim: c.scn:2: cpus: '99999999999999999999' is out of range, it must be 1 to 8192
  [2]
  $ printf '[machine]\ncpus = 0\n' >c.scn; cidsim check c.scn
  cidsim: c.scn:2: cpus: '0' is out of range, it must be 1 to 8192
  [2]
  $ printf '[machine]\ncpus = 8193\n' >c.scn; cidsim check c.scn
  cidsim: c.scn:2: cpus: '8193' is out of range, it must be 1 to 8192
  [2]
  $ printf '[machine]\ncpus = 4 ; four\n' >c.scn; cidsim check c.scn
  cidsim: c.scn:2: cpus: '4 ; four' is not a whole number, write one like 4; a comment needs a line of its own
  [2]
  $ printf '[mm app]\n' >c.scn; cidsim check c.scn
  c.scn: ok: CPUs 4, processes 1, expectations 0; at most about 1 tasks at once,
    about 0 events

Sweeps

  $ scn </dev/null
  bad.scn: ok: CPUs 4, processes 1, expectations 0; at most about 1 tasks at
    once, about 0 events
  $ cidsim sweep
  cidsim: sweep: no scenario given; a FILE, - or a name of `cidsim list`
  [2]
  $ cidsim sweep bad.scn --cpus 4..64 -o s.csv
  cidsim: sweep: --cpus: '4..64' is not a range, write one like 4-64
  [2]
  $ cidsim sweep bad.scn --cpus 4:64 -o s.csv
  cidsim: sweep: --cpus: '4:64' has groups without a range, write a range like 4-64, groups like 0-7:1/2
  [2]
  $ cidsim sweep bad.scn --cpus 64-4 -o s.csv
  cidsim: sweep: --cpus: '64-4' is reversed, write 4-64
  [2]
  $ cidsim sweep bad.scn --cpus 4 --cpus 8 -o s.csv
  cidsim: sweep: --cpus is given twice
  [2]
  $ cidsim sweep bad.scn --cpus x -o s.csv
  cidsim: sweep: --cpus: 'x' is not a whole number, write one like 4
  [2]
  $ cidsim sweep bad.scn --cpus 4 -o s.csv -j 0
  cidsim: sweep: --jobs: '0' is out of range, it must be 1 to 1024
  [2]
  $ cidsim sweep bad.scn --cpus 4 -o s.csv --shard 3/2
  cidsim: sweep: --shard: '3' is out of range, it must be 1 to 2
  [2]
  $ cidsim sweep bad.scn --cpus 4 -o s.csv --vary machine.cpu=1,2
  cidsim: sweep: --vary machine.cpu: unknown key 'cpu' in group 'machine', did you mean 'cpus'?
  [2]
  $ cidsim sweep bad.scn --cpus 4 -o nosuch/s.csv
  cidsim: sweep: -o: nosuch/s.csv: No such file or directory
  [3]
  $ cidsim sweep bad.scn --cpus 4 -o .
  cidsim: sweep: -o: . is a folder; name a file in it
  [2]
  $ cidsim merge
  cidsim: merge: no shards given; what `cidsim sweep --shard K/N` wrote
  [2]
  $ cidsim merge a.csv b.csv -o a.csv
  cidsim: a.csv: No such file or directory
  [3]

Explorations

  $ cidsim explore
  cidsim: explore: no scenario given; a FILE, a folder, - or a name of `cidsim list`
  [2]
  $ cidsim explore bad.scn
  cidsim: explore: bad.scn has no [explore]; this is a small machine like it, for a file of its own:
  
  [protocol]
  revision = 7.1
  
  [machine]
  cpus = 4
  
  [explore]
  tasks = 2
  forks = 1
  [2]
  $ cidsim explore explore/b1 -r all
  cidsim: explore: --revision is one of them; --matrix explores with all
  [2]
  $ cidsim explore explore/b1 --max-states x
  cidsim: explore: --max-states: 'x' is not a whole number, write one like 4
  [2]
  $ cidsim explore explore/b1 --search sideways
  cidsim: explore: --search: 'sideways' is not bfs, dfs, bitstate or walk
  [2]
  $ cidsim explore explore/b1 -r v3 -o nosuch/x
  cidsim: explore: -o: nosuch/x: No such file or directory
  [3]
  $ cidsim explore explore/b1 -r v3 -o .
  cidsim: explore: -o: . is a folder; name a file in it
  [2]
  $ cidsim explore explore/b1 --check I99
  cidsim: explore: --check: 'I99' is not a property, write I1 to I8, return, stall, stuck, transit, window or invariant
  [2]
  $ cidsim explore explore/b1 --set explore.check=I99
  cidsim: --set explore.check: 'I99' is not a property, write I1 to I8, return, stall, stuck, transit, window or invariant
  [2]
  $ cidsim explore explore/b1 --set explore.tasks=99
  cidsim: --set explore.tasks: more than 16 tasks
  [2]
  $ cidsim explore explore/b1 --jobs 0
  cidsim: explore: --jobs: '0' is out of range, it must be 1 to 64
  [2]
  $ cidsim explore --matrix nosuch.scn
  cidsim: nosuch.scn: cannot be read: No such file or directory; `cidsim list` names what ships
  [3]

Dumps

  $ dump() { cat >dump.txt; cidsim explain dump.txt "$@"; }
  $ cidsim explain
  cidsim: explain: takes one DUMP, a file or -; --help explains
  [2]
  $ cidsim explain a b
  cidsim: explain: takes one DUMP, a file or -; --help explains
  [2]
  $ cidsim explain missing.txt
  cidsim: missing.txt: cannot be read: No such file or directory
  [3]
  $ cidsim explain .
  cidsim: .: is a folder, a file is needed
  [2]
  $ cidsim explain missing.txt --kernel 6.19 --revision 7.1
  cidsim: explain: --kernel and --revision cannot go together
  [2]
  $ echo 'users 1' | dump --kernel 6.12
  cidsim: explain: --kernel: '6.12' is older than 6.19-rc1: it manages CIDs by another protocol, which has none of these defects
  [2]
  $ echo 'users 1' | dump --kernel linux
  cidsim: explain: --kernel: 'linux' is not a kernel's version, write one like 6.19.6
  [2]
  $ echo 'users 1' | dump --revision 6.18
  cidsim: explain: --revision: unknown revision '6.18', `cidsim revisions` lists them
  [2]
  $ echo 'users 1 kernel next' | dump
  cidsim: explain: dump.txt: 'next' is not a kernel's version, write one like 6.19.6
  [2]
  $ echo 'hello, world' | dump
  cidsim: dump.txt: has nothing that cidsim understands; lines like "mode 0x40000000" and "cpu 0 word 0x40000003" are needed, see docs/explain.md
  [2]
  $ dump </dev/null
  cidsim: dump.txt: has nothing that cidsim understands; lines like "mode 0x40000000" and "cpu 0 word 0x40000003" are needed, see docs/explain.md
  [2]
  $ printf 'cpu 1 word 1\nmode 7\ncpu 1 word 2\n' | dump
  cidsim: dump.txt:2: mode: '7' is no mode; that has the bits 0x40000000 and 0x20000000 only
  cidsim: dump.txt:3: the word of CPU 1 is 2, but line 1 has 1; print the state once, while the machine is stopped
  [2]
  $ echo 'cpu 0 word 0x140000003' | dump
  cidsim: dump.txt:1: the word of CPU 0: '0x140000003' has more than 32 bits; a word is like 0x40000003
  [2]
  $ echo 'users -1' | dump
  cidsim: dump.txt:1: users: '-1' is out of range, it must be 0 to 4194304
  [2]
  $ printf 'users 1\n\000\n' | dump
  cidsim: dump.txt:2: has the byte 0x00, which is no text; print the state of the mm with crash, drgn or gdb, see docs/explain.md
  [2]

Traces

  $ printf '' >empty.txt; printf 'hello\n' >hello.txt; head -c 4000 /dev/zero >zero.dat
  $ cidsim replay
  cidsim: replay: no TRACE; --help explains
  [2]
  $ cidsim replay empty.txt
  cidsim: replay: empty.txt: line 1: is empty, expected a trace: trace.dat, text of trace-cmd report or tracefs, cidtrace, or trace.txt of cidsim run
  [2]
  $ cidsim replay hello.txt
  cidsim: replay: hello.txt: line 1: the line is 'hello', expected COMM-PID [CPU] TIME: EVENT: \xe2\x80\xa6 (esc)
  [2]
  $ cidsim replay zero.dat
  cidsim: replay: zero.dat: line 1: has a NUL byte: this is no text
  [2]
  $ cidsim replay hello.txt --comm nosuch
  cidsim: replay: hello.txt: line 1: the line is 'hello', expected COMM-PID [CPU] TIME: EVENT: \xe2\x80\xa6 (esc)
  [2]
  $ cidsim replay hello.txt --pid x
  cidsim: replay: --pid: 'x' is not a whole number, write one like 4
  [2]
  $ cidsim replay hello.txt --set machine.cpus=8
  cidsim: replay: --set: 'machine.cpus=8' is not protocol.FLAG=VALUE; a trace has its own machine, --possible names the CPUs if it does not
  [2]
  $ cidsim replay hello.txt -r 5.0
  cidsim: replay: --revision: unknown revision '5.0', did you mean '7.0'?
  [2]
  $ cidsim replay hello.txt -o hello.txt
  cidsim: replay: -o: hello.txt is a file; name a folder, it need not be there
  [2]
  $ printf '\027\010\104tracing6' >cut.dat; cidsim replay cut.dat
  cidsim: replay: cut.dat: record 1: trace-cmd's library cannot read this trace.dat: it is damaged, cut off or of a newer trace-cmd
  [2]
  $ cidsim replay hello.txt hello.txt -o out
  cidsim: replay: -o: hello.txt and hello.txt would both be written to out/hello
  [2]

Others

  $ cidsim check
  cidsim: check: no scenario given; a FILE, a folder, - or a name of `cidsim list`
  [2]
  $ cidsim check --explain bad.scn bad.scn
  cidsim: check: --explain shows one scenario, here are 2
  [2]
  $ cidsim revisions x
  cidsim: revisions: takes no argument, found 'x'
  [2]
  $ cidsim list exec vfork
  cidsim: list: takes one NAME, found 'vfork' too
  [2]
  $ cidsim rerun
  cidsim: rerun: no DIR; --help explains
  [2]
  $ cidsim rerun a b -o
  cidsim: rerun: missing argument for -o; --help lists the options
  [2]

Figures

  $ cidsim plot
  cidsim: plot: needs a picture and a directory or files, like 'cidsim plot timeline DIR'; see --help
  [2]
  $ cidsim plot timelin .
  cidsim: plot: no picture 'timelin'; did you mean timeline?
  [2]
  $ cidsim plot timeline
  cidsim: plot: needs a picture and a directory or files, like 'cidsim plot timeline DIR'; see --help
  [2]
  $ cidsim plot timeline nosuch
  cidsim: nosuch: No such file or directory
  [3]
  $ cidsim plot timeline bad.scn
  cidsim: bad.scn: is a scenario, not a run; first: cidsim run bad.scn -o out
  [2]
  $ cidsim plot timeline .
  cidsim: .: no series.csv here, nor in a directory below: not what 'cidsim run -o' writes
  [2]
  $ cidsim plot timeline . --width 0
  cidsim: plot: --width: '0' is out of range, it must be 240 to 8192
  [2]
  $ cidsim plot timeline . --width abc
  cidsim: plot: --width: 'abc' is not a whole number, write one like 4
  [2]
  $ cidsim plot timeline . --height 99999
  cidsim: plot: --height: '99999' is out of range, it must be 240 to 8192
  [2]
  $ cidsim plot timeline . -o x.bmp
  cidsim: x.bmp: the name must end in .svg, .png or .pdf
  [2]
  $ cidsim plot timeline . --from 5
  cidsim: .: no series.csv here, nor in a directory below: not what 'cidsim run -o' writes
  [2]
  $ cidsim plot timeline . --from 5ms --to 2ms
  cidsim: .: no series.csv here, nor in a directory below: not what 'cidsim run -o' writes
  [2]
  $ cidsim plot steps bad.scn
  cidsim: bad.scn: has no [steps]; 'cidsim explore bad.scn -o FILE' looks for some
  [2]
  $ cidsim plot steps nosuch.scn
  cidsim: nosuch.scn: cannot be read: No such file or directory
  [3]
  $ cidsim plot matrix bad.scn
  cidsim: bad.scn:1: column names are '[machine]', expected 'revision,defect,property,verdict,found,length,states,exhausted'
  [2]

Kernels

  $ cidsim affected
  cidsim: affected: takes one VERSION, like 6.19.6, or one TREE; --help explains
  [2]
  $ cidsim affected linux
  cidsim: affected: 'linux' is not a kernel's version, write one like 6.19.6; nor is it a folder of kernel sources
  [2]
  $ cidsim affected ./nosuch
  cidsim: affected: ./nosuch: no such folder; name a kernel tree, or FOLDER@COMMIT of a git clone
  [3]
  $ cidsim affected 7.1 --steps 400000
  cidsim: affected: --steps goes with a TREE
  [2]
  $ cidsim kernel compare one
  cidsim: kernel: compare takes two TREEs
  [2]
  $ cidsim kernel compare one two --revision 7.1
  cidsim: kernel: compare goes without --revision and --grain
  [2]
  $ cidsim affected 6.12
  cidsim: affected: '6.12' is older than 6.19-rc1: it manages CIDs by another protocol, which has none of these defects
  [2]
  $ cidsim affected 7.1 7.2
  cidsim: affected: takes one VERSION, like 6.19.6, or one TREE; --help explains
  [2]
  $ cidsim affected 7.1 --with abc
  cidsim: affected: --with: 'abc' is no commit that changed the protocol; those are 4327fb13fa47, 47ee94efccf6, 007d84287c74, 4463c7aa11a6, 1e83ccd5921a, b2e48c429ec5, 28b5a1395036, 192d852129b1, de3ab9bd3133
  [2]

Several scenarios

  $ cidsim run bad.scn nosuch.scn --junit .
  cidsim: run: --junit: . is a folder; name a file in it
  [2]
  $ cidsim run bad.scn --tap --json
  cidsim: run: --tap and --json cannot go together
  [2]
  $ cidsim run bad.scn -j 0
  cidsim: run: --jobs: '0' is out of range, it must be 1 to 1024
  [2]

The usual form

  $ cidsim check --format bad.scn --seed 3
  cidsim: check: --format goes with no other option: it prints the file as it is
  [2]
  $ cidsim check --format bad.scn c.scn
  cidsim: check: --format shows one scenario, here are 2
  [2]
  $ printf 'x\n' >c.scn; cidsim check --format c.scn
  cidsim: c.scn:1: 'x' is neither [group] nor key=value nor # comment
  [2]

CPUs of a trace

  $ printf '[mm a]\n' >t.scn; cidsim run t.scn -q -o o; cidsim replay o/t/trace.txt --possible 0
  cidsim: replay: o/t/trace.txt: --possible: '0' is out of range, it must be 1 to 8192
  [2]
