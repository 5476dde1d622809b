// Templates in a playbook's text, compiled before anything is touched so that all their faults show at once. It evaluates nothing.
import type { Faults } from '../../base/errors.ts';
import { Sealed } from '../../base/value.ts';
import type { YamlNode } from '../../base/yaml.ts';
import type { Environment } from '../../jinja/environment.ts';

/** Whether a text is a template, or holds one, or is encrypted: it is not known before the play runs. */
export function isTemplated(value: unknown): boolean {
  if (typeof value === 'string') return /\{\{|\{%/.test(value);
  if (value instanceof Sealed) return true;
  if (Array.isArray(value)) return value.some(isTemplated);
  if (value instanceof Map) return [...value].some(([key, item]) => isTemplated(key) || isTemplated(item));
  return false;
}

/** Compiles every template of a tree. */
export function checkTemplates(node: YamlNode, jinja: Environment, faults: Faults): void {
  if (node.kind === 'list') for (const item of node.items) checkTemplates(item, jinja, faults);
  else if (node.kind === 'map') for (const entry of node.entries) checkTemplates(entry.node, jinja, faults);
  else if (typeof node.value === 'string' && node.tag !== '!unsafe') {
    const { value, position } = node;
    faults.collect(() => jinja.compileTemplate(value, position, { literalBackslashes: true }));
  }
}

/** Compiles every bare expression of a tree: a condition, or a list of them. */
export function checkConditions(node: YamlNode, jinja: Environment, faults: Faults): void {
  if (node.kind === 'list') for (const item of node.items) checkConditions(item, jinja, faults);
  else if (node.kind === 'scalar' && typeof node.value === 'string') {
    const { value, position } = node;
    // What templates in a condition come to is an expression only once they have been evaluated.
    if (isTemplated(value)) checkTemplates(node, jinja, faults);
    else if (value.trim() !== '') faults.collect(() => jinja.compileExpression(value, position));
  }
}
