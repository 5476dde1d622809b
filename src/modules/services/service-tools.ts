// The service tools of hosts in POSIX sh: systemd, OpenRC, init scripts, BSD rc. They know the variables a script sets, no parameters.

/** `ensure_systemd` makes unit $name what $state, $enabled and $masked say. */
export const SYSTEMD = `is_asked() { [ "$1" = yes ] || [ "$1" = no ]; }
property() { printf '%s\\n' "$shown" | sed -n "s/^$1=//p" | sed -n 1p; }
has_init_script() { [ -x "/etc/init.d/$name" ]; }
starts_by_init() { for link in /etc/rc?.d/S??"$name"; do if [ -e "$link" ]; then return 0; fi; done; return 1; }
is_unit_file() {
  case $(systemctl is-enabled "$name" 2>/dev/null) in
  enabled* | linked* | masked* | static | indirect | disabled | generated | transient | alias) return 0 ;;
  esac
  case $name in *@*) systemctl list-unit-files "\${name%%@*}@*" 2>/dev/null | grep -q "^\${name%%@*}@" ;; *) systemctl list-unit-files "$name" >/dev/null 2>&1 ;; esac
}
# Nothing runs there: whether a service does cannot be asked, and is nothing to fail for.
is_offline() {
  if [ "\${SYSTEMD_OFFLINE-}" = 1 ]; then return 0; fi
  if first=$(stat -L -c '%d %i' /proc/1/root/. 2>/dev/null); then [ "$(stat -c '%d %i' /)" != "$first" ]; return; fi
  # Who may not look there knows the root of a file system by its number: ext4, xfs, btrfs.
  case $(stat -c %i /) in 2 | 128 | 256) return 1 ;; esac
}
need_unit() { if [ ! "$found" ]; then fail "Could not find the requested service $name: host"; fi; }
ensure_systemd() {
  command -v systemctl >/dev/null 2>&1 || fail 'There is no systemctl on this host'
  XDG_RUNTIME_DIR=\${XDG_RUNTIME_DIR:-/run/user/$(id -u)}; export XDG_RUNTIME_DIR
  # As in Ansible, these two do not count as a change.
  if [ "$daemon_reload" ]; then without_change 'failure during daemon-reload' systemctl daemon-reload; fi
  if [ "$daemon_reexec" ]; then without_change 'failure during daemon-reexec' systemctl daemon-reexec; fi
  if [ ! "$name" ]; then return; fi
  shown=$(systemctl show "$name" 2>&1) || shown=''
  case $shown in *=*) ;; *) shown='' ;; esac
  report status "$shown"
  load=$(property LoadState) active=$(property ActiveState) found=''
  if [ "$shown" ]; then
    if [ "$load" ] && [ "$load" != not-found ]; then found=yes; fi
    trouble=$(property LoadError)
    if [ "$found" ] && [ "$load" != masked ] && [ "$trouble" ]; then fail "Error loading unit file '$name': $trouble"; fi
  # In a chroot there is nothing to show, but unit files there are; older ones than 230 cannot show a template.
  elif is_unit_file; then found=yes; active=$(systemctl is-active "$name" 2>/dev/null) || :
  fi
  if has_init_script; then found=yes; fi
  if is_asked "$masked"; then ensure_masked; fi
  if is_asked "$enabled"; then need_unit; ensure_enabled; fi
  if [ "$state" ]; then need_unit; ensure_active; fi
}
without_change() {
  was_changed=$changed
  change "$@"
  changed=$was_changed
}
ensure_masked() {
  if [ "$(systemctl is-enabled "$name" 2>/dev/null)" = masked ]; then is_masked=yes; else is_masked=no; fi
  if [ "$is_masked" = "$masked" ]; then return; fi
  if [ "$masked" = yes ]; then action=mask; else action=unmask; fi
  change "Unable to $action service $name" systemctl "$action" "$name"
}
ensure_enabled() {
  is_enabled=no
  # With -l it says whose alias it is, and not more.
  if said=$(systemctl is-enabled "$name" -l 2>/dev/null); then
    case $said in indirect | alias) ;; *) is_enabled=yes ;; esac
  else
    case $said in
    *disabled) ;;
    *) if [ ! "$for_users" ] && has_init_script && starts_by_init; then is_enabled=yes; fi ;;
    esac
  fi
  report enabled "$enabled"
  if [ "$is_enabled" = "$enabled" ]; then return; fi
  if [ "$enabled" = yes ]; then action=enable; else action=disable; fi
  change "Unable to $action service $name" systemctl "$action" "$name"
}
ensure_active() {
  if [ ! "$active" ] || [ "$active" = unknown ]; then
    if is_offline; then report state "$state"; return; fi
    fail 'Service is in unknown state'
  fi
  case $active in active | activating) runs=yes ;; *) runs=no ;; esac
  action=''
  case $state in
  started) if [ "$runs" = no ]; then action=start; fi ;;
  stopped) if [ "$runs" = yes ] || [ "$active" = deactivating ]; then action=stop; fi ;;
  *) if [ "$runs" = yes ]; then action=\${state%ed}; else action=start; fi ;;
  esac
  case $state in stopped) report state stopped ;; *) report state started ;; esac
  if [ "$action" ]; then change "Unable to $action service $name" systemctl "$action" "$name"; fi
}`;

/** Finds out who runs the services of this host, and has it done. Needs {@link SYSTEMD}. */
export const UNITS = `has() { command -v "$1" >/dev/null 2>&1; }
if [ "$use" = auto ]; then
  if [ -d /run/systemd/system ]; then use=systemd
  elif has rc-service && has rc-update; then use=openrc
  elif has rcctl; then use=rcctl
  elif has sysrc && has service; then use=freebsd
  else use=service; fi
fi
# Each kind: service_status (0 running), service_do ACTION, boot_status (0 enabled), boot_do enable|disable.
case $use in
systemd) ensure_systemd; finish ;;
*) if [ "$for_systemd" ]; then fail "$for_systemd is of systemd, and this host has none"; fi ;;
esac
case $use in
openrc)
  service_exists() { [ -e "/etc/init.d/$name" ]; }
  service_status() { rc-service "$name" status >/dev/null 2>&1; }
  service_do() { rc-service "$name" "$@"; }
  boot_status() { rc-update show "$runlevel" | sed 's/ *|.*//; s/^ *//' | grep -qxF -e "$name"; }
  boot_do() { if [ "$1" = enable ]; then rc-update add "$name" "$runlevel"; else rc-update del "$name" "$runlevel"; fi; } ;;
rcctl)
  service_exists() { rcctl get "$name" >/dev/null 2>&1; }
  service_status() { rcctl check "$name" >/dev/null 2>&1; }
  service_do() { rcctl -f "$1" "$name"; }
  boot_status() { [ "$(rcctl get "$name" status 2>/dev/null)" != off ] && rcctl get "$name" status >/dev/null 2>&1; }
  boot_do() { rcctl "$1" "$name"; } ;;
freebsd)
  service_exists() { service -l | grep -qxF -e "$name"; }
  service_status() { service "$name" onestatus >/dev/null 2>&1; }
  service_do() { service "$name" "one$1"; }
  boot_status() { service "$name" enabled >/dev/null 2>&1; }
  boot_do() { service "$name" "$1"; } ;;
*)
  if has service; then service_do() { service "$name" "$@"; }; else service_do() { "/etc/init.d/$name" "$@"; }; fi
  service_exists() { [ -x "/etc/init.d/$name" ] || service_do status >/dev/null 2>&1 || [ $? -eq 3 ]; }
  service_status() { service_do status >/dev/null 2>&1; }
  boot_status() {
    if has chkconfig; then chkconfig "$name" >/dev/null 2>&1; else starts_by_init; fi
  }
  boot_do() {
    if has update-rc.d; then
      update-rc.d "$name" defaults && update-rc.d "$name" "$1"
    elif has chkconfig; then
      if [ "$1" = enable ]; then chkconfig "$name" on; else chkconfig "$name" off; fi
    else
      echo 'neither update-rc.d nor chkconfig is there' >&2; return 1
    fi
  } ;;
esac
service_exists || fail "Could not find the requested service $name: host"
if is_asked "$enabled"; then
  if boot_status; then is_enabled=yes; else is_enabled=no; fi
  report enabled "$enabled"
  if [ "$is_enabled" != "$enabled" ]; then
    if [ "$enabled" = yes ]; then action=enable; else action=disable; fi
    change "Unable to $action service $name" boot_do "$action"
  fi
fi
act() {
  if [ "$use" = service ]; then change "Unable to $1 service $name" do_with_words "$1"
  else change "Unable to $1 service $name" service_do "$1"; fi
}
if [ "$state" ]; then
  if service_status; then runs=yes; else runs=no; fi
  case $state in
  started) if [ "$runs" = no ]; then act start; fi ;;
  stopped) if [ "$runs" = yes ]; then act stop; fi ;;
  reloaded) if [ "$runs" = yes ]; then act reload; else act start; fi ;;
  restarted)
    if [ "$runs" = yes ] && [ "$sleep" -gt 0 ]; then
      act stop
      if [ ! "$check" ]; then sleep "$sleep"; fi
      act start
    elif [ "$runs" = yes ]; then act restart
    else act start; fi ;;
  esac
  case $state in stopped) report state stopped ;; *) report state started ;; esac
fi`;
