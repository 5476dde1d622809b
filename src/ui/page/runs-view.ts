// The list of runs, narrowed and kept up to date. It does not know what a run did.
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { RunList, RunRow } from '../wire.ts';
import { listen, useAnswer } from './ask.ts';
import { html, type View } from './html.ts';
import { focusFilter, useKeys } from './keys.ts';
import { hashOf, type ListFilter, navigate, queryOf } from './route.ts';
import { Bar, Counts, FaultNotes, partsOf, StateChip, whenThere } from './widgets.ts';
import { durationOf, exactTimeOf, plural, shown, timeOf } from './words.ts';

const DAY_MS = 86_400_000;
const OUTCOMES = ['ok', 'changed', 'failed', 'unreachable', 'timed-out', 'cancelled', 'unfinished', 'running', 'interrupted'];
const VERBS = ['play', 'run', 'put', 'get', 'ping'];
const DAYS: readonly (readonly [string, string])[] = [
  ['1', 'a day'],
  ['7', 'a week'],
  ['30', 'a month'],
];

export function RunsView({ filter, onLine }: { readonly filter: ListFilter; readonly onLine: (isOpen: boolean) => void }): View {
  const [version, setVersion] = useState(0);
  const [before, setBefore] = useState<readonly string[]>([]);
  useEffect(() => {
    const onMessage = ({ kind }: { readonly kind: string }): boolean => {
      if (kind === 'changed') setVersion((now) => now + 1);
      return false;
    };
    return listen('/api/runs/changes', { kinds: ['changed', 'idle'], onMessage, onLine });
  }, []);
  const page = before.at(-1);
  const since = useMemo(() => (filter.days === undefined ? undefined : String(Date.now() - Number(filter.days) * DAY_MS)), [filter.days]);
  const { days: _days, ...texts } = filter;
  const answer = useAnswer<RunList>(`/api/runs${queryOf({ ...texts, since, before: page })}`, version);
  const isNarrowed = Object.values(filter).some((value) => value !== undefined);
  const narrow = (more: ListFilter): void => {
    setBefore([]);
    navigate({ kind: 'runs', filter: { ...filter, ...more } });
  };
  return html`
    <h1 class="sr-only">Runs</h1>
    <${Filters} filter=${filter} onChange=${narrow} />
    ${whenThere(
      answer,
      ({ runs, next, faults }) => html`
      <${FaultNotes} faults=${faults} />
      ${runs.length === 0 && faults.length === 0 ? html`<${NoRuns} isNarrowed=${isNarrowed} />` : runs.length > 0 && html`<${RunTable} runs=${runs} />`}
      ${
        (page !== undefined || next !== undefined) &&
        html`<div class="row">
        <button disabled=${page === undefined} onClick=${() => setBefore(before.slice(0, -1))}>Newer</button>
        <button disabled=${next === undefined} onClick=${() => next !== undefined && setBefore([...before, next])}>Older</button>
      </div>`
      }
    `,
    )}
  `;
}

function Filters({ filter, onChange }: { readonly filter: ListFilter; readonly onChange: (more: ListFilter) => void }): View {
  const choice = (name: keyof ListFilter, label: string, choices: readonly (readonly [string, string])[]): View => html`<label>${label}
    <select value=${filter[name] ?? ''} onChange=${(event: Event) => onChange({ [name]: (event.target as HTMLSelectElement).value || undefined })}>
      <option value="">any</option>
      ${choices.map(([value, text]) => html`<option key=${value} value=${value}>${text}</option>`)}
    </select></label>`;
  const field = (name: 'task' | 'host', label: string, hint: string): View => html`<label class="wide">${label}
    <input type="search" value=${filter[name] ?? ''} placeholder=${hint} spellcheck=${false} data-filter=${name === 'task' ? '' : undefined}
      onChange=${(event: Event) => onChange({ [name]: (event.target as HTMLInputElement).value || undefined })} /></label>`;
  return html`<search class="filters">
    ${field('task', 'Task or command', 'nginx')}
    ${field('host', 'Host', 'web[01-40] or db*')}
    ${choice(
      'outcome',
      'With',
      OUTCOMES.map((name) => [name, name]),
    )}
    ${choice(
      'verb',
      'Verb',
      VERBS.map((name) => [name, name]),
    )}
    ${choice('days', 'Within', DAYS)}
  </search>`;
}

function RunTable({ runs }: { readonly runs: readonly RunRow[] }): View {
  const [at, setAt] = useState(-1);
  const [now, setNow] = useState(Date.now());
  const isLive = runs.some(({ state }) => state === 'running');
  useEffect(() => {
    if (!isLive) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [isLive]);
  const move = (to: number): void => {
    const next = Math.max(0, Math.min(runs.length - 1, to));
    setAt(next);
    document.querySelector<HTMLElement>(`[data-run="${next}"]`)?.focus();
  };
  const keys = useMemo(() => ({ j: () => move(at + 1), k: () => move(at - 1), '/': focusFilter }), [at, runs]);
  useKeys(keys);
  return html`<div class="panel scroll-x"><table>
    <thead><tr><th>State</th><th>What</th><th class="wide-only">Began</th><th class="wide-only">Took</th><th>Hosts</th></tr></thead>
    <tbody>${runs.map((row, index) => {
      const parts = partsOf(row.counts);
      const hosts = parts.reduce((sum, [, count]) => sum + count, 0);
      const end = row.state === 'running' ? now : row.lastAtMs;
      return html`<tr key=${row.id} class=${index === at ? 'here' : ''}>
        <td><${StateChip} row=${row} /></td>
        <td class="subject"><a href=${hashOf({ kind: 'run', id: row.id, view: 'grid' })} data-run=${index} onFocus=${() => setAt(index)}
          title=${shown(row.subject)}><span class="quiet mono">${row.verb}</span> ${shown(row.subject)}</a></td>
        <td class="number wide-only"><time title=${exactTimeOf(row.atMs)}>${timeOf(row.atMs, now)}</time></td>
        <td class="number wide-only">${durationOf(end - row.atMs)}</td>
        <td><div class="row"><${Bar} parts=${parts} /><span class="wide-only"><${Counts} parts=${parts} /></span>
          <span class="sr-only">${plural(hosts, 'host')}</span></div></td>
      </tr>`;
    })}</tbody>
  </table></div>`;
}

function NoRuns({ isNarrowed }: { readonly isNarrowed: boolean }): View {
  if (isNarrowed) {
    return html`<section class="card"><h2>No run is like that</h2><p><a href="#/runs">Show all runs</a></p></section>`;
  }
  return html`<section class="card"><h1>Nothing has been run yet</h1>
    <p>Every run writes a journal, and will be here while it goes on and after. Try one in a terminal:</p>
    <pre>sshoal run all -- uptime</pre></section>`;
}
