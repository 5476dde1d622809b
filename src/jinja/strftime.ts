// Dates as C's strftime writes them, in the C locale.

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** @param utc - Whether UTC or the local time of this machine is written. */
export function strftime(format: string, at: Date, utc: boolean): string {
  // Shifted so that the UTC readers give local values.
  const date = utc ? at : new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  const two = (n: number): string => String(n).padStart(2, '0');
  const [year, month, day, weekday] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), date.getUTCDay()];
  const [hour, minute, second] = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  const dayOfYear = Math.floor((Date.UTC(year, month, day) - Date.UTC(year, 0, 1)) / 86_400_000) + 1;
  const offset = utc ? 0 : -at.getTimezoneOffset();
  const parts: Readonly<Record<string, string>> = {
    Y: String(year),
    y: two(year % 100),
    C: two(Math.floor(year / 100)),
    m: two(month + 1),
    d: two(day),
    e: String(day).padStart(2, ' '),
    H: two(hour),
    I: two(hour % 12 || 12),
    M: two(minute),
    S: two(second),
    f: `${String(date.getUTCMilliseconds()).padStart(3, '0')}000`,
    p: hour < 12 ? 'AM' : 'PM',
    A: DAYS[weekday] ?? '',
    a: (DAYS[weekday] ?? '').slice(0, 3),
    B: MONTHS[month] ?? '',
    b: (MONTHS[month] ?? '').slice(0, 3),
    h: (MONTHS[month] ?? '').slice(0, 3),
    j: String(dayOfYear).padStart(3, '0'),
    u: String(weekday || 7),
    w: String(weekday),
    U: two(Math.floor((dayOfYear + 6 - weekday) / 7)),
    W: two(Math.floor((dayOfYear + 6 - ((weekday + 6) % 7)) / 7)),
    s: String(Math.floor(at.getTime() / 1_000)),
    z: `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`,
    Z: utc ? 'UTC' : '',
    F: `${year}-${two(month + 1)}-${two(day)}`,
    T: `${two(hour)}:${two(minute)}:${two(second)}`,
    R: `${two(hour)}:${two(minute)}`,
    D: `${two(month + 1)}/${two(day)}/${two(year % 100)}`,
    n: '\n',
    t: '\t',
    '%': '%',
  };
  return format.replace(/%-?([a-zA-Z%])/g, (all, letter: string) => {
    const text = parts[letter];
    if (text === undefined) return all;
    return all.startsWith('%-') ? text.replace(/^[0 ]+(?=.)/, '') : text;
  });
}
