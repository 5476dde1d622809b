// Filters between dates and text.

import { str } from '../printing.ts';
import { clockAt, strftime } from '../strftime.ts';
import { strptime } from '../strptime.ts';
import { numeric } from '../values.ts';
import { type FilterTable, fail } from './define.ts';

export const dateFilters: FilterTable = {
  to_datetime: [['format'], (value, args) => strptime(str(value), args.text('format', '%Y-%m-%d %H:%M:%S'))],
  strftime: [
    ['second', 'utc'],
    (value, args) => {
      const second = args.any('second');
      const given = typeof second === 'string' && second.trim() !== '' ? Number(second) : numeric(second ?? null);
      if (second !== undefined && second !== null && !Number.isFinite(Number(given ?? Number.NaN)))
        fail(`Invalid value for epoch value (${str(second)})`, 'Give seconds since 1970');
      const at = given === undefined ? new Date() : new Date(Math.floor(Number(given)) * 1_000);
      return strftime(str(value), clockAt(at, args.truth('utc', false)));
    },
  ],
};
