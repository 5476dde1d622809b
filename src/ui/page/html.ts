// Markup by template: what stands in ${} becomes text or a property, never markup. It does not know what is shown.
import { default as htm } from 'htm';
import { h, type VNode } from 'preact';

export type View = VNode | VNode[] | undefined;

type Templates = (strings: TemplateStringsArray, ...values: readonly unknown[]) => VNode | VNode[];
// Its types are read as those of a CommonJS module, which a browser never sees.
const bind = (htm as unknown as { readonly bind: (make: typeof h) => Templates }).bind;

export const html: Templates = bind.call(htm, h);
