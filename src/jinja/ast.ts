// The tree of a template: what the parser makes and the compiler reads.
import type { Float } from '../base/value.ts';

interface At {
  /** Where it stands in the source, in UTF-16 units from 0. */
  readonly offset: number;
}

export interface Argument {
  readonly kind: 'positional' | 'keyword' | 'spread' | 'spread-keywords';
  /** Of a keyword. */
  readonly name: string;
  readonly value: Expression;
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**' | '~';
export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';

export type Expression = At &
  (
    | { readonly kind: 'constant'; readonly value: null | boolean | number | bigint | Float | string }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'list'; readonly items: readonly Expression[]; readonly tuple: boolean }
    | { readonly kind: 'dict'; readonly entries: readonly (readonly [Expression, Expression])[] }
    | { readonly kind: 'attribute'; readonly object: Expression; readonly name: string }
    | { readonly kind: 'item'; readonly object: Expression; readonly key: Expression }
    | {
        readonly kind: 'slice';
        readonly object: Expression;
        readonly start?: Expression | undefined;
        readonly stop?: Expression | undefined;
        readonly step?: Expression | undefined;
      }
    | { readonly kind: 'call'; readonly callee: Expression; readonly args: readonly Argument[] }
    | { readonly kind: 'filter'; readonly name: string; readonly value: Expression; readonly args: readonly Argument[] }
    | {
        readonly kind: 'test';
        readonly name: string;
        readonly value: Expression;
        readonly args: readonly Argument[];
        readonly negated: boolean;
      }
    | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression }
    | { readonly kind: 'compare'; readonly first: Expression; readonly rest: readonly (readonly [CompareOperator, Expression])[] }
    | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
    | { readonly kind: 'not'; readonly value: Expression }
    | { readonly kind: 'sign'; readonly operator: '+' | '-'; readonly value: Expression }
    | { readonly kind: 'if'; readonly test: Expression; readonly value: Expression; readonly otherwise?: Expression | undefined }
  );

/** What can stand left of `=` and behind `for`. */
export type Target =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'tuple'; readonly targets: readonly Target[] }
  | { readonly kind: 'attribute'; readonly object: string; readonly name: string };

export interface Parameter {
  readonly name: string;
  readonly default?: Expression | undefined;
}

export interface FilterCall extends At {
  readonly name: string;
  readonly args: readonly Argument[];
}

export type Statement = At &
  (
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'output'; readonly value: Expression }
    | {
        readonly kind: 'if';
        readonly branches: readonly { readonly test: Expression; readonly body: readonly Statement[] }[];
        readonly otherwise: readonly Statement[];
      }
    | {
        readonly kind: 'for';
        readonly target: Target;
        readonly source: Expression;
        readonly test?: Expression | undefined;
        readonly recursive: boolean;
        readonly body: readonly Statement[];
        readonly otherwise: readonly Statement[];
      }
    | { readonly kind: 'set'; readonly target: Target; readonly value: Expression }
    | { readonly kind: 'set-block'; readonly target: Target; readonly filters: readonly FilterCall[]; readonly body: readonly Statement[] }
    | {
        readonly kind: 'with';
        readonly bindings: readonly { readonly target: Target; readonly value: Expression }[];
        readonly body: readonly Statement[];
      }
    | { readonly kind: 'macro'; readonly name: string; readonly parameters: readonly Parameter[]; readonly body: readonly Statement[] }
    | {
        readonly kind: 'call-block';
        readonly parameters: readonly Parameter[];
        readonly call: Expression;
        readonly body: readonly Statement[];
      }
    | { readonly kind: 'filter-block'; readonly filters: readonly FilterCall[]; readonly body: readonly Statement[] }
    | {
        readonly kind: 'block';
        readonly name: string;
        readonly body: readonly Statement[];
        readonly isScoped: boolean;
        readonly isRequired: boolean;
      }
    | { readonly kind: 'extends'; readonly template: Expression }
    | { readonly kind: 'include'; readonly template: Expression; readonly ignoreMissing: boolean; readonly withContext: boolean }
    | { readonly kind: 'import'; readonly template: Expression; readonly name: string; readonly withContext: boolean }
    | {
        readonly kind: 'from-import';
        readonly template: Expression;
        readonly names: readonly { readonly name: string; readonly as: string }[];
        readonly withContext: boolean;
      }
    | { readonly kind: 'do'; readonly value: Expression }
    | { readonly kind: 'break' | 'continue' }
  );
