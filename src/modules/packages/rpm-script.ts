// What the modules dnf and yum do on a host, in POSIX sh. It knows the variables its script sets, no parameters.

/**
 * `ensure_rpm TOOL` makes the packages that `each_package` names be $wanted. Needs RUN_TOOL, and `rpm_options`, which runs a tool with
 * the options asked for.
 */
export const RPM = `# Lists have one name in each line, and globs are for rpm's names only.
IFS=$nl
set -f
spec='' newer=''
installed_packages() { rpm -qa --qf '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}\\n' 2>/dev/null | sort; }
# NAME: a package, a glob of packages, a file that one holds, or what one provides.
is_installed() {
  case $1 in
  *'*'* | *'?'* | *'['*) [ "$(rpm -qa "$1" 2>/dev/null)" ] ;;
  *) rpm -q "$1" >/dev/null 2>&1 || rpm -q --whatprovides "$1" >/dev/null 2>&1 ;;
  esac
}
# Of a package file: what it would be when it is installed.
file_is_installed() { held=$(rpm -qp --qf '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}' "$1" 2>/dev/null) && [ "$held" ] && rpm -q "$held" >/dev/null 2>&1; }
add() { spec=$spec$1$nl; }
choose_install() {
  case $1 in
  @* | *://*) add "$1" ;;
  *.rpm) if ! file_is_installed "$1"; then add "$1"; fi ;;
  *)
    if ! is_installed "$1"; then add "$1"
    elif [ "$wanted" = latest ]; then newer=$newer$1$nl; fi ;;
  esac
}
choose_remove() { case $1 in @*) add "$1" ;; *) if is_installed "$1"; then add "$1"; fi ;; esac; }
# ACTION NAMES...: what is installed before and after says what it did; in check mode, what the tool answers itself.
do_rpm() {
  if [ ! "$check" ]; then try_tool "$1" rpm_options "$tool" "$@"; return 0; fi
  if errors=$(rpm_options "$tool" --assumeno "$@" 2>&1 </dev/null); then code=0; else code=$?; fi
  # A tool that is told no to everything fails when there was something to do.
  case $code-$errors in
  *'Nothing to do'* | *'No packages marked'*) ;;
  0-* | *'Operation aborted'* | *'Exiting on user command'*) changed=true ;;
  *) report rc "$code"; fail "$1 failed: $errors" ;;
  esac
}
ensure_rpm() {
  tool=$1
  has "$tool" || fail "There is no $tool on this host"
  has rpm || fail 'There is no rpm on this host'
  if [ "$update_cache" ] && [ ! "$check" ]; then
    errors=$("$tool" -q clean expire-cache 2>&1 </dev/null) || fail "Failed to update the cache: $errors"
  fi
  if [ "$packages" -eq 0 ] && [ ! "$all$autoremove" ]; then
    if [ "$update_cache" ]; then report said 'Cache updated'; fi
    finish
  fi
  case $wanted in absent | removed) each_package choose_remove ;; *) each_package choose_install ;; esac
  report before "$(installed_packages)"
  # shellcheck disable=SC2086 # one name in each line
  case $wanted in
  absent | removed)
    if [ "$spec" ]; then do_rpm remove $spec; fi ;;
  *)
    if [ "$spec" ]; then do_rpm install $spec; fi
    if [ "$newer" ]; then do_rpm upgrade $newer; fi
    if [ "$all" ]; then do_rpm upgrade; fi ;;
  esac
  if [ "$autoremove" ] && [ "$packages" -eq 0 ]; then do_rpm autoremove; fi
  report after "$(installed_packages)"
}`;
