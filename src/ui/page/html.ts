// Markup by template: what stands in ${} becomes text or a property, never markup. It does not know what is shown.
import { default as htm } from 'htm';
import { h, type VNode } from 'preact';

export type View = VNode | VNode[] | undefined;

type Templates = (strings: TemplateStringsArray, ...values: readonly unknown[]) => VNode | VNode[];

// The compiler takes its types for those of a CommonJS module, which no browser ever sees.
export const html = (htm as unknown as { readonly bind: (make: typeof h) => Templates }).bind(h);
