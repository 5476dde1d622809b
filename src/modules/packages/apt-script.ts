// What the module apt does on a host, in POSIX sh. It knows the variables its script sets, no parameters.

/** `fetch_lists` gets the lists of packages; `update_lists` when they are old, and says how old they are. Needs INSPECT. */
export const CACHE = `cache_time() {
  st_mtime=0
  for stamp in /var/lib/apt/periodic/update-success-stamp /var/lib/apt/lists; do
    if [ -e "$stamp" ]; then lstat "$stamp"; break; fi
  done
}
# What it could not get, apt-get may call a warning.
got_lists() {
  errors=$(apt-get -q update 2>&1 </dev/null) || return 1
  case $errors in *'Some index files failed to download'*) return 1 ;; esac
}
fetch_lists() {
  attempt=0 delay=1
  while ! got_lists; do
    attempt=$((attempt + 1))
    if [ "$attempt" -ge "$update_cache_retries" ]; then fail "Failed to update apt cache: $errors"; fi
    if [ "$delay" -gt "$update_cache_retry_max_delay" ]; then delay=$update_cache_retry_max_delay; fi
    sleep "$delay"
    delay=$((delay * 2))
  done
}
update_lists() {
  cache_time; was_mtime=$st_mtime
  report cache_update_time "$was_mtime"; report cache_updated no
  if [ ! "$update_cache" ] && [ "$cache_valid_time" -eq 0 ]; then return 0; fi
  if [ $((was_mtime + cache_valid_time)) -ge "$(date +%s)" ]; then return 0; fi
  if [ "$check" ]; then report cache_updated yes; lists_updated=yes; return 0; fi
  fetch_lists
  cache_time
  report cache_update_time "$st_mtime"
  if [ "$st_mtime" != "$was_mtime" ]; then report cache_updated yes; lists_updated=yes; fi
}`;

/** `ensure_apt` does it all. Needs {@link CACHE}, and the functions apt_get, apt_cache, each_package. */
export const APT = `# Lists have one name in each line, and globs are for apt's names only.
IFS=$nl
set -f
lists_updated='' names='' spec=''
# What apt-get says when there is nothing to do.
zero='0 upgraded, 0 newly installed'
# NAME COMPARISON VERSION: what of it is installed, whether that will do, what could be installed; 'known' when apt has heard of it.
status_of() {
  policy=$(apt_cache policy "$1" 2>/dev/null | sed -n 's/^  \\(Installed\\|Candidate\\): /\\1 /p')
  known='' installed='' will_do='' installable='' candidate=''
  if [ ! "$policy" ]; then return 0; fi
  known=yes
  installed=$(printf '%s\\n' "$policy" | sed -n 's/^Installed //p' | sed -n 1p)
  candidate=$(printf '%s\\n' "$policy" | sed -n 's/^Candidate //p' | sed -n 1p)
  if [ "$installed" = '(none)' ]; then installed=''; fi
  if [ "$candidate" = '(none)' ]; then candidate=''; fi
  case $2 in
  =)
    candidate=$(apt_cache madison "$1" 2>/dev/null | sed 's/^[^|]*| *//; s/ *|.*//' | first_like "$3")
    # What is installed may be in no list any more.
    if [ "$installed" ] && is_like "$installed" "$3"; then will_do=yes; candidate=\${candidate:-$installed}; fi
    installable=$candidate ;;
  '>=')
    if [ "$installed" ] && dpkg --compare-versions "$installed" ge "$3"; then will_do=yes; fi
    if [ ! "$installed" ] || dpkg --compare-versions "\${candidate:-0}" ge "$3"; then installable=$candidate; fi ;;
  *)
    if [ "$installed" ]; then will_do=yes; fi
    installable=$candidate ;;
  esac
  if [ "$installed" ] && [ "$installable" = "$installed" ]; then installable=''; fi
}
is_like() {
  # shellcheck disable=SC2254 # the second argument is a glob
  case $1 in $2) return 0 ;; esac
  return 1
}
first_like() { while read -r version; do if is_like "$version" "$1"; then printf '%s\\n' "$version"; return 0; fi; done; }
providers_of() { apt_cache showpkg "$1" 2>/dev/null | sed -n '/^Reverse Provides:/,$p' | sed '1d; s/ .*//' | sort -u; }
# FUNCTION NAME COMPARISON VERSION: for each package that the glob names.
for_each_like() {
  matched=''
  for one in $(apt_cache pkgnames | sort -u); do
    if ! is_like "$one" "$2"; then continue; fi
    status_of "$one" '' ''
    if [ "$candidate$installed" ]; then matched=yes; "$1" "$one" "$3" "$4" ''; fi
  done
  if [ ! "$matched" ]; then fail "No package(s) matching '$2' available"; fi
}
add() { spec=$spec$1$nl; }
choose_install() {
  if [ "$4" ]; then for_each_like choose_install "$1" "$2" "$3"; return; fi
  names=$names$1$nl
  status_of "$1" "$2" "$3"
  if [ ! "$candidate$installed" ]; then
    # Perhaps a name that other packages provide.
    provider=$(providers_of "$1")
    if [ ! "$known" ] || { [ ! "$provider" ] && [ ! "$2" ]; }; then fail "No package matching '$1' is available"; fi
    if [ "$(printf '%s\\n' "$provider" | wc -l)" -eq 1 ] && [ "$provider" ]; then
      status_of "$provider" "$2" "$3"
      if [ "$installed" ]; then return 0; fi
    fi
    if [ "$provider" ]; then
      if [ ! "$only_upgrade" ]; then add "$1\${3:+=$3}"; fi
      return 0
    fi
  fi
  if [ ! "$installed" ] && [ "$only_upgrade" ]; then return 0; fi
  if [ ! "$will_do" ] && [ ! "$installable" ]; then fail "no available installation candidate for $1$2$3"; fi
  if [ "$installable" ] && { [ ! "$installed" ] || [ "$wanted" = latest ] || [ ! "$will_do" ]; }; then add "$1=$installable"; fi
}
choose_build_dep() { add "$1"; }
choose_remove() {
  if [ "$4" ]; then for_each_like choose_remove "$1" "$2" "$3"; return; fi
  status_of "$1" "$2" "$3"
  left=$(dpkg-query -W -f '\${db:Status-Status}' "$1" 2>/dev/null) || left=''
  if [ "$will_do" ] || { [ "$purge" ] && [ "$left" = config-files ]; }; then add "$1"; fi
}
# While packages are installed, policy-rc.d may say which services start.
set_policy() {
  if [ ! "$policy_rc_d" ] || [ "$check" ]; then return 0; fi
  policy_file=/usr/sbin/policy-rc.d
  trap unset_policy EXIT
  trap 'unset_policy; exit 143' HUP INT TERM
  if [ -e "$policy_file" ]; then mv -f "$policy_file" "$policy_file.$token" || fail "Fail to move $policy_file away"; fi
  write_policy 2>/dev/null || fail "Failed to create or chmod $policy_file"
}
write_policy() { printf '#!/bin/sh\\nexit %s\\n' "$policy_rc_d" >"$policy_file" && chmod 755 "$policy_file"; }
unset_policy() {
  if [ ! "$policy_rc_d" ] || [ "$check" ]; then return 0; fi
  rm -f "$policy_file"
  if [ -e "$policy_file.$token" ]; then mv -f "$policy_file.$token" "$policy_file"; fi
  trap - EXIT
}
# COMMAND WORDS...: the packages chosen come after the words.
do_apt() {
  set_policy
  try_tool "apt-get $1" apt_get "$@"
  unset_policy
  changed=true
}
# shellcheck disable=SC2086 # one package in each line
do_apt_chosen() { do_apt "$@" $spec; }
mark_manual() {
  if [ "$check" ] || ! has apt-mark || [ ! "$names" ]; then return 0; fi
  # shellcheck disable=SC2086 # one name in each line
  automatic=$(apt-mark showauto $names 2>/dev/null)
  # shellcheck disable=SC2086
  if [ "$automatic" ]; then trouble=$(apt-mark manual $automatic 2>&1) || fail "apt-mark manual failed: $trouble"; fi
}
ensure_upgrade() {
  report upgraded yes
  case $upgrade in dist | full) set -- dist-upgrade ;; *) set -- upgrade --with-new-pkgs ;; esac
  report changed_unless "$zero"
  do_apt "$@"
}
ensure_deb() {
  if [ ! -e "$deb" ]; then fail "Unable to install package: no such file: $deb"; fi
  name=$(dpkg --field "$deb" Package 2>&1) || fail "Unable to install package: $name"
  version=$(dpkg --field "$deb" Version 2>&1) || fail "Unable to install package: $version"
  status_of "$name" '' ''
  if [ "$installed" = "$version" ]; then return 0; fi
  case $deb in /*) ;; *) deb=./$deb ;; esac
  do_apt install "$deb"
}
# As in Ansible, this does not count as a change.
ensure_clean() {
  if [ "$check" ]; then return 0; fi
  errors=$(apt-get clean 2>&1 </dev/null) || fail "apt-get clean failed: $errors"
}
clean_up() {
  case $1 in autoclean) report changed_if 'Del ' ;; *) report changed_if 'The following packages will be REMOVED' ;; esac
  do_apt "$1"
  finish
}
ensure_apt() {
  has apt-get || fail 'There is no apt-get on this host'
  DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical; export DEBIAN_FRONTEND DEBIAN_PRIORITY
  if [ "$clean" ]; then ensure_clean; fi
  update_lists
  if [ "$packages" -eq 0 ] && [ ! "$upgrade$deb" ]; then
    if [ "$update_cache" ] || [ "$cache_valid_time" -gt 0 ]; then
      if [ "$lists_updated" ]; then changed=true; fi
      finish
    fi
    if [ "$autoclean" ]; then clean_up autoclean; fi
    if [ "$autoremove" ]; then clean_up autoremove; fi
  fi
  if [ "$upgrade" ]; then ensure_upgrade; finish; fi
  if [ "$deb" ]; then ensure_deb; finish; fi
  case $wanted in
  absent)
    each_package choose_remove
    if [ "$spec" ]; then do_apt_chosen remove -q; fi ;;
  build-dep)
    each_package choose_build_dep
    if [ "$spec" ]; then report changed_unless "$zero"; do_apt_chosen build-dep; fi ;;
  *)
    each_package choose_install
    if [ "$spec" ]; then do_apt_chosen install; fi
    mark_manual ;;
  esac
}`;
