// The SELinux context of a file, in POSIX sh: looked at with stat, set with chcon. It knows no module's parameters.

/**
 * `ensure_context PATH` gives the file those of want_seuser, want_serole, want_setype and want_selevel that are not empty, and does
 * nothing where SELinux is off, as in Ansible. `_default` is what the policy says of the path.
 * Needs ATTRIBUTES of file-script.ts, which asks for it where want_context is set.
 */
export const SELINUX = `context_parts() {
  c_user=\${1%%:*} c_rest=\${1#*:}
  c_role=\${c_rest%%:*} c_rest=\${c_rest#*:}
  c_type=\${c_rest%%:*}
  # A level may hold colons itself.
  c_level=\${c_rest#"$c_type"} c_level=\${c_level#:}
}
ensure_context() {
  if [ ! -e /sys/fs/selinux/enforce ] || [ ! -e "$1" ]; then return 0; fi
  context=$(stat -c %C "$1" 2>&1) || fail "Cannot read the SELinux context of $1: $context"
  case $want_seuser$want_serole$want_setype$want_selevel in
  *_default*)
    # A file that is about to take the place of another is judged by the name it will have.
    judged=$1
    if [ "$1" = "\${temp-}" ]; then judged=\${dest:-\${path:-$1}}; fi
    by_policy=$(matchpathcon -n "$judged" 2>&1) || fail "Cannot ask the policy for the context of $judged: $by_policy"
    context_parts "$by_policy"
    if [ "$want_seuser" = _default ]; then want_seuser=$c_user; fi
    if [ "$want_serole" = _default ]; then want_serole=$c_role; fi
    if [ "$want_setype" = _default ]; then want_setype=$c_type; fi
    if [ "$want_selevel" = _default ]; then want_selevel=$c_level; fi ;;
  esac
  context_parts "$context"
  new_level=\${want_selevel:-$c_level}
  new_context=\${want_seuser:-$c_user}:\${want_serole:-$c_role}:\${want_setype:-$c_type}\${new_level:+:$new_level}
  if [ "$context" != "$new_context" ]; then
    note secontext "$context" "$new_context"
    change 'set selinux context failed' chcon -h "$new_context" "$1"
  fi
}`;
