// Filters about passwords.
import { randomBytes } from 'node:crypto';
import { md5Crypt, saltOf, shaCrypt } from '../crypt.ts';
import { str } from '../printing.ts';
import { type FilterTable, fail } from './define.ts';

const ALGORITHMS: Readonly<Record<string, { readonly name: 'md5' | 'sha256' | 'sha512'; readonly salt: number }>> = {
  md5: { name: 'md5', salt: 8 },
  md5_crypt: { name: 'md5', salt: 8 },
  sha256: { name: 'sha256', salt: 16 },
  sha256_crypt: { name: 'sha256', salt: 16 },
  sha512: { name: 'sha512', salt: 16 },
  sha512_crypt: { name: 'sha512', salt: 16 },
};

export const secretFilters: FilterTable = {
  password_hash: [
    ['hashtype', 'salt', 'salt_size', 'rounds', 'ident'],
    (value, args, { frame }) => {
      const type = args.text('hashtype', 'sha512');
      const algorithm = ALGORITHMS[type];
      if (algorithm === undefined) return fail(`There is no password hash ${type} here`, 'Use sha512, sha256 or md5');
      const given = args.any('salt');
      const size = args.int('salt_size', algorithm.salt) || algorithm.salt;
      const salt = given === undefined || given === null || given === '' ? saltOf(randomBytes(Math.min(size, 64))) : str(given);
      if (/[^./0-9A-Za-z]/.test(salt)) fail('invalid characters in salt', 'Use letters, digits, dot and slash');
      if (salt.length > algorithm.salt) fail('invalid salt size', `A salt of ${type} has at most ${algorithm.salt} characters`);
      if (algorithm.name === 'md5') return md5Crypt(str(value), salt);
      const rounds = args.int('rounds', undefined);
      if (rounds !== undefined && rounds < 1_000) fail(`${rounds} rounds are too few`, 'Use at least 1000');
      frame.run.step(rounds ?? 0);
      return shaCrypt(algorithm.name, str(value), salt, rounds);
    },
  ],
};
