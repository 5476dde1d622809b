// Node sets for tests: those people write, those that are wrong, and a grammar of many more.
import fc from 'fast-check';

/** Read alike by ClusterShell and sshoal. */
export const EXPRESSIONS: readonly string[] = [
  '',
  ' ',
  'n1',
  'node',
  'node[1-5]',
  'node[1-5,7,09-11/2]-rack[1-3]',
  'n[1-10]!n[3-4]',
  'n[1-10]&n[5-20]',
  'n[1-10]^n[5-20]',
  'n[1-3]^n[2-5]&n1,x',
  'n1 , n2,  n3 ',
  'n[ 1 - 3 , 5 ]',
  'n[1-3] !n2',
  'n[0-10/2],n[1-9/2]',
  'n[1-100/7]',
  'n[001-100]',
  'n[08,10-100]',
  'n[08-09,11-120]',
  'n[1-9,01-09,001-009]',
  'n01,n1,n001',
  'n[9-10],n[09-10]',
  'n[99-101],n[099-101]',
  'n[00-03]',
  'n[0,00,000]',
  'n0,n00',
  '[1-5]',
  '5,7,6',
  '1-5',
  'n[1-3]0',
  'n1[0-5]',
  'n[8-12]0',
  'n[01-10]0',
  'n0[1-9]',
  'n1[8,10]',
  'n[1-3]0x[1-2]5',
  'n[1-3]%',
  '%s[1-2],%d',
  'é[1-2],ü1',
  'user@host[1-2]',
  'a-b_c.d[1-2].example.org',
  '10.0.0.[1-20],10.0.1.[1-20]',
  '10.1.[0-3].[0-9]!10.1.2.5',
  'r1c1,r1c2,r2c1',
  'r1c1,r1c2,r2c1,r2c2',
  'r[1-2]c[1-2]!r1c1',
  'r[1-4]c[1-4]!r[2-3]c[2-3]',
  'r[1-4]c[1-4]&r[3-6]c[2-9]',
  'r[1-4]c[1-4]^r[3-6]c[2-9]',
  'r[1-4]c[1-4],r[3-6]c[2-9]',
  'r[1-2]c[1-2]b[1-2]!r1c1b1',
  'r[01-12]c[1-3],r[1-12]c[1-3]',
  'r[1-3]c[2,4,6,8],r5c[2,4,6,8]',
  'a1,b1,c[1-2],a2,A1,_1,-1',
  'n[1-5],m[1-5]!n[1-5]',
  'n[1-5]!n[1-5]',
  'n1!n1',
  'node!node',
  'node^node,x',
  'n[1-3]&m[1-3]',
  'n[5/1]',
  'n[1,1,1]',
  'n[0,2,4,5,7,9,11]',
  'n[1,3,5,7,8,9,20,30,40]',
  'n[02,04,06,8,10]',
  'n[098,100,102,104]',
  'n[98,100,102,104]',
  'n999999999999999',
];

/** Refused by both. */
export const WRONG: readonly string[] = [
  'n1,,n2',
  '!n1',
  ',n1',
  'n1,',
  'n[1-10]&',
  '^',
  'n]',
  'n[1',
  'n[[1]]',
  'n[1]]',
  'n[]',
  'n[1,]',
  'n[,1]',
  'n[a]',
  'n[3-1]',
  'n[1-]',
  'n[01-100]',
  'n[1-010]',
  'n[1-5/0]',
  'n[1-5/]',
  'n[1-5/a]',
  'n[5/2]',
  'x[1-2][3-4]',
  'n[1-2]5[3-4]',
  'n0[1-10]',
];

/** Node sets that stay small, with all that the grammar has. */
export const expressions: fc.Arbitrary<string> = expressionsOf();

function expressionsOf(): fc.Arbitrary<string> {
  const padded = fc.tuple(fc.nat(120), fc.constantFrom(0, 0, 2, 3)).map(([value, width]) => String(value).padStart(width, '0'));
  const range = fc
    .tuple(fc.nat(30), fc.nat(15), fc.constantFrom(0, 0, 2, 3), fc.constantFrom('', '', '/2', '/3'))
    .map(([first, more, width, step]) => {
      const [from, to] = [first, first + more + 1].map((value) => String(value).padStart(width, '0'));
      // What begins with a zero has one width.
      return from?.startsWith('0') && from.length > 1 && from.length !== to?.length ? `${to}` : `${from}-${to}${step}`;
    });
  const bracket = fc.array(fc.oneof(range, range, padded), { minLength: 1, maxLength: 4 }).map((parts) => `[${parts.join(',')}]`);
  const number = fc.oneof(
    { weight: 3, arbitrary: bracket },
    { weight: 2, arbitrary: padded },
    { weight: 2, arbitrary: fc.nat(4).map(String) },
  );
  const small = fc.constantFrom('[1-2]', '[1-3]', '[2-4]', '[1,3]', '1', '2', '3', '01', '[01-03]', '[2-6/2]');
  const name = fc.oneof(
    fc.constantFrom('db', 'web'),
    fc.tuple(fc.constantFrom('n', 'web-', ''), number, fc.constantFrom('', '', '-ib', '.lan')).map((parts) => parts.join('')),
    fc.tuple(fc.constant('r'), small, fc.constant('c'), small).map((parts) => parts.join('')),
    fc.tuple(fc.constant('a'), small, fc.constant('b'), small, fc.constant('c'), small).map((parts) => parts.join('')),
  );
  return fc
    .tuple(name, fc.array(fc.tuple(fc.constantFrom(',', ',', ',', '!', '&', '^'), name), { maxLength: 7 }))
    .map(([first, rest]) => first + rest.map((parts) => parts.join('')).join(''));
}
