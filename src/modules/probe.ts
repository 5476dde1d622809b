// The script that gathers facts, in POSIX sh. It only reports what the host's tools and files say; facts.ts makes facts of it.

/** Looks a record of the probe up; empty when it is not there. */
export type Found = (name: string) => string;

/** Records of what was found; what a host does not have is left out or empty. */
export const PROBE = `# The environment first: what follows changes it.
if [ "$locale_set" ]; then report env "$(LC_ALL=$locale_was; export LC_ALL; env)"; else report env "$(unset LC_ALL; env)"; fi
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
has() { command -v "$1" >/dev/null 2>&1; }
# NAME FILE: the whole of a small file, when it is there.
report_file() { if [ -r "$2" ]; then report "$1" "$(cat "$2" 2>/dev/null)"; fi; }
# NAME COMMAND...: what a command says, when it is there.
report_output() { record=$1; shift; if has "$1"; then report "$record" "$("$@" 2>/dev/null)"; fi; }
report uname_s "$(uname -s)"
report uname_n "$(uname -n)"
report uname_r "$(uname -r)"
report uname_v "$(uname -v)"
report uname_m "$(uname -m)"
report_output fqdn hostname -f
report user_id "$(id -un)"; report user_uid "$(id -ru)"; report user_gid "$(id -rg)"
report effective_user_id "$(id -u)"; report effective_group_id "$(id -g)"
if has getent; then report passwd "$(getent passwd "$(id -un)")"
else report passwd "$(grep "^$(id -un):" /etc/passwd)"; fi
report dates "$(date '+%Y %m %B %d %H %M %S %A %w %W %s %Z %z')"
report utc "$(date -u '+%Y-%m-%dT%H:%M:%SZ')"
for file in /etc/os-release /usr/lib/os-release; do
  if [ -r "$file" ]; then report os_release "$(cat "$file")"; report os_release_path "$file"; break; fi
done
report_file debian_version /etc/debian_version
report_file alpine_release /etc/alpine-release
report_file redhat_release /etc/redhat-release
report_output sw_vers sw_vers
report_file cpuinfo /proc/cpuinfo
report_output nproc nproc
report_output sysctl_cpu sysctl -n hw.ncpu
report_file meminfo /proc/meminfo
report_output sysctl_mem sysctl -n hw.physmem
report_file uptime /proc/uptime
report_file machine_id /etc/machine-id
report_output ip_addr ip -o addr show
report_output ip_link ip -o link show
report_output ip_route ip -4 route show default
report_output ip6_route ip -6 route show default
report_output ifconfig ifconfig -a
report_output virt systemd-detect-virt
report_file product_name /sys/class/dmi/id/product_name
report_file sys_vendor /sys/class/dmi/id/sys_vendor
if [ -e /.dockerenv ]; then report container docker; elif [ -e /run/.containerenv ]; then report container podman; fi
if [ -d /proc/1/root ]; then
  # The root of process 1 is another one in a chroot; only root may look, and then it is the same inode or not.
  if [ "$(ls -id /proc/1/root/. 2>/dev/null | sed 's/ .*//')" ] && [ "$(ls -id /proc/1/root/. | sed 's/ .*//')" != "$(ls -id /. | sed 's/ .*//')" ]; then report is_chroot yes; fi
fi
report first_process "$(cat /proc/1/comm 2>/dev/null || ps -p 1 -o comm= 2>/dev/null)"
if [ -d /run/systemd/system ]; then report init systemd
elif has initctl && [ -d /etc/init ]; then report init upstart
elif [ -x /sbin/openrc ] || [ -x /sbin/openrc-init ]; then report init openrc
elif [ -d /etc/init.d ]; then report init sysvinit
fi
# The last one found counts, as in Ansible; what a distribution brings itself comes last.
for tool in pkg:pkgng pkg_add:openbsd_pkg pkgin:pkgin brew:homebrew swupd:swupd opkg:opkg xbps-install:xbps emerge:portage apk:apk zypper:zypper pacman:pacman apt-get:apt yum:yum dnf:dnf; do
  if has "\${tool%%:*}"; then report pkg_mgr "\${tool#*:}"; fi
done
if has selinuxenabled && selinuxenabled; then
  report selinux enabled
  report_output selinux_mode getenforce
elif [ -d /sys/fs/selinux ] && [ -e /sys/fs/selinux/enforce ]; then report selinux enabled
else report selinux disabled; fi
for python in python3 python2 python; do
  if has "$python"; then
    report python "$("$python" -c 'import sys; print(".".join(map(str, sys.version_info[:3])) + " " + sys.executable)' 2>/dev/null)"
    break
  fi
done`;
