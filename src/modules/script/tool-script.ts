// Running a tool of the host and telling its two outputs apart, in POSIX sh. It does not know which tool.

/**
 * `run_tool TOOL...` runs a tool with nothing to read: its output becomes the record `stdout` as it comes, its words `stderr`; code
 * is set. `has TOOL` asks for one. `try_tool MESSAGE TOOL...` fails with the message and the words when it fails.
 */
export const RUN_TOOL = `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
has() { command -v "$1" >/dev/null 2>&1; }
run_tool() {
  printf 'stdout='
  { errors=$("$@" 2>&1 >&3 </dev/null 3>&-); code=$?; } 3>&1
  printf '\\000'
  if [ "$errors" ]; then errors=$errors$nl; fi
  report stderr "$errors"
}
try_tool() {
  what=$1; shift
  run_tool "$@"
  if [ "$code" -eq 0 ]; then return 0; fi
  report rc "$code"
  fail "$what failed: $errors"
}`;
