#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# What scripts/record promises besides a trace, on the kernel it runs on: its exit statuses, and that
# nothing is left of it, however it ends. Runs in the machine of test-kernel.sh, as root.

tracefs=/sys/kernel/tracing
mount -t tracefs tracefs $tracefs

pass() {
	echo "ok    $1"
}

# is WHAT FOUND EXPECTED
is() {
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		echo "FAIL  $1: '$2', not '$3'"
	fi
}

state() {
	for file in dynamic_events trace_clock tracing_on current_tracer trace_options set_event; do
		echo "$file: $(cat $tracefs/$file)"
	done
	# Its first use expands the global buffer for good, to what it says it expands to.
	echo "buffer: $(sed 's/.*expanded: \([0-9]*\).*/\1/' $tracefs/buffer_size_kb)"
	echo "instances: $(ls $tracefs/instances)"
	echo "temporary: $(ls /tmp)"
}

# unchanged WHAT: since $before
unchanged() {
	state >/out/after
	if cmp -s /out/before /out/after; then
		pass "$1: nothing is left"
	else
		echo "FAIL  $1: something is left"
		diff /out/before /out/after
	fi
}

# The largest global buffer is not reached in steps of one page: set it to what it will be set to.
echo 1024 >$tracefs/buffer_size_kb
state >/out/before

record -o /out/t sh -c 'exit 7' 2>/dev/null
is "the status is the command's" $? 7
unchanged 'a command that fails'

record -o /out/t nothing-of-that-name 2>/dev/null
is 'a command that is not there' $? 127
unchanged 'a command that is not there'

for wrong in '' '--kb 0 true' '--kb 1k true' '-f dat true' '-o' '--wrong true' '--undo true'; do
	# shellcheck disable=SC2086 # a list of words
	record $wrong 2>/out/err
	is "record $wrong: usage" $? 2
	[ -s /out/err ] || echo "FAIL  record $wrong says nothing"
done
record -o /nowhere/t true 2>/dev/null
is 'a trace that cannot be written' $? 2
record -o /out/t --kb 999999999 true 2>/dev/null
is 'too large a buffer' $? 3
[ ! -e /out/t ] || [ -s /out/t ] || echo 'FAIL  an empty trace is left'
unchanged 'refused calls'

# During set-up, and while the command runs. Set-up takes seconds on this machine.
for case in TERM:0.2 HUP:0.6 INT:1 TERM:1.5 TERM:2.5; do
	record -o /out/t --kb 64 sleep 60 2>/dev/null &
	pid=$!
	sleep ${case#*:}
	kill -s ${case%:*} $pid
	# This shell starts it with SIGINT ignored.
	[ $case != INT:1 ] || kill -s TERM $pid
	wait $pid
	unchanged "${case%:*} after ${case#*:} s"
done
# shellcheck disable=SC2016 # for the other shell
record -o /out/t --kb 64 -- sh -c 'kill -s TERM $PPID; sleep 1; exit 3' 2>/dev/null
case $? in
3 | 143) pass 'a signal while the command runs' ;;
*) echo "FAIL  a signal while the command runs: $?" ;;
esac
if grep -q '^# workload sh -c' /out/t; then
	pass 'the trace of a command that was ended is kept'
else
	echo 'FAIL  there is no trace of a command that was ended'
fi
unchanged 'TERM while the command runs'

# kill -9: the one case that needs --undo
record -o /out/t --kb 64 sleep 3600 2>/dev/null &
pid=$!
tries=0
until [ "$(cat $tracefs/instances/cidsim-$pid/tracing_on 2>/dev/null)" = 1 ]; do
	sleep 0.2
	tries=$((tries + 1))
	[ $tries -lt 150 ] || break
done
record --undo 2>/dev/null
is '--undo while it runs is refused' $? 3
kill -9 $pid
wait $pid 2>/dev/null
record -o /out/t true 2>/dev/null
is 'what a killed recording left is noticed' $? 3
record --undo 2>/dev/null
is '--undo' $? 0
rm -rf "/tmp/record-$pid"
unchanged '--undo'

# Events of others stay.
echo 't:mine/e sched_switch' >>$tracefs/dynamic_events
state >/out/before
record -o /out/t true 2>/dev/null
unchanged "events of others stay"
echo '-:mine/e' >>$tracefs/dynamic_events

if command -v trace-cmd >/dev/null; then
	state >/out/before
	record -f trace-cmd -o /out/t --kb 64 true 2>/dev/null
	is 'trace-cmd' $? 0
	unchanged 'trace-cmd'
	echo 1 >$tracefs/events/sched/sched_switch/enable
	record -f trace-cmd -o /out/t true 2>/dev/null
	is 'trace-cmd while the global buffer is in use' $? 3
	echo 0 >$tracefs/events/sched/sched_switch/enable
	unchanged 'trace-cmd, refused'
fi
