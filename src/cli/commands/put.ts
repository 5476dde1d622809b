// The verb put: one local file or directory to many hosts.
import { CONNECT_FLAGS, COURSE_FLAGS, JOURNAL_FLAGS, NODE_FLAGS, REPORT_FLAGS } from '../flag-groups.ts';
import { OBSERVE_FLAGS } from '../observe-flags.ts';
import { asksFirst, TRANSFER_FLAGS, treeSettings } from '../tree-flags.ts';
import type { Verb } from '../verb.ts';

export const putVerb: Verb = {
  name: 'put',
  summary: 'send a file or directory to many hosts',
  notes: [
    'The file appears on a host complete or not at all: it is sent under another name first. It belongs to the user who logs in.',
    'So does a directory that is not there yet. In one that is, every file is replaced in one step, and what else is there stays.',
    'A directory is looked at once for all hosts; a file of it that is written to meanwhile is an error.',
    '--diff shows what would change on each host and changes nothing; with --apply it asks, and then does just that.',
  ],
  usage: '<pattern> <local> <remote> [flags]',
  words: [
    { form: '<pattern>', meaning: 'hosts and groups, as in Ansible; with -w there is none' },
    { form: '<local>', meaning: 'a file of this machine; with -r a directory' },
    { form: '<remote>', meaning: 'its path on the hosts; with / at the end the directory it goes into' },
  ],
  flags: [...NODE_FLAGS, ...CONNECT_FLAGS, ...REPORT_FLAGS, ...JOURNAL_FLAGS, ...OBSERVE_FLAGS, ...COURSE_FLAGS, 'mode', ...TRANSFER_FLAGS],
  examples: [
    { line: 'sshoal put web motd /etc/motd --mode 0644', meaning: 'with its permissions' },
    { line: 'sshoal put web ./site /srv/ -r --exclude .git/', meaning: 'a directory to /srv/site, without a part of it' },
    { line: 'sshoal put web ./site /srv/site -r --delete --diff --apply', meaning: 'make it the same, once you have seen what that means' },
    { line: 'sshoal put all image.iso /var/tmp/ --limit-rate 20M --resume --verify', meaning: 'a large file over a thin line' },
    { line: 'sshoal put all site.tar.gz /tmp/', meaning: 'into a directory, under its own name' },
  ],
  run: async ({ words, flags }, context) => {
    const [pattern = '', local = '', remotePath = ''] = words;
    const settings = treeSettings(flags);
    const [{ performAdHoc }, { sourceFile, sourceDirectory }] = await Promise.all([import('../ad-hoc.ts'), import('../local-paths.ts')]);
    const localPath = await (settings === undefined ? sourceFile : sourceDirectory)(local, context.cwd);
    const { timeout: timeoutMs, limitRatePerHost: hostBytesPerSecond, mode, verify, resume } = flags;
    const instructions = async () => () =>
      settings === undefined
        ? ({ kind: 'put', localPath, remotePath, mode, verify, resume, hostBytesPerSecond, timeoutMs } as const)
        : ({ kind: 'put-tree', localPath, remotePath, settings, hostBytesPerSecond, timeoutMs } as const);
    return await performAdHoc({ verb: 'put', subject: local, pattern, instructions, asksFirst: asksFirst(flags) }, flags, context);
  },
};
