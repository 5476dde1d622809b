// The tasks of a run: how hosts came out of each, when it was at work, and where it took longest.
import { useMemo, useState } from 'preact/hooks';
import { type GridState, spanOf, tallyOf } from './grid-state.ts';
import { html, type View } from './html.ts';
import { useKeys } from './keys.ts';
import { hashOf, navigate, type Route } from './route.ts';
import { Bar, Counts } from './widgets.ts';
import { durationOf, shown } from './words.ts';

interface TasksProps {
  readonly grid: GridState;
  readonly route: Extract<Route, { readonly kind: 'run' }>;
}

export function TasksView({ grid, route }: TasksProps): View {
  const [isBySlowest, setBySlowest] = useState(false);
  const wholeMs = Math.max(1, (grid.row.state === 'running' ? Date.now() : grid.row.lastAtMs) - grid.row.atMs);
  const lines = grid.tasks.map((task, index) => ({
    task,
    number: index + 1,
    span: spanOf(grid, task, wholeMs),
    tally: tallyOf(grid, task),
  }));
  if (isBySlowest) lines.sort((a, b) => (b.span.slowest?.ms ?? 0) - (a.span.slowest?.ms ?? 0));
  const at = lines.findIndex(({ task }) => task.id === route.task);
  const keys = useMemo(() => {
    const go = (to: number): void => {
      const next = lines[Math.max(0, Math.min(lines.length - 1, to))];
      if (next !== undefined) navigate({ ...route, task: next.task.id, host: undefined });
    };
    return { j: () => go(at + 1), k: () => go(at - 1) };
  }, [grid, route, isBySlowest]);
  useKeys(keys);
  return html`<section class="panel" aria-label="Tasks">
    <div class="row tools">
      <button aria-pressed=${isBySlowest} onClick=${() => setBySlowest(!isBySlowest)}>Slowest first</button>
    </div>
    <div class="scroll-x"><table class="tasks">
      <thead><tr><th class="wide-only"><span class="sr-only">Number</span></th><th>Task</th><th>Hosts</th><th>When</th><th class="wide-only">Longest</th></tr></thead>
      <tbody>${lines.map(({ task, number, span, tally }) => {
        const from = (span.fromMs / wholeMs) * 100;
        const width = Math.max(0, ((span.toMs - span.fromMs) / wholeMs) * 100);
        const when = `from ${durationOf(span.fromMs)} to ${durationOf(span.toMs)}`;
        return html`<tr key=${task.id} class=${task.id === route.task ? 'here' : ''}>
          <td class="number quiet wide-only">${number}</td>
          <td class="subject"><a href=${hashOf({ ...route, task: task.id, host: undefined })} title=${`${shown(task.name)}\n${shown(task.module)}, ${shown(task.place)}`}>
            ${task.isHandler && html`<span class="quiet">handler </span>`}${shown(task.name)}</a></td>
          <td><div class="row"><${Bar} parts=${tally} /><span class="wide-only"><${Counts} parts=${tally} /></span></div></td>
          <td><div class="lane" role="img" aria-label=${when} title=${when}>
            <i class="bar-running" style=${{ left: `${Math.min(from, 99)}%`, width: `${Math.min(width, 100 - Math.min(from, 99))}%` }}></i></div></td>
          <td class="number wide-only">${
            span.slowest === undefined
              ? ''
              : html`${durationOf(span.slowest.ms)} <span class="quiet">on </span>
            <a href=${hashOf({ ...route, task: task.id, host: span.slowest.host })}>${shown(span.slowest.host)}</a>`
          }</td>
        </tr>`;
      })}</tbody>
    </table></div>
  </section>`;
}
