// The verb play: playbooks over the hosts of an inventory.
import { didYouMean } from '../../base/suggest.ts';
import { neutralise } from '../../base/terminal.ts';
import type { ResumePoint } from '../../journal/resume.ts';
import type { PlayEvent, TaskLabel } from '../../playbook/events.ts';
import type { PlayPlan } from '../../playbook/plan.ts';
import type { Playbook, PlayOptions } from '../../playbook/playbook.ts';
import type { StepAnswer } from '../../playbook/run/execute.ts';
import { collectEarly } from '../collect-early.ts';
import type { Context } from '../context.ts';
import { NobodyError, UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { readExtraVars } from '../extra-vars.ts';
import { factOptions } from '../fact-options.ts';
import { ENGINE_FLAGS, FACT_CACHE_FLAGS, JOURNAL_FLAGS, REACH_FLAGS, REPORT_FLAGS } from '../flag-groups.ts';
import { commaList } from '../flag-options.ts';
import type { Flags } from '../flags.ts';
import { OBSERVE_FLAGS, SCHEDULE_FLAGS } from '../observe-flags.ts';
import type { Observation } from '../observing.ts';
import { pathFor } from '../path-for.ts';
import { planText } from '../plan-text.ts';
import type { Resumption } from '../resume.ts';
import { collectionsPath, rolesPath } from '../roles-path.ts';
import type { Verb } from '../verb.ts';
import type { Who } from '../who.ts';

export const playVerb: Verb = {
  name: 'play',
  summary: 'play playbooks, as ansible-playbook',
  notes: [
    'Everything that can be wrong with a playbook is said at once, before any host is touched.',
    '--resume goes on with a play that was killed, interrupted, or lost hosts on its way: what a task did, set, registered and notified is in the journal, and is not done again. A host that failed stays so. A task is done again, and named as such, where it was under way (of a loop only what had not ended), its host was lost, or no_log or a secret kept its values out of the journal. Files, hosts and flags that are not as they were then are refused; extra variables must be given again, and questions are asked anew.',
    'With --engine one worker plays and all workers have hosts; files are read where they are played, so playbooks and inventories must be there, at the same paths and under a directory that the workers allow.',
    'What is supported of the language, and what is not, is listed in docs/compatibility.md.',
    '--drift plays in check mode and says only what differs, hosts that differ in the same way together; it exits with 3 where one does. The run is in the journal as any other.',
    '--every reads inventory and playbooks anew for each run, and never plays twice at once, nor beside another process that repeats the same. SIGTERM lets a run that is going on come to its end, and exits with the code of the last one; Ctrl-C ends it.',
    'Who else can watch, from Prometheus to a webhook, is told in docs/observe.md.',
    'Modules of your own, in sh or JavaScript, are found in library/ beside the playbook and in its roles; sshoal doc lists them.',
  ],
  usage: '<playbook...> [flags]',
  words: [{ form: '[playbook...]', meaning: 'files, played one after another; none is needed with --resume' }],
  flags: [
    ...REACH_FLAGS,
    ...REPORT_FLAGS,
    ...JOURNAL_FLAGS,
    ...ENGINE_FLAGS,
    'check',
    'diff',
    'tags',
    'skipTags',
    'startAtTask',
    'step',
    'listTasks',
    'resumedRun',
    'listTags',
    'syntaxCheck',
    'rolesPath',
    'collectionsPath',
    'gathering',
    ...FACT_CACHE_FLAGS,
    'jinja2Native',
    'library',
    ...OBSERVE_FLAGS,
    ...SCHEDULE_FLAGS,
  ],
  examples: [
    { line: 'sshoal play site.yml', meaning: 'all plays of a playbook' },
    { line: 'sshoal play site.yml --check --diff', meaning: 'what would change, with the lines of files' },
    { line: "sshoal play site.yml -l 'web:!web07' -t config", meaning: 'some hosts, some tasks' },
    { line: 'sshoal play site.yml --drift', meaning: 'how hosts differ from it, and nothing else' },
    { line: 'sshoal play site.yml --every 15m --splay 2m --metrics 9101', meaning: 'again and again, with figures for Prometheus' },
    { line: 'sshoal play --resume', meaning: 'the last play, from where each host stood' },
    { line: 'sshoal play site.yml --engine redis://queue --engine-key-file engine.key', meaning: 'by the workers of that queue' },
    { line: 'sshoal play site.yml -e version=1.4 -o jsonl', meaning: 'with a variable, and an event a line for a program to read' },
  ],
  run: async ({ words, flags }, context) => {
    const [{ checkSchedule, repeat }, { driftFlags }] = await Promise.all([import('../repeat.ts'), import('../output-flags.ts')]);
    checkSchedule(flags);
    const wanted = flags.drift ? driftFlags(flags) : flags;
    if (flags.every === undefined) return await playOnce(words, wanted, context);
    const { Observation } = await import('../observing.ts');
    await using observation = await Observation.open(words.join(' '), wanted, context);
    return await repeat(async () => await playOnce(words, wanted, context, observation), flags, observation, context);
  },
};

/** One call: from its words to the end of one run, or to a list that was asked for. */
async function playOnce(given: readonly string[], givenFlags: Flags, context: Context, observation?: Observation): Promise<ExitCode> {
  const resumed = await resumedCall(given, givenFlags, context);
  const { words, flags } = resumed ?? { words: given, flags: givenFlags };
  const [{ Playbook }, { readWho }, { modulesBeside }] = await Promise.all([
    import('../../playbook/playbook.ts'),
    import('../who.ts'),
    import('../libraries.ts'),
  ]);
  const { readVaultKeys } = await import('../vault-passwords.ts');
  const vault = await readVaultKeys(flags, context);
  const files = words.map((file) => pathFor(file, context.cwd));
  if (flags.step && !context.prompts.isAnybodyThere) throw stepAlone();
  const extraVars = await readExtraVars(flags.extraVars, context.cwd, vault);
  const playbook = Playbook.load(files, {
    extraVars,
    rolesPath: rolesPath(flags),
    collectionsPath: collectionsPath(flags),
    vault,
    results: flags.jinja2Native ? 'native' : 'classic',
    modules: await modulesBeside(files, flags, context),
  });
  if (flags.startAtTask !== undefined) checkTaskName(flags.startAtTask, playbook);
  if (flags.syntaxCheck) {
    context.stdout.write(`${words.join(' ')}: no faults\n`);
    return EXIT.ok;
  }
  const retried = await retriedLimit(flags, context);
  if (retried?.length === 0) return EXIT.ok;
  const asked = await readWho(flags, context, undefined, vault);
  const who = { ...asked, limit: retried ?? asked.limit };
  const plan = planOf(playbook, who, flags);
  if (flags.listHosts || flags.listTasks || flags.listTags) {
    context.stdout.write(planText(plan, flags));
    return EXIT.ok;
  }
  checkAnybody(plan, words, flags);
  const { playLock } = await import('../play-lock.ts');
  await using _lock = await playLock(files, flags, context);
  if (flags.engine !== undefined) {
    const { playElsewhere } = await import('../engine/remote-play.ts');
    return await playElsewhere(playbook, words.join(' '), { who, vault, flags, context, observation });
  }
  return await playAll(playbook, words.join(' '), who, flags, context, { resumed: resumed?.point, observation });
}

interface PlayCourse {
  readonly watch?: (event: PlayEvent) => void;
  readonly resumed?: ResumePoint | undefined;
  readonly observation?: Observation | undefined;
}

/**
 * Plays, reports, and says what the program exits with.
 *
 * @param course.watch - Sees every event besides the reporter.
 * @param course.observation - Of a program that plays more than once; else one is opened for this run.
 * @param course.resumed - Where an earlier run ended that this one goes on with. @throws RunNameError `RUN_PLAN_CHANGED` where it cannot.
 */
export async function playAll(
  playbook: Playbook,
  subject: string,
  who: Who,
  flags: Flags,
  context: Context,
  { watch, resumed, observation }: PlayCourse = {},
): Promise<ExitCode> {
  const [
    { checkedDefaults, questionsFor },
    { readWho },
    { Output },
    { Recording },
    { Observation },
    { checkSamePlan, planRecord, tellRepeated },
    { playOptions },
    { reportPlay },
  ] = await Promise.all([
    import('../reach.ts'),
    import('../who.ts'),
    import('../output.ts'),
    import('../recording.ts'),
    import('../observing.ts'),
    import('../resume.ts'),
    import('../play-options.ts'),
    import('../report-play.ts'),
  ]);
  const defaults = await checkedDefaults(flags, context);
  const facts = await factOptions(flags);
  await using own = observation === undefined ? await Observation.open(subject, flags, context) : undefined;
  const output = await Output.open('play', [], flags, context);
  const hosts = hostsOf(playbook, who, flags);
  collectEarly(hosts.length);
  const plan = planRecord(playbook, [...who.extraVars.keys()].map(String), flags);
  if (resumed !== undefined) {
    checkSamePlan(resumed.header, plan, hosts);
    tellRepeated(resumed, plan, context);
  }
  await using recording = await Recording.begin({ verb: 'play', subject, hosts, plan, resumes: resumed?.header.id }, flags, context);
  const run = { id: recording.id, verb: 'play', subject, hosts, check: flags.check } as const;
  await using observed = await (observation ?? own)?.begin(run);
  const bundles = playbook.playInBundles({
    ...playOptions(flags),
    inventory: who.inventory,
    defaults,
    questions: questionsFor(context),
    extraVars: who.extraVars,
    limit: who.limit,
    resume: resumed?.done,
    resumeItems: resumed?.items,
    facts,
    step: flags.step ? async (task) => await askStep(task, context) : undefined,
    ask: { ask: async ({ isPrivate, ...question }) => await context.prompts[isPrivate ? 'password' : 'text'](question) },
    environment: context.env,
    secrets: context.secrets,
    pause: answersPauses(context),
    refreshInventory: async () => (await readWho(flags, context, undefined, who.inventory.vault)).inventory,
    signal: context.signal,
  });
  return await reportPlay(bundles, subject, {
    output,
    recording,
    observed,
    drift: flags.drift,
    exitCodes: flags.exitCodes,
    signal: context.signal,
    watch,
  });
}

/** All hosts that the plays name, each once. */
export function hostsOf(playbook: Playbook, who: Who, flags: Flags): string[] {
  return [...new Set(planOf(playbook, who, flags).flatMap((play) => play.hosts))];
}

function planOf(playbook: Playbook, { inventory, limit, extraVars }: Who, flags: Flags): readonly PlayPlan[] {
  return playbook.plan({ inventory, limit, extraVars, tags: commaList(flags.tags), skipTags: commaList(flags.skipTags) });
}

/** With --resume the call that is gone on with. @throws UsageError `MISSING_ARGUMENT` where nothing says what to play. */
async function resumedCall(words: readonly string[], flags: Flags, context: Context): Promise<Resumption | undefined> {
  if (flags.resumedRun !== undefined) return await (await import('../resume.ts')).resumption(flags.resumedRun, words, flags, context);
  if (words.length > 0) return undefined;
  throw new UsageError('MISSING_ARGUMENT', '`playbook` is missing', {
    where: 'sshoal play',
    fix: 'Write sshoal play <playbook...> [flags]',
  });
}

/** The hosts of --retry-failed as a limit. @throws UsageError `BAD_FLAG` beside one that was given. */
async function retriedLimit(flags: Flags, context: Context): Promise<readonly string[] | undefined> {
  if (flags.retryFailed === undefined) return undefined;
  if (flags.limit.length > 0) {
    throw new UsageError('BAD_FLAG', '--retry-failed and --limit exclude each other in a play', {
      where: '--limit',
      fix: 'Leave one of them out: --retry-failed is itself a limit',
    });
  }
  const { retriedHosts } = await import('../retry.ts');
  return await retriedHosts('play', flags, context);
}

/** Nobody could answer: better nothing than half a play. */
function stepAlone(): UsageError {
  return new UsageError('BAD_FLAG', '--step asks before each task, and nobody is there to answer', {
    where: '--step',
    fix: 'Run it at a terminal, or leave --step out',
  });
}

async function askStep({ name, handler }: TaskLabel, { prompts }: Context): Promise<StepAnswer> {
  return await prompts.choose<StepAnswer>(
    { message: `Run the ${handler ? 'handler' : 'task'} ${neutralise(name)}?`, otherwise: 'Leave out --step' },
    [
      { value: 'yes', name: 'yes' },
      { value: 'no', name: 'no, leave it out' },
      { value: 'continue', name: 'continue: this one and all that follow, without asking' },
    ],
  );
}

/** Who answers a pause: nobody where nobody can. */
function answersPauses({ prompts }: Context): PlayOptions['pause'] {
  if (!prompts.isAnybodyThere) return undefined;
  return async ({ text, echo }) => {
    const question = { message: text, otherwise: 'Give the pause a time' };
    return await (echo ? prompts.text(question) : prompts.password(question));
  };
}

function checkTaskName(name: string, playbook: Playbook): void {
  const names = playbook.taskNames;
  if (names.includes(name)) return;
  throw new UsageError('BAD_FLAG', `There is no task \`${name}\``, {
    where: '--start-at-task',
    fix: didYouMean(name, names, 'List them: --list-tasks'),
  });
}

function checkAnybody(plan: readonly PlayPlan[], playbooks: readonly string[], flags: Flags): void {
  if (flags.allowEmpty || plan.some((play) => play.hosts.length > 0)) return;
  throw new NobodyError('NO_HOSTS', `No host matches any play of ${playbooks.join(' ')}`, {
    where: flags.limit.length > 0 ? `--limit ${flags.limit.join(',')}` : (plan[0]?.name ?? ''),
    fix: 'See the hosts there are: sshoal inventory --graph; --allow-empty makes this no error',
  });
}
