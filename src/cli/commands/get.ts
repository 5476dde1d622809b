// The verb get: one file or directory from each of many hosts.
import { CONNECT_FLAGS, JOURNAL_FLAGS, NODE_FLAGS, REPORT_FLAGS } from '../flags.ts';
import { TREE_FLAGS, treeSettings } from '../tree-flags.ts';
import type { Verb } from '../verb.ts';

export const getVerb: Verb = {
  name: 'get',
  summary: 'fetch a file or directory from many hosts',
  notes: ['Every host writes a file of its own. Into a directory it goes as <host>/<name>; elsewhere use {host} in the path.'],
  usage: '<pattern> <remote> <local> [flags]',
  words: [
    { form: '<pattern>', meaning: 'hosts and groups, as in Ansible; with -w there is none' },
    { form: '<remote>', meaning: 'a file of the hosts; with -r a directory' },
    { form: '<local>', meaning: 'a directory, or a path with {host} in it' },
  ],
  flags: [...NODE_FLAGS, ...CONNECT_FLAGS, ...REPORT_FLAGS, ...JOURNAL_FLAGS, 'timeout', ...TREE_FLAGS],
  examples: [
    { line: 'sshoal get web /var/log/syslog logs/', meaning: 'to logs/web01/syslog, logs/web02/syslog, ...' },
    {
      line: 'sshoal get web /etc/nginx conf/ -r --keep-going',
      meaning: 'a directory to conf/web01/nginx, ...; what may not be read is named',
    },
    { line: "sshoal get all /etc/hostname 'names/{host}.txt'", meaning: 'to a name of your own for each host' },
  ],
  run: async ({ words, flags }, context) => {
    const [pattern = '', remotePath = '', local = ''] = words;
    const settings = treeSettings(flags);
    const [{ performAdHoc }, { targetFiles }] = await Promise.all([import('../ad-hoc.ts'), import('../local-paths.ts')]);
    const instructions = async (hosts: readonly string[]) => {
      const files = await targetFiles(hosts, remotePath, local, context.cwd, { recursive: settings !== undefined, dryRun: flags.dryRun });
      const timeoutMs = flags.timeout;
      return (host: string) => {
        const localPath = files.get(host) ?? local;
        return settings === undefined
          ? ({ kind: 'get', remotePath, localPath, timeoutMs } as const)
          : ({ kind: 'get-tree', remotePath, localPath, settings, timeoutMs } as const);
      };
    };
    return await performAdHoc({ verb: 'get', subject: remotePath, pattern, instructions }, flags, context);
  },
};
