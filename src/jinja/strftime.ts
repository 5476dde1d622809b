// Dates as C's strftime writes them, in the C locale.

export const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** A date and time as a clock shows them. */
export interface Clock {
  /** Milliseconds since 1970, if the clock showed UTC. */
  readonly shownMs: number;
  /** Undefined where nobody asks for more than whole seconds: then `%f` means nothing. */
  readonly microsecond?: number | undefined;
  /** Minutes ahead of UTC; undefined when it is not known. */
  readonly offset?: number | undefined;
  readonly zone?: string | undefined;
}

/** What the clock of UTC, or of this machine, shows at a moment. */
export function clockAt(at: Date, utc: boolean): Clock {
  const offset = utc ? 0 : -at.getTimezoneOffset();
  const zone = utc ? 'UTC' : /\(([^)]*)\)/.exec(at.toString())?.[1]?.replace('Coordinated Universal Time', 'UTC');
  return { shownMs: at.getTime() + offset * 60_000, offset, zone };
}

const DAY_MS = 86_400_000;

export function strftime(format: string, clock: Clock): string {
  const date = new Date(clock.shownMs);
  const two = (n: number): string => String(n).padStart(2, '0');
  const [year, month, day, weekday] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), date.getUTCDay()];
  const [hour, minute, second] = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  const dayOfYear = Math.floor((Date.UTC(year, month, day) - Date.UTC(year, 0, 1)) / DAY_MS) + 1;
  const { isoYear, isoWeek } = isoWeekOf(date);
  const blank = (n: number): string => String(n).padStart(2, ' ');
  const parts: Readonly<Record<string, () => string | undefined>> = {
    Y: () => String(year),
    y: () => two(year % 100),
    C: () => two(Math.floor(year / 100)),
    G: () => String(isoYear),
    g: () => two(isoYear % 100),
    m: () => two(month + 1),
    d: () => two(day),
    e: () => blank(day),
    H: () => two(hour),
    I: () => two(hour % 12 || 12),
    k: () => blank(hour),
    l: () => blank(hour % 12 || 12),
    M: () => two(minute),
    S: () => two(second),
    f: () => (clock.microsecond === undefined ? undefined : String(clock.microsecond).padStart(6, '0')),
    p: () => (hour < 12 ? 'AM' : 'PM'),
    P: () => (hour < 12 ? 'am' : 'pm'),
    A: () => DAYS[weekday],
    a: () => DAYS[weekday]?.slice(0, 3),
    B: () => MONTHS[month],
    b: () => MONTHS[month]?.slice(0, 3),
    h: () => MONTHS[month]?.slice(0, 3),
    j: () => String(dayOfYear).padStart(3, '0'),
    u: () => String(weekday || 7),
    w: () => String(weekday),
    U: () => two(Math.floor((dayOfYear + 6 - weekday) / 7)),
    W: () => two(Math.floor((dayOfYear + 6 - ((weekday + 6) % 7)) / 7)),
    V: () => two(isoWeek),
    s: () => String(Math.floor(clock.shownMs / 1_000) - (clock.offset ?? 0) * 60),
    z: () => (clock.offset === undefined ? '' : formatOffset(clock.offset, '')),
    Z: () => clock.zone ?? '',
    n: () => '\n',
    t: () => '\t',
    '%': () => '%',
  };
  const whole: Readonly<Record<string, string>> = {
    c: '%a %b %e %H:%M:%S %Y',
    x: '%m/%d/%y',
    X: '%H:%M:%S',
    r: '%I:%M:%S %p',
    F: '%Y-%m-%d',
    T: '%H:%M:%S',
    R: '%H:%M',
    D: '%m/%d/%y',
  };
  const expanded = format.replace(/%(?:%|[cxXrFTRD])/g, (all) => whole[all[1] ?? ''] ?? all);
  return expanded.replace(/%([-_^]?)([a-zA-Z%])/g, (all, flag: string, letter: string) => {
    const text = parts[letter]?.();
    if (text === undefined) return all;
    if (flag === '^') return text.toUpperCase();
    return flag === '' ? text : text.replace(/^[0 ]+(?=.)/, (zeros) => (flag === '-' ? '' : ' '.repeat(zeros.length)));
  });
}

/** `+0200`, or with a separator `+02:00`. @param minutes - Ahead of UTC. */
export function formatOffset(minutes: number, separator: string): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}${separator}${two(Math.abs(minutes) % 60)}`;
}

// A week belongs to the year that holds its Thursday.
function isoWeekOf(date: Date): { readonly isoYear: number; readonly isoWeek: number } {
  const thursday = new Date(date.getTime() + (4 - (date.getUTCDay() || 7)) * DAY_MS);
  const isoYear = thursday.getUTCFullYear();
  return { isoYear, isoWeek: Math.floor((thursday.getTime() - Date.UTC(isoYear, 0, 1)) / DAY_MS / 7) + 1 };
}
