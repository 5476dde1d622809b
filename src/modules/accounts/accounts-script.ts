// Users and groups of a host in POSIX sh: looking them up, and having a tool change them. It knows no module's parameters.

/**
 * `user_line NAME`, `group_line NAME_OR_GID` and `shadow_line NAME` print the line of the host's databases, or nothing; `field N
 * LINE` prints one of its fields. `act TOOL...` changes the host, except in check mode: its words are the failure, or `stderr`.
 * `has TOOL` asks for a program.
 */
export const ACCOUNTS = `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
has() { command -v "$1" >/dev/null 2>&1; }
in_file() { if [ -r "$1" ]; then wanted_name=$2 awk -F: '$1 == ENVIRON["wanted_name"] || $3 == ENVIRON["wanted_name"] && FILENAME ~ /group$/ { print; exit }' "$1"; fi; }
user_line() { if has getent; then getent passwd "$1"; else in_file /etc/passwd "$1"; fi; }
group_line() { if has getent; then getent group "$1"; else in_file /etc/group "$1"; fi; }
# With musl there is no database of this name to ask for.
shadow_line() { getent shadow "$1" 2>/dev/null || in_file /etc/shadow "$1"; }
field() {
  number=$1 rest=$2:
  while [ "$number" -gt 1 ]; do number=$((number - 1)) rest=\${rest#*:}; done
  printf '%s\\n' "\${rest%%:*}"
}
said=''
act() {
  changed=true
  if [ "$check" ]; then return 0; fi
  if words=$("$@" 2>&1 </dev/null); then code=0; else code=$?; fi
  if [ "$code" -ne 0 ]; then report rc "$code"; fail "$words"; fi
  if [ "$words" ]; then said=$said$words$nl; report stderr "$said"; fi
}`;
