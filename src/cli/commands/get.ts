// The verb get: one file or directory from each of many hosts.
import type { Host } from '../../inventory/host.ts';
import { CONNECT_FLAGS, COURSE_FLAGS, JOURNAL_FLAGS, NODE_FLAGS, REPORT_FLAGS } from '../flag-groups.ts';
import { OBSERVE_FLAGS } from '../observe-flags.ts';
import { asksFirst, TRANSFER_FLAGS, treeSettings } from '../tree-flags.ts';
import type { Verb } from '../verb.ts';

export const getVerb: Verb = {
  name: 'get',
  summary: 'fetch a file or directory from many hosts',
  notes: [
    'Every host writes a file of its own: <host>/<name> in a directory, and wherever there are several hosts.',
    'Or say where, with {host}, {address} and {date} (2026-07-31) in the path. What cannot stand in a name is written as %2F.',
  ],
  usage: '<pattern> <remote> <local> [flags]',
  words: [
    { form: '<pattern>', meaning: 'hosts and groups, as in Ansible; with -w there is none' },
    { form: '<remote>', meaning: 'a file of the hosts; with -r a directory' },
    { form: '<local>', meaning: 'a directory, or a path with {host} or {address} in it' },
  ],
  flags: [...NODE_FLAGS, ...CONNECT_FLAGS, ...REPORT_FLAGS, ...JOURNAL_FLAGS, ...OBSERVE_FLAGS, ...COURSE_FLAGS, ...TRANSFER_FLAGS],
  examples: [
    { line: 'sshoal get web /var/log/syslog logs/', meaning: 'to logs/web01/syslog, logs/web02/syslog, ...' },
    {
      line: 'sshoal get web /etc/nginx conf/ -r --keep-going',
      meaning: 'a directory to conf/web01/nginx, ...; what may not be read is named',
    },
    { line: "sshoal get all /etc/hostname 'names/{host}.txt'", meaning: 'to a name of your own for each host' },
    { line: "sshoal get db /var/backups 'backups/{date}/{host}' -r --resume", meaning: 'by day; called again, it goes on where it was' },
  ],
  run: async ({ words, flags }, context) => {
    const [pattern = '', remotePath = '', local = ''] = words;
    const settings = treeSettings(flags);
    const [{ performAdHoc }, { makeRoom, targetFiles }] = await Promise.all([import('../ad-hoc.ts'), import('../local-paths.ts')]);
    const { timeout: timeoutMs, limitRatePerHost: hostBytesPerSecond, verify, resume } = flags;
    let files: ReadonlyMap<string, string> = new Map();
    const instructions = async (hosts: readonly Host[]) => {
      const recursive = settings !== undefined;
      files = await targetFiles(hosts, remotePath, local, { cwd: context.cwd, now: context.now(), recursive });
      return (host: string) => {
        const localPath = files.get(host) ?? local;
        return settings === undefined
          ? ({ kind: 'get', remotePath, localPath, verify, resume, hostBytesPerSecond, timeoutMs } as const)
          : ({ kind: 'get-tree', remotePath, localPath, settings, hostBytesPerSecond, timeoutMs } as const);
      };
    };
    const prepare = async (): Promise<void> => (settings?.dryRun === true ? undefined : await makeRoom(files));
    const job = { verb: 'get', subject: remotePath, pattern, instructions, prepare, asksFirst: asksFirst(flags) } as const;
    return await performAdHoc(job, flags, context);
  },
};
