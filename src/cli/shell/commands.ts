// The commands of the shell itself, which begin with a colon. To add one: an entry here, a test. It does not know how lines are read.
import { shellJoin } from '../../base/quote.ts';
import { splitWords } from '../../base/shlex.ts';
import { didYouMean } from '../../base/suggest.ts';
import { neutralise } from '../../base/terminal.ts';
import { formatDuration, parseDuration } from '../../base/units.ts';
import { ShellCommandError } from '../errors.ts';
import { directoryFrom, readAssignment } from '../host-script.ts';
import { makeRoom, sourceFile, targetFiles } from '../local-paths.ts';
import { OUTPUT_MODES, type Setting } from './setting.ts';
import type { Shell } from './shell.ts';

/** How a line went; `leave` ends the shell. */
export type Done = 'well' | 'badly' | 'leave';

export interface ShellCommand {
  readonly name: string;
  /** Its words as the help shows them: `<file> <dest>`. */
  readonly form: string;
  readonly meaning: string;
  /** The fewest and most words it takes. */
  readonly takes: readonly [least: number, most: number];
  /** What its words are, for completion. */
  readonly wants?: 'pattern' | 'remote-path' | readonly string[];
  /** What it changes of the setting, or how it went. */
  readonly run: (words: readonly string[], shell: Shell) => Promise<Partial<Setting> | Done> | Partial<Setting> | Done;
}

/** A command with its words, ready to run. */
export interface ReadCommand {
  readonly run: (shell: Shell) => Promise<Done>;
}

/** @throws ShellCommandError UNKNOWN_COMMAND, BAD_COMMAND. */
export function commandOf(line: string): ReadCommand {
  const [, name = '', rest = ''] = /^:(\S*)\s*(.*)$/s.exec(line) ?? [];
  const command = shellCommands.find((one) => one.name === name);
  if (command === undefined) {
    const names = shellCommands.map((one) => `:${one.name}`);
    throw new ShellCommandError('UNKNOWN_COMMAND', `There is no command \`:${name}\``, {
      where: line,
      fix: didYouMean(`:${name}`, names, 'See :help; a space in front gives the line to the hosts'),
    });
  }
  const words = splitWords(rest);
  const [least, most] = command.takes;
  if (words.length < least || words.length > most) throw bad(line, 'has not these words', `Write :${command.name} ${command.form}`);
  return {
    run: async (shell) => {
      const result = await command.run(words, shell);
      if (typeof result === 'string') return result;
      shell.setting = { ...shell.setting, ...result };
      return 'well';
    },
  };
}

export const shellCommands: readonly ShellCommand[] = [
  {
    name: 'hosts',
    form: '',
    meaning: 'who is worked on, and how each ended the last time',
    takes: [0, 0],
    run: (_words, shell) => say(shell, shell.crew.roster()),
  },
  picking('only', 'work on these hosts, and nobody else', (crew, pattern) => crew.only(pattern)),
  picking('add', 'work on these hosts too', (crew, pattern) => crew.add(pattern)),
  picking('drop', 'leave these hosts out', (crew, pattern) => crew.drop(pattern)),
  choosing('all', 'work on all hosts the shell began with', (crew) => crew.all()),
  choosing('failed', 'keep only those that did not do well the last time', (crew) => crew.keepLast('badly')),
  choosing('ok', 'keep only those that did well the last time', (crew) => crew.keepLast('well')),
  {
    name: 'put',
    form: '<file> <dest>',
    meaning: 'send a file; with / at the end into that directory',
    takes: [2, 2],
    run: async ([local = '', remote = ''], shell) => {
      const localPath = await sourceFile(local, shell.context.cwd);
      const { timeoutMs } = shell.setting;
      const remotePath = remotePathFrom(shell, remote);
      const instructionOf = () => ({ kind: 'put', localPath, remotePath, timeoutMs }) as const;
      return shell.judge(await shell.perform({ verb: 'put', subject: local, instructionOf }));
    },
  },
  {
    name: 'get',
    form: '<path> <dir>',
    meaning: 'fetch a file of each host, to <dir>/<host>/<name>',
    takes: [2, 2],
    wants: 'remote-path',
    run: async ([remote = '', local = ''], shell) => {
      const remotePath = remotePathFrom(shell, remote);
      const { cwd, now } = shell.context;
      const directory = local.endsWith('/') || local.includes('{host}') ? local : `${local}/`;
      const files = await targetFiles(shell.crew.chosenHosts, remotePath, directory, { cwd, now: now() });
      await makeRoom(files);
      const { timeoutMs } = shell.setting;
      const instructionOf = (host: string) => ({ kind: 'get', remotePath, localPath: files.get(host) ?? local, timeoutMs }) as const;
      return shell.judge(await shell.perform({ verb: 'get', subject: remote, instructionOf }));
    },
  },
  {
    name: 'become',
    form: '[user | -]',
    meaning: 'run lines as root, or as this user; with - as the one who logs in',
    takes: [0, 1],
    run: async ([name], shell) => {
      if (name === '-') return { as: { kind: 'login' } };
      if (shell.crew.wantsBecomePassword) {
        const answer = await shell.password('Become password (empty: none is needed):');
        if (answer !== undefined && answer !== '') shell.crew.setBecomePassword(answer);
      }
      return { as: { kind: 'user', name } };
    },
  },
  {
    name: 'cd',
    form: '[dir]',
    meaning: 'run lines in this directory; without one at home',
    takes: [0, 1],
    wants: 'remote-path',
    run: async ([wanted = ''], shell) => {
      const directory = directoryFrom(shell.setting.directory, wanted);
      if (directory === undefined) return { directory };
      if (/^~[^/]/.test(wanted)) throw bad(`:cd ${wanted}`, 'is the home of somebody else', 'Write the whole path');
      const done = shell.judge(await shell.runLine('pwd', { ...shell.setting, directory }));
      if (done === 'well') shell.setting = { ...shell.setting, directory };
      else shell.note('The directory stays as it was: leave out the hosts that have it not (:ok), and try again');
      return done;
    },
  },
  {
    name: 'env',
    form: '[name=value]',
    meaning: 'give lines a variable; name= takes it away, nothing shows all',
    takes: [0, 1],
    run: ([assignment], shell) => {
      const { variables } = shell.setting;
      if (assignment === undefined)
        return say(
          shell,
          [...variables].map(([name, value]) => `${name}=${value}`),
        );
      const [name = '', value = ''] = readAssignment(assignment) ?? [];
      if (name === '') throw bad(`:env ${assignment}`, 'is no variable', 'Write :env NAME=value');
      const others = [...variables].filter(([other]) => other !== name);
      return { variables: new Map(value === '' ? others : [...others, [name, value]]) };
    },
  },
  {
    name: 'timeout',
    form: '<duration | off>',
    meaning: 'end lines and transfers after this long: 30s, 5m',
    takes: [1, 1],
    wants: ['off'],
    run: ([text = '']) => ({ timeoutMs: text === 'off' ? undefined : parseDuration(text, ':timeout') }),
  },
  {
    name: 'forks',
    form: '<number>',
    meaning: 'work on so many hosts at once',
    takes: [1, 1],
    run: ([text = ''], shell) => {
      if (!/^[1-9]\d{0,5}$/.test(text)) throw bad(`:forks ${text}`, 'is no number of hosts', 'Give a whole number from 1');
      shell.crew.fleet.forks = Number(text);
      return 'well';
    },
  },
  {
    name: 'output',
    form: OUTPUT_MODES.join(' | '),
    meaning: 'fold equal answers; show lines as they come; or one answer and how others differ',
    takes: [1, 1],
    wants: OUTPUT_MODES,
    run: ([text = ''], shell) => {
      const mode = OUTPUT_MODES.find((one) => one === text);
      if (mode === undefined) throw bad(`:output ${text}`, 'is no way to show answers', didYouMean(text, OUTPUT_MODES));
      if (shell.flags.output !== 'text')
        throw bad(`:output ${text}`, `makes no difference to ${shell.flags.output}`, 'Start the shell without --output');
      return { mode };
    },
  },
  {
    name: 'set',
    form: '',
    meaning: 'show what holds for the lines that follow',
    takes: [0, 0],
    run: (_words, shell) => {
      const { directory, as, timeoutMs, mode } = shell.setting;
      const who = { given: 'as the inventory says', login: 'the one who logs in', user: as.kind === 'user' ? (as.name ?? 'root') : '' }[
        as.kind
      ];
      return say(shell, [
        `directory  ${directory ?? 'home'}`,
        `user       ${who}`,
        `timeout    ${timeoutMs === undefined ? 'off' : formatDuration(timeoutMs)}`,
        `output     ${mode}`,
      ]);
    },
  },
  {
    name: 'help',
    form: '',
    meaning: 'this list',
    takes: [0, 0],
    run: (_words, shell) => {
      const rows = shellCommands.map(({ name, form, meaning }) => [`:${name} ${form}`.trim(), meaning] as const);
      const width = Math.max(...rows.map(([left]) => left.length));
      return say(shell, [
        'Every other line runs on all hosts, each time in a new shell. A \\ at its end goes on in the next; a space in front keeps it',
        'out of the history. Ctrl-C ends what runs, Ctrl-D leaves.',
        ...rows.map(([left, meaning]) => `  ${left.padEnd(width)}  ${meaning}`),
      ]);
    },
  },
  { name: 'quit', form: '', meaning: 'leave, as exit and Ctrl-D', takes: [0, 0], run: () => 'leave' },
];

function picking(name: string, meaning: string, pick: (crew: Shell['crew'], pattern: string) => void): ShellCommand {
  const run: ShellCommand['run'] = (words, { crew }) => {
    pick(crew, words.join(','));
    return 'well';
  };
  return { name, form: '<pattern>', meaning, takes: [1, Number.POSITIVE_INFINITY], wants: 'pattern', run };
}

function choosing(name: string, meaning: string, choose: (crew: Shell['crew']) => void): ShellCommand {
  const run: ShellCommand['run'] = (_words, { crew }) => {
    choose(crew);
    return 'well';
  };
  return { name, form: '', meaning, takes: [0, 0], run };
}

function say({ context }: Shell, lines: readonly string[]): Done {
  for (const line of lines) context.stdout.write(`${neutralise(context.secrets.mask(line))}\n`);
  return 'well';
}

/** Transfers begin where lines begin; SFTP begins at home, and does not know `~`. */
function remotePathFrom({ setting }: Shell, path: string): string {
  const isWhole = path.startsWith('/') || path.startsWith('~');
  const whole = isWhole || setting.directory === undefined ? path : `${setting.directory}/${path}`;
  return whole.replace(/^~\/(?=.)/, '');
}

function bad(line: string, what: string, fix: string): ShellCommandError {
  return new ShellCommandError('BAD_COMMAND', `\`${shellJoin(splitWords(line))}\` ${what}`, { where: line, fix });
}
