// The module template: copy, of a text the caller has already rendered. It knows no template syntax.

import { DESTINATION_PARAMS, installSource } from './copy.ts';
import { validateFaults } from './files/validate.ts';
import { isSourceFile, textOf } from './parameters/params.ts';
import { failed } from './script/answer.ts';
import type { Module } from './seam.ts';

const DELIMITERS = 'Write the template with the delimiters of Jinja, and {% raw %} around what is meant to stay';

/** `template`: as `copy`, `src` being the rendered bytes. The parameters of rendering are for the caller, who reads them first. */
export const template: Module = {
  name: 'template',
  summary: 'Renders a template on the controller and copies it to the host',
  params: {
    src: { type: 'source', required: true, description: 'the template, a file of the controller' },
    newline_sequence: { type: 'str', default: '\n', choices: ['\\n', '\\r', '\\r\\n', '\n', '\r', '\r\n'], description: 'line ends' },
    block_start_string: { type: 'str', description: 'instead of {%', unsupported: DELIMITERS },
    block_end_string: { type: 'str', description: 'instead of %}', unsupported: DELIMITERS },
    variable_start_string: { type: 'str', description: 'instead of {{', unsupported: DELIMITERS },
    variable_end_string: { type: 'str', description: 'instead of }}', unsupported: DELIMITERS },
    comment_start_string: { type: 'str', description: 'instead of {#', unsupported: DELIMITERS },
    comment_end_string: { type: 'str', description: 'instead of #}', unsupported: DELIMITERS },
    trim_blocks: { type: 'bool', default: true, description: 'drop the newline after a block' },
    lstrip_blocks: { type: 'bool', default: false, description: 'drop the blanks before a block' },
    output_encoding: { type: 'str', default: 'utf-8', choices: ['utf-8', 'UTF-8', 'utf8'], description: 'the encoding of the file' },
    ...DESTINATION_PARAMS,
  },
  checkMode: 'inspects',
  check: validateFaults,
  compile(params, context) {
    const { src } = params;
    if (!isSourceFile(src)) return failed(`The template ${textOf(params, 'src') ?? ''} was not rendered`);
    return installSource(src, params, context);
  },
};
