#!/bin/bash
# A throw-away machine with a real systemd as PID 1: this one's files as a read-only layer under a tmpfs, no network but
# loopback, nothing left behind. Boots, runs one script as a service, powers off.
#
# usage: machine.sh WORK_FOLDER BUILD_FOLDER SCRIPT    (root; the script's folder is bound to /opt/mond-test)
# The script's output is WORK_FOLDER/results/output, its exit status WORK_FOLDER/results/status.
set -eu

work=${1:?} build=${2:?} script=${3:-}
BOOT_SECONDS_MAX=240

in_own_mounts() { # every mount below dies with this namespace
        mount --make-rprivate /
        mkdir -p "$work/cgroups" "$work/layers" "$work/results"
        mount -t tmpfs -o mode=755,size=1g machine "$work/layers"
        mkdir "$work/layers/upper" "$work/layers/work" "$work/layers/root"
        mount -t overlay machine "$work/layers/root" \
                -o "lowerdir=/,upperdir=$work/layers/upper,workdir=$work/layers/work"
        enter_cgroup
        touch "$work/results/possible" # up to here it is this machine that may not allow it
        prepare_root "$work/layers/root"
        # An outer PID namespace, so that whatever happens inside ends with it.
        timeout --kill-after=10 "$BOOT_SECONDS_MAX" unshare --mount --pid --cgroup --fork --kill-child --mount-proc \
                "$BASH" "$0" boot "$work" || echo "the machine ended with status $?" >&2
        leave_cgroup
}

prepare_root() {
        local root=$1
        # None of this machine's own services, nor its identity.
        rm -rf "$root"/etc/systemd/system/*.wants "$root"/etc/rc?.d "$root"/var/log/journal
        tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
        mkdir -p "$root/etc/systemd/journald.conf.d"
        printf '[Journal]\nStorage=volatile\nRateLimitIntervalSec=0\n' >"$root/etc/systemd/journald.conf.d/test.conf"
        DESTDIR=$root meson install -C "$build" --no-rebuild --quiet >/dev/null
        cat >"$root/etc/systemd/system/mond-test.service" <<UNIT
[Unit]
Requires=basic.target
After=basic.target
SuccessAction=exit-force
FailureAction=exit-force
[Service]
Type=oneshot
TimeoutStartSec=200
ExecStart=/bin/sh -c 'python3 /opt/mond-test/$script >/run/results/output 2>&1; echo \$? >/run/results/status'
UNIT
}

# Works beside a v1 or hybrid hierarchy too: the unified one is mounted for this machine alone.
enter_cgroup() {
        mount -t cgroup2 cgroup2 "$work/cgroups"
        local here
        here=$(sed -n 's/^0:://p' /proc/self/cgroup)
        cgroup=$work/cgroups${here%/}/mond-test-$$
        mkdir "$cgroup"
        echo $$ >"$cgroup/cgroup.procs"
}

leave_cgroup() {
        echo $$ >"$(dirname "$cgroup")/cgroup.procs" || return 0
        find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || true
}

boot() {
        umount -R /sys/fs/cgroup 2>/dev/null || true
        mount -t cgroup2 cgroup2 /sys/fs/cgroup
        mkdir -p /run/systemd/nspawn
        mount -t tmpfs machine /run/systemd/nspawn # nspawn minds where /run is on a disk
        exec systemd-nspawn --directory="$work/layers/root" --machine=mond-test --boot --register=no --keep-unit \
                --private-network --console=pipe --link-journal=no --resolv-conf=off --timezone=off \
                --bind="$work/results:/run/results" --bind-ro="$(dirname "$(readlink -f "$0")")/inside:/opt/mond-test" \
                systemd.unit=mond-test.service systemd.log_level=warning </dev/null >"$work/results/console" 2>&1
}

if [ "$1" = boot ]; then
        work=$2
        boot
fi
export script
if [ -z "${MOND_OWN_MOUNTS:-}" ]; then
        MOND_OWN_MOUNTS=1 exec unshare --mount "$BASH" "$0" "$@"
fi
in_own_mounts
