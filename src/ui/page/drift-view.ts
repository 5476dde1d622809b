// How much changed and failed from run to run: hosts of a playbook, or tasks of one host. A quiet line is what one hopes for.
import { useEffect, useMemo, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Drift, DriftPoint } from '../wire.ts';
import { useAnswer } from './ask.ts';
import { html, type View } from './html.ts';
import { hashOf, navigate, queryOf, type Route } from './route.ts';
import { Counts, FaultNotes, partsOf, whenThere } from './widgets.ts';
import { exactTimeOf, plural, shown, timeOf } from './words.ts';

type DriftRoute = Extract<Route, { readonly kind: 'drift' }>;

/** The lines of the chart: the sum of these counts, in the colour of the first. */
const LINES: readonly (readonly [label: string, ...(keyof DriftPoint['counts'])[]])[] = [
  ['changed', 'changed'],
  ['failed', 'failed', 'unreachable', 'timed-out'],
];
const CHART_HEIGHT_PX = 260;

export function DriftView({ route }: { readonly route: DriftRoute }): View {
  const { host, subject } = route;
  const answer = useAnswer<Drift>(`/api/drift${queryOf({ host, verb: 'play' })}`);
  return html`
    <header class="spread"><h1>Drift${host === undefined ? '' : html` of <a href=${hashOf({ kind: 'host', host })}>${shown(host)}</a>`}</h1></header>
    <p class="quiet">What each play ${host === undefined ? 'changed, in hosts' : 'changed there, in tasks'}. A playbook that finds everything as it left it draws a line at zero.</p>
    ${whenThere(answer, ({ points, faults }) => {
      const subjects = [...new Set(points.map((point) => point.subject))];
      const wanted = subject === undefined ? points : points.filter((point) => point.subject === subject);
      return html`<${FaultNotes} faults=${faults} />
        ${
          subjects.length > 1 &&
          html`<search class="filters"><label>Playbook
          <select value=${subject ?? ''} onChange=${(event: Event) => navigate({ ...route, subject: (event.target as HTMLSelectElement).value || undefined })}>
            <option value="">all</option>${subjects.map((name) => html`<option key=${name} value=${name}>${shown(name)}</option>`)}
          </select></label></search>`
        }
        ${
          wanted.length === 0
            ? html`<section class="card"><h2>No play has been run yet</h2><p>Each run of a playbook will be a point here.</p></section>`
            : html`<${Chart} points=${wanted} unit=${host === undefined ? 'host' : 'task'} /><${PointTable} points=${wanted} host=${host} />`
        }`;
    })}`;
}

function Chart({ points, unit }: { readonly points: readonly DriftPoint[]; readonly unit: string }): View {
  const box = useRef<HTMLDivElement>(null);
  const theme = useMemo(() => matchMedia('(prefers-color-scheme: dark)'), []);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    let chart: uPlot | undefined;
    const draw = (): void => {
      chart?.destroy();
      chart = new uPlot(optionsOf(element, unit), dataOf(points), element);
    };
    draw();
    const sizes = new ResizeObserver(() => chart?.setSize({ width: widthOf(element), height: CHART_HEIGHT_PX }));
    sizes.observe(element);
    // A canvas keeps the colours it was painted with.
    const themes = new MutationObserver(draw);
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    theme.addEventListener('change', draw);
    return () => {
      sizes.disconnect();
      themes.disconnect();
      theme.removeEventListener('change', draw);
      chart?.destroy();
    };
  }, [points, unit]);
  const changed = points.filter((point) => sumOf(point, LINES[0]?.slice(1) ?? []) > 0).length;
  const text = `${plural(points.length, 'play')}; ${changed} of them changed something. The table below has the numbers.`;
  return html`<div class="panel chart" role="img" aria-label=${text} ref=${box}></div>`;
}

function dataOf(points: readonly DriftPoint[]): uPlot.AlignedData {
  return [
    points.map(({ atMs }) => atMs / 1_000),
    ...LINES.map(([, ...statuses]) => points.map((point) => sumOf(point, statuses))),
  ] as uPlot.AlignedData;
}

function sumOf({ counts }: DriftPoint, statuses: readonly string[]): number {
  return statuses.reduce((sum, status) => sum + (counts[status as keyof DriftPoint['counts']] ?? 0), 0);
}

function optionsOf(element: HTMLElement, unit: string): uPlot.Options {
  const [ink, line] = [colourOf(element, 'quiet'), colourOf(element, 'line')];
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  const whole = (_chart: uPlot, values: readonly number[]): string[] =>
    values.map((value) => (Number.isInteger(value) ? String(value) : ''));
  return {
    width: widthOf(element),
    height: CHART_HEIGHT_PX,
    scales: { y: { range: (_chart, _least, most) => [0, Math.max(1, most * 1.1)] } },
    axes: [
      { ...axis, values: clockOf },
      { ...axis, label: `${unit}s`, labelSize: 18, values: whole },
    ],
    series: [
      { label: 'Began' },
      ...LINES.map(([label, status]) => ({
        label,
        stroke: colourOf(element, `${status}-bar`),
        width: 2,
        // Told apart without colour too.
        ...(label === 'failed' ? { dash: [6, 4] } : {}),
        points: { show: true, size: 6 },
      })),
    ],
  };
}

/** Days where the marks are days apart, else the time of the day. */
function clockOf(_chart: uPlot, seconds: readonly number[], _axis: number, _space: number, stepSeconds: number): string[] {
  const text = (at: Date): string =>
    stepSeconds < 86_400 ? at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' }) : at.toLocaleDateString('sv-SE').slice(5);
  return seconds.map((second) => text(new Date(second * 1_000)));
}

function widthOf(element: HTMLElement): number {
  return Math.max(200, element.clientWidth - 32);
}

/** A variable of the style as a colour that a canvas knows. */
function colourOf(element: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(--${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function PointTable({ points, host }: { readonly points: readonly DriftPoint[]; readonly host: string | undefined }): View {
  return html`<div class="panel scroll-x"><table>
    <thead><tr><th>Began</th><th>Playbook</th><th>${host === undefined ? 'Hosts' : 'Tasks'}</th></tr></thead>
    <tbody>${points.toReversed().map(
      ({ id, atMs, subject, counts }) => html`<tr key=${id}>
      <td class="number"><time title=${exactTimeOf(atMs)}>${timeOf(atMs, Date.now())}</time></td>
      <td class="subject"><a href=${hashOf({ kind: 'run', id, view: 'grid', host })}>${shown(subject)}</a></td>
      <td><${Counts} parts=${partsOf(counts)} /></td></tr>`,
    )}</tbody>
  </table></div>`;
}
