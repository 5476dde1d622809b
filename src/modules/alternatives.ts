// The module alternatives: which of several programs a common name stands for.
import { dict, isDict, type Value } from '../base/value.ts';
import { stateDifference } from './files/difference.ts';
import { integerOf, textOf } from './parameters/params.ts';
import { ask, failed, finished, type Report } from './script/answer.ts';
import { reportingScript, word } from './script/script.ts';
import { linesOf, scalarText } from './script/text.ts';
import type { Module, ModuleContext, Params, Step } from './seam.ts';

/** `alternatives`: as community.general 8, with update-alternatives, or alternatives of Red Hat. */
export const alternatives: Module = {
  name: 'alternatives',
  collection: 'community.general',
  summary: 'Chooses among programs of one name',
  params: {
    name: { type: 'str', required: true, description: 'the common name: editor' },
    path: { type: 'path', required: true, description: 'the program' },
    link: { type: 'path', description: 'the link of the common name; needed where there is none yet' },
    priority: { type: 'int', description: 'the highest one is chosen by itself; default 50' },
    state: {
      type: 'str',
      default: 'selected',
      choices: ['absent', 'auto', 'present', 'selected'],
      description: 'present: one of the programs; selected: the chosen one; auto: chosen by priority',
    },
    subcommands: {
      type: 'list',
      elements: 'dict',
      aliases: ['slaves'],
      description: 'links that go with it: dicts of name, path and link',
    },
  },
  checkMode: 'inspects',
  check: (params) =>
    subcommandsOf(params)?.some((one) => one === undefined) === true ? ['`subcommands` are dicts of name, path and link'] : [],
  compile: (params, context) =>
    ask(reportingScript(context, {}, TOOL, `look ${word(textOf(params, 'name') ?? '')}`), context, (report) =>
      decide(report, params, context),
    ),
};

const TOOL = `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
if command -v update-alternatives >/dev/null 2>&1; then tool=update-alternatives
elif command -v alternatives >/dev/null 2>&1; then tool=alternatives
else fail 'There is no update-alternatives on this host'; fi
# Debian has an answer for programs, Red Hat one for people.
look() {
  if shown=$("$tool" --query "$1" 2>/dev/null); then report query "$shown"
  elif shown=$("$tool" --display "$1" 2>/dev/null); then report display "$shown"; fi
}
act() { change "Failed to run $tool" "$tool" "$@"; }`;

interface Subcommand {
  readonly name: string;
  readonly path: string;
  readonly link: string;
}

interface Choice {
  readonly priority: number;
  readonly subcommands: readonly Subcommand[];
}

/** What a host says of one common name. */
interface Found {
  readonly mode: string | undefined;
  readonly current: string | undefined;
  readonly link: string | undefined;
  readonly choices: ReadonlyMap<string, Choice>;
}

function decide({ values }: Report, params: Params, context: ModuleContext): Step {
  const { state, name = '', path = '' } = Object.fromEntries(['state', 'name', 'path'].map((one) => [one, textOf(params, one)]));
  const found = values.has('query') ? readQuery(values.get('query') ?? '') : readDisplay(values.get('display') ?? '');
  const choice = found.choices.get(path);
  const acts: string[][] = [];
  const messages: string[] = [];
  if (state === 'absent') {
    if (choice !== undefined) {
      acts.push(['--remove', name, path]);
      messages.push(`Remove alternative '${path}' from '${name}'.`);
    }
  } else {
    if (!isInstalled(choice, params)) {
      const link = textOf(params, 'link') ?? found.link;
      if (link === undefined) return failed('Needed to install the alternative, but unable to do so as we are missing the link');
      acts.push([
        '--install',
        link,
        name,
        path,
        String(integerOf(params, 'priority') ?? choice?.priority ?? 50),
        ...slaves(choice, params),
      ]);
      messages.push(`Install alternative '${path}' for '${name}'.`);
    }
    if (state === 'selected' && found.current !== path) {
      acts.push(['--set', name, path]);
      messages.push(`Set alternative '${path}' for '${name}'.`);
    }
    if (state === 'auto' && found.mode === 'manual') {
      acts.push(['--auto', name]);
      messages.push(`Set alternative to auto for '${name}'.`);
    }
  }
  const changed = acts.length > 0;
  const before = dict({ state: choice === undefined ? 'absent' : found.current === path ? 'selected' : 'present', path });
  const end = (): Step =>
    finished({
      changed,
      failed: false,
      msg: messages.join(' '),
      values: dict(),
      ...(context.diff ? { diff: changed ? [stateDifference(before, dict({ state, path }))] : [] } : {}),
    });
  if (!changed || context.checkMode) return end();
  const exists = state === 'absent' ? [] : [`[ -e ${word(path)} ] || fail ${word(`Specified path ${path} does not exist`)}`];
  return ask(reportingScript(context, {}, TOOL, ...exists, ...acts.map((words) => `act ${words.map(word).join(' ')}`)), context, end);
}

function isInstalled(choice: Choice | undefined, params: Params): boolean {
  if (choice === undefined) return false;
  const [priority, subcommands] = [integerOf(params, 'priority'), subcommandsOf(params)];
  if (priority !== undefined && priority !== choice.priority) return false;
  const key = (list: readonly (Subcommand | undefined)[]): string =>
    list
      .map((one) => JSON.stringify([one?.name, one?.path]))
      .sort()
      .join();
  return subcommands === undefined || key(subcommands) === key(choice.subcommands);
}

function slaves(choice: Choice | undefined, params: Params): string[] {
  const list = subcommandsOf(params) ?? choice?.subcommands ?? [];
  return list.flatMap((one) => (one === undefined ? [] : ['--slave', one.link, one.name, one.path]));
}

function subcommandsOf(params: Params): readonly (Subcommand | undefined)[] | undefined {
  const list = params.subcommands;
  if (!Array.isArray(list)) return undefined;
  return list.map((one) => {
    if (!isDict(one)) return undefined;
    const [name, path, link] = ['name', 'path', 'link'].map((key) => textIn(one.get(key)));
    return name === undefined || path === undefined || link === undefined ? undefined : { name, path, link };
  });
}

function textIn(value: Value | undefined): string | undefined {
  return value === undefined || value === null || isDict(value) || Array.isArray(value) ? undefined : scalarText(value);
}

/** `update-alternatives --query`: paragraphs of fields, the first about the name, one for each program. */
function readQuery(text: string): Found {
  const [about = '', ...programs] = text.split(/\n\n+/);
  const links = new Map(slaveLines(about));
  const choices = programs.map((one) => {
    const subcommands = slaveLines(one).map(([name, path]) => ({ name, path, link: links.get(name) ?? '' }));
    return [fieldOf(one, 'Alternative') ?? '', { priority: Number(fieldOf(one, 'Priority') ?? 0), subcommands }] as const;
  });
  const current = fieldOf(about, 'Value');
  return { mode: fieldOf(about, 'Status'), current, link: fieldOf(about, 'Link'), choices: new Map(choices) };
}

function fieldOf(paragraph: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1];
}

function slaveLines(paragraph: string): (readonly [name: string, path: string])[] {
  return [...paragraph.matchAll(/^ (\S+) (.+)$/gm)].map(([, name = '', path = '']) => [name, path]);
}

/** `alternatives --display` of Red Hat: `NAME - status is auto.`, then `PATH - [family F] priority N` and its slaves. */
function readDisplay(text: string): Found {
  const choices = new Map<string, { priority: number; subcommands: Subcommand[] }>();
  let last: { priority: number; subcommands: Subcommand[] } | undefined;
  for (const line of linesOf(text)) {
    const [, path, priority] = /^(\/.*?) - (?:family \S+ )?priority (-?\d+)/.exec(line) ?? [];
    const [, name, target] = /^ (?:slave|follower) (\S+): (.+)$/.exec(line) ?? [];
    if (path !== undefined) {
      last = { priority: Number(priority), subcommands: [] };
      choices.set(path, last);
    } else if (name !== undefined && target !== undefined && target !== '(null)') {
      last?.subcommands.push({ name, path: target, link: '' });
    }
  }
  return {
    mode: /status is (auto|manual)/.exec(text)?.[1],
    current: /link currently points to (.*)$/m.exec(text)?.[1],
    link: undefined,
    choices,
  };
}
