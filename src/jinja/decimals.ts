// Numbers written with a given count of digits, rounded as Python does: an exact half goes to the even digit. JavaScript rounds it up.

/** As `'%.*f'`. @param value - Finite. @param digits - Behind the point. */
export function fixed(value: number, digits: number): string {
  if (Math.abs(value) >= 1e21) return BigInt(value).toString() + (digits === 0 ? '' : `.${'0'.repeat(digits)}`);
  if (digits > 100) return value.toFixed(100) + '0'.repeat(digits - 100);
  return toEven(value.toFixed(digits), value.toFixed(Math.min(100, digits + 60)));
}

/** As `'%.*e'`. @param value - Finite. @param digits - Behind the point. */
export function exponential(value: number, digits: number): string {
  const least = Math.min(100, digits);
  const [mantissa = '', exponent = ''] = value.toExponential(least).split('e');
  const [long = '', longExponent = ''] = value.toExponential(Math.min(100, digits + 60)).split('e');
  const rounded = exponent === longExponent ? toEven(mantissa, long) : mantissa;
  return `${rounded}${'0'.repeat(digits - least)}e${exponent.replace(/^([+-])(\d)$/, '$10$2')}`;
}

// An exact half that went up comes down again when that makes the last digit even.
function toEven(text: string, exact: string): string {
  const point = text.indexOf('.');
  const cut = point === -1 ? exact.indexOf('.') : text.length;
  const [kept, rest] = [exact.slice(0, cut), exact.slice(cut).replace('.', '')];
  const isHalf = /^50*$/.test(rest) && rest.length > 0;
  return isHalf && text.length === kept.length && /[02468]$/.test(kept) ? kept : text;
}
