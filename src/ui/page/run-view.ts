// One run: what it is, what it waits for, its grid or its tasks, and beside them the answers somebody asked for.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { MARKS } from '../marks.ts';
import type { Fault, GridMessage } from '../wire.ts';
import { AnswersPanel } from './answers-view.ts';
import { listen } from './ask.ts';
import { applied, type GridState, marksOf, stateOf, waitsFor } from './grid-state.ts';
import { GridView } from './grid-view.ts';
import { html, type View } from './html.ts';
import { useKeys } from './keys.ts';
import { hashOf, navigate, type Route } from './route.ts';
import { TasksView } from './tasks-view.ts';
import { Counts, FaultCard, MarkSign, partsOf, StateChip } from './widgets.ts';
import { durationOf, exactTimeOf, namesOf, plural, shown } from './words.ts';

export type RunRoute = Extract<Route, { readonly kind: 'run' }>;
const KINDS: readonly GridMessage['kind'][] = ['snapshot', 'update', 'idle', 'over', 'fault'];
/** More are too many names to be read. */
const MOST_WAITING = 3;

export function RunView({ route, onLine }: { readonly route: RunRoute; readonly onLine: (isOpen: boolean) => void }): View {
  const { grid, fault } = useRun(route.id, onLine);
  const hasPanel = route.task !== undefined || route.host !== undefined;
  const keys = useMemo(() => ({ Escape: () => hasPanel && navigate({ kind: 'run', id: route.id, view: route.view }) }), [route]);
  useKeys(keys);
  if (fault !== undefined) return html`<${FaultCard} fault=${fault} />`;
  if (grid === undefined) return html`<p class="quiet" aria-busy="true">Reading the journal …</p>`;
  return html`
    <${Head} grid=${grid} />
    <div class="spread">
      <div class="tabs" role="navigation" aria-label="Views of this run">
        ${(['grid', 'tasks'] as const).map(
          (view) => html`<a key=${view} href=${hashOf({ ...route, view })}
          aria-current=${route.view === view ? 'page' : undefined}>${view === 'grid' ? 'Hosts and tasks' : 'Tasks in time'}</a>`,
        )}
      </div>
      <${Legend} grid=${grid} />
    </div>
    <div class=${`split ${hasPanel ? 'open' : ''}`}>
      ${route.view === 'grid' ? html`<${GridView} grid=${grid} route=${route} />` : html`<${TasksView} grid=${grid} route=${route} />`}
      ${hasPanel && html`<${AnswersPanel} grid=${grid} route=${route} />`}
    </div>
  `;
}

interface Watched {
  readonly id: string;
  readonly grid?: GridState | undefined;
  readonly fault?: Fault | undefined;
}

/** The run as it is, for as long as the view is there. */
function useRun(id: string, onLine: (isOpen: boolean) => void): Watched {
  const [watched, setWatched] = useState<Watched>({ id });
  useEffect(() => {
    const onMessage = (message: GridMessage): boolean => {
      if (message.kind === 'snapshot') setWatched({ id, grid: stateOf(message) });
      else if (message.kind === 'update') setWatched(({ grid }) => ({ id, grid: grid === undefined ? undefined : applied(grid, message) }));
      else if (message.kind === 'fault') setWatched({ id, fault: message.fault });
      return message.kind === 'over' || message.kind === 'fault';
    };
    return listen(`/api/runs/${encodeURIComponent(id)}/live`, { kinds: KINDS, onMessage, onLine });
  }, [id]);
  return watched.id === id ? watched : { id };
}

function Head({ grid }: { readonly grid: GridState }): View {
  const { row, hosts, tasks, argv, cwd, inventory } = grid;
  const now = useClock(row.state === 'running');
  const endMs = row.state === 'running' ? Math.max(now, row.lastAtMs) : row.lastAtMs;
  return html`<header class="run-head">
    <div class="spread"><h1><span class="quiet mono">${row.verb}</span> ${shown(row.subject)}</h1>
      <div class="row"><${Counts} parts=${partsOf(row.counts)} /><${StateChip} row=${row} /></div></div>
    <div class="facts">
      <span>began <b class="number">${exactTimeOf(row.atMs)}</b></span>
      <span>${row.state === 'running' ? 'for' : 'took'} <b class="number">${durationOf(endMs - row.atMs)}</b></span>
      <span><b>${plural(hosts.length, 'host')}</b></span>
      ${row.verb === 'play' && html`<span><b>${plural(tasks.length, 'task')}</b></span>`}
      ${inventory.length > 0 && html`<span>of <b class="mono">${shown(inventory.join(', '))}</b></span>`}
      ${row.resumes !== undefined && html`<span>goes on with <a href=${hashOf({ kind: 'run', id: row.resumes, view: 'grid' })}>${row.resumes}</a></span>`}
      <details><summary>how it was called</summary><code>${shown(`cd ${cwd}; sshoal ${argv.join(' ')}`)}</code></details>
    </div>
    ${row.isTorn && html`<p class="note">The end of its journal is cut off: what came last is not known.</p>`}
    ${row.state === 'interrupted' && html`<p class="note">Its process is gone and it came to no end. A play goes on with <code>sshoal play --resume ${row.id}</code></p>`}
    ${row.state === 'running' && html`<${Now} grid=${grid} sinceStartMs=${endMs - row.atMs} />`}
  </header>`;
}

function Now({ grid, sinceStartMs }: { readonly grid: GridState; readonly sinceStartMs: number }): View {
  const waiting = waitsFor(grid);
  const text = waiting
    .slice(0, MOST_WAITING)
    .map(({ task, hosts }) => `${shown(task.name)} on ${namesOf(hosts)}, for ${durationOf(sinceStartMs - task.startedMs)}`);
  const more = waiting.length > MOST_WAITING ? ` · and ${plural(waiting.length - MOST_WAITING, 'task')} more` : '';
  return html`<p class="now" role="status">${waiting.length === 0 ? 'Between two tasks' : `Waits for ${text.join(' · ')}${more}`}</p>`;
}

function Legend({ grid }: { readonly grid: GridState }): View {
  return html`<div class="legend" aria-label="What the signs mean">
    ${marksOf(grid).map((mark) => html`<span key=${mark}><${MarkSign} mark=${mark} />${MARKS[mark].word}</span>`)}
  </div>`;
}

/** The time, each second while somebody needs it. */
function useClock(isTicking: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!isTicking) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [isTicking]);
  return now;
}
