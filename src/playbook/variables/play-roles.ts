// The roles of a play whose variables all its tasks see. More may come while it is played: include_role with `public`.
import type { Dict } from '../../base/value.ts';
import type { RoleUse } from '../ast.ts';
import { allDependencies, defaultsOf, exportedVarsOf } from './role-variables.ts';

export class PlayRoles {
  readonly #roles: RoleUse[];
  #vars: Dict | undefined;
  #defaults: Dict | undefined;

  constructor(roles: readonly RoleUse[]) {
    this.#roles = [...roles];
  }

  add(role: RoleUse): void {
    if (this.#roles.includes(role)) return;
    this.#roles.push(role);
    this.#vars = undefined;
    this.#defaults = undefined;
  }

  get vars(): Dict {
    this.#vars ??= new Map(this.#roles.flatMap((role) => [...exportedVarsOf(role)]));
    return this.#vars;
  }

  get defaults(): Dict {
    this.#defaults ??= new Map(this.#roles.flatMap((role) => [...defaultsOf(role)]));
    return this.#defaults;
  }

  get names(): string[] {
    return this.#roles.map(({ name }) => name);
  }

  get dependentNames(): string[] {
    return [...new Set(this.#roles.flatMap((role) => allDependencies(role).map(({ name }) => name)))];
  }
}
