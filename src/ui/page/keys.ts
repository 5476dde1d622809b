// Keys that work anywhere on the page, unless somebody types. It does not know what they do.
import { useLayoutEffect } from 'preact/hooks';

export type KeyTable = Readonly<Record<string, () => void>>;

/**
 * Binds keys, by their names as a browser gives them, for as long as a view is there; at once with each change of the view, since the
 * next key may come before it is painted.
 */
export function useKeys(table: KeyTable): void {
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      // A dialog has keys of its own.
      if (document.querySelector('dialog[open]') !== null) return;
      const isTyping = event.target instanceof HTMLElement && event.target.closest('input, select, textarea') !== null;
      if (isTyping && event.key !== 'Escape') return;
      const act = Object.hasOwn(table, event.key) ? table[event.key] : undefined;
      if (act === undefined) return;
      event.preventDefault();
      if (isTyping) (event.target as HTMLElement).blur();
      act();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [table]);
}

/** Puts the cursor into the field that narrows what is shown. */
export function focusFilter(): void {
  const field = document.querySelector<HTMLInputElement>('[data-filter]');
  field?.focus();
  field?.select();
}
