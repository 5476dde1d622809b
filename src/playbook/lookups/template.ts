// lookup template: files rendered with the variables of the host.
import type { Value } from '../../base/value.ts';
import { isDict } from '../../base/value.ts';
import { classicValue } from '../../jinja/classic.ts';
import { isOn } from '../../modules/parameters/params.ts';
import { templateVariables } from '../variables/template-variables.ts';
import { readText } from './read-text.ts';
import type { Lookup } from './seam.ts';
import { textTerm } from './terms.ts';

const FIXED = 'Use the ordinary marks in the template';

export const template: Lookup = {
  name: 'template',
  summary: 'templates, rendered',
  options: {
    convert_data: { type: 'bool', default: true, description: 'Make data of text that is a list or dict as Python writes it' },
    template_vars: { type: 'dict', default: new Map(), description: 'Further variables' },
    jinja2_native: { type: 'bool', unsupported: 'Leave it out', description: 'Native types' },
    variable_start_string: { type: 'str', unsupported: FIXED, description: 'Instead of {{' },
    variable_end_string: { type: 'str', unsupported: FIXED, description: 'Instead of }}' },
    comment_start_string: { type: 'str', unsupported: FIXED, description: 'Instead of {#' },
    comment_end_string: { type: 'str', unsupported: FIXED, description: 'Instead of #}' },
  },
  find: (terms, options, context) => {
    const { template_vars: given } = options;
    return terms.map((term) => {
      const name = textTerm('template', term);
      const { file, text } = readText('template', name, 'templates', context);
      const own = new Map<unknown, Value>([...templateVariables(name, file), ...(isDict(given) ? given : [])]);
      const scope = { get: (variable: string) => own.get(variable) ?? context.scope.get(variable) };
      const rendered = context.templar.jinja.compileTemplate(text, { file, line: 1, column: 1 }).render(scope);
      return isOn(options, 'convert_data') ? classicValue(rendered) : rendered;
    });
  },
};
