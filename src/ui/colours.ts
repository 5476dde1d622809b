// The colours of the page, for light and dark, and which text stands on which ground. It does not know where on the page.

/** [light, dark], each #rrggbb. */
type Pair = readonly [string, string];

/** Each is the variable `--name` of the style. */
export const COLOURS = {
  ground: ['#f8f8f6', '#141619'],
  panel: ['#ffffff', '#1b1e22'],
  sunken: ['#f1f1ee', '#101214'],
  line: ['#e0dfda', '#30353b'],
  edge: ['#8b8f94', '#6b737c'],
  ink: ['#1e2226', '#e7e9eb'],
  quiet: ['#575e66', '#a3abb4'],
  accent: ['#0a58a6', '#82bbff'],
  'accent-ground': ['#e2eefb', '#1a3350'],
  'alarm-ink': ['#a8141c', '#ffa9a9'],
  'alarm-ground': ['#fbe7e7', '#43191c'],
  'ok-ink': ['#125c2b', '#9fe5b4'],
  'ok-ground': ['#dcf1e2', '#1b3826'],
  'ok-bar': ['#3a8f58', '#4fae70'],
  'changed-ink': ['#6f4300', '#ffd88f'],
  'changed-ground': ['#fcebc4', '#453510'],
  'changed-bar': ['#b57a0d', '#d79b2c'],
  'skipped-ink': ['#525b65', '#adb6bf'],
  'skipped-ground': ['#eceef0', '#292e34'],
  'skipped-bar': ['#868f98', '#78828c'],
  'ignored-ink': ['#5f3596', '#d6bcff'],
  'ignored-ground': ['#eee5f9', '#37285a'],
  'ignored-bar': ['#8a5fc4', '#a67fe0'],
  'failed-ink': ['#ffffff', '#ffffff'],
  'failed-ground': ['#bb232b', '#b3262e'],
  'failed-bar': ['#bb232b', '#e0545b'],
  'unreachable-ink': ['#ffffff', '#ffffff'],
  'unreachable-ground': ['#7b1f50', '#8c2b60'],
  'unreachable-bar': ['#7b1f50', '#c25a96'],
  'timed-out-ink': ['#ffffff', '#ffffff'],
  'timed-out-ground': ['#874800', '#8a4b00'],
  'timed-out-bar': ['#874800', '#c77a24'],
  'cancelled-ink': ['#463a70', '#cfc5f7'],
  'cancelled-ground': ['#e3ddf3', '#342c55'],
  'cancelled-bar': ['#6f62a3', '#8d80c4'],
  'unfinished-ink': ['#4a4944', '#ccc9c1'],
  'unfinished-ground': ['#e4e2dc', '#393733'],
  'unfinished-bar': ['#8a877d', '#85827a'],
  'running-ink': ['#0a4c8f', '#acd4ff'],
  'running-ground': ['#d9e9fd', '#163a63'],
  'running-bar': ['#2f7fd1', '#4f9be6'],
  'waiting-ink': ['#575e66', '#a3abb4'],
  'waiting-ground': ['#f8f8f6', '#1b1e22'],
  'ansi-red': ['#a8141c', '#ff8f8f'],
  'ansi-green': ['#125c2b', '#8fdca6'],
  'ansi-yellow': ['#6f4300', '#f2cf7d'],
  'ansi-blue': ['#0a4c8f', '#8dc1ff'],
  'ansi-magenta': ['#7a2a78', '#e7a6e4'],
  'ansi-cyan': ['#0b5a61', '#86d9e0'],
  'ansi-grey': ['#575e66', '#a3abb4'],
} as const satisfies Readonly<Record<string, Pair>>;

export type ColourName = keyof typeof COLOURS;

/** The words of marks, each with an ink, a ground and a bar. */
export const STATUSES = [
  'ok',
  'changed',
  'skipped',
  'ignored',
  'failed',
  'unreachable',
  'timed-out',
  'cancelled',
  'unfinished',
  'running',
  'waiting',
] as const;
const ANSI = ['ansi-red', 'ansi-green', 'ansi-yellow', 'ansi-blue', 'ansi-magenta', 'ansi-cyan', 'ansi-grey'] as const;
const GROUNDS = ['ground', 'panel', 'sunken', 'accent-ground'] as const;

/** Every text and the ground it stands on. */
export const TEXT_PAIRS: readonly (readonly [ink: ColourName, ground: ColourName])[] = [
  ...GROUNDS.flatMap((ground) => [['ink', ground] as const, ['quiet', ground] as const, ['accent', ground] as const]),
  ...STATUSES.map((status) => [`${status}-ink`, `${status}-ground`] as const),
  ['alarm-ink', 'alarm-ground'],
  ...ANSI.map((name) => [name, 'sunken'] as const),
];

/** Every bar, line of a chart and edge of a control, and the ground it must be told from. */
export const SHAPE_PAIRS: readonly (readonly [shape: ColourName, ground: ColourName])[] = [
  ...STATUSES.filter((status) => status !== 'waiting').map((status) => [`${status}-bar`, 'panel'] as const),
  ['edge', 'panel'],
  ['accent', 'panel'],
];

/** The variables, as declarations of CSS; which of the two holds is up to `color-scheme`. */
export function colourVariables(): string {
  return Object.entries(COLOURS)
    .map(([name, [light, dark]]) => `--${name}: light-dark(${light}, ${dark});`)
    .join('\n  ');
}
