// What a module is: typed parameters, and a pure way from them to POSIX sh and back to a result. It knows no host, no template.
import type { Dict, Value } from '../base/value.ts';

/** How a parameter's value is read and checked. `source` is a file of the controller; `mode` an octal or symbolic file mode. */
export type ParamType = 'str' | 'int' | 'float' | 'bool' | 'list' | 'dict' | 'path' | 'raw' | 'mode' | 'source';

export interface ParamSpec {
  readonly type: ParamType;
  readonly description: string;
  readonly required?: boolean;
  readonly default?: Value;
  readonly choices?: readonly string[];
  readonly aliases?: readonly string[];
  /** The type of a list's items; text is split at commas, as in Ansible. */
  readonly elements?: Exclude<ParamType, 'list' | 'source'>;
  /** Ansible has it, sshoal does not: what to do instead. Any value but false, null and the empty text is refused. */
  readonly unsupported?: string;
  /** Of a `source`: whether it may be a directory. Default false. */
  readonly directories?: boolean;
}
export type ParamSpecs = Readonly<Record<string, ParamSpec>>;

/** A file of the controller that a module sends: read by whoever runs the module, since modules are pure. */
export interface SourceFile {
  /** The absolute path on the controller. */
  readonly path: string;
  readonly sizeBytes: number;
  /** SHA-1 of the content in hexadecimal, as Ansible compares. */
  readonly sha1: string;
  /** Permission bits of the file on the controller. */
  readonly mode: number;
  /** The content itself when it is small enough to ride in a script ({@link INLINE_LIMIT_BYTES}). */
  readonly content?: Uint8Array | undefined;
  /** Where it was named by the first word of a module's free-form text: what stands after that word, as it was written. */
  readonly rest?: string;
}

/** A directory of the controller that a module sends. */
export interface SourceTree {
  /** The absolute path on the controller. */
  readonly path: string;
  /** What is in it, by paths below the directory it goes to, with slashes: beginning with its own name where that is kept. */
  readonly entries: readonly (
    | { readonly kind: 'file'; readonly path: string; readonly source: SourceFile }
    | { readonly kind: 'directory'; readonly path: string }
    | { readonly kind: 'link'; readonly path: string; readonly target: string }
  )[];
}

/** Bodies up to this size travel inside the script; larger ones over SFTP. */
export const INLINE_LIMIT_BYTES = 64 * 1024;

/** What stands for files of the controller. */
export type Source = SourceFile | SourceTree;

/** Parameters after {@link ParamSpec} was applied: defaults filled in, values typed. */
export type Params = Readonly<Record<string, Value | Source | undefined>>;

/** What surrounds one execution of a module. */
export interface ModuleContext {
  /** Inspect and report, change nothing. */
  readonly checkMode: boolean;
  /** Report what differs, as text before and after. */
  readonly diff: boolean;
  /** For names of temporary files and markers: unique in this run, `[a-z0-9]+`. */
  readonly token: string;
}

/** What a script on a host answered. */
export interface Answer {
  /** The exit code, or undefined when a signal ended the script. */
  readonly code: number | undefined;
  readonly signal?: string | undefined;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** What a task came to on one host; `values` are the further keys of the registered result. */
export interface ModuleResult {
  readonly changed: boolean;
  readonly failed: boolean;
  readonly skipped?: boolean;
  readonly msg?: string;
  readonly values: Dict;
  readonly diff?: readonly Difference[];
}
export interface Difference {
  readonly beforeHeader: string;
  readonly afterHeader: string;
  readonly before: string;
  readonly after: string;
}

/** The next thing to do on the host, or the end. A program is data and pure functions: running it twice starts from the same script. */
export type Step = ScriptStep | UploadStep | FinishedStep;
export interface ScriptStep {
  readonly kind: 'script';
  /** POSIX sh. It runs in a subshell of its own with stdin from /dev/null, under the task's user. */
  readonly script: string;
  readonly read: (answer: Answer) => Step;
  /** The script in pieces that are complete in themselves: scripts that run together say one that they share only once. */
  readonly parts?: readonly string[];
  /** Nothing follows it, whatever it answers: the next item of a loop can run right after it. Default false. */
  readonly isLast?: boolean;
  /** It only looks at a file, and what becomes of the file is decided here. */
  readonly look?: FileLook;
  /** What the file it writes holds afterwards, where it succeeds. */
  readonly leaves?: Buffer;
}
/** The file as it was read. */
export interface FoundFile {
  readonly path: string;
  readonly exists: boolean;
  /** What tells whether it is still the same. */
  readonly sum: string;
  readonly bytes: Buffer;
  /** Whether sums of this host are SHA-1, so that the next one can be told beforehand. */
  readonly isSha1: boolean;
}
export interface FileLook {
  /** The same for scripts that look at the same file in the same way. */
  readonly key: string;
  /** The file that a script's answer told of; undefined where it told of none: what `read` makes of it is the end. */
  readonly found: (answer: Answer) => FoundFile | undefined;
  readonly decide: (found: FoundFile) => Step;
}
export interface UploadStep {
  readonly kind: 'upload';
  readonly source: SourceFile;
  /** A fresh name on the host, created with mode 0600. */
  readonly remotePath: string;
  /** What comes after the upload. Not `then`: an async function that returned the step would call it. */
  readonly next: () => Step;
}
export interface FinishedStep {
  readonly kind: 'finished';
  readonly result: ModuleResult;
}

/** A value that a module registers. */
export interface ReturnSpec {
  readonly description: string;
  /** How the text of a script becomes a value: a `list` of lines, a `dict` from JSON. Default `str`. */
  readonly type?: 'str' | 'int' | 'float' | 'bool' | 'list' | 'dict';
}
export type ReturnSpecs = Readonly<Record<string, ReturnSpec>>;

/** What documentation says of a module besides its parameters. */
export interface ModuleDocs {
  /** Paragraphs after the summary. */
  readonly notes?: readonly string[];
  /** Whether it shows what differs. */
  readonly diff?: boolean;
  readonly returns?: ReturnSpecs;
  /** YAML: a list of tasks. */
  readonly examples?: string;
}

/** One module. A file of this floor exports one, and `registry.ts` lists it. */
export interface Module {
  /** The short name, as in `ansible.builtin.<name>`. */
  readonly name: string;
  /** The collection it is of, where that is not `ansible.builtin`: its long name is then another. */
  readonly collection?: 'ansible.posix' | 'community.general';
  readonly summary: string;
  readonly params: ParamSpecs;
  /** The parameter that takes free-form text (`command: ls -l`), for the few modules that have one. */
  readonly freeForm?: string;
  /**
   * Faults that types cannot say: parameters that exclude or need each other.
   *
   * @returns One sentence for each fault; parameters that are templated are absent from `params` and named in `templated`.
   */
  readonly check?: (params: Params, templated: ReadonlySet<string>) => readonly string[];
  readonly compile: (params: Params, context: ModuleContext) => Step;
  /** What check mode can say: `inspects` (the same script, told not to change) or `skips` (as Ansible's command). */
  readonly checkMode: 'inspects' | 'skips';
  readonly docs?: ModuleDocs;
}
