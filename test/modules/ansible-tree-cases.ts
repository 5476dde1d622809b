// Directories that copy sends, which this floor and Ansible must carry out alike. `@` is the directory of the case.
import type { Case } from './ansible-cases.js';

const TREE = { 's/': '', 's/a': '0640|a\n', 's/sub/': '0700|', 's/sub/b c': '0755|b\n', 's/none/': '' };
const LINKS = { ...TREE, 's/l': '-> a', 's/dir': '-> sub', 's/broken': '-> nowhere', 's/up': '-> ../s' };
const THERE = {
  't/': '',
  't/a': '0600|a\n',
  't/s/': '0755|',
  't/s/a': '0600|a\n',
  't/s/sub/': '0755|',
  't/s/sub/b c': 'old\n',
  't/s/l': '-> b',
};

const sent = (name: string, args: Case['args'], before: NonNullable<Case['before']> = TREE, checkMode = false): Case => ({
  name: `copy sends a directory ${name}`,
  module: 'copy',
  args: { src: '@/s', dest: '@/t', ...args },
  before,
  checkMode,
  twice: true,
  sameDiff: false,
});

export const TREE_CASES: readonly Case[] = [
  sent('to what is not there', {}),
  sent('to what is not there, in check mode', {}, TREE, true),
  sent('by its content', { src: '@/s/' }),
  sent('over what is there', {}, { ...TREE, ...THERE }),
  sent('by its content over what is there', { src: '@/s/', dest: '@/t/s' }, { ...TREE, ...THERE }),
  sent('with modes', { mode: '0604', directory_mode: '0711' }, { ...TREE, ...THERE }),
  sent('with its own modes', { mode: 'preserve' }, { ...TREE, ...THERE }),
  sent('with an owner', { owner: 'daemon', group: 'bin' }, { ...TREE, ...THERE }),
  sent('not by force', { force: false }, { ...TREE, ...THERE }),
  sent('with links followed', {}, LINKS),
  sent('with links over what is there', { local_follow: false, owner: 'daemon' }, { ...LINKS, ...THERE }),
  sent('to a file', {}, { ...TREE, t: 'file\n' }),
];
