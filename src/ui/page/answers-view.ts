// What hosts answered: to one task, those that said the same together; or all of one host, in time.
import { useMemo } from 'preact/hooks';
import { MARKS } from '../marks.ts';
import type { Answer, AnswerList, AnswerPart } from '../wire.ts';
import { useAnswer } from './ask.ts';
import { type GridState, markAt, type TaskState } from './grid-state.ts';
import { html, type View } from './html.ts';
import { diffPieces, piecesOf } from './output-text.ts';
import { hashOf, queryOf, type Route } from './route.ts';
import { MarkSign, Pieces, whenThere } from './widgets.ts';
import { durationOf, namesOf, plural, shown } from './words.ts';

interface PanelProps {
  readonly grid: GridState;
  readonly route: Extract<Route, { readonly kind: 'run' }>;
}
/** A run that goes on is asked again, but not with each of its messages. */
const ASK_EVERY_MS = 2_000;

export function AnswersPanel({ grid, route }: PanelProps): View {
  const { id, task, host } = route;
  const about = grid.tasks.find((one) => one.id === task);
  const isLive = grid.row.state === 'running';
  const version = isLive ? Math.floor(grid.row.lastAtMs / ASK_EVERY_MS) : grid.row.state;
  const answer = useAnswer<AnswerList>(`/api/runs/${encodeURIComponent(id)}/answers${queryOf({ task: task?.toString(), host })}`, version);
  return html`<aside class="panel answers" aria-label="Answers">
    <header>
      <div>
        <h2>${host === undefined ? shown(about?.name ?? 'This task') : shown(host)}</h2>
        <${About} route=${route} task=${about} />
      </div>
      <a href=${hashOf({ kind: 'run', id, view: route.view })} aria-label="Close" title="Esc">✕</a>
    </header>
    ${host !== undefined && task === undefined && html`<${HostTimeline} grid=${grid} route=${route} host=${host} />`}
    ${whenThere(
      answer,
      ({ answers, left }) => html`
      ${answers.length === 0 && html`<p class="answer quiet">${isLive ? 'No answer yet' : 'There is no answer: it was not reached'}</p>`}
      ${answers.map((one, index) => html`<${AnswerBlock} key=${index} answer=${one} route=${route} withTask=${task === undefined} />`)}
      ${left > 0 && html`<p class="answer quiet">and ${plural(left, 'more answer')} that differ; choose a host to see its own</p>`}
    `,
    )}
  </aside>`;
}

/** Where the task stands, and the ways to what is beside these answers. */
function About({ route, task }: { readonly route: PanelProps['route']; readonly task: TaskState | undefined }): View {
  const { host } = route;
  const parts: View[] = [];
  if (host !== undefined && task !== undefined) parts.push(html`<span>${shown(task.name)}</span>`);
  if (task !== undefined) parts.push(html`<span class="mono">${shown(task.module)}</span>`);
  if (task !== undefined && task.place !== '') parts.push(html`<span>${shown(task.place)}</span>`);
  if (host !== undefined && task !== undefined) {
    parts.push(
      html`<a href=${hashOf({ ...route, task: undefined })}>all its tasks</a>`,
      html`<a href=${hashOf({ ...route, host: undefined })}>all hosts</a>`,
    );
  }
  if (host !== undefined) parts.push(html`<a href=${hashOf({ kind: 'host', host })}>in all runs</a>`);
  return html`<p class="quiet">${parts.map((part, index) => (index === 0 ? part : html` · ${part}`))}</p>`;
}

function AnswerBlock({
  answer,
  route,
  withTask,
}: {
  readonly answer: Answer;
  readonly route: PanelProps['route'];
  readonly withTask: boolean;
}): View {
  const { hosts, mark, facts, parts, isCut } = answer;
  const [only] = hosts;
  return html`<article class="answer">
    <h3 class="row"><${MarkSign} mark=${mark} /><span class="sr-only">${MARKS[mark].word}</span>
      ${
        withTask
          ? html`<a href=${hashOf({ ...route, task: answer.task })}>${shown(answer.taskName)}</a>`
          : html`<span class="who">${hosts.length === 1 && only !== undefined ? html`<a href=${hashOf({ ...route, host: only })}>${shown(only)}</a>` : namesOf(hosts)}</span>`
      }
      ${hosts.length > 1 && html`<span class="quiet">${plural(hosts.length, 'host')}</span>`}
      <span class="quiet">${facts.map(shown).join(' · ') || MARKS[mark].word}</span></h3>
    ${parts.map((part, index) => html`<${PartBlock} key=${index} part=${part} />`)}
    ${isCut && html`<p class="quiet">This is its beginning; the answer of one host is shown whole.</p>`}
  </article>`;
}

function PartBlock({ part: { kind, title, text } }: { readonly part: AnswerPart }): View {
  const pieces = useMemo(() => (kind === 'diff' ? diffPieces(text) : piecesOf(text)), [kind, text]);
  return html`<figure class=${kind}><figcaption>${title}</figcaption><pre tabindex="0"><${Pieces} pieces=${pieces} /></pre></figure>`;
}

/** One host's tasks, each where in the run it was. */
function HostTimeline({ grid, route, host }: PanelProps & { readonly host: string }): View {
  const at = grid.hosts.indexOf(host);
  const lines = grid.tasks
    .map((task) => ({ task, mark: markAt(grid, task, at), endedMs: task.endedMs[at] ?? -1, tookMs: task.tookMs[at] ?? -1 }))
    .filter(({ mark }) => mark !== '.');
  const wholeMs = Math.max(1, ...lines.map(({ endedMs }) => endedMs));
  return html`<div class="timeline" aria-label="Its tasks in time">
    ${lines.map(({ task, mark, endedMs, tookMs }) => {
      const { word } = MARKS[mark];
      const from = endedMs < 0 ? (task.startedMs / wholeMs) * 100 : ((endedMs - tookMs) / wholeMs) * 100;
      const left = Math.max(0, Math.min(99, from));
      const width = endedMs < 0 ? 100 - left : Math.min(100 - left, (tookMs / wholeMs) * 100);
      return html`<a key=${task.id} href=${hashOf({ ...route, task: task.id })}><${MarkSign} mark=${mark} /><span class="sr-only">${word}</span>
        <span class="label" title=${shown(task.name)}>${shown(task.name)}</span>
        <span class="lane"><i class=${`bar-${word}`} style=${{ left: `${left}%`, width: `${width}%` }}></i></span>
        <span class="number">${tookMs <= 0 ? '' : durationOf(tookMs)}</span></a>`;
    })}
  </div>`;
}
