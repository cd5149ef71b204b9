#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# How fast `cidsim explore` is, and how fast the verifiers that Spin makes of mmcid.pml and Rumur of
# mmcid.m, models of the same protocol with the same states, in the same run: so the ratios can be
# compared between machines. Then whether they say the same of 7.1 and of two variants of it with
# known defects. What is not installed is left out.
#
# Usage: explore.sh CIDSIM. With ROUNDS=n in the environment each is measured n times, in turns, and
# the least CPU time counts. Rates are per second of CPU time where one thread works: less of what
# else the machine does is in them. Exit status: 1 if they disagree about states or a verdict,
# never because of a time.
set -eu
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
here=$(dirname "$(realpath "$0")")
rounds=${ROUNDS:-1}
begin "${1:?usage: explore.sh CIDSIM}"
status=0
cflags='-O2 -w -DSAFETY -DMEMLIM=3000'

# scenario NAME CPUS ALLOWED TASKS TASKS-MAX FORKS EXITS
scenario() {
	cat >"$1.scn" <<-END
		[scenario]
		title = $1
		[machine]
		cpus = $2
		[explore]
		allowed = 0-$(($3 - 1))
		tasks = $4
		tasks-max = $5
		forks = $6
		exits = $7
		check = I1 I2 I3 I4 I5
	END
}

# measured NAME COMMAND…: NAME.out, NAME.cpu and NAME.wall, of the round with the least CPU time.
measured() {
	name=$1
	shift
	children >before.txt
	begun=$(date +%s.%N)
	"$@" >now.out 2>&1 || { [ $? = 4 ] || { tail -n 100 now.out >&2; exit 1; }; }
	wall=$(echo "$begun $(date +%s.%N)" | awk '{ printf "%.3f\n", $2 - $1 }')
	children >after.txt
	cpu=$(paste before.txt after.txt | awk '{ printf "%.3f\n", $2 - $1 }')
	if [ ! -f "$name.cpu" ] || awk "BEGIN { exit !($cpu < $(cat "$name.cpu")) }"; then
		mv now.out "$name.out"
		echo "$cpu" >"$name.cpu"
		echo "$wall" >"$name.wall"
	fi
}

# NAME.row: states, seconds, CPU seconds, bytes per state
cidsim_row() {
	sed -n 's/.*: \([0-9]*\) states in \([0-9.]*\) s: .* \([0-9.]*\) bytes per state.*/\1 \2 \3/p' \
		"$1.out" | awk -v cpu="$(cat "$1.cpu")" '{ print $1, $2, cpu, $3 }' >"$1.row"
	sed -n 's/.*"transitions":\([0-9]*\).*/\1/p' "$1.out" >"$1.steps"
}

# Of the verifier: one state is that before the model has set up; its memory without the stack.
spin_row() {
	awk -v cpu="$(cat "$1.cpu")" '
		/states, stored/ { states = $1 - 1 }
		/elapsed time/ { seconds = $4 }
		/actual memory usage for states|equivalent memory usage/ { table = $1 }
		/memory used for hash table/ { hash = $1 }
		END { if (states) print states, seconds, cpu, (table + hash) * 1048576 / states }' \
		"$1.out" >"$1.row"
	if grep -q 'Search not completed' "$1.out"; then
		echo 'stopped by a limit' >"$1.note"
	fi
}

# Of Rumur's verifier: it does not say how much memory it takes.
rumur_row() {
	awk -v cpu="$(cat "$1.cpu")" -v wall="$(cat "$1.wall")" '
		/rules fired in/ { states = $1 }
		END { if (states) print states, wall, cpu, "-" }' "$1.out" >"$1.row"
	sed -n 's/.* states, \([0-9]*\) rules fired.*/\1/p' "$1.out" >"$1.steps"
}

# line NAME TEXT: of the table. A clock that ticks a hundred times a second gives no rate of a few
# ticks.
line() {
	if [ ! -s "$1.row" ]; then
		printf '  %-44s  not measured\n' "$2"
		return
	fi
	note=''
	[ ! -f "$1.note" ] || note="  $(cat "$1.note")"
	awk -v text="$2" -v note="$note" '{
		rate = $3 >= 0.5 ? sprintf("%.3f", $1 / $3 / 1e6) : "-"
		printf "  %-44s %9d %8.3f %8.2f %7.3f %7s %7s%s\n", text, $1, $2, $3,
			($2 > 0 ? $1 / $2 / 1e6 : 0), rate,
			($4 == "-" ? $4 : sprintf("%.1f", $4)), note }' "$1.row"
}

# per_cpu NAME: M states per second of CPU time
per_cpu() {
	awk '{ printf "%.3f\n", ($1 / ($3 > 0 ? $3 : 0.001) / 1e6) }' "$1.row"
}

bytes() {
	awk '{ printf "%.1f\n", $4 }' "$1.row"
}

ratio() { # A B
	awk "BEGIN { printf \"%.1f\\n\", $1 / $2 }"
}

# verifier NAME CC-FLAGS SPIN-OPTION…: the program NAME
verifier() {
	name=$1
	flags=$2
	shift 2
	mkdir "$name.dir"
	(
		cd "$name.dir"
		spin "$@" -a "$here/mmcid.pml" >spin.log 2>&1 || { cat spin.log >&2; exit 1; }
		# shellcheck disable=SC2086
		cc $cflags $flags -o "../$name" pan.c
	)
}

# murphi NAME CONSTANTS RUMUR-OPTION…: the program NAME, with constants like -DN=3
murphi() {
	name=$1
	script=
	for constant in $2; do
		constant=${constant#-D}
		script="$script;s/^\t${constant%=*}: [0-9]*;/\t${constant%=*}: ${constant#*=};/"
	done
	shift 2
	sed "$script" "$here/mmcid.m" >"$name.m"
	rumur --deadlock-detection off --scalarset-schedules off "$@" -o "$name.c" "$name.m"
	cc -O3 -w -march=native -o "$name" "$name.c" -lpthread -latomic
}

buildtype=$(sed -n 's/.*"name": "buildtype", "value": "\([a-z]*\)".*/\1/p' \
	"$(dirname "$cidsim")/../meson-info/intro-buildoptions.json" 2>/dev/null || :)
case ${buildtype:=unknown} in
release) echo "cidsim is a release build." ;;
*) echo "cidsim is no release build (build type: $buildtype): it could be faster." ;;
esac
if [ -r /proc/loadavg ]; then
	echo "Load of the machine before: $(cut -d ' ' -f 1 /proc/loadavg)," \
		"CPUs: $(getconf _NPROCESSORS_ONLN 2>/dev/null || echo '?')."
fi
spin=yes
rumur=yes
command -v spin >/dev/null || spin=no
command -v rumur >/dev/null || rumur=no
command -v cc >/dev/null || { spin=no rumur=no; }

scenario first 3 3 3 4 2 2
scenario second 4 4 4 5 1 0
scenario third 4 4 4 6 2 2
scenario fourth 5 5 5 7 2 2
scenario fifth 6 6 6 7 1 1
cp "$here/../../scenarios/explore/large-8.scn" large.scn
if [ "$spin" = yes ]; then
	set -- -DN=3 -DT=4 -DS=3 -DF=2 -DE=2
	verifier breadth -DBFS -DBREADTH=1 "$@"
	verifier depth -DNOREDUCE "$@"
fi
if [ "$rumur" = yes ]; then
	set -- '-DN=3 -DA=3 -DS=3 -DT=4 -DF=2 -DE=2'
	for threads in 1 2; do
		murphi "rumur-$threads" "$1" --symmetry-reduction off --threads "$threads"
		murphi "rumur-sym-$threads" "$1 -DANY_ORDER=1" --symmetry-reduction exhaustive \
			--threads "$threads"
	done
fi

# explore NAME SCENARIO OPTION…
explore() {
	name=$1
	file=$2.scn
	shift 2
	measured "$name" "$cidsim" explore "$file" --json --timing "$@"
}

round=0
while [ "$round" -lt "$rounds" ]; do
	explore one first --reduce off --symmetry off --jobs 1
	explore two first --reduce off --symmetry off --jobs 2
	explore reduced first --jobs 1
	explore reduced-second second --jobs 1
	explore reduced-third third --jobs 1
	explore named first --reduce off --jobs 1
	for jobs in 1 2; do
		explore "fourth-$jobs" fourth --jobs "$jobs"
		explore "fifth-$jobs" fifth --jobs "$jobs"
		explore "large-$jobs" large --max-states 3000000 --jobs "$jobs"
	done
	if [ "$spin" = yes ]; then
		# -Q2: two minutes at the most
		measured breadth ./breadth -w23 -Q2
		measured depth ./depth -w23 -m200000 -Q2
	fi
	if [ "$rumur" = yes ]; then
		for program in rumur-1 rumur-2 rumur-sym-1 rumur-sym-2; do
			measured "$program" "./$program"
		done
	fi
	round=$((round + 1))
done

printf '\n  %-44s %9s %8s %8s %7s %7s %7s\n' 'CPUs/tasks at the start/at most/forks/exits' states s 'CPU s' \
	'M/s' 'M/CPU s' 'B/state'
for name in one two named reduced reduced-second reduced-third fourth-1 fourth-2 fifth-1 fifth-2 \
	large-1 large-2; do
	cidsim_row "$name"
done
line one '3/3/4/2/2 cidsim, no reduction, 1 job'
line two '3/3/4/2/2 cidsim, no reduction, 2 jobs'
if [ "$spin" = yes ]; then
	spin_row breadth
	spin_row depth
	line breadth '3/3/4/2/2 Spin, breadth first'
	line depth '3/3/4/2/2 Spin, depth first'
fi
if [ "$rumur" = yes ]; then
	for name in rumur-1 rumur-2 rumur-sym-1 rumur-sym-2; do
		rumur_row "$name"
	done
	line rumur-1 '3/3/4/2/2 Rumur, 1 thread'
	line rumur-2 '3/3/4/2/2 Rumur, 2 threads'
	line rumur-sym-1 '3/3/4/2/2 Rumur, symmetry, 1 thread'
	line rumur-sym-2 '3/3/4/2/2 Rumur, symmetry, 2 threads'
fi
line named '3/3/4/2/2 cidsim, symmetry only'
line reduced '3/3/4/2/2 cidsim, all reductions'
line reduced-second '4/4/5/1/0 cidsim, all reductions'
line reduced-third '4/4/6/2/2 cidsim, all reductions'
for jobs in 1 2; do
	line "fourth-$jobs" "5/5/7/2/2 cidsim, all reductions, jobs: $jobs"
	line "fifth-$jobs" "6/6/7/1/1 cidsim, all reductions, jobs: $jobs"
	line "large-$jobs" "large-8, 3 million states, cidsim, jobs: $jobs"
done

paste one.row two.row | awk '{
	printf "\nTwo jobs against one: %.2f times as fast in time passed, with %.2f times the CPU time.\n",
		($2 / ($6 > 0 ? $6 : 0.001)), ($7 / ($3 > 0 ? $3 : 0.001)) }'
if [ "$spin" = no ]; then
	cat <<-'END'
		Spin is not installed, or no C compiler: nothing to compare with. Measured once on an idle 2-core
		cloud machine, Spin 6.5.2, gcc -O3, mmcid.pml, the same states:
		  breadth first  0.24 M states per second of CPU time, 149 bytes per state
		  depth first    0.57 M states per second of CPU time,  70 bytes per state
		  cidsim, 1 job  1.20 M states per second of CPU time, 2.9 bytes per state
	END
fi
[ "$rumur" = yes ] || echo 'Rumur is not installed, or no C compiler: not compared with it.'

# compare NAME CIDSIM-NAME TEXT
compare() {
	[ -s "$1.row" ] || return 0
	fewer=
	[ "$(cut -d ' ' -f 4 "$1.row")" = - ] ||
		fewer=", $(ratio "$(bytes "$1")" "$(bytes "$2")") times fewer bytes per state"
	echo "cidsim against $3: $(ratio "$(per_cpu "$2")" "$(per_cpu "$1")") times the states per" \
		"second of CPU time$fewer."
	if [ -f "$1.note" ]; then
		echo "  It did not reach all states."
	elif [ "$(cut -d ' ' -f 1 "$2.row")" != "$(cut -d ' ' -f 1 "$1.row")" ]; then
		echo "  DEFECT: they differ in the number of states."
		status=1
	elif [ -f "$1.steps" ] && ! cmp -s "$2.steps" "$1.steps"; then
		echo "  DEFECT: they differ in the number of steps."
		status=1
	elif [ -f "$1.steps" ]; then
		echo "  Both have the same number of states, and of steps: $(cat "$1.steps")."
	else
		echo "  Both have the same number of states."
	fi
}
compare breadth one 'Spin breadth first'
compare depth one 'Spin depth first'
compare rumur-1 one 'Rumur'
compare rumur-sym-1 named 'Rumur, both with symmetry'

# broken FILE OPTION…: the properties that cidsim finds broken, - if none
broken() {
	file=$1
	shift
	"$cidsim" explore "$file.scn" --json --reduce off --symmetry off --jobs 1 "$@" >cidsim.out || :
	sed 's/.*"broken":\[\([^]]*\)\].*/\1/; s/"//g; s/^$/-/' cidsim.out
}

# violated OPTION…: the same of the verifier ./verdict
violated() {
	./verdict -m200000 "$@" >spin.out
	if grep -q '^pan:1: invalid end state' spin.out; then
		echo I3
	elif grep -q '^pan:1: assertion violated' spin.out; then
		sed -n 's/^pan:1: assertion violated.*(\([0-9]\)!=\1).*/I\1/p' spin.out
	elif grep -q 'errors: 0' spin.out; then
		echo -
	else
		echo '?'
	fi
}

# The same of Rumur's ./verdict
refuted() {
	./verdict >rumur.out || :
	if grep -q 'No error found' rumur.out; then
		echo -
	else
		sed -n 's/.*\(I[0-9]\).*/\1/p' rumur.out | head -n 1
	fi
}

agree() { # WHAT PROPERTIES WHO CIDSIM OTHER
	same=yes
	case $4 in
	-) [ "$5" = - ] || same=no ;;
	*) case $5 in - | '?' | '') same=no ;; esac ;;
	esac
	if [ "$same" = no ]; then
		same='no: a DEFECT in one of them'
		status=1
	fi
	printf '  %-30s %-14s %-8s %-6s %-8s %s\n' "$1" "$2" "$4" "$3" "$5" "$same"
}

# verdict TEXT SCENARIO SIZE KEY=VALUE OPTION: what they find broken
verdict() {
	rm -rf verdict verdict.dir
	four=$(broken "$2" --check 'I1 I2 I4 I5' --set "$4")
	if [ "$spin" = yes ]; then
		# shellcheck disable=SC2086
		verifier verdict '' $3 -DLIVELOCK=1 "$5"
		agree "$1" 'I1, I2, I4, I5' Spin "$four" "$(violated -E)"
		agree "$1" I3 Spin "$(broken "$2" --check I3 --set "$4")" "$(violated -A)"
	fi
	if [ "$rumur" = yes ]; then
		murphi verdict "$3 $5" --symmetry-reduction off --threads 1
		agree "$1" 'I1, I2, I4, I5' Rumur "$four" "$(refuted)"
	fi
}

scenario livelock 2 2 2 3 1 1
scenario drop 4 2 2 3 1 2
livelock='-DN=2 -DA=2 -DS=2 -DT=3 -DF=1 -DE=1'
drop='-DN=4 -DA=2 -DS=2 -DT=3 -DF=1 -DE=2'
if [ "$spin" = yes ] || [ "$rumur" = yes ]; then
	printf '\n  %-30s %-14s %-8s %-15s %s\n' 'What they find broken in' 'asked for' cidsim 'other' agree
fi
verdict '7.1, 2/2/3/1/1' livelock "$livelock" protocol.transit-to-percpu=on -DTRANSIT_TO_PERCPU=1
verdict '  transit-to-percpu=off' livelock "$livelock" protocol.transit-to-percpu=off -DTRANSIT_TO_PERCPU=0
verdict '7.1, 4 (2 allowed)/2/3/1/2' drop "$drop" protocol.drop-tests-owned=on -DDROP_TESTS_OWNED=1
verdict '  drop-tests-owned=off' drop "$drop" protocol.drop-tests-owned=off -DDROP_TESTS_OWNED=0
exit "$status"
