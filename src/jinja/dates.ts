// Python's datetime and timedelta, as far as templates meet them: from now() and to_datetime. They know no text form but Python's own.
import { Float, type Value } from '../base/value.ts';
import { bind } from './call-arguments.ts';
import { TemplateError } from './errors.ts';
import { type Clock, formatOffset, strftime } from './strftime.ts';
import { type Any, type CallArguments, JinjaObject, NativeFunction, numeric } from './values.ts';

const DAY_S = 86_400;

/** A date and time. As data it is the text that Python prints. */
export class DateTime extends JinjaObject {
  readonly typeName: string;
  readonly clock: Clock & { readonly microsecond: number };
  readonly #isDate: boolean;

  /** @param clock - Whole seconds in `shownMs`. @param options.isDate - Only a day, without a time. */
  constructor(clock: Clock & { readonly microsecond: number }, options: { readonly isDate?: boolean } = {}) {
    super();
    this.clock = clock;
    this.#isDate = options.isDate ?? false;
    this.typeName = this.#isDate ? 'date' : 'datetime';
  }

  override attribute(name: string): Any | undefined {
    const date = new Date(this.clock.shownMs);
    switch (name) {
      case 'year':
        return date.getUTCFullYear();
      case 'month':
        return date.getUTCMonth() + 1;
      case 'day':
        return date.getUTCDate();
      case 'weekday':
        return new NativeFunction(() => (date.getUTCDay() + 6) % 7);
      case 'isoweekday':
        return new NativeFunction(() => date.getUTCDay() || 7);
      case 'isoformat':
        return new NativeFunction((args) => this.#iso(bind(name, ['sep'], args).text('sep', 'T')));
      case 'strftime':
        return new NativeFunction((args) => strftime(bind(name, ['format'], args).text('format'), this.clock));
      default:
        return this.#isDate ? undefined : this.#time(name, date);
    }
  }

  #time(name: string, date: Date): Any | undefined {
    switch (name) {
      case 'hour':
        return date.getUTCHours();
      case 'minute':
        return date.getUTCMinutes();
      case 'second':
        return date.getUTCSeconds();
      case 'microsecond':
        return this.clock.microsecond;
      case 'date':
        return new NativeFunction(() => this.#day());
      case 'timestamp':
        return new NativeFunction(() => new Float(this.#moment()));
      case 'replace':
        return new NativeFunction((args) => this.#replaced(args));
      default:
        return undefined;
    }
  }

  override text(): string {
    return this.#iso(' ');
  }

  override asData(): Value {
    return this.text();
  }

  override operate(operator: string, other: Any, reflected: boolean): Any | undefined {
    if (other instanceof TimeDelta && (operator === '+' || (operator === '-' && !reflected))) {
      const seconds = this.clock.shownMs / 1_000 + (operator === '+' ? 1 : -1) * other.wholeSeconds;
      const micro = this.clock.microsecond + (operator === '+' ? 1 : -1) * other.microsecond;
      const carry = Math.floor(micro / 1e6);
      return new DateTime(
        { ...this.clock, shownMs: (seconds + carry) * 1_000, microsecond: micro - carry * 1e6 },
        { isDate: this.#isDate },
      );
    }
    if (!(other instanceof DateTime) || operator !== '-' || reflected) return undefined;
    this.#checkAlike(other, 'subtract');
    return new TimeDelta(this.#utcSeconds() - other.#utcSeconds(), this.clock.microsecond - other.clock.microsecond);
  }

  override order(other: Any): number | undefined {
    if (!(other instanceof DateTime) || other.#isDate !== this.#isDate) return undefined;
    this.#checkAlike(other, 'compare');
    return this.#utcSeconds() - other.#utcSeconds() || this.clock.microsecond - other.clock.microsecond;
  }

  #checkAlike(other: DateTime, what: string): void {
    if ((this.clock.offset === undefined) !== (other.clock.offset === undefined))
      throw new TemplateError(`can't ${what} offset-naive and offset-aware datetimes`);
  }

  #utcSeconds(): number {
    return this.clock.shownMs / 1_000 - (this.clock.offset ?? 0) * 60;
  }

  // Without an offset it is the time of this machine.
  #moment(): number {
    const { shownMs, offset, microsecond } = this.clock;
    const shown = new Date(shownMs);
    const local = new Date(
      shown.getUTCFullYear(),
      shown.getUTCMonth(),
      shown.getUTCDate(),
      shown.getUTCHours(),
      shown.getUTCMinutes(),
      shown.getUTCSeconds(),
    );
    return (offset === undefined ? local.getTime() / 1_000 : this.#utcSeconds()) + microsecond / 1e6;
  }

  #day(): DateTime {
    return new DateTime({ shownMs: Math.floor(this.clock.shownMs / 1_000 / DAY_S) * DAY_S * 1_000, microsecond: 0 }, { isDate: true });
  }

  #replaced(args: CallArguments): DateTime {
    const date = new Date(this.clock.shownMs);
    const read = bind('replace', ['year', 'month', 'day', 'hour', 'minute', 'second', 'microsecond'], args);
    const shownMs = Date.UTC(
      read.int('year', date.getUTCFullYear()),
      read.int('month', date.getUTCMonth() + 1) - 1,
      read.int('day', date.getUTCDate()),
      read.int('hour', date.getUTCHours()),
      read.int('minute', date.getUTCMinutes()),
      read.int('second', date.getUTCSeconds()),
    );
    if (new Date(shownMs).getUTCDate() !== read.int('day', date.getUTCDate())) throw new TemplateError('day is out of range for month');
    return new DateTime({ ...this.clock, shownMs, microsecond: read.int('microsecond', this.clock.microsecond) });
  }

  #iso(separator: string): string {
    const { microsecond, offset } = this.clock;
    const format = this.#isDate ? '%Y-%m-%d' : `%Y-%m-%d${separator.replaceAll('%', '%%')}%H:%M:%S${microsecond === 0 ? '' : '.%f'}`;
    return strftime(format, this.clock).padStart(4, '0') + (offset === undefined ? '' : formatOffset(offset, ':'));
  }
}

/** A length of time. */
export class TimeDelta extends JinjaObject {
  readonly typeName = 'timedelta';
  readonly wholeSeconds: number;
  /** 0 to 999999: a negative length is a negative number of seconds and a positive rest. */
  readonly microsecond: number;

  constructor(seconds: number, microseconds: number) {
    super();
    const carry = Math.floor(microseconds / 1e6);
    this.wholeSeconds = seconds + carry;
    this.microsecond = microseconds - carry * 1e6;
  }

  get #days(): number {
    return Math.floor(this.wholeSeconds / DAY_S);
  }

  get #seconds(): number {
    return this.wholeSeconds - this.#days * DAY_S;
  }

  get #total(): number {
    return (this.wholeSeconds * 1e6 + this.microsecond) / 1e6;
  }

  override attribute(name: string): Any | undefined {
    if (name === 'days') return this.#days;
    if (name === 'seconds') return this.#seconds;
    if (name === 'microseconds') return this.microsecond;
    return name === 'total_seconds' ? new NativeFunction(() => new Float(this.#total)) : undefined;
  }

  override text(): string {
    const [days, seconds] = [this.#days, this.#seconds];
    const two = (n: number): string => String(n).padStart(2, '0');
    const clock = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    const rest = this.microsecond === 0 ? '' : `.${String(this.microsecond).padStart(6, '0')}`;
    return `${days === 0 ? '' : `${days} day${Math.abs(days) === 1 ? '' : 's'}, `}${clock}${rest}`;
  }

  override asData(): Value {
    return this.text();
  }

  override operate(operator: string, other: Any, reflected: boolean): Any | undefined {
    if (other instanceof TimeDelta) {
      if (operator === '+') return new TimeDelta(this.wholeSeconds + other.wholeSeconds, this.microsecond + other.microsecond);
      if (operator === '-') return new TimeDelta(this.wholeSeconds - other.wholeSeconds, this.microsecond - other.microsecond);
      if (other.#total === 0 && (operator === '/' || operator === '//')) throw new TemplateError('division by zero');
      if (operator === '/') return new Float(this.#total / other.#total);
      return operator === '//' ? Math.floor(this.#total / other.#total) : undefined;
    }
    if (other instanceof DateTime && operator === '+') return other.operate('+', this, !reflected);
    const number = numeric(other);
    if (number === undefined || (operator !== '*' && (operator !== '/' || reflected))) return undefined;
    if (operator === '/' && Number(number) === 0) throw new TemplateError('division by zero');
    const total = operator === '*' ? this.#total * Number(number) : this.#total / Number(number);
    const seconds = Math.floor(total);
    return new TimeDelta(seconds, Math.round((total - seconds) * 1e6));
  }

  override order(other: Any): number | undefined {
    return other instanceof TimeDelta ? this.wholeSeconds - other.wholeSeconds || this.microsecond - other.microsecond : undefined;
  }
}
