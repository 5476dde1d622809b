// Whether everybody can read the page, in light and dark: contrast as WCAG 2.2 counts it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COLOURS, type ColourName, colourVariables, SHAPE_PAIRS, TEXT_PAIRS } from '#src/ui/colours';
import { styleSheet } from '#src/ui/style';

const SCHEMES = [0, 1] as const;

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: ColourName, b: ColourName, scheme: 0 | 1): number {
  const [light = 0, dark = 0] = [luminance(COLOURS[a][scheme]), luminance(COLOURS[b][scheme])].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function tooWeak(pairs: typeof TEXT_PAIRS, least: number): string[] {
  return SCHEMES.flatMap((scheme) =>
    pairs
      .filter(([a, b]) => contrast(a, b, scheme) < least)
      .map(([a, b]) => `${a} on ${b}, ${scheme === 0 ? 'light' : 'dark'}: ${contrast(a, b, scheme).toFixed(2)}`),
  );
}

describe('the colours of the page', () => {
  it('let every text be read on its ground (4.5:1)', () => {
    assert.deepEqual(tooWeak(TEXT_PAIRS, 4.5), []);
  });

  it('let every bar and edge be told from its ground (3:1)', () => {
    assert.deepEqual(tooWeak(SHAPE_PAIRS, 3), []);
  });

  it('are all in the style, and every rule uses one that there is', () => {
    const style = styleSheet('');

    const used = new Set([...style.matchAll(/var\(--([\w-]+)\)/g)].map(([, name]) => name ?? ''));

    const known = new Set<string>([...Object.keys(COLOURS), 'mono', 'name']);
    assert.deepEqual(
      [...used].filter((name) => !known.has(name)),
      [],
    );
    assert.ok(style.includes(colourVariables()));
  });

  it('of a text stand in the list of pairs that are measured', () => {
    const style = styleSheet('');
    const measured = new Set(TEXT_PAIRS.map(([ink]) => ink as string));

    const inks = new Set([...style.matchAll(/[{;]\s*color: var\(--([\w-]+)\)/g)].map(([, name]) => name ?? ''));

    assert.deepEqual(
      [...inks].filter((name) => !measured.has(name)),
      [],
    );
  });
});
