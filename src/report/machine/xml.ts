// Text and attributes as XML 1.0 takes them. It does not know which document they stand in.
import { neutralise } from '../../base/terminal.ts';

type Mask = (text: string) => string;

/** No characters of XML; control characters are made visible before, lone surrogates have no bytes. */
const NO_CHARACTER = /[\ufffe\uffff]/g;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
};

/** Text between tags: masked, and without a character that XML or a terminal takes for something else. */
function xmlText(text: string, mask: Mask): string {
  return clean(text, mask).replace(/[&<>]/g, (char) => ENTITIES[char] ?? char);
}

/** ` name="value"` for each value there is. */
export function attributes(values: Readonly<Record<string, string | number | undefined>>, mask: Mask): string {
  return Object.entries(values)
    .map(([name, value]) => {
      if (value === undefined) return '';
      // A parser turns a plain newline or tab of an attribute into a blank.
      return ` ${name}="${clean(String(value), mask).replace(/[&<>"\t\n]/g, (char) => ENTITIES[char] ?? char)}"`;
    })
    .join('');
}

export function element(name: string, values: Parameters<typeof attributes>[0], text: string, mask: Mask): string {
  const start = `<${name}${attributes(values, mask)}`;
  return text === '' ? `${start}/>` : `${start}>${xmlText(text, mask)}</${name}>`;
}

function clean(text: string, mask: Mask): string {
  return Buffer.from(neutralise(mask(text)))
    .toString()
    .replace(NO_CHARACTER, '\ufffd');
}
