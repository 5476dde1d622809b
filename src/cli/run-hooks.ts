// What is done here when a run is over: commands, and webhooks. It does not know how the run went, only what it came to.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { troubleOf } from '../base/disk-trouble.ts';
import type { SshoalError } from '../base/errors.ts';
import { neutralise } from '../base/terminal.ts';
import { boundedNames, type Hook, runHook } from '../observe/hook.ts';
import { runReport } from '../observe/run-report.ts';
import { hostsNotWell, type ObservedRun, type RunEnd } from '../observe/seam.ts';
import { deliver } from '../observe/webhook.ts';
import type { Context } from './context.ts';
import { UsageError } from './errors.ts';
import type { Flags } from './flags.ts';
import { printError } from './print-error.ts';
import { version } from './program.ts';

export class RunHooks {
  readonly #flags: Flags;
  readonly #context: Context;
  readonly #urls: readonly URL[];
  readonly #secret: string | undefined;

  private constructor(flags: Flags, context: Context, urls: readonly URL[], secret: string | undefined) {
    this.#flags = flags;
    this.#context = context;
    this.#urls = urls;
    this.#secret = secret;
  }

  /** @throws UsageError `BAD_FLAG` on a URL that is none, and on a secret that cannot be read or is empty. */
  static async open(flags: Flags, context: Context): Promise<RunHooks> {
    const urls = flags.webhook.map(webhookUrl);
    const secret = flags.webhookSecretFile === undefined ? undefined : await readSecret(flags.webhookSecretFile, context);
    if (secret !== undefined && urls.length === 0)
      throw new UsageError('BAD_FLAG', '--webhook-secret-file means nothing without --webhook', {
        where: '--webhook-secret-file',
        fix: 'Give a --webhook, or leave it out',
      });
    return new RunHooks(flags, context, urls, secret);
  }

  get isEmpty(): boolean {
    const { onFailure, onSuccess, onChange } = this.#flags;
    return this.#urls.length === 0 && [onFailure, onSuccess, onChange].every((command) => command === undefined);
  }

  /**
   * Runs the commands that the end calls for, one after another, and then delivers to all webhooks at once. What fails is printed;
   * the exit code of the run is what it was. An interruption does not stop them: they have a deadline each.
   */
  async run(run: ObservedRun | undefined, end: RunEnd, traceparent: string | undefined): Promise<void> {
    const { secrets } = this.#context;
    const body = runReport(run, end, (text) => secrets.mask(text));
    for (const hook of hooksFor(this.#flags, end)) this.#note(await this.#command(hook, run, end, body, traceparent));
    const shared = {
      body,
      idempotencyKey: run?.id ?? `refused-${end.atMs}`,
      secret: this.#secret,
      traceparent,
      userAgent: `sshoal/${version()}`,
      deadlineMs: this.#flags.hookTimeout,
    };
    await Promise.all(this.#urls.map(async (url) => this.#note(await deliver(url, shared))));
  }

  async #command(
    hook: Hook,
    run: ObservedRun | undefined,
    end: RunEnd,
    input: string,
    traceparent: string | undefined,
  ): Promise<SshoalError | undefined> {
    const { cwd, env, stderr, secrets } = this.#context;
    const failed = hostsNotWell(end);
    const told = {
      SSHOAL_RUN: run?.id ?? '',
      SSHOAL_EXIT: String(end.exitCode),
      SSHOAL_OUTCOME: end.outcome,
      SSHOAL_FAILED_HOSTS: boundedNames(failed),
      SSHOAL_FAILED_COUNT: String(failed.length),
      ...(traceparent === undefined ? {} : { TRACEPARENT: traceparent }),
    };
    const show = (text: string): void => stderr.write(neutralise(secrets.mask(text)));
    return await runHook(hook, { cwd, env: { ...withoutPasswords(env), ...told }, input, deadlineMs: this.#flags.hookTimeout, show });
  }

  #note(error: SshoalError | undefined): void {
    if (error !== undefined) printError(error, this.#context);
  }
}

/** A drift is a change that was not made: neither a failure nor a success. */
function hooksFor({ onFailure, onSuccess, onChange }: Flags, { outcome, hosts }: RunEnd): Hook[] {
  const isChanged = (hosts.changed?.length ?? 0) > 0;
  const wanted: readonly (readonly [name: string, command: string | undefined, applies: boolean])[] = [
    ['--on-change', onChange, isChanged],
    ['--on-success', onSuccess, outcome === 'ok'],
    ['--on-failure', onFailure, outcome !== 'ok' && outcome !== 'drift'],
  ];
  return wanted.flatMap(([name, command, applies]) => (applies && command !== undefined ? [{ name, command }] : []));
}

/** Commands for a message need not know how hosts are entered. */
function withoutPasswords(env: Context['env']): Context['env'] {
  const { SSHOAL_PASSWORD: _login, SSHOAL_BECOME_PASSWORD: _become, SSHOAL_PASSPHRASE: _passphrase, ...others } = env;
  return others;
}

function webhookUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new UsageError('BAD_FLAG', '--webhook is no address of http or https', {
    where: '--webhook',
    fix: 'Give all of it: https://example.net/hooks/sshoal',
  });
}

async function readSecret(file: string, { cwd, secrets }: Context): Promise<string> {
  const where = path.resolve(cwd, file);
  try {
    const secret = (await readFile(where, 'utf8')).trim();
    secrets.add(secret);
    if (secret !== '') return secret;
  } catch (cause) {
    const { reason } = troubleOf(cause as NodeJS.ErrnoException);
    throw new UsageError('BAD_FLAG', `--webhook-secret-file cannot be read: ${reason}`, {
      where,
      fix: 'Name a file that you may read',
      cause,
    });
  }
  throw new UsageError('BAD_FLAG', 'The file of --webhook-secret-file is empty', {
    where,
    fix: 'Put a secret there: openssl rand -hex 32',
  });
}
