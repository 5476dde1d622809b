// The module package_facts: the packages that are installed on a host, as facts. It changes nothing.
import { type Dict, dict } from '../base/value.ts';
import { PACKAGE_TOOLS, packagesByName } from './packages/package-lists.ts';
import { textOf, textsOf } from './parameters/params.ts';
import { ask, failed, finished, type Report } from './script/answer.ts';
import { reportingScript } from './script/script.ts';
import type { Module, Params, Step } from './seam.ts';

const NAMES = PACKAGE_TOOLS.map(({ name }) => name);

/** `package_facts`: as ansible 2.14, from the tools themselves; the origin of apt's packages is not told. */
export const packageFacts: Module = {
  name: 'package_facts',
  summary: 'Lists the packages of a host',
  params: {
    manager: {
      type: 'list',
      elements: 'str',
      default: ['auto'],
      choices: ['auto', ...NAMES],
      description: 'which tools are asked; auto is all there are, in this order',
    },
    strategy: { type: 'str', default: 'first', choices: ['first', 'all'], description: 'the first one that is there, or all' },
  },
  checkMode: 'inspects',
  compile: (params, context) =>
    ask(reportingScript(context, {}, HAS, ...wantedTools(params).map((name) => listing(name, params))), context, (report) =>
      result(report, params),
    ),
};

const HAS = `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
has() { command -v "$1" >/dev/null 2>&1; }
listed=''`;

function wantedTools(params: Params): readonly string[] {
  const asked = textsOf(params, 'manager') ?? [];
  return [...new Set(asked.includes('auto') ? [...asked.filter((name) => name !== 'auto'), ...NAMES] : asked)];
}

function listing(name: string, params: Params): string {
  const tool = PACKAGE_TOOLS.find((one) => one.name === name);
  if (tool === undefined) return ':';
  const isNext = textOf(params, 'strategy') === 'first' ? '[ ! "$listed" ] && ' : '';
  return `if ${isNext}${tool.test}; then
  if list=$({ ${tool.list}; } 2>/dev/null); then report ${name} "$list"; listed=yes; fi
fi`;
}

function result({ values }: Report, params: Params): Step {
  const found = PACKAGE_TOOLS.filter(({ name }) => values.has(name));
  if (found.length === 0)
    return failed(`Could not detect a supported package manager from the following list: ${wantedTools(params).join(', ')}`);
  const packages: Dict = new Map(found.flatMap((tool) => [...packagesByName(tool, values.get(tool.name) ?? '')]));
  return finished({ changed: false, failed: false, values: dict({ ansible_facts: dict({ packages }) }) });
}
