// One host through all runs: how each ended there, and what it changed or failed at.
import { useState } from 'preact/hooks';
import { MARKS, markOf, rankOf } from '../marks.ts';
import type { HostHistory, HostRun } from '../wire.ts';
import { useAnswer } from './ask.ts';
import { html, type View } from './html.ts';
import { hashOf, queryOf } from './route.ts';
import { FaultNotes, MarkSign, whenThere } from './widgets.ts';
import { durationOf, exactTimeOf, plural, shown, timeOf } from './words.ts';

/** So many tasks of a run are named. */
const MOST_NAMED = 4;

export function HostView({ host }: { readonly host: string }): View {
  const [before, setBefore] = useState<readonly string[]>([]);
  const page = before.at(-1);
  const answer = useAnswer<HostHistory>(`/api/hosts/${encodeURIComponent(host)}${queryOf({ before: page })}`);
  return html`
    <header class="spread"><h1>${shown(host)}</h1><a href=${hashOf({ kind: 'drift', host })}>Drift of this host</a></header>
    ${whenThere(
      answer,
      ({ runs, next, faults }) => html`
      <${FaultNotes} faults=${faults} />
      ${
        runs.length === 0
          ? html`<section class="card"><h2>No run knows a host of this name</h2><p><a href="#/runs">All runs</a></p></section>`
          : html`<div class="panel scroll-x"><table>
            <thead><tr><th>There</th><th>Run</th><th class="wide-only">Began</th><th>What it did there</th></tr></thead>
            <tbody>${runs.map((run) => html`<${HostLine} key=${run.row.id} run=${run} host=${host} />`)}</tbody></table></div>`
      }
      ${
        (page !== undefined || next !== undefined) &&
        html`<div class="row">
        <button disabled=${page === undefined} onClick=${() => setBefore(before.slice(0, -1))}>Newer</button>
        <button disabled=${next === undefined} onClick=${() => next !== undefined && setBefore([...before, next])}>Older</button>
      </div>`
      }
    `,
    )}`;
}

function HostLine({ run: { row, status, tasks }, host }: { readonly run: HostRun; readonly host: string }): View {
  const mark = markOf(status);
  const told = tasks.filter((task) => rankOf(task.mark) <= rankOf('c'));
  const tookMs = tasks.reduce((sum, task) => sum + task.tookMs, 0);
  const names = told
    .slice(0, MOST_NAMED)
    .map(
      (task, index) =>
        html`<span class="row stay" key=${index}><${MarkSign} mark=${task.mark} /><span class="sr-only">${MARKS[task.mark].word}</span>${shown(task.name)}</span>`,
    );
  return html`<tr>
    <td><span class="row stay"><${MarkSign} mark=${mark} />${MARKS[mark].word}</span></td>
    <td class="subject"><a href=${hashOf({ kind: 'run', id: row.id, view: 'grid', host })} title=${shown(row.subject)}>
      <span class="quiet mono">${row.verb}</span> ${shown(row.subject)}</a></td>
    <td class="number wide-only"><time title=${exactTimeOf(row.atMs)}>${timeOf(row.atMs, Date.now())}</time></td>
    <td>${names}${told.length > MOST_NAMED && html`<span class="quiet">and ${plural(told.length - MOST_NAMED, 'more task')}</span>`}
      ${told.length === 0 && html`<span class="quiet">${plural(tasks.length, 'task')}, nothing changed, ${durationOf(tookMs)}</span>`}</td>
  </tr>`;
}
