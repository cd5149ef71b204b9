#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) The cidsim authors
#
# root.sh ARCHITECTURE FOLDER: what cidsim needs of Debian for another architecture (debootstrap, as root: it unpacks,
# and runs nothing), and FOLDER.ini, which tells meson how to build for it, and that qemu runs the results.

set -eu
arch=$1
mkdir -p "$2"
root=$(realpath "$2")
case $arch in
i386) triplet=i686-linux-gnu libraries=i386-linux-gnu qemu=i386 family=x86 endian=little ;;
arm64) triplet=aarch64-linux-gnu libraries=$triplet qemu=aarch64 family=aarch64 endian=little ;;
s390x) triplet=s390x-linux-gnu libraries=$triplet qemu=s390x family=s390x endian=big ;;
*)
	echo "$0: no such architecture: $arch" >&2
	exit 2
	;;
esac
for program in debootstrap "$triplet-gcc" "qemu-$qemu"; do
	command -v "$program" >/dev/null || {
		echo "$0: there is no $program; scripts/install --matrix installs it" >&2
		exit 77
	}
done
if [ ! -f "$root.ini" ]; then
	suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	rm -rf "$root"
	debootstrap --foreign --variant=minbase --arch="$arch" \
		--include=libc6-dev,libglib2.0-dev,libgmp-dev,libjson-glib-dev,libsqlite3-dev,libtracecmd-dev,libtraceevent-dev,libtracefs-dev,libzstd-dev \
		"$suite" "$root" ${CIDSIM_MIRROR:+"$CIDSIM_MIRROR"} >"$root.log" || {
		tail "$root.log" >&2
		exit 77
	}
	# The link to /proc would lead out of the folder.
	rm -f "$root/proc"
	for package in "$root"/var/cache/apt/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink --no-same-owner -C "$root"
	done
	find "$root/usr/lib" -lname '/*' | while read -r link; do
		target=$root$(readlink "$link")
		[ ! -e "$target" ] || ln -sfn "$target" "$link"
	done
fi
cat >"$root.ini" <<EOF
[binaries]
c = ['$triplet-gcc', '--sysroot=$root']
ar = '$triplet-gcc-ar'
strip = '$triplet-strip'
pkgconfig = 'pkg-config'
exe_wrapper = ['qemu-$qemu', '-L', '$root']
[properties]
sys_root = '$root'
pkg_config_libdir = ['$root/usr/lib/$libraries/pkgconfig', '$root/usr/share/pkgconfig']
[host_machine]
system = 'linux'
cpu_family = '$family'
cpu = '$family'
endian = '$endian'
EOF
echo "exec qemu-$qemu -L '$root'" >"$root.run"
