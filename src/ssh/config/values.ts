// The values of one host's configuration as what they mean: yes or no, numbers, times. It does not know what they are for.
import { SshSettingsError } from '../errors.ts';
import type { HostConfig } from './reader.ts';

export const YES_OR_NO: ReadonlyMap<string, 'yes' | 'no'> = new Map([
  ['yes', 'yes'],
  ['no', 'no'],
  ['true', 'yes'],
  ['false', 'no'],
]);

/** @throws SshSettingsError SSH_CONFIG, from every method, on a value that its keyword does not know. */
export class ConfigValues {
  readonly #config: HostConfig;
  readonly #host: string;

  /** @param host - For messages. */
  constructor(config: HostConfig, host: string) {
    this.#config = config;
    this.#host = host;
  }

  /** The first value, as it stands there. */
  text(keyword: string): string | undefined {
    return this.#config.get(keyword)?.[0];
  }

  /** All values; none when it is not set. */
  list(keyword: string): readonly string[] {
    return this.#config.get(keyword) ?? [];
  }

  /** All values; undefined when it is not set. */
  values(keyword: string): readonly string[] | undefined {
    return this.#config.get(keyword);
  }

  /** Whether it says yes. */
  yes(keyword: string, otherwise: boolean): boolean {
    const word = this.choice(keyword, YES_OR_NO);
    return word === undefined ? otherwise : word === 'yes';
  }

  /** What one of the words that a keyword knows means. */
  choice<T>(keyword: string, choices: ReadonlyMap<string, T>): T | undefined {
    const word = this.text(keyword);
    if (word === undefined) return undefined;
    const meaning = choices.get(word.toLowerCase());
    if (meaning !== undefined) return meaning;
    const words = [...choices.keys()].filter((one) => one !== 'true' && one !== 'false');
    throw new SshSettingsError('SSH_CONFIG', `${keyword} does not know \`${word}\``, {
      where: this.#host,
      fix: `Write ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`,
    });
  }

  /** A whole number; `none` is none. */
  number(keyword: string, least: number, most: number): number | undefined {
    const text = this.text(keyword);
    if (text === undefined || text.toLowerCase() === 'none') return undefined;
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new SshSettingsError('SSH_CONFIG', `${keyword} \`${text}\` is no number from ${least} to ${most}`, {
      where: this.#host,
      fix: `Give ${keyword} a number`,
    });
  }

  /** ssh's times: `90`, `1m30s`, `2h`. @returns Milliseconds. */
  seconds(keyword: string): number | undefined {
    const text = this.text(keyword)?.toLowerCase();
    if (text === undefined || text === 'none') return undefined;
    if (!/^(?:\d+[smhdw]?)+$/.test(text)) {
      throw new SshSettingsError('SSH_CONFIG', `${keyword} \`${text}\` is no time`, {
        where: this.#host,
        fix: 'Write seconds, or 1m30s',
      });
    }
    const units: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
    const parts = [...text.matchAll(/(\d+)([smhdw]?)/g)];
    return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (units[unit] ?? 1), 0) * 1_000;
  }
}
