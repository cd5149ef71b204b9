# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
# shellcheck shell=sh
#
# A Slurm of one node with two CPUs, on loopback, with all its files in one folder. Needs no root
# and nothing of the system's Slurm but its programs.

PATH=$PATH:/usr/sbin:/sbin

# The programs that are missing.
cluster_lacks() {
	for program in slurmctld slurmd sbatch squeue scancel scontrol munged mungekey setpriv; do
		command -v "$program" >/dev/null || printf ' %s' "$program"
	done
}

# A port from $1 on that nobody has.
cluster_port() {
	port=$1
	while grep -qi ":$(printf %04X "$port") " /proc/net/tcp /proc/net/tcp6 2>/dev/null; do
		port=$((port + 1))
	done
	echo "$port"
}

# within SECONDS COMMAND…: until it succeeds; false if it does not in time
within() {
	polls=$(($1 * 10))
	shift
	until "$@"; do
		polls=$((polls - 1))
		[ "$polls" -gt 0 ] || return 1
		sleep 0.1
	done
}

# cluster_start DIR: in a folder that is there; false if it does not start. Sets SLURM_CONF.
cluster_start() {
	cluster=$1
	user=$(id -un)
	port=$(cluster_port $((20000 + $$ % 5000 * 2)))
	mkdir "$cluster/munge" "$cluster/state" "$cluster/spool" || return
	cat >"$cluster/slurm.conf" <<X
ClusterName=test
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$(cluster_port $((port + 1)))
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$cluster/munge/socket,cred_expire=5
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/slurmd.pid
MailProg=/bin/true
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_interval=1
ReturnToService=2
SlurmdTimeout=5
KillWait=5
NodeName=node CPUs=2 NodeHostname=localhost NodeAddr=127.0.0.1
PartitionName=all Nodes=node Default=YES
X
	# The test itself may be a job of another Slurm.
	for name in $(env | sed -n 's/^\(S\(BATCH\|LURM\|QUEUE\|INFO\)_[A-Z_]*\)=.*/\1/p'); do
		unset "$name"
	done
	SLURM_CONF=$cluster/slurm.conf
	export SLURM_CONF

	mungekey --create --keyfile="$cluster/munge/key" || return
	if [ "$(id -u)" -eq 0 ]; then
		chown -R munge: "$cluster/munge" || return
		set -- setpriv --reuid=munge --regid=munge --clear-groups
	else
		set --
	fi
	chmod 755 "$cluster/munge"
	"$@" munged --foreground --socket="$cluster/munge/socket" --key-file="$cluster/munge/key" \
		--pid-file="$cluster/munge/pid" --log-file="$cluster/munge/log" \
		--seed-file="$cluster/munge/seed" >"$cluster/munged.log" 2>&1 &
	within 10 test -S "$cluster/munge/socket" || return
	slurmctld -D -c >"$cluster/slurmctld.log" 2>&1 &
	cluster_node_start
	within 30 cluster_node_is idle
}

cluster_node_start() {
	slurmd -D -N node >"$cluster/slurmd.log" 2>&1 &
}

cluster_node_is() { # STATE
	sinfo -h -o %T 2>/dev/null | grep -qx "$1"
}

# The processes with a file or the working folder in the folder $1: daemons, jobs, what jobs began.
cluster_processes() {
	find /proc/[0-9]*/cwd /proc/[0-9]*/fd -lname "$1/*" 2>/dev/null |
		cut -d / -f 3 | sort -u | grep -vx $$
}

cluster_kill() { # DIR: true if there was nothing to kill
	processes=$(cluster_processes "$1")
	[ -n "$processes" ] || return 0
	# shellcheck disable=SC2086 # a list of words
	kill -KILL $processes 2>/dev/null
	return 1
}

# cluster_end DIR: end all processes of this folder, at once, since none of them has anything to
# lose. The caller is in another folder. False if some do not end.
cluster_end() {
	within 10 cluster_kill "$1"
}
