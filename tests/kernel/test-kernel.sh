#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# Real kernels against the model: boots each kernel of $CIDSIM_KERNEL (images, as /boot/vmlinuz-…,
# separated by ':') in an emulated machine without disk or network, records the workloads there with
# scripts/record, and replays each trace: everything the kernel did must agree with the model of that
# revision, or be explained. Usage: test-kernel.sh CIDSIM SOURCE_DIR
#
# CIDSIM_KERNEL_CPUS: machine sizes, "4 8". CIDSIM_KERNEL_KEEP: a folder where the traces stay.
# CIDSIM_KERNEL_REPLAY=no: record only. Ends with 77 where there is no image or a program is missing.

# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

source=$(realpath "${2:-$(dirname "$0")/../..}")
here=$source/tests/kernel
if [ -z "${CIDSIM_KERNEL:-}" ]; then
	echo "skipped: CIDSIM_KERNEL does not name a kernel image, as /boot/vmlinuz-7.1.0"
	exit 77
fi
lacks=
for program in qemu-system-x86_64 busybox cpio gzip base64 cc; do
	command -v $program >/dev/null || lacks="$lacks $program"
done
if [ -n "$lacks" ]; then
	echo "skipped: there is no$lacks; scripts/install --kernel installs what is missing"
	exit 77
fi
busybox=$(command -v busybox)
if ldd "$busybox" 2>/dev/null | grep -q '=>'; then
	echo "skipped: $busybox is not linked statically; scripts/install --kernel installs one that is"
	exit 77
fi
images=$(echo "$CIDSIM_KERNEL" | tr ':' '\n')
begin "$@"
end() {
	[ -z "${machine:-}" ] || kill "$machine" 2>/dev/null
	rm -rf "$tmp"
}
trap end EXIT

root=$tmp/root
mkdir -p "$root/bin" "$root/proc" "$root/sys" "$root/dev"
cp "$busybox" "$root/bin/busybox"
cp "$here/init" "$root/init"
cp "$here/check-record.sh" "$source/scripts/record" "$root/bin/"
cc -std=c17 -O2 -static -pthread -o "$root/bin/workload" "$here/workload.c" "$here/workload-exec.c" || {
	echo "tests/kernel/workload*.c do not compile with -static"
	exit 1
}

# With its libraries, in the folders where its loader looks for them.
if command -v trace-cmd >/dev/null; then
	cp "$(command -v trace-cmd)" "$root/bin/trace-cmd"
	ldd "$(command -v trace-cmd)" | grep -oE '/[^ ]+' | while read -r library; do
		mkdir -p "$root$(dirname "$library")"
		cp -L "$library" "$root$library"
	done
else
	skip 'trace.dat: there is no trace-cmd'
fi

# jobs CPUS: a line each, see init. What each is there for is checked by wanted(). Those with execs
# that fail need four possible CPUs.
jobs() {
	cpus=$1
	cat <<-X
		pool tracefs workload pool 1 $((cpus + 2)) 20
		pools tracefs workload pool 3 $((cpus / 2 + 1)) 6
		ramp tracefs workload ramp $((cpus + 6)) 1
		procs tracefs workload procs 3 $((cpus + 3)) 4
		affinity tracefs taskset 1 workload affinity $((cpus + 1)) $cpus 2
		affinity-wide tracefs taskset 1 workload affinity 3 $cpus 2
	X
	[ "$cpus" -lt 4 ] || cat <<-X
		exec tracefs workload exec $((cpus + 1)) 2
		mix tracefs workload mix 7 20 $((cpus + 1)) 0
		mixpin tracefs workload mix 9 20 $((cpus + 1)) 1
	X
	[ ! -e "$root/bin/trace-cmd" ] || echo "pool-dat trace-cmd workload pool 1 $((cpus + 2)) 5"
}

# boot IMAGE CPUS THREADS: leaves $tmp/serial. Emulation is enough, and can be had everywhere.
boot() {
	rm -f "$tmp/serial" "$tmp/console"
	(cd "$root" && find . | cpio -o -H newc --quiet) | gzip -1 >"$tmp/initrd"
	timeout 600 qemu-system-x86_64 -accel "tcg,thread=$3" -m 768 -smp "$2" -nodefaults \
		-display none -no-reboot -kernel "$1" -initrd "$tmp/initrd" \
		-append 'console=ttyS0 quiet panic=-1' \
		-serial "file:$tmp/console" -serial "file:$tmp/serial" >"$tmp/qemu" 2>&1 &
	machine=$!
	wait "$machine" # interruptible
	machine=
	touch "$tmp/serial" "$tmp/console"
	booted=$(tr -d '\r' <"$tmp/serial" | sed -n 's/^kernel //p')
	[ -z "$booted" ] || version=$booted
}

# take FOLDER: the jobs that ended on the serial port, as NAME.txt, NAME.dat or NAME.log; removes those jobs
take() {
	tr -d '\r' <"$tmp/serial" | awk -v dir="$tmp" '
		/^begin / { name = $2; format = $3; status = $4; file = dir "/part"; printf "" >file; next }
		/^end / { close(file); if ($2 == name) print name, format, status, file; fflush(); exit }
		name != "" { print >file }' >"$tmp/first"
	[ -s "$tmp/first" ] || return 1
	read -r name format status file <"$tmp/first"
	case $format in
	tracefs) base64 -d <"$file" | gzip -dc >"$1/$name.txt" ;;
	trace-cmd) base64 -d <"$file" | gzip -dc >"$1/$name.dat" ;;
	*)
		base64 -d <"$file" | gzip -dc >"$1/$name.log"
		echo "$status" >"$1/$name.status"
		;;
	esac
	sed -i "/^$name /d" "$root/jobs"
	tr -d '\r' <"$tmp/serial" | sed "1,/^end $name\$/d" >"$tmp/rest"
	mv "$tmp/rest" "$tmp/serial"
}

# count PATTERN FILE
count() {
	grep -cE -- "$1" "$2"
}

# more WHAT LEAST FOUND
more() {
	if [ "$3" -ge "$2" ]; then
		pass "$1: $3"
	else
		fail "$1: $3, less than $2"
	fi
}

# wanted NAME FILE CPUS: a trace shows what its workload is there for; a replay of nothing proves
# nothing. With less than 4 CPUs a process that is per CPU once never goes back: its threshold is 1.
wanted() {
	to_cpu=$(count 'upr: .* ret=(1|0x1) mo=0x60000000' "$2")
	to_task=$(count 'upr: .* ret=(1|0x1) mo=0x20000000' "$2")
	case $1 in
	pool | ramp | procs | exec | mix)
		more "$1: changes to per CPU" 1 "$to_cpu"
		[ "$3" -lt 4 ] || more "$1: changes to per task" 1 "$to_task"
		;;
	pools | mixpin) more "$1: changes to per CPU" 1 "$to_cpu" ;;
	affinity | affinity-wide) more "$1: affinity changes" 6 "$(count ' af: ' "$2")" ;;
	esac
	case $1 in
	# A failed exec is a fork of the running task itself; only the first and last exec succeed.
	exec) more 'exec: failed execs' 10 "$(awk '/ fk: /{ match($0, /-[0-9]+ +\[/); p = substr($0, RSTART + 1) + 0
		if ($0 ~ " tp=" p " ") n++ } END { print n + 0 }' "$2")" ;;
	procs) more 'procs: tasks of other thread groups with the same memory' 3 "$(awk '
		/^# tgid/ { g = $3 }
		/ (fk|pf): / { match($0, / tt=[0-9]+/); t = substr($0, RSTART + 4, RLENGTH - 4)
			match($0, / tg=0x[0-9a-f]+/); m = substr($0, RSTART, RLENGTH)
			if (t == g) own[m] = 1; else if (/ pf: / && m in own) n++ }
		END { print n + 0 }' "$2")" ;;
	esac
	is "$1: events lost" "$(awk '/^# (overrun|dropped events):/ { n += $NF } END { print n + 0 }' "$2")" 0
	more "$1: switches" 10 "$(count ' sw: ' "$2")"
	is "$1: switches that do not end before the next on their CPU" "$(awk '
		match($0, /\[[0-9]+\] /) {
			cpu = substr($0, RSTART + 1, RLENGTH - 3)
			if (/ sw: /) n += open[cpu]++ > 0
			if (/ (fin|fst): /) open[cpu] = 0
		}
		END { print n + 0 }' "$2")" 0
}

replay() { # NAME FILE
	[ "${CIDSIM_KERNEL_REPLAY:-yes}" = yes ] || return 0
	call "$cidsim" replay --json "$2"
	if [ "$status" -eq 0 ]; then
		pass "$1: the replay agrees"
	else
		"$cidsim" replay "$2" 2>&1 | grep -A 12 -E '^(First difference|cidsim:)' >"$tmp/why"
		fail "$1: the replay ends with $status" "$tmp/why"
	fi
}

test_machine() { # IMAGE CPUS
	version=$(basename "$1") # until it says more
	got=$tmp/got
	rm -rf "$got"
	mkdir "$got"
	jobs "$2" >"$root/jobs"
	[ "$2" != "$first_cpus" ] || echo 'record log check-record.sh' >>"$root/jobs"
	# QEMU's emulation of several CPUs by several threads does not always survive that the kernel
	# patches its code, as tracing does. That is not what is tested: what is missing is done again.
	# With one thread it does, but then nothing happens at the same time.
	threads=multi in_vain=0
	while [ "$in_vain" -lt 3 ]; do
		left=$(cat "$root/jobs")
		boot "$1" "$2" "$threads"
		while take "$got"; do :; done
		[ -s "$root/jobs" ] || break
		echo "      $version on $2 CPUs: the machine died; again: $(cut -d ' ' -f 1 "$root/jobs" | xargs)"
		[ "$left" = "$(cat "$root/jobs")" ] || continue
		threads=single
		in_vain=$((in_vain + 1))
	done
	if [ -s "$root/jobs" ]; then
		fail "$version on $2 CPUs: not done: $(cut -d ' ' -f 1 "$root/jobs" | xargs)"
		tail -n 8 "$tmp/console" "$tmp/qemu" | cut -c 1-150 | sed 's/^/      | /'
	fi
	echo "      $version on $2 CPUs"
	for trace in "$got"/*.txt "$got"/*.dat; do
		[ -e "$trace" ] || continue
		name=$(basename "$trace")
		name=${name%.*}
		case $trace in *.txt) wanted "$name" "$trace" "$2" ;; esac
		keep "$2" "$trace"
		replay "$name" "$trace"
	done
	for trace in "$got"/*.log; do
		[ -e "$trace" ] || continue
		name=$(basename "$trace" .log)
		if [ "$name" = record ]; then
			passed=$((passed + $(count '^ok ' "$trace")))
			failed=$((failed + $(count '^FAIL ' "$trace")))
			sed 's/^/      record: /' "$trace"
		else
			fail "$name: recording ends with $(cat "$got/$name.status")" "$trace"
		fi
	done
}

keep() { # CPUS FILE
	[ -n "${CIDSIM_KERNEL_KEEP:-}" ] || return 0
	kept=$(basename "$2")
	mkdir -p "$CIDSIM_KERNEL_KEEP"
	gzip -9 -c "$2" >"$CIDSIM_KERNEL_KEEP/$version-${kept%.*}-$1.${kept##*.}.gz"
}

for image in $images; do
	if [ ! -r "$image" ]; then
		fail "$image: no such kernel image"
		continue
	fi
	first_cpus=
	for cpus in ${CIDSIM_KERNEL_CPUS:-4 8}; do
		[ -n "$first_cpus" ] || first_cpus=$cpus
		test_machine "$image" "$cpus"
	done
done
finish
