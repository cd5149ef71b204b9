#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# A sweep on a Slurm that is started for this test, and with GNU parallel: whatever computes the
# shards, and however often it is killed, the merge has the bytes of the sweep in one go. Every
# command of docs/clusters.md runs. Usage: test-slurm.sh CIDSIM SOURCE_DIR
#
# Ends with 77 where the programs are missing: scripts/install --slurm.

# shellcheck disable=SC2016
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
# shellcheck source=tests/slurm/cluster.sh
. "$(dirname "$0")/cluster.sh"

source=$(realpath "${2:-$(dirname "$0")/../..}")
lacks=$(cluster_lacks)$(command -v parallel >/dev/null || echo ' parallel')
if [ -n "$lacks" ]; then
	echo "skipped: there is no$lacks; scripts/install --slurm installs them"
	exit 77
fi
begin "$@"

# All that runs has its files in $tmp, so that nothing is left whatever happens.
end() {
	cd / || exit
	cluster_end "$tmp" || echo "these processes of $tmp do not end: $(cluster_processes "$tmp")"
	rm -rf "$tmp"
}
trap end EXIT
trap 'exit 1' HUP INT TERM

unset CIDSIM
mkdir "$tmp/bin"
ln -s "$cidsim" "$tmp/bin/cidsim"
PATH=$tmp/bin:$PATH
export PATH
ln -s "$source/scripts" "$source/scenarios" .

# show COMMAND…: what it prints, for the log of the test; interruptible
show() {
	echo "      \$ $*"
	"$@" >"$tmp/out" 2>&1 &
	wait $!
	status=$?
	cut -c 1-150 "$tmp/out" | sed 's/^/      | /'
}

# same WHAT FILE FILE
same() {
	if cmp "$2" "$3" >"$tmp/out" 2>&1; then
		pass "$1: $(sha256sum <"$2" | cut -c 1-16), $(wc -l <"$2") lines"
	else
		fail "$1" "$tmp/out"
	fi
}

idle() { # JOB…: none of them is pending or running
	for job; do
		[ -z "$(squeue -h -j "$job" 2>/dev/null)" ] || return 1
	done
}

# ended JOB…: wait for them
ended() {
	within 120 idle "$@" || fail "jobs $* do not end" "$tmp/cluster/slurmctld.log"
}

state() { # JOB
	squeue -h -t all -j "$1" -o %T 2>/dev/null
}

is_state() { # JOB STATE
	[ "$(state "$1")" = "$2" ]
}

# The ids of the jobs that scripts/sweep-slurm spoke of.
submitted() {
	array=$(sed -n 's/.*job \([0-9]*\): .* shards$/\1/p' "$tmp/out")
	merge=$(sed -n 's/.*job \([0-9]*\): merges .*/\1/p' "$tmp/out")
}

# The process that computes shard $1 of the folder $2.
worker() {
	for process in $(cluster_processes "$tmp"); do
		tr '\0' ' ' <"/proc/$process/cmdline" 2>/dev/null |
			grep -q -- "cidsim sweep .*--shard $1 -o $2/" && echo "$process"
	done
}

# begun SHARD DIR: it has written rows but is not whole
rows_at_least() { # FILE ROWS
	[ "$(wc -l <"$1.partial" 2>/dev/null || echo 0)" -ge "$2" ]
}
begun() {
	file=$2/shard-$(echo "$1" | sed 's|/|-of-|').csv
	within 30 rows_at_least "$file" 20 && [ ! -e "$file" ]
}

mkdir "$tmp/cluster"
chmod 711 "$tmp"
if cluster_start "$tmp/cluster"; then
	pass "a Slurm of one node with two CPUs is up"
else
	fail "Slurm does not start" "$tmp"/cluster/*.log "$tmp/cluster/munge/log"
	finish
fi
show sinfo

# The reference. The small one is for what does not depend on time, the large one takes some
# seconds, so that it can be killed meanwhile.
small="scenarios/hysteresis.scn --cpus 2,4 --threads 1-10 --seeds 4"
large="scenarios/hysteresis.scn --cpus 2,4 --threads 1-10 --seeds 150"
# shellcheck disable=SC2086
{
	good "the small sweep in one go" cidsim sweep $small -o small.csv
	good "the large sweep in one go" cidsim sweep $large --jobs 2 -o large.csv
}
show sha256sum small.csv large.csv

# An array and the merge that depends on it, in a folder with a name that asks for trouble.
out="out  100%A/o'k"
# shellcheck disable=SC2086
show scripts/sweep-slurm "--comment=it's a \"test\"; \$HOME" 3 "$out" $small
submitted
ended "$array" "$merge"
show squeue -t all
same "array of 3, merged by the job that depends on it" "$out/sweep.csv" small.csv
is "the logs are in the folder" "$(ls "$out" | grep -c '\.log$')" 4
show cat "$out/sweep-${array}_2.log"

# More tasks than CPUs, numbers that do not begin at 1, and a merge by hand.
# shellcheck disable=SC2086
show sbatch --wait --array=11-15 scripts/sweep.sbatch five $small
is "sbatch --wait of an array 11-15" "$status" 0
for shard in 1 2 3 4 5; do
	# shellcheck disable=SC2086
	call cidsim sweep $small --shard $shard/5 -o shard.csv
	same "shard $shard of 5 computed here" five/shard-$shard-of-5.csv shard.csv
	rm shard.csv
done
cidsim merge five/shard-5-of-5.csv five/shard-[1-4]-of-5.csv -o five.csv
same "array of 5, merged by hand" five.csv small.csv

# Two CPUs for a task; the program that is built in the folder where sbatch was called.
mkdir -p built/build/sim
ln -s "$cidsim" built/build/sim/cidsim
ln -s ../scenarios ../scripts built
# shellcheck disable=SC2086
(
	cd built || exit
	PATH=$(echo "$PATH" | sed 's/^[^:]*://')
	sbatch --wait --array=0-1 --cpus-per-task=2 scripts/sweep.sbatch two $small
) >"$tmp/out" 2>&1
is "sbatch --wait of an array 0-1 with two CPUs a task" $? 0
cidsim merge built/two/*.csv -o two.csv
same "array of 2, two CPUs a task, build/sim/cidsim" two.csv small.csv

# What is refused.
refused() { # WHAT PATTERN SBATCH_OPTION…
	what=$1 pattern=$2
	shift 2
	rm -f refused.log
	# shellcheck disable=SC2086
	sbatch --wait --output=refused.log "$@" scripts/sweep.sbatch refused $small >"$tmp/out" 2>&1
	is "$what: status" $? "$wanted"
	says "$what: message" "$pattern" refused.log
}
wanted=2
refused "an array with steps" '^sweep.sbatch: the array has gaps: 3 tasks from 1 to 5' --array=1-5:2
refused "an array with gaps" '^sweep.sbatch: the array has gaps: 2 tasks from 1 to 3' --array=1,3
refused "no array" '^sweep.sbatch: not in a job array' --comment=none
wanted=3
CIDSIM=/nowhere/cidsim
export CIDSIM
refused "no program" "^sweep.sbatch: no program '/nowhere/cidsim'" --array=1-2
unset CIDSIM
empty "nothing was written" refused
for words in "0 out x" "x out x" "3 out" "3" ""; do
	# shellcheck disable=SC2086
	call scripts/sweep-slurm $words
	is "sweep-slurm $words: status" "$status" 2
	says "sweep-slurm $words: usage" '^usage: sweep-slurm' "$tmp/err"
done

# A property that is broken in some point is no reason not to merge.
broken="scenarios/livelock-v3.scn --seeds 6"
# shellcheck disable=SC2086
{
	call cidsim sweep $broken -o broken.csv
	is "a broken property: status of the sweep" "$status" 1
	show scripts/sweep-slurm 3 broken $broken
}
submitted
ended "$array" "$merge"
is "a broken property: the tasks end well" "$(state "$array" | sort -u)" COMPLETED
same "a broken property: merged all the same" broken/sweep.csv broken.csv
says "a broken property: the log tells" '^a property is broken' "broken/sweep-${array}_1.log"

# Killed: one task by the kernel, as for want of memory, one by scancel.
# shellcheck disable=SC2086
show scripts/sweep-slurm 3 killed $large
submitted
begun 1/3 killed && kill -KILL "$(worker 1/3 killed)"
begun 2/3 killed && scancel "${array}_2"
within 30 is_state "${array}_1" FAILED
within 30 is_state "${array}_2" CANCELLED
show squeue -t all -j "$array,$merge"
is "killed with SIGKILL: state" "$(state "${array}_1")" FAILED
is "killed with scancel: state" "$(state "${array}_2")" CANCELLED
within 60 idle "$array" "$merge"
is "the merge does not wait for ever" "$(state "$merge")" CANCELLED
[ ! -e killed/sweep.csv ] && pass "and has not written"
bad "merge names what is missing" 2 'merge: .*shards 1-2 of 3 are missing' \
	cidsim merge killed/shard-*-of-3.csv -o killed/sweep.csv
show ls killed
show scontrol requeue "${array}_1"
before=$(wc -l <killed/shard-1-of-3.csv.partial)
ended "$array"
show cat "killed/sweep-${array}_1.log"
says "the killed task goes on, $before lines were there" '^shard 1 of 3 .* again 1 times' \
	"killed/sweep-${array}_1.log"
bad "merge names the one that is still missing" 2 'merge: .*shard 2 of 3 is missing' \
	cidsim merge killed/shard-*-of-3.csv -o killed/sweep.csv
# shellcheck disable=SC2086
show scripts/sweep-slurm 3 killed $large
submitted
ended "$array" "$merge"
same "the same command again" killed/sweep.csv large.csv

# Requeued while it runs, as for a job of higher priority: the merge still waits for it.
# shellcheck disable=SC2086
show scripts/sweep-slurm 3 requeued $large
submitted
begun 2/3 requeued && scontrol requeue "${array}_2"
show squeue -j "$array,$merge"
ended "$array" "$merge"
says "a requeued task goes on" '^shard 2 of 3 .* again 1 times' "requeued/sweep-${array}_2.log"
same "requeued" requeued/sweep.csv large.csv

# The node dies with all that runs on it, and comes back.
# shellcheck disable=SC2086
show scripts/sweep-slurm 3 died $large
submitted
begun 1/3 died && begun 2/3 died
node=$(cluster_processes "$tmp" | while read -r process; do
	case $(tr '\0' ' ' <"/proc/$process/cmdline") in
	*slurmctld* | *slurmscriptd* | *munged*) ;;
	*) echo "$process" ;;
	esac
done)
# shellcheck disable=SC2086
kill -KILL $node
within 30 is_state "$merge" PENDING
is "the merge waits" "$(state "$merge")" PENDING
within 60 cluster_node_is 'down\**'
show sinfo
show squeue -j "$array,$merge"
cluster_node_start
ended "$array" "$merge"
says "after the node's death a task goes on" '^shard 1 of 3 .* again 1 times' \
	"died/sweep-${array}_1.log"
same "the node died" died/sweep.csv large.csv

finish
