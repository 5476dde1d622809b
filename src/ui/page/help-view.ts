// The keys of the page, in a dialog. It does not know who listens to them.
import { useEffect, useRef } from 'preact/hooks';
import { html, type View } from './html.ts';

const KEYS: readonly (readonly [string, string])[] = [
  ['j k', 'down, up'],
  ['h l', 'left, right in the grid; arrows too'],
  ['Enter', 'open what is under the cursor'],
  ['Esc', 'close what is open'],
  ['/', 'find'],
  ['f', 'fold hosts that are alike'],
  ['1 2 3', 'runs, drift, start'],
  ['t', 'light, dark, as the system'],
  ['?', 'this'],
];

export function HelpDialog({ onClose }: { readonly onClose: () => void }): View {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return html`<dialog ref=${dialog} onClose=${onClose} aria-labelledby="help-title">
    <h2 id="help-title">Keys</h2>
    <dl>${KEYS.map(([keys, meaning]) => html`<dt key=${keys}><kbd>${keys}</kbd></dt><dd>${meaning}</dd>`)}</dl>
    <button onClick=${() => dialog.current?.close()}>Close</button>
  </dialog>`;
}
