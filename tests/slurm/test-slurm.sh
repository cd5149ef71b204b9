#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# A sweep on a Slurm that is started for this test, and with GNU parallel: whatever computes the
# shards, and however often it is killed, the merge has the bytes of the sweep in one go. Every
# command of docs/clusters.md runs. Usage: test-slurm.sh CIDSIM SOURCE_DIR
#
# Ends with 77 where the programs are missing: scripts/install --slurm.

# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
# shellcheck source=tests/slurm/cluster.sh
. "$(dirname "$0")/cluster.sh"

source=$(realpath "${2:-$(dirname "$0")/../..}")
lacks=$(cluster_lacks)$(command -v parallel >/dev/null || echo ' parallel')
if [ -n "$lacks" ]; then
	echo "skipped: there is no$lacks; scripts/install --slurm installs what is missing"
	exit 77
fi
begin "$@"

# All that runs here has a file or its working folder in $tmp, and is found by that.
end() {
	trap '' HUP INT TERM
	cd / || exit
	cluster_end "$tmp" || echo "these processes of $tmp do not end: $(cluster_processes "$tmp")"
	rm -rf "$tmp"
}
trap end EXIT
trap 'exit 1' HUP INT TERM

unset CIDSIM
mkdir "$tmp/bin" "$tmp/cluster"
chmod 711 "$tmp"
ln -s "$cidsim" "$tmp/bin/cidsim"
PATH=$tmp/bin:$PATH
export PATH
ln -s "$source/scripts" "$source/scenarios" .

# show COMMAND…: it and what it prints; leaves $status and $tmp/out
show() {
	echo "      \$ $*"
	"$@" >"$tmp/out" 2>&1 &
	wait $! # interruptible
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

idle() { # [JOB…]: none of them (no job at all) is pending or running
	[ $# -gt 0 ] || [ -z "$(squeue -h)" ] || return
	for job; do
		[ -z "$(squeue -h -j "$job" 2>/dev/null)" ] || return
	done
}

ended() { # [JOB…]: wait for them
	within 300 idle "$@" || fail "jobs do not end: $*" "$tmp/cluster/slurmctld.log"
}

state() { # JOB
	squeue -h -t all -j "$1" -o %T 2>/dev/null
}

is_state() { # JOB STATE
	[ "$(state "$1")" = "$2" ]
}

# sweep_slurm WORD…: submit; leaves the ids in $array and $merge
sweep_slurm() {
	show scripts/sweep-slurm "$@"
	array=$(sed -n 's/^job \([0-9]*\): [0-9]* shards$/\1/p' "$tmp/out")
	merge=$(sed -n 's/^job \([0-9]*\): merges .*/\1/p' "$tmp/out")
	is "sweep-slurm prints two ids" "$(echo "$array $merge" | grep -cx '[0-9]* [0-9]*')" 1
}

# workers PATTERN: the processes of this test whose command line matches
workers() {
	for process in $(cluster_processes "$tmp"); do
		tr '\0' ' ' 2>/dev/null <"/proc/$process/cmdline" | grep -qE -- "$1" && echo "$process"
	done 2>/dev/null
}

# begun FILE: it has rows but is not complete
has_rows() {
	[ -f "$1.part-wal" ] && [ "$(wc -c <"$1.part-wal")" -ge 40000 ]
}
begun() {
	if within 60 has_rows "$1" && [ ! -e "$1" ]; then
		pass "$1 is being computed: $(wc -c <"$1.part-wal") bytes"
	else
		fail "$1 is not seen half done"
	fi
}

if cluster_start "$tmp/cluster"; then
	pass "a Slurm of one node with two CPUs is up"
else
	fail "Slurm does not start" "$tmp"/cluster/*.log
	finish
fi
show sinfo

# --- the references, in one go ---

# How long the large one takes is measured, since it is to be killed in the midst: its shards of
# three take a CPU some eight seconds, and their rows reach the disk every two.
small="study/grid --cpus 8-64*2 --seeds 5"
start=$(date +%s%N)
call cidsim sweep study/grid --cpus '8-64*2' --seeds 10 --jobs 1
each=$((($(date +%s%N) - start) / 10))
seeds=$((24000000000 / each))
large="study/grid --cpus 8-64*2 --seeds $seeds"
# The words of $small, $large and the like are to be split, and match no file.
# shellcheck disable=SC2086
{
	good "the small sweep in one go" cidsim sweep $small -o small.csv --summary
	call cidsim sweep $large --jobs 2 -o large.csv
	is "the large sweep in one go" "$status" 0
}
show sha256sum small.csv large.csv

# --- arrays, and the merge that depends on them ---

out="out  100%A/o'k"
# shellcheck disable=SC2086
sweep_slurm "--comment=it's a \"test\"; \$HOME" 3 "$out" $small --summary
ended "$array" "$merge"
show squeue -t all
same "array of 3, merged by the job that depends on it" "$out/sweep.csv" small.csv
same "array of 3, its summary" "$out/sweep-summary.csv" small-summary.csv
is "the logs are in the folder" "$(find "$out" -name '*.log' | wc -l)" 4
show cat "$out/sweep-${array}_2.log"

# More tasks than CPUs, numbers that do not begin at 1, a merge by hand.
# shellcheck disable=SC2086
show sbatch --wait --array=11-15 scripts/sweep.sbatch five $small
is "sbatch --wait of an array 11-15" "$status" 0
for shard in 1 2 3 4 5; do
	# shellcheck disable=SC2086
	call cidsim sweep $small --shard $shard/5 -o shard.csv
	same "task 1$shard of 11-15 is shard $shard of 5" five/shard-$shard-of-5.csv shard.csv
	rm -f shard.csv
done
call cidsim merge five/shard-5-of-5.csv five/shard-[1-4]-of-5.csv -o five.csv
same "array of 5, merged by hand" five.csv small.csv

# The program that is built where sbatch is called.
mkdir -p built/build/sim
ln -s "$cidsim" built/build/sim/cidsim
ln -s ../scenarios ../scripts built
# shellcheck disable=SC2086
show sh -c 'cd built && PATH=${PATH#*:} && exec sbatch --wait "$@"' - \
	--array=0-1 --cpus-per-task=2 scripts/sweep.sbatch two $small
is "sbatch --wait of an array 0-1" "$status" 0
call cidsim merge built/two/shard-*.csv -o two.csv
same "array of 2, two CPUs a task, build/sim/cidsim" two.csv small.csv

# --- what is refused ---

refused() { # WHAT STATUS PATTERN SBATCH_OPTION [SWEEP_OPTION]
	rm -f refused.log
	# shellcheck disable=SC2086
	sbatch --wait --output=refused.log "$4" scripts/sweep.sbatch refused $small ${5:+"$5"} \
		>"$tmp/out" 2>&1
	is "$1: status" $? "$2"
	says "$1: message" "^sweep.sbatch: $3" refused.log
}
refused "an array with steps" 2 'the array has gaps: 3 tasks from 1 to 5' --array=1-5:2
refused "an array with gaps" 2 'the array has gaps: 2 tasks from 1 to 3' --array=1,3
refused "no array" 2 'not in a job array' --comment=none
refused "--force" 2 '--force would begin anew each time' --array=1-2 --force
refused "--summary of a shard" 2 '--summary is for the merge' --array=1-2 --summary
CIDSIM=/nowhere/cidsim
export CIDSIM
refused "no program" 3 "no program '/nowhere/cidsim'" --array=1-2
unset CIDSIM
empty "nothing was written" refused
for words in "0 out x" "x out x" "3 out" "3" "--time=5" ""; do
	# shellcheck disable=SC2086
	call scripts/sweep-slurm $words
	is "sweep-slurm $words: status" "$status" 2
	says "sweep-slurm $words: usage" '^usage: sweep-slurm' "$tmp/err"
done

# A shard that cannot be is a failure, and so the merge does not wait for it.
sweep_slurm 2 wrong study/grid --cpus nonsense
ended "$array" "$merge"
is "a sweep that cannot be: the tasks fail" "$(state "$array" | sort -u)" FAILED
is "a sweep that cannot be: the merge is cancelled" "$(state "$merge")" CANCELLED
says "a sweep that cannot be: the log says so" "nonsense" "wrong/sweep-${array}_1.log"

# --- findings are no failure ---

findings() { # WHAT STATUS WORD…
	what=$1 wanted=$2
	shift 2
	call cidsim sweep "$@" -o findings.csv
	is "$what: status of the sweep" "$status" "$wanted"
	sweep_slurm 2 findings "$@"
	ended "$array" "$merge"
	is "$what: the tasks end well" "$(state "$array" | sort -u)" COMPLETED
	same "$what: merged all the same" findings/sweep.csv findings.csv
	says "$what: the log shows it" 'shard-1-of-2.csv is complete, see its column outcome' \
		"findings/sweep-${array}_1.log"
	rm -r findings findings.csv
}
findings "a broken property" 1 livelock-v3 --seeds 6
findings "undecided points" 4 study/grid --seeds 6 --set scenario.max-events=1000

# --- killed: one task as for want of memory, one by scancel ---

# shellcheck disable=SC2086
sweep_slurm 3 killed $large
begun killed/shard-1-of-3.csv
# shellcheck disable=SC2046
kill -KILL $(workers 'cidsim sweep .*--shard 1/3')
begun killed/shard-2-of-3.csv
scancel "${array}_2"
within 30 is_state "${array}_1" FAILED
within 30 is_state "${array}_2" CANCELLED
show squeue -t all -j "$array,$merge"
is "killed with SIGKILL: state" "$(state "${array}_1")" FAILED
is "killed with scancel: state" "$(state "${array}_2")" CANCELLED
ended "$array" "$merge"
is "the merge does not wait for ever" "$(state "$merge")" CANCELLED
bad "merge names what is missing" 2 'shards 1-2 of 3 are missing' \
	cidsim merge killed/shard-*-of-3.csv -o killed/sweep.csv
show ls killed
show cat "killed/sweep-${array}_2.log"
show scontrol requeue "${array}_1"
ended "$array"
show cat "killed/sweep-${array}_1.log"
says "the killed task is started again" '^shard 1 of 3 .* again 1 times' "killed/sweep-${array}_1.log"
says "and continues" "continues after [0-9]+ of [0-9]+ points" "killed/sweep-${array}_1.log"
bad "merge names the one that is still missing" 2 'shard 2 of 3 is missing' \
	cidsim merge killed/shard-*-of-3.csv -o killed/sweep.csv
# shellcheck disable=SC2086
sweep_slurm 3 killed $large
ended "$array" "$merge"
same "killed, and the same command again" killed/sweep.csv large.csv

# --- requeued while it runs, as to make way for another: the merge waits ---

# shellcheck disable=SC2086
sweep_slurm 3 requeued $large
begun requeued/shard-2-of-3.csv
show scontrol requeue "${array}_2"
show squeue -j "$array,$merge"
ended "$array" "$merge"
says "the requeued task is begun again" '^shard 2 of 3 .* again 1 times' \
	"requeued/sweep-${array}_2.log"
same "requeued" requeued/sweep.csv large.csv

# --- the node dies with all that runs on it, and comes back ---

# shellcheck disable=SC2086
sweep_slurm 3 died $large
begun died/shard-1-of-3.csv
begun died/shard-2-of-3.csv
# shellcheck disable=SC2046
kill -KILL $(workers '^slurmd |^slurmstepd|slurm_script|^[^ ]*cidsim sweep')
within 60 cluster_node_is 'down\**'
show sinfo
show squeue -j "$array,$merge"
is "the merge waits" "$(state "$merge")" PENDING
cluster_node_start
ended "$array" "$merge"
says "a task of the dead node is begun again" '^shard 1 of 3 .* again 1 times' \
	"died/sweep-${array}_1.log"
same "the node died" died/sweep.csv large.csv

# --- docs/clusters.md ---

# What stands in for ssh: a shell with no more than ssh would give. The machine node2 fails once.
cat >"$tmp/bin/ssh" <<X
#!/bin/sh
while [ "\${1#-}" != "\$1" ]; do
	shift
done
host=\$1
shift
[ "\$1" != -- ] || shift
echo "\$host" >>"$tmp/hosts"
if [ "\$host" = node2 ] && [ ! -e "$tmp/failed" ]; then
	: >"$tmp/failed"
	exit 255
fi
cd / && exec env -i PATH=/usr/bin:/bin HOME="$tmp" SHELL=/bin/sh USER="\$(id -un)" sh -c "\$*"
X
chmod +x "$tmp/bin/ssh"
HOME=$tmp
export HOME

# "$ COMMAND", what it prints if it is shown, and lines that go on where one ends with \.
awk -v dir="$tmp" '
	/^ +\$ / { count++; after = 1; sub(/^ +\$ /, ""); more = 1 }
	more { sub(/^ +/, ""); print >(dir "/command-" count); more = /\\$/; next }
	/^    / && after { sub(/^    /, ""); print >(dir "/expected-" count); next }
	{ after = 0 }
	END { print count }' "$source/docs/clusters.md" >"$tmp/count"
count=$(cat "$tmp/count")
is "docs/clusters.md has commands" "$([ "$count" -ge 15 ] && echo yes)" yes
number=0
while [ "$number" -lt "$count" ]; do
	number=$((number + 1))
	expected=$tmp/expected-$number
	sed '1s/^/      $ /;1!s/^/          /' "$tmp/command-$number"
	# In this shell: variables stay. Numbers of jobs differ.
	eval "$(cat "$tmp/command-$number")" >"$tmp/out" 2>&1
	status=$?
	ended
	cut -c 1-150 "$tmp/out" | sed 's/^/      | /'
	if [ ! -f "$expected" ]; then
		is "command $number of the page" "$status" 0
	else
		is "command $number of the page: what it prints" \
			"$(sed 's/^job [0-9]*/job/' "$tmp/out")" "$(sed 's/^job [0-9]*/job/' "$expected")"
	fi
done
for name in hand parallel ssh slurm more array; do
	same "the page: out/$name" out/$name/sweep.csv small.csv
done
same "the page: the summary" out/slurm/sweep-summary.csv small-summary.csv
is "ssh was asked for both machines" "$(sort -u "$tmp/hosts" | tr '\n' ' ')" "node1 node2 "
is "and one of them failed" "$([ -e "$tmp/failed" ] && echo yes)" yes

finish
