#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# fresh.sh SOURCE RELEASE FOLDER [COMMAND…]: the two commands of the README on a machine that has nothing: a Debian of
# this RELEASE (bookworm, trixie) with git and no more, in FOLDER/RELEASE, made by debootstrap, as root. It gets a clone
# of what is committed in SOURCE. What each command prints is in FOLDER/RELEASE-COMMAND.log. COMMAND: demo, test
# (default: both). The Debian is made anew each time, and left there.
#
# Exit status: 0 each command had status 0; 1 one had not; 77 there is no debootstrap, or no network.

set -eu
[ $# -ge 3 ] || {
	echo "usage: $0 SOURCE RELEASE FOLDER [demo] [test]" >&2
	exit 2
}
source=$(realpath "$1")
release=$2
mkdir -p "$3"
folder=$(realpath "$3")
root=$folder/$release
shift 3
[ $# -gt 0 ] || set -- demo test
command -v debootstrap >/dev/null || {
	echo "$0: there is no debootstrap; scripts/install --matrix installs it" >&2
	exit 77
}

unmount() {
	for point in dev proc sys; do
		! mountpoint -q "$root/$point" || umount -R "$root/$point"
	done
}
trap unmount EXIT
trap 'exit 1' HUP INT TERM

unmount
rm -rf --one-file-system "$root"
debootstrap --variant=minbase --include=git,ca-certificates "$release" "$root" ${CIDSIM_MIRROR:+"$CIDSIM_MIRROR"} \
	>"$folder/$release.log" 2>&1 || {
	tail "$folder/$release.log" >&2
	exit 77
}
# How this machine reaches a mirror, and whom it trusts.
cp /etc/resolv.conf "$root/etc/resolv.conf"
grep -lE '^ *Acquire::' /etc/apt/apt.conf.d/* 2>/dev/null | xargs -r cp -t "$root/etc/apt/apt.conf.d"
cp -r /etc/ssl/certs/. "$root/etc/ssl/certs"
for point in dev proc sys; do
	mount --rbind "/$point" "$root/$point"
	mount --make-rslave "$root/$point"
done
git clone -q --no-hardlinks "$source" "$root/root/cidsim"

worst=0
for command; do
	begun=$(date +%s)
	status=0
	chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb LANG=C.UTF-8 \
		"/root/cidsim/scripts/$command" >"$folder/$release-$command.log" 2>&1 </dev/null || status=$?
	[ "$status" = 0 ] || worst=1
	echo "$release: scripts/$command: status $status, $(($(date +%s) - begun)) s: $(tail -n 1 "$folder/$release-$command.log")"
done
exit $worst
