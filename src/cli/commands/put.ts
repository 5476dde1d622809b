// The verb put: one local file to many hosts.
import { CONNECT_FLAGS } from '../flags.ts';
import type { Verb } from '../verb.ts';

export const putVerb: Verb = {
  name: 'put',
  summary: 'send a file to many hosts',
  notes: ['The file appears on a host complete or not at all: it is sent under another name first. It belongs to the user who logs in.'],
  usage: '<pattern> <local> <remote> [flags]',
  words: [
    { form: '<pattern>', meaning: 'hosts and groups, as in Ansible' },
    { form: '<local>', meaning: 'a file of this machine' },
    { form: '<remote>', meaning: 'its path on the hosts; with / at the end the directory it goes into' },
  ],
  flags: [...CONNECT_FLAGS, 'timeout', 'mode'],
  examples: [
    { line: 'sshoal put web motd /etc/motd --mode 0644', meaning: 'with its permissions' },
    { line: 'sshoal put all site.tar.gz /tmp/', meaning: 'into a directory, under its own name' },
  ],
  run: async ({ words, flags }, context) => {
    const [pattern = '', local = '', remotePath = ''] = words;
    const [{ performAdHoc }, { sourceFile }] = await Promise.all([import('../ad-hoc.ts'), import('../local-paths.ts')]);
    const localPath = await sourceFile(local, context.cwd);
    const instructions = async () => () => ({ kind: 'put', localPath, remotePath, mode: flags.mode, timeoutMs: flags.timeout }) as const;
    return await performAdHoc({ verb: 'put', subject: local, pattern, instructions }, flags, context);
  },
};
