// How many cells of a terminal a text takes. It does not know what the text says.

type Width = (text: string) => number;

/** One cell for each character: no width needs to be looked up. */
const PLAIN = /^[\x20-\x7e]*$/;
// Made when the first unusual character is seen: its data take longer to load than most reports.
let graphemes: Intl.Segmenter | undefined;
let exact: Width | undefined;

/** Loads the tables of widths, which take as long as all the rest of a report: only where somebody looks at a terminal. */
export async function loadCellWidths(): Promise<void> {
  exact ??= (await import('string-width')).default;
}

/** @param text - One line without control characters. Before the tables are loaded every unusual character counts as a wide one. */
export function cellWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  if (exact !== undefined) return exact(text);
  let width = 0;
  for (const { segment } of segmentsOf(text)) width += PLAIN.test(segment) ? 1 : 2;
  return width;
}

/**
 * Cuts a line to a width, with an ellipsis where something was cut.
 *
 * @param text - One line without control characters.
 * @param columns - In terminal cells: a wide character takes two.
 */
export function clip(text: string, columns: number): string {
  if (cellWidth(text) <= columns) return text;
  if (PLAIN.test(text)) return `${text.slice(0, columns - 1)}…`;
  let kept = '';
  let width = 0;
  for (const { segment } of segmentsOf(text)) {
    width += cellWidth(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

function segmentsOf(text: string): Intl.Segments {
  graphemes ??= new Intl.Segmenter();
  return graphemes.segment(text);
}
