// The style of the page, as text, since a compiler carries no other files. It does not know which element is where.
import { COLOURS, colourVariables, STATUSES } from './colours.ts';

/** Everything a browser needs, the chart's own style first. */
export function styleSheet(chartStyle: string): string {
  return `${chartStyle}\n:root {\n  ${colourVariables()}\n}\n${markRules()}\n${ansiRules()}\n${LAYOUT}`;
}

/** `.mark-failed` is a cell or a word of a status, `.bar-failed` a piece of a bar. */
function markRules(): string {
  return STATUSES.map(
    (name) =>
      `.mark-${name} { color: var(--${name}-ink); background: var(--${name}-ground); }${
        name === 'waiting' ? '' : `\n.bar-${name} { background: var(--${name}-bar); }`
      }`,
  ).join('\n');
}

function ansiRules(): string {
  const names = Object.keys(COLOURS).filter((name) => name.startsWith('ansi-'));
  return names.map((name) => `.${name} { color: var(--${name}); }`).join('\n');
}

const LAYOUT = `
:root { color-scheme: light dark; --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
*, *::before, *::after { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 14px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
h1, h2, h3, p, dl, dd, pre { margin: 0; }
h1 { font-size: 1.3rem; font-weight: 600; line-height: 1.3; overflow-wrap: anywhere; }
h2 { font-size: 1rem; font-weight: 600; }
h3 { font-size: 0.93rem; font-weight: 600; overflow-wrap: anywhere; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; border-radius: 3px; }
code, pre, .mono { font-family: var(--mono); font-size: 0.93em; }
button, input, select { font: inherit; color: inherit; }
button, select, input[type="text"], input[type="search"] { border: 1px solid var(--edge); border-radius: 6px; background: var(--panel); padding: 0.25rem 0.6rem; min-height: 2rem; }
button { cursor: pointer; }
button:hover { background: var(--sunken); }
button.main { border-color: var(--accent); color: var(--accent); background: var(--accent-ground); font-weight: 600; }
button.plain { border-color: transparent; background: none; }
button[aria-pressed="true"], .tabs [aria-current="page"] { background: var(--accent-ground); color: var(--accent); border-color: var(--accent); }
button:disabled { cursor: default; opacity: 0.6; }
.quiet { color: var(--quiet); }
.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.row.stay { flex-wrap: nowrap; align-items: start; }
.spread { display: flex; gap: 0.75rem; align-items: center; justify-content: space-between; flex-wrap: wrap; }
.row { display: flex; gap: 0.5rem; align-items: center; flex-wrap: wrap; }
.sr-only { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.top { display: flex; align-items: center; gap: 1.25rem; padding: 0.5rem 1.25rem; border-bottom: 1px solid var(--line); background: var(--panel); position: sticky; top: 0; z-index: 20; }
.top .name { font-weight: 700; color: var(--ink); letter-spacing: -0.01em; }
.top nav { display: flex; gap: 0.25rem; flex: 1; }
.top nav a { padding: 0.2rem 0.6rem; border-radius: 6px; color: var(--quiet); }
.top nav a[aria-current="page"] { color: var(--accent); background: var(--accent-ground); }
main { max-width: 100rem; margin: 0 auto; padding: 1.1rem 1.25rem 4rem; display: grid; gap: 1rem; }
main > * { min-width: 0; }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; }
.banner { background: var(--changed-ground); color: var(--changed-ink); padding: 0.4rem 1.25rem; text-align: center; }
.card { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: 2rem; max-width: 38rem; margin: 8vh auto 0; display: grid; gap: 0.6rem; justify-self: center; width: 100%; overflow-wrap: anywhere; }
.card > * { min-width: 0; }
.card pre { overflow-x: auto; background: var(--sunken); border-radius: 6px; padding: 0.5rem 0.7rem; }
.note { background: var(--panel); border: 1px solid var(--line); border-left: 3px solid var(--changed-bar); border-radius: 6px; padding: 0.5rem 0.9rem; overflow-wrap: anywhere; }

.tools { padding: 0.6rem 0.75rem; }
.filters { display: flex; gap: 0.5rem; flex-wrap: wrap; align-items: end; }
.filters label { display: grid; gap: 0.15rem; font-size: 0.86rem; color: var(--quiet); }
.filters input, .filters select { color: var(--ink); font-size: 0.93rem; }
.filters .wide { flex: 1 1 12rem; max-width: 24rem; }
.filters .wide input { width: 100%; }

table { width: 100%; border-collapse: collapse; }
th { text-align: left; font-weight: 500; font-size: 0.86rem; color: var(--quiet); padding: 0.5rem 0.75rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
td { padding: 0.45rem 0.75rem; border-bottom: 1px solid var(--line); vertical-align: middle; }
tbody tr:last-child td { border-bottom: 0; }
tbody tr:hover td, tbody tr.here td { background: var(--sunken); }
tbody tr.here td:first-child { box-shadow: inset 3px 0 0 var(--accent); }
td.subject { max-width: 0; width: 45%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
td.subject a { color: var(--ink); font-weight: 550; }
td.subject a .quiet { font-weight: 400; margin-right: 0.35rem; }
.scroll-x { overflow-x: auto; }

.mark { display: inline-flex; align-items: center; justify-content: center; min-width: 1.5rem; height: 1.35rem; padding: 0 0.3rem; border-radius: 4px; font: 600 0.8rem/1 var(--mono); }
.chip { display: inline-flex; align-items: center; gap: 0.3rem; padding: 0.08rem 0.5rem; border-radius: 99px; font-size: 0.86rem; font-weight: 550; white-space: nowrap; }
.chip.mark-failed, .chip.mark-unreachable, .chip.mark-timed-out { color: var(--alarm-ink); background: var(--alarm-ground); }
.chip.live::before { content: ""; width: 0.45rem; height: 0.45rem; border-radius: 50%; background: currentColor; animation: pulse 1.6s ease-in-out infinite; }
@keyframes pulse { 50% { opacity: 0.25; } }
@media (prefers-reduced-motion: reduce) { .chip.mark-failed, .chip.mark-unreachable, .chip.mark-timed-out { color: var(--alarm-ink); background: var(--alarm-ground); }
.chip.live::before { animation: none; } }
.bar { display: flex; gap: 1px; height: 0.5rem; min-width: 5rem; border-radius: 99px; overflow: hidden; background: var(--sunken); }
.bar i { display: block; min-width: 3px; }
.counts { display: flex; gap: 0.35rem; flex-wrap: wrap; }

.run-head { display: grid; gap: 0.5rem; }
.facts { display: flex; gap: 0.35rem 1.4rem; flex-wrap: wrap; color: var(--quiet); }
.facts b { color: var(--ink); font-weight: 550; }
.now { background: var(--running-ground); color: var(--running-ink); border-radius: 8px; padding: 0.4rem 0.8rem; overflow-wrap: anywhere; }
.tabs { display: flex; gap: 0.3rem; }
.tabs a { border: 1px solid var(--line); border-radius: 6px; padding: 0.2rem 0.7rem; color: var(--quiet); background: var(--panel); }
.legend { display: flex; gap: 0.3rem 0.8rem; flex-wrap: wrap; font-size: 0.86rem; color: var(--quiet); }
.legend span { display: inline-flex; gap: 0.35rem; align-items: center; }
.split { display: grid; gap: 1rem; align-items: start; grid-template-columns: minmax(0, 1fr); }
.split.open { grid-template-columns: minmax(0, 3fr) minmax(22rem, 2fr); }

.grid { --name: 15rem; overflow: auto; max-height: calc(100vh - 15rem); min-height: 16rem; position: relative; border-radius: 10px; }
.grid-space { position: relative; min-width: 100%; }
.grid-head { position: sticky; top: 0; z-index: 3; background: var(--panel); border-bottom: 1px solid var(--line); }
.grid-corner { position: sticky; left: 0; z-index: 4; width: var(--name); height: 100%; background: var(--panel); padding: 0.5rem 0.75rem; display: flex; align-items: end; color: var(--quiet); font-size: 0.86rem; }
.grid-task { position: absolute; bottom: 0; height: 100%; padding: 0.4rem 0; display: flex; align-items: center; justify-content: flex-start; writing-mode: vertical-rl; transform: rotate(180deg); font-size: 0.86rem; line-height: 1; color: var(--ink); border-radius: 4px; }
.grid-task span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-height: 100%; width: 100%; text-align: left; display: block; line-height: 28px; }
.grid-task:hover, .grid-task.here { background: var(--accent-ground); color: var(--accent); text-decoration: none; }
.grid-row { position: absolute; left: 0; right: 0; }
.grid-row:hover { background: var(--sunken); }
.grid-name { position: sticky; left: 0; z-index: 2; display: block; width: var(--name); height: 100%; padding: 0 0.75rem; line-height: 26px; background: var(--panel); color: var(--ink); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-family: var(--mono); font-size: 0.86rem; }
.grid-row:hover .grid-name { background: var(--sunken); }
.grid-name.here { color: var(--accent); background: var(--accent-ground); }
.grid-name small { color: var(--quiet); font: inherit; }
.grid-cell { position: absolute; top: 2px; height: 22px; display: flex; align-items: center; justify-content: center; border-radius: 4px; font: 600 0.8rem/1 var(--mono); cursor: pointer; }
.grid-cell.here { outline: 2px solid var(--accent); outline-offset: 1px; }

.tasks td { padding-block: 0.35rem; }
.tasks td.subject { width: 32%; }
.split.open .tasks .counts { display: none; }
.lane { position: relative; height: 1.1rem; min-width: 9rem; background: var(--sunken); border-radius: 3px; }
.lane i { position: absolute; top: 0.2rem; bottom: 0.2rem; min-width: 3px; border-radius: 2px; }
.timeline { display: grid; gap: 0.15rem; padding: 0.75rem 1rem; border-bottom: 1px solid var(--line); }
.timeline > a { display: grid; grid-template-columns: 1.8rem minmax(6rem, 2fr) minmax(5rem, 3fr) 4.2rem; gap: 0.5rem; align-items: center; color: var(--ink); border-radius: 4px; }
.timeline > a:hover, .timeline > a.here { background: var(--sunken); text-decoration: none; }
.timeline .label { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.timeline .number { text-align: right; color: var(--quiet); font-size: 0.86rem; }

.answers { position: sticky; top: 3.6rem; max-height: calc(100vh - 4.6rem); overflow: auto; }
.answers > header { position: sticky; top: 0; z-index: 1; background: var(--panel); border-bottom: 1px solid var(--line); padding: 0.6rem 1rem; display: flex; gap: 0.75rem; align-items: start; justify-content: space-between; }
.answer { padding: 0.75rem 1rem; border-bottom: 1px solid var(--line); display: grid; gap: 0.45rem; }
.answer:last-child { border-bottom: 0; }
.answer h3 .quiet { font-weight: 400; }
.answer .who { overflow-wrap: anywhere; font-family: var(--mono); font-size: 0.9rem; }
.answer figure { margin: 0; display: grid; gap: 0.15rem; min-width: 0; }
.answer figcaption { color: var(--quiet); font-size: 0.82rem; }
.answer pre { background: var(--sunken); border-radius: 6px; padding: 0.5rem 0.7rem; overflow: auto; max-height: 26rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.86rem; line-height: 1.45; }
.answer .error pre { border-left: 3px solid var(--failed-bar); }
.bold { font-weight: 700; }
details > summary { cursor: pointer; color: var(--accent); }

.chart { padding: 1rem; }
.chart .u-legend th, .chart .u-legend td { border: 0; padding: 0 0.3rem; color: inherit; font-size: 0.86rem; }
.chart .u-legend { color: var(--ink); font: inherit; text-align: left; }
.chart .u-select { background: var(--accent-ground); opacity: 0.5; }
.form { padding: 1.25rem; display: grid; gap: 0.8rem; max-width: 40rem; }
.form label { display: grid; gap: 0.2rem; }
.form label.tick { display: flex; gap: 0.5rem; align-items: center; }
.form input[type="text"], .form select { width: 100%; }
dialog { border: 1px solid var(--line); border-radius: 12px; background: var(--panel); color: var(--ink); padding: 1.25rem 1.5rem; max-width: 30rem; }
dialog::backdrop { background: rgb(0 0 0 / 0.45); }
dialog dl { display: grid; grid-template-columns: auto 1fr; gap: 0.3rem 1rem; margin: 0.8rem 0 1rem; }
kbd { font: 0.86em var(--mono); border: 1px solid var(--edge); border-radius: 4px; padding: 0 0.35rem; background: var(--sunken); }
dialog kbd { justify-self: start; }

@media (max-width: 60rem) {
  .split.open { grid-template-columns: minmax(0, 1fr); }
  .answers { position: static; max-height: none; grid-row: 1; }
}
@media (max-width: 40rem) {
  main { padding: 0.8rem 0.7rem 3rem; }
  .top { padding: 0.4rem 0.7rem; gap: 0.6rem; }
  .wide-only { display: none; }
  .grid { --name: 8.5rem; }
  td, th { padding-inline: 0.5rem; }
  td.subject { width: 60%; }
  .timeline > a { grid-template-columns: 1.8rem minmax(5rem, 1fr) minmax(3rem, 1fr) 3.6rem; }
}
`;
