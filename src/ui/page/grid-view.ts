// The grid of hosts and tasks: only what is in sight is made, so that a thousand hosts cost no more than forty.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { MARKS } from '../marks.ts';
import { type GridRow, type GridState, rowsOf } from './grid-state.ts';
import { html, type View } from './html.ts';
import { focusFilter, useKeys } from './keys.ts';
import { hashOf, navigate, type Route } from './route.ts';
import { namesOf, plural, shown } from './words.ts';

const ROW_PX = 26;
const COLUMN_PX = 28;
const CELL_GAP_PX = 2;
const HEAD_PX = 150;
/** So many beyond the edge of what is in sight. */
const SPARE = 6;
/** From so many hosts on, those that went the same way stand on one line. */
const FOLD_FROM = 40;

interface GridProps {
  readonly grid: GridState;
  readonly route: Extract<Route, { readonly kind: 'run' }>;
}
/** Where somebody is: column -1 is the name of the row. */
interface Place {
  readonly row: number;
  readonly column: number;
}

export function GridView({ grid, route }: GridProps): View {
  const [wanted, setWanted] = useState('');
  const [folds, setFolds] = useState<boolean | undefined>(undefined);
  const isFolded = folds ?? grid.hosts.length > FOLD_FROM;
  const rows = useMemo(() => rowsOf(grid, isFolded, wanted), [grid, isFolded, wanted]);
  const box = useRef<HTMLDivElement>(null);
  const sight = useSight(box);
  const [place, setPlace] = useState<Place | undefined>(undefined);
  const columns = grid.tasks.length;
  const go = (to: Place): void => {
    const next = { row: clamp(to.row, 0, rows.length - 1), column: clamp(to.column, -1, columns - 1) };
    setPlace(next);
    if (box.current !== null) bringIntoSight(box.current, next);
  };
  const here = place ?? { row: 0, column: -1 };
  const open = ({ row, column }: Place): void => {
    const line = rows[row];
    if (line === undefined) return;
    const [host] = line.hosts;
    const task = grid.tasks[column]?.id;
    const isOne = line.hosts.length === 1 || column === -1;
    navigate({ ...route, task, host: isOne ? host : undefined });
  };
  const keys = useMemo(
    () => ({
      j: () => go({ row: place === undefined ? 0 : here.row + 1, column: here.column }),
      k: () => go({ row: here.row - 1, column: here.column }),
      l: () => go({ row: here.row, column: here.column + 1 }),
      h: () => go({ row: here.row, column: here.column - 1 }),
      '/': focusFilter,
      f: () => setFolds(!isFolded),
    }),
    [rows, columns, place, isFolded],
  );
  useKeys(keys);
  const arrows: Readonly<Record<string, readonly [number, number]>> = {
    ArrowDown: [1, 0],
    ArrowUp: [-1, 0],
    ArrowRight: [0, 1],
    ArrowLeft: [0, -1],
    PageDown: [20, 0],
    PageUp: [-20, 0],
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = arrows[event.key];
    if (step !== undefined) go({ row: here.row + step[0], column: here.column + step[1] });
    else if (event.key === 'Enter' || event.key === ' ') open(here);
    else return;
    event.preventDefault();
  };
  // The place somebody went to by keys is where the next key is heard.
  useLayoutEffect(() => {
    if (place !== undefined) box.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true });
  }, [place]);
  const first = Math.max(0, Math.floor(sight.top / ROW_PX) - SPARE);
  const last = Math.min(rows.length, Math.ceil((sight.top + sight.height) / ROW_PX) + SPARE);
  const firstColumn = Math.max(0, Math.floor(sight.left / COLUMN_PX) - SPARE);
  const lastColumn = Math.min(columns, Math.ceil((sight.left + sight.width) / COLUMN_PX) + SPARE);
  return html`<section class="panel" aria-label="Hosts and tasks">
    <div class="row tools">
      <input type="search" aria-label="Hosts with this in their name" placeholder="Find hosts" value=${wanted} data-filter spellcheck=${false}
        onInput=${(event: Event) => setWanted((event.target as HTMLInputElement).value)} />
      <button aria-pressed=${isFolded} onClick=${() => setFolds(!isFolded)}>Fold what is alike</button>
      <span class="quiet number">${countText(rows, grid.hosts.length)}</span>
    </div>
    <div class="grid" ref=${box} role="grid" aria-label="Hosts and tasks" aria-rowcount=${rows.length + 1} aria-colcount=${columns + 1} onKeyDown=${onKeyDown}>
      <div class="grid-space" style=${{ height: `${HEAD_PX + rows.length * ROW_PX}px`, width: `calc(var(--name) + ${columns * COLUMN_PX + 12}px)` }}>
        <div class="grid-head" role="row" aria-rowindex="1" style=${{ height: `${HEAD_PX}px` }}>
          <div class="grid-corner" role="columnheader" aria-colindex="1">worst first</div>
          ${grid.tasks.slice(firstColumn, lastColumn).map((task, index) => {
            const column = firstColumn + index;
            return html`<a key=${column} role="columnheader" aria-colindex=${column + 2} tabindex="-1" title=${`${shown(task.name)}\n${shown(task.module)}, ${shown(task.place)}`}
              class=${`grid-task ${task.id === route.task ? 'here' : ''}`} href=${hashOf({ ...route, task: task.id, host: undefined })}
              style=${{ left: `calc(var(--name) + ${column * COLUMN_PX}px)`, width: `${COLUMN_PX}px` }}><span>${shown(task.name)}</span></a>`;
          })}
        </div>
        ${rows.slice(first, last).map((row, index) => line(row, first + index))}
      </div>
    </div>
    ${rows.length === 0 && html`<p class="quiet tools">No host is called so.</p>`}
  </section>`;

  function line(row: GridRow, at: number): View {
    const isHere = at === here.row;
    const name = nameOf(row);
    const isShown = route.host !== undefined && row.hosts.includes(route.host);
    return html`<div key=${row.key} class="grid-row" role="row" aria-rowindex=${at + 2} style=${{ top: `${HEAD_PX + at * ROW_PX}px`, height: `${ROW_PX}px` }}>
      <a role="rowheader" aria-colindex="1" tabindex=${isHere && here.column === -1 ? 0 : -1} class=${`grid-name ${isShown ? 'here' : ''}`} title=${name}
        href=${hashOf({ ...route, task: undefined, host: row.hosts[0] })}>${name}${row.hosts.length > 1 && html` <small>(${row.hosts.length})</small>`}</a>
      ${row.marks.slice(firstColumn, lastColumn).map((mark, index) => {
        const column = firstColumn + index;
        const { sign, word } = MARKS[mark];
        const isCursor = isHere && column === here.column;
        const isOpen = isShown && grid.tasks[column]?.id === route.task;
        return html`<div key=${column} role="gridcell" aria-colindex=${column + 2} aria-label=${`${shown(grid.tasks[column]?.name ?? '')}: ${word}`}
          tabindex=${isCursor ? 0 : -1} class=${`grid-cell mark-${word} ${isOpen ? 'here' : ''}`} title=${`${shown(grid.tasks[column]?.name ?? '')}: ${word}`}
          style=${{ left: `calc(var(--name) + ${column * COLUMN_PX + CELL_GAP_PX / 2}px)`, width: `${COLUMN_PX - CELL_GAP_PX}px` }}
          onClick=${() => {
            setPlace({ row: at, column });
            open({ row: at, column });
          }}>${sign}</div>`;
      })}
    </div>`;
  }
}

/** A thousand names fold in no time; a name that is alone need not. */
function nameOf({ hosts }: GridRow): string {
  return hosts.length === 1 ? shown(hosts[0] ?? '') : namesOf(hosts);
}

function countText(rows: readonly GridRow[], all: number): string {
  const hosts = rows.reduce((sum, row) => sum + row.hosts.length, 0);
  const text = hosts === all ? plural(all, 'host') : `${hosts} of ${plural(all, 'host')}`;
  return rows.length === hosts ? text : `${text} on ${plural(rows.length, 'line')}`;
}

interface Sight {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** What of a box is in sight, as it is scrolled and sized. */
function useSight(box: { readonly current: HTMLDivElement | null }): Sight {
  const [sight, setSight] = useState<Sight>({ top: 0, left: 0, height: 800, width: 1_200 });
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const look = (): void =>
      setSight({ top: element.scrollTop, left: element.scrollLeft, height: element.clientHeight, width: element.clientWidth });
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);
  return sight;
}

function bringIntoSight(box: HTMLElement, { row, column }: Place): void {
  const top = row * ROW_PX;
  const room = box.clientHeight - HEAD_PX - ROW_PX;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top > box.scrollTop + room) box.scrollTop = top - room;
  if (column === -1) return;
  const name = box.querySelector<HTMLElement>('.grid-corner')?.offsetWidth ?? 0;
  const left = column * COLUMN_PX;
  const width = box.clientWidth - name - COLUMN_PX;
  if (left < box.scrollLeft) box.scrollLeft = left;
  else if (left > box.scrollLeft + width) box.scrollLeft = left - width;
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
