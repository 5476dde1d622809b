// The script that gathers facts, in POSIX sh, put together of what collectors ask for. It does not know what is made of the answers.
//
// A process costs a millisecond, so there are few: one grep reads every file, one ls every link, and tests are the shell's own.
// What can hang (a name to resolve, a dead NFS mount) runs beside the rest and says lines; whoever does not come back by the
// deadline is left behind. It holds nothing of the session but the pipe, which nobody reads then.
import type { Collector, SlowPart } from './seam.ts';

const START = `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
has() { command -v "$1" >/dev/null 2>&1; }
# NAME COMMAND...: what a command says, straight into a record.
stream() { printf '%s=' "$1"; shift; "$@" 2>/dev/null </dev/null; printf '\\000'; }
# WORD LINES: for slow parts, where each line has to be one write.
say() {
  word=$1 old_ifs=$IFS; set -f; IFS=$nl
  for line in $2; do printf '%s %s\\n' "$word" "$line"; done
  set +f; IFS=$old_ifs
}
# COMMAND...: for slow parts, runs what may never come back. A ksh cannot wait here, and says so with 127.
ask() { "$@" & echo "begun $!:$!" >&3; wait "$!"; if [ $? -ne 127 ]; then echo "done $!" >&3; fi; }
system=
if [ -r /proc/sys/kernel/ostype ]; then IFS= read -r system </proc/sys/kernel/ostype; else system=$(uname -s); fi
report system "$system"`;

// A word's number is told where it begins and its name where it is done: at the deadline only what still runs is ended.
const COLLECT = `late='' lines='' alarm='' begun='' finished=' '
while [ "$pending" -gt 0 ] && IFS= read -r line; do
  case $line in
    'begun '*) begun="$begun \${line#begun }" ;;
    'done '*)
      finished="$finished\${line#done } "
      case $line in 'done part'*) pending=$((pending - 1)) ;; esac ;;
    'alarm '*) alarm=\${line#alarm } ;;
    late) late=yes; pending=0 ;;
    *) lines=$lines$line$nl ;;
  esac
done
if [ "$late" ]; then
  for entry in $begun; do
    case $finished in *" \${entry%:*} "*) ;; *) kill -9 "\${entry#*:}" ;; esac
  done
elif [ "$alarm" ]; then kill "$alarm"
fi 2>/dev/null
report slow "$lines"; report late "$late"`;

/**
 * The probe for some collectors, to be put into a reporting script.
 *
 * @param deadlineSeconds - How long the slow parts may take.
 */
export function probeOf(collectors: readonly Collector[], deadlineSeconds: number): string {
  const all = (of: (collector: Collector) => readonly string[] | undefined): string =>
    [...new Set(collectors.flatMap((one) => of(one) ?? []))].join(' ');
  const slow = [...new Set(collectors.flatMap((one) => one.slow ?? []))];
  const quick = [
    'pending=$1',
    // A file that is missing, or that cannot be read today, is no trouble.
    `stream files grep -s '' /dev/null ${all((one) => one.files)}`,
    `stream links ls -ld ${all((one) => one.links)}`,
    `found=; for path in ${all((one) => one.paths)}; do if [ -e "$path" ]; then found=$found$path$nl; fi; done; report exists "$found"`,
    `found=; for program in ${all((one) => one.programs)}; do if has "$program"; then found=$found$program$nl; fi; done; report programs "$found"`,
    ...collectors.flatMap((one) => one.script ?? []),
    COLLECT,
  ];
  return [
    ENVIRONMENT_FIRST,
    START,
    ...slow.map((part) => part.script),
    `quick() {\n${quick.join('\n')}\n}`,
    `{\n${slow.map(start).join('\n')}\n${slow.length > 0 ? alarm(deadlineSeconds) : ':'}\n} | quick ${slow.length}`,
  ].join('\n');
}

const ENVIRONMENT_FIRST = `report environment "$(if [ "$locale_set" ]; then LC_ALL=$locale_was; export LC_ALL; else unset LC_ALL; fi; env)"`;

function start(part: SlowPart, index: number): string {
  return `{ ${part.call}; echo 'done part${index}'; } 3>&1 </dev/null 2>/dev/null &\necho "begun part${index}:$!"`;
}

function alarm(seconds: number): string {
  return `{ nap=''; trap 'kill $nap; exit' TERM; sleep ${seconds} & nap=$!; wait "$nap"; echo late; } </dev/null 2>/dev/null &\necho "alarm $!"`;
}
