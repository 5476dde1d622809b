// Blocks of templates that extend each other: which version runs, what super() and self.name() reach.
import { TemplateError } from './errors.ts';
import type { Frame } from './frame.ts';
import { capture, type Output } from './output.ts';
import { type Any, JinjaObject, NativeFunction } from './values.ts';

/** One version of a block. */
export interface BlockBody {
  readonly run: (frame: Frame, out: Output) => void;
  /** Whether it must be overridden. */
  readonly isRequired: boolean;
}

/** Versions of blocks by name, the most derived one first. */
export type Blocks = ReadonlyMap<string, readonly BlockBody[]>;

/** The blocks of one running template, and the template it extends, once it does. To templates it is `self`. */
export class RunningBlocks extends JinjaObject {
  readonly typeName = 'TemplateReference';
  readonly #blocks: Blocks;
  readonly #home: Frame;
  /** What `extends` named. */
  parent: Any | undefined;

  /** @param home - The outermost scope of the template, which its blocks see. */
  constructor(derived: Blocks, own: ReadonlyMap<string, BlockBody>, home: Frame) {
    super();
    const blocks = new Map(derived);
    for (const [name, body] of own) blocks.set(name, [...(derived.get(name) ?? []), body]);
    this.#blocks = blocks;
    this.#home = home;
  }

  get all(): Blocks {
    return this.#blocks;
  }

  override attribute(name: string): Any | undefined {
    if (!this.#blocks.has(name)) return undefined;
    return new NativeFunction(() => capture((frame, out) => this.run(name, frame, out), this.#home));
  }

  /** Runs the most derived version. @param frame - The scope it sees: that around it if it is `scoped`, else none but the outermost. */
  run(name: string, frame: Frame | undefined, out: Output): void {
    const versions = this.#blocks.get(name) ?? [];
    if (versions[0]?.isRequired === true)
      throw new TemplateError(`Required block '${name}' not found`, {
        fix: `Write {% block ${name} %} in the template that extends this one`,
      });
    this.#level(name, versions, 0, frame ?? this.#home, out);
  }

  #level(name: string, versions: readonly BlockBody[], level: number, frame: Frame, out: Output): void {
    const inner = frame.child();
    inner.set(
      'super',
      new Super(name, versions.length > level + 1, () =>
        capture((again, nested) => this.#level(name, versions, level + 1, again, nested), frame),
      ),
    );
    versions[level]?.run(inner, out);
  }
}

/** `super()`: the version of the block that this one overrides. */
class Super extends JinjaObject {
  readonly typeName = 'BlockReference';
  readonly #name: string;
  readonly #exists: boolean;
  readonly #render: () => string;

  constructor(name: string, exists: boolean, render: () => string) {
    super();
    this.#name = name;
    this.#exists = exists;
    this.#render = render;
  }

  override call(): Any {
    if (!this.#exists) throw new TemplateError(`there is no parent block called '${this.#name}'`);
    return this.#render();
  }
}
