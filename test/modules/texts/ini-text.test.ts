// Sections and options of INI files, as community.general writes them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { editIni, type IniEdit } from '#src/modules/texts/ini-text';

const PLAIN: IniEdit = {
  section: 's',
  option: 'o',
  values: ['1'],
  isPresent: true,
  exclusive: true,
  noExtraSpaces: false,
  ignoreSpaces: false,
  allowNoValue: false,
  modifyInactive: true,
};
const FILE = '# top\nfree = 1\n\n[a]\no = 0\n\n# about s\n[s]\no = 1\no=2\nother\n\n; end\n[z]\n';

const CASES: readonly (readonly [name: string, text: string, edit: Partial<IniEdit>, after: string, msg: string])[] = [
  ['makes a file with an empty line first, as there', '', {}, '\n[s]\no = 1\n', 'section and option added'],
  [
    'adds an option after the last one of the section',
    '[s]\na = 1\n\n# next\n[t]\n',
    {},
    '[s]\na = 1\no = 1\n\n# next\n[t]\n',
    'option added',
  ],
  ['leaves an option alone', '[s]\no = 1\n', {}, '[s]\no = 1\n', 'OK'],
  ['writes the blanks it wants', '[s]\no=1\n', {}, '[s]\no = 1\n', 'option changed'],
  ['or does not', '[s]\no=1\n', { ignoreSpaces: true }, '[s]\no=1\n', 'OK'],
  ['writes without blanks', '[s]\n', { noExtraSpaces: true }, '[s]\no=1\n', 'option added'],
  ['brings a comment to life', '[s]\n;o = 9\n', {}, '[s]\no = 1\n', 'option changed'],
  ['or leaves it a comment', '[s]\n#o = 9\n', { modifyInactive: false }, '[s]\no = 1\n#o = 9\n', 'option added'],
  ['keeps one line of an option only', FILE, {}, FILE.replace('o=2\n', ''), 'option changed'],
  ['keeps the other lines when told', FILE, { exclusive: false, values: ['3'] }, FILE.replace('other\n', 'other\no = 3\n'), 'option added'],
  ['sets several', '[s]\no = 2\n', { values: ['1', '2', '3'] }, '[s]\no = 2\no = 1\no = 3\n', 'option added'],
  [
    'writes before the first section',
    FILE,
    { section: undefined, option: 'free', values: ['2'] },
    FILE.replace('free = 1', 'free = 2'),
    'option changed',
  ],
  ['takes an option out', FILE, { isPresent: false, values: [] }, FILE.replace('o = 1\no=2\n', ''), 'option changed'],
  ['takes one value out', FILE, { isPresent: false, exclusive: false, values: ['2'] }, FILE.replace('o=2\n', ''), 'option changed'],
  [
    'takes a section out',
    FILE,
    { isPresent: false, option: undefined, values: [] },
    '# top\nfree = 1\n\n[a]\no = 0\n\n# about s\n[z]\n',
    'section removed',
  ],
  ['has no section to take out', '[a]\n', { isPresent: false, option: undefined, values: [] }, '[a]\n', 'OK'],
  ['lets an option stand alone', '[s]\no = 1\n', { allowNoValue: true, values: [] }, '[s]\no\n', 'option changed'],
  ['adds one that stands alone', '[s]\n', { allowNoValue: true, values: [] }, '[s]\no\n', 'option added'],
  ['does not take an option for one it begins', '[s]\nold = 1\n', {}, '[s]\nold = 1\no = 1\n', 'option added'],
  [
    'takes signs in names as they are',
    '[a.b]\nx+y = 1\n',
    { section: 'a.b', option: 'x+y', values: ['2'] },
    '[a.b]\nx+y = 2\n',
    'option changed',
  ],
  ['ends the last line', '[s]\no = 1', {}, '[s]\no = 1\n', 'OK'],
];

describe('editIni', () => {
  for (const [name, text, edit, after, msg] of CASES) {
    it(name, () => {
      const edited = editIni(text, { ...PLAIN, ...edit });

      assert.deepEqual([edited.text, edited.msg], [after, msg]);
      assert.equal(edited.changed, after !== text);
      assert.equal(editIni(edited.text, { ...PLAIN, ...edit }).changed, false, 'a second time');
    });
  }
});
