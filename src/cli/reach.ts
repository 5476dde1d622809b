// How hosts are reached: flags, environment and answers of a person made into a fleet. It runs nothing on it.
import path from 'node:path';
import { Faults } from '../base/errors.ts';
import { splitWords } from '../base/shlex.ts';
import type { LoginQuestion, Questions } from '../connection/seam.ts';
import { Fleet, type FleetOptions } from '../fleet/fleet.ts';
import { type Target, type TargetDefaults, targetOf } from '../fleet/target.ts';
import type { Host } from '../inventory/host.ts';
import { SSHClient } from '../ssh/client.ts';
import type { Context } from './context.ts';
import { InterruptedError, UsageError } from './errors.ts';
import type { Flags } from './flags.ts';
import { HostKeyQuestions } from './host-key-questions.ts';

/**
 * A fleet of hosts; nothing is connected yet.
 *
 * @throws TargetError on connection variables that make no sense, of all hosts at once; NoTerminalError, InterruptedError.
 */
export async function fleetOf(hosts: readonly Host[], flags: Flags, context: Context): Promise<Fleet> {
  return new Fleet(await targetsOf(hosts, flags, context), { ...fleetLimits(flags), questions: questionsFor(context) });
}

/** How much a fleet may do at once, as the flags say. */
export function fleetLimits({ forks, maxConnects, connectRate, transfers, limitRate }: Flags): FleetOptions {
  return { forks, connects: maxConnects, connectsPerSecond: connectRate, transfers, bytesPerSecond: limitRate };
}

/** The ways to hosts, passwords among them kept secret. @throws as {@link fleetOf}. */
export async function targetsOf(hosts: readonly Host[], flags: Flags, context: Context): Promise<Target[]> {
  return targetsWith(hosts, await checkedDefaults(flags, context), context);
}

/** The same with defaults at hand, so that nobody is asked for them again. @throws TargetError, of all hosts at once. */
export function targetsWith(hosts: readonly Host[], defaults: TargetDefaults, context: Pick<Context, 'secrets'>): Target[] {
  const faults = new Faults();
  const targets = hosts.flatMap((host) => faults.collect(() => targetOf(host.name, host.vars, defaults)) ?? []);
  faults.throwIfAny();
  for (const target of targets) keepSecret(target, context);
  return targets;
}

/** Who answers while hosts are reached: the person at the terminal, if there is one. */
export function questionsFor(context: Context): Questions {
  const hostKeys = new HostKeyQuestions(context.prompts);
  // Ctrl-C at a question means all that runs, not the one host that asked.
  const leaving =
    <Q, A>(ask: (question: Q) => Promise<A>) =>
    async (question: Q): Promise<A> => {
      try {
        return await ask(question);
      } catch (error) {
        if (error instanceof InterruptedError) context.interrupt();
        throw error;
      }
    };
  return {
    hostKey: leaving(hostKeys.ask),
    passphrase: leaving(passphrases(context)),
    prompts: leaving(async (question) => await loginAnswers(question, context)),
  };
}

/** A server's own questions, each under the name of its host: a one-time code, a password that has expired. */
async function loginAnswers(
  { host, name, instructions, prompts }: LoginQuestion,
  { prompts: person, secrets }: Context,
): Promise<string[]> {
  const answers: string[] = [];
  for (const { text, echo } of prompts) {
    const words = [name, instructions, text.trim()].map((part) => part.trim()).filter((part) => part !== '');
    const question = { message: `${host}: ${words.join(' - ')}`, otherwise: 'Run it at a terminal' };
    const answer = await (echo ? person.text(question) : person.password(question));
    if (!echo) secrets.add(answer);
    answers.push(answer);
  }
  return answers;
}

/**
 * What holds where the inventory says nothing, the key of --private-key tried.
 *
 * @throws SshConnectError KEY_*: a key that cannot be used is a fault of the command line, and no host needs to be tried to know it.
 */
export async function checkedDefaults(flags: Flags, context: Context): Promise<TargetDefaults> {
  const defaults = await targetDefaults(flags, context);
  const { privateKeyFile, passphrase } = defaults;
  // What the system's ssh can use, such as a security key, it knows best.
  if (privateKeyFile !== undefined && flags.connection !== 'openssh')
    await SSHClient.checkPrivateKey(privateKeyFile, passphrase, { passphrase: passphrases(context) });
  return defaults;
}

/** What holds where the inventory says nothing. */
export async function targetDefaults(flags: Flags, context: Context): Promise<TargetDefaults> {
  const password = await passwordOf(context, 'SSHOAL_PASSWORD', flags.askPass && '--ask-pass', 'Login password:');
  const becomePassword = await passwordOf(
    context,
    'SSHOAL_BECOME_PASSWORD',
    flags.askBecomePass && '--ask-become-pass',
    password === undefined ? 'Become password:' : 'Become password (empty: the login password):',
  );
  const passphrase = secret(context.env.SSHOAL_PASSPHRASE, context);
  const privateKeyFile = flags.privateKey === undefined ? undefined : path.resolve(context.cwd, flags.privateKey);
  return {
    kind: flags.connection,
    user: flags.user,
    port: flags.port,
    sshArgs: sshArgs(flags, context.cwd),
    password,
    privateKeyFile,
    passphrase,
    hostKeyPolicy: flags.hostKey,
    knownHostsFiles: flags.knownHosts.length === 0 ? undefined : flags.knownHosts.map((file) => path.resolve(context.cwd, file)),
    connectTimeoutMs: flags.connectTimeout,
    connectRetries: flags.connectRetries,
    become: flags.become,
    becomeUser: flags.becomeUser,
    becomeMethod: flags.becomeMethod,
    becomeExe: flags.becomeExe,
    becomeFlags: flags.becomeFlags,
    becomePassword: becomePassword === '' ? password : becomePassword,
  };
}

/** @throws UsageError BAD_FLAG on a quote that nobody closes. */
function sshArgs({ sshConfig, sshCommonArgs }: Flags, cwd: string): string[] {
  const file = sshConfig === undefined || sshConfig === 'none' ? sshConfig : path.resolve(cwd, sshConfig);
  try {
    return [...(file === undefined ? [] : ['-F', file]), ...splitWords(sshCommonArgs ?? '')];
  } catch (error) {
    throw new UsageError('BAD_FLAG', (error as Error).message, { where: '--ssh-common-args', fix: 'Close the quote', cause: error });
  }
}

/** The environment answers before a person is asked; without the flag nobody is. */
async function passwordOf(context: Context, variable: string, flag: string | false, message: string): Promise<string | undefined> {
  const fromEnvironment = secret(context.env[variable], context);
  if (fromEnvironment !== undefined || flag === false) return fromEnvironment;
  return secret(await context.prompts.password({ message, otherwise: `${flag} needs a terminal; without one set ${variable}` }), context);
}

/** Asks for the passphrase of each key once, however many hosts need it. */
export function passphrases(context: Context): (keyFile: string) => Promise<string> {
  const asked = new Map<string, Promise<string>>();
  const ask = async (keyFile: string): Promise<string> => {
    const message = `Passphrase of ${keyFile}:`;
    const passphrase = await context.prompts.password({ message, otherwise: 'Set SSHOAL_PASSPHRASE, or add the key to an agent: ssh-add' });
    context.secrets.add(passphrase);
    return passphrase;
  };
  return async (keyFile) => {
    const answer = asked.get(keyFile) ?? ask(keyFile);
    asked.set(keyFile, answer);
    return await answer;
  };
}

function keepSecret({ spec, become }: Target, context: Pick<Context, 'secrets'>): void {
  for (const value of [spec.password, spec.passphrase, become?.password]) secret(value, context);
}

function secret(value: string | undefined, { secrets }: Pick<Context, 'secrets'>): string | undefined {
  if (value !== undefined) secrets.add(value);
  return value;
}
