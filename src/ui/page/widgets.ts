// Small pieces that several views are made of. They know no run.
import { MARKS, type Mark, markOf, rankOf } from '../marks.ts';
import type { Fault, RunRow } from '../wire.ts';
import type { Answered } from './ask.ts';
import { html, type View } from './html.ts';
import type { Piece } from './output-text.ts';
import { shown } from './words.ts';

export function MarkSign({ mark }: { readonly mark: Mark }): View {
  const { sign, word } = MARKS[mark];
  return html`<span class=${`mark mark-${word}`} aria-hidden="true">${sign}</span>`;
}

/** How a run stands: a word with its colour. */
export function StateChip({ row: { state, exitCode } }: { readonly row: RunRow }): View {
  if (state === 'running') return html`<span class="chip live mark-running">running</span>`;
  if (state === 'interrupted') return html`<span class="chip mark-unfinished">broken off</span>`;
  if (state === 'elsewhere') return html`<span class="chip mark-unfinished">elsewhere</span>`;
  if (exitCode === 0) return html`<span class="chip mark-ok">✓ done</span>`;
  if (exitCode === 130) return html`<span class="chip mark-cancelled">C interrupted</span>`;
  return html`<span class="chip mark-failed">✗ exit ${exitCode}</span>`;
}

type Status = Parameters<typeof markOf>[0];
type Parts = readonly (readonly [Mark, number])[];

/** A bar of parts, and the same in words. */
export function Bar({ parts }: { readonly parts: Parts }): View {
  const text = parts.map(([mark, count]) => `${count} ${MARKS[mark].word}`).join(', ');
  return html`<div class="bar" role="img" aria-label=${text} title=${text}>
    ${parts.map(([mark, count]) => html`<i key=${mark} class=${`bar-${MARKS[mark].word}`} style=${{ flexGrow: String(count) }}></i>`)}
  </div>`;
}

/** Good news first, as a terminal has them. */
export function partsOf(counts: Readonly<Partial<Record<Status, number>>>): Parts {
  const parts = Object.entries(counts).map(([status, count]) => [markOf(status as Status), count] as const);
  return parts.sort(([a], [b]) => rankOf(b) - rankOf(a));
}

/** `✓ 12  ± 3  ✗ 1`: small, and yet told apart by sign and word. */
export function Counts({ parts }: { readonly parts: Parts }): View {
  return html`<span class="counts">
    ${parts.map(([mark, count]) => {
      const { sign, word } = MARKS[mark];
      return html`<span key=${mark} class=${`chip number mark-${word}`} title=${`${count} ${word}`}>
        <span aria-hidden="true">${sign}</span>${count}<span class="sr-only"> ${word}</span>
      </span>`;
    })}
  </span>`;
}

export function FaultCard({ fault, children }: { readonly fault: Fault; readonly children?: View }): View {
  return html`<section class="card" role="alert">
    <h1>${shown(fault.message)}</h1>
    ${fault.fix !== undefined && html`<p>${shown(fault.fix)}</p>`}
    <p class="quiet mono">${fault.code}${fault.where === undefined ? '' : ` · ${shown(fault.where)}`}</p>
    ${children ?? html`<p><a href="#/runs">All runs</a></p>`}
  </section>`;
}

/** Journals that could not be read among those that could. */
export function FaultNotes({ faults }: { readonly faults: readonly Fault[] }): View {
  return html`${faults.map(
    (fault) => html`<p class="note" role="note" key=${`${fault.code}${fault.where}`}>
      ${shown(fault.message)}. <span class="quiet">${shown(fault.fix ?? '')} · <span class="mono">${shown(fault.where ?? fault.code)}</span></span>
    </p>`,
  )}`;
}

/** What is there once it has been asked for. */
export function whenThere<T>(answer: Answered<T>, view: (value: T) => View): View {
  if (answer.kind === 'asking') return html`<p class="quiet" aria-busy="true">Reading …</p>`;
  return answer.kind === 'fault' ? html`<${FaultCard} fault=${answer.fault} />` : view(answer.value);
}

/** Pieces of text in their colours. */
export function Pieces({ pieces }: { readonly pieces: readonly Piece[] }): View {
  return html`${pieces.map(({ text, tone, isBold }) => {
    const classes = [...(tone === undefined ? [] : [`ansi-${tone}`]), ...(isBold ? ['bold'] : [])].join(' ');
    return classes === '' ? text : html`<span class=${classes}>${text}</span>`;
  })}`;
}
