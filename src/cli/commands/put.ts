// The verb put: one local file or directory to many hosts.
import { CONNECT_FLAGS, JOURNAL_FLAGS, NODE_FLAGS, REPORT_FLAGS } from '../flags.ts';
import { TREE_FLAGS, treeSettings } from '../tree-flags.ts';
import type { Verb } from '../verb.ts';

export const putVerb: Verb = {
  name: 'put',
  summary: 'send a file or directory to many hosts',
  notes: [
    'The file appears on a host complete or not at all: it is sent under another name first. It belongs to the user who logs in.',
    'So does a directory that is not there yet. In one that is, every file is replaced in one step, and what else is there stays.',
  ],
  usage: '<pattern> <local> <remote> [flags]',
  words: [
    { form: '<pattern>', meaning: 'hosts and groups, as in Ansible; with -w there is none' },
    { form: '<local>', meaning: 'a file of this machine; with -r a directory' },
    { form: '<remote>', meaning: 'its path on the hosts; with / at the end the directory it goes into' },
  ],
  flags: [...NODE_FLAGS, ...CONNECT_FLAGS, ...REPORT_FLAGS, ...JOURNAL_FLAGS, 'timeout', 'mode', ...TREE_FLAGS],
  examples: [
    { line: 'sshoal put web motd /etc/motd --mode 0644', meaning: 'with its permissions' },
    { line: 'sshoal put web ./site /srv/ -r --exclude .git/', meaning: 'a directory to /srv/site, without a part of it' },
    { line: 'sshoal put all site.tar.gz /tmp/', meaning: 'into a directory, under its own name' },
  ],
  run: async ({ words, flags }, context) => {
    const [pattern = '', local = '', remotePath = ''] = words;
    const settings = treeSettings(flags);
    const [{ performAdHoc }, { sourceFile, sourceDirectory }] = await Promise.all([import('../ad-hoc.ts'), import('../local-paths.ts')]);
    const localPath = await (settings === undefined ? sourceFile : sourceDirectory)(local, context.cwd);
    const timeoutMs = flags.timeout;
    const instructions = async () => () =>
      settings === undefined
        ? ({ kind: 'put', localPath, remotePath, mode: flags.mode, timeoutMs } as const)
        : ({ kind: 'put-tree', localPath, remotePath, settings, timeoutMs } as const);
    return await performAdHoc({ verb: 'put', subject: local, pattern, instructions }, flags, context);
  },
};
