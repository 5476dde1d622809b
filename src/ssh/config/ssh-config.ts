// ssh_config in paramiko's SSHConfig words: read once, asked for one host after another. It opens no connection.
import { here } from '../here.ts';
import { type ConfigSource, readLines } from './lines.ts';
import { type HostConfig, hostNameIn, readSshConfig } from './reader.ts';
import { expandTokens } from './tokens.ts';

export interface LookupOptions {
  /** The user that was asked for, for Match user. */
  readonly user?: string | undefined;
  readonly localUser?: string | undefined;
  readonly homeDirectory?: string | undefined;
}

/** Which tokens a keyword takes, as ssh_config(5) says. */
const TOKENS: Readonly<Record<string, string>> = {
  certificatefile: 'CdhijkLlnpru',
  controlpath: 'CdhijkLlnpru',
  identityagent: 'CdhijkLlnpru',
  identityfile: 'CdhijkLlnpru',
  revokedhostkeys: 'CdhijkLlnpru',
  userknownhostsfile: 'CdhijkLlnpru',
  globalknownhostsfile: 'CdhijkLlnpru',
  remotecommand: 'CdhijkLlnpru',
  proxycommand: 'hnpr',
  proxyjump: 'hnpr',
};

/**
 * Files of ssh_config, or text of one.
 *
 * @example
 * ```ts
 * const config = SSHConfig.fromFiles(['/home/deploy/.ssh/config']);
 * const web = await config.lookup('web01');
 * web.get('hostname'); // ['10.0.0.7']
 * ```
 */
export class SSHConfig {
  readonly #sources: readonly ConfigSource[];

  private constructor(sources: readonly ConfigSource[]) {
    this.#sources = sources;
  }

  /** Files in order of precedence; missing ones are empty. They are read when they are asked. */
  static fromFiles(files: readonly string[]): SSHConfig {
    return new SSHConfig(files);
  }

  static fromText(text: string): SSHConfig {
    return new SSHConfig([{ name: 'ssh_config', text }]);
  }

  /**
   * What they say of a host, tokens and `~` expanded: keyword in lower case -> values. `hostname`, `port` and `user` are always there.
   *
   * @throws SshSettingsError SSH_CONFIG, with file:line:column.
   */
  async lookup(host: string, options: LookupOptions = {}): Promise<HostConfig> {
    const who = here();
    const { homeDirectory = who.homeDirectory, localUser = who.localUser } = options;
    const { environment } = who;
    const found = await readSshConfig(this.#sources, { host, user: options.user, localUser, homeDirectory, environment });
    const hostname = hostNameIn(found, host);
    const port = Number(found.get('port')?.[0] ?? 22);
    const user = options.user ?? found.get('user')?.[0] ?? localUser;
    const values = {
      originalHost: host,
      host: hostname,
      port,
      user,
      localUser,
      homeDirectory,
      hostKeyAlias: found.get('hostkeyalias')?.[0] ?? hostname,
      jump: found.get('proxyjump')?.[0] ?? '',
      environment,
    };
    const expanded = [...found].map(([keyword, list]): [string, string[]] => {
      const tokens = TOKENS[keyword];
      const home = (value: string): string =>
        keyword.endsWith('command') ? value : value.replaceAll(/(^|\s)~(?=\/)/g, `$1${homeDirectory}`);
      return [keyword, tokens === undefined ? [...list] : list.map((value) => expandTokens(home(value), values, tokens, keyword))];
    });
    return new Map([...expanded, ['hostname', [hostname]], ['port', [String(port)]], ['user', [user]]]);
  }

  /** The patterns of all Host lines: paramiko's get_hostnames. */
  async getHostnames(): Promise<string[]> {
    const lines = (await Promise.all(this.#sources.map(readLines))).flat();
    return [...new Set(['*', ...lines.filter(({ keyword }) => keyword === 'host').flatMap(({ words }) => words)])];
  }
}
