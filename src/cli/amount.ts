// A number of hosts, or a share of them, as flags have it: `5`, `10%`. It does not know what it limits.
import { UsageError } from './errors.ts';

export type Amount = { readonly kind: 'count'; readonly count: number } | { readonly kind: 'share'; readonly percent: number };

/**
 * Reads an amount.
 *
 * @param least - The smallest count that makes sense.
 * @throws UsageError BAD_FLAG.
 */
export function parseAmount(text: string, flag: string, least: 0 | 1): Amount {
  const [, digits = '', sign] = /^(\d{1,6})(%?)$/.exec(text) ?? [];
  const number = Number(digits);
  if (digits !== '' && number >= least && (sign === '' || number <= 100))
    return sign === '%' ? { kind: 'share', percent: number } : { kind: 'count', count: number };
  throw new UsageError('BAD_FLAG', `${flag} cannot be \`${text}\``, {
    where: flag,
    fix: `Give a whole number from ${least}, or a share of the hosts: 10%`,
  });
}

/** How many hosts it is of so many, rounded down as ansible rounds its `serial`. */
export function amountOf(amount: Amount, total: number): number {
  return amount.kind === 'count' ? amount.count : Math.floor((total * amount.percent) / 100);
}
