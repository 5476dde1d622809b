// Files of sections and options, as Python's ConfigParser reads them. It does not know what the options mean.
import { NodeSetError } from '../../base/node-set/errors.ts';
import { positionOf } from '../../base/position.ts';

/** Options by section; names of options are in small letters. */
export type CfgSections = ReadonlyMap<string, ReadonlyMap<string, string>>;

const SECTION = /^\[([^\]]+)\]/;
const OPTION = /^([^:=\s][^:=]*?)\s*[:=]\s*(.*)$/;

/**
 * Reads a file as CPython 3.11's `configparser.ConfigParser`, without values from other options (`%(name)s`).
 *
 * @throws NodeSetError NODE_SET_CONFIG on a line that is neither section nor option, and on what stands there twice.
 */
export function parseCfg(text: string, file: string): CfgSections {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  let option: { readonly name: string; readonly indent: number } | undefined;
  const lines = text.split(/\r?\n/);
  for (const [i, line] of lines.entries()) {
    const fail = (message: string, fix: string): NodeSetError =>
      new NodeSetError('NODE_SET_CONFIG', message, { where: positionOf(file, text, i + 1, 1), fix });
    const content = line.trim();
    if (content === '' || /^[#;]/.test(content)) continue;
    const indent = line.length - line.trimStart().length;
    if (section !== undefined && option !== undefined && indent > option.indent) {
      section.set(option.name, `${section.get(option.name) ?? ''}\n${content}`);
      continue;
    }
    const title = SECTION.exec(content)?.[1];
    if (title !== undefined) {
      if (sections.has(title)) throw fail(`The section ${title} stands here twice`, 'Put both together');
      section = new Map();
      sections.set(title, section);
      option = undefined;
      continue;
    }
    const [, name, value = ''] = OPTION.exec(content) ?? [];
    if (section === undefined) throw fail('There is no section yet', 'Begin with [Main], or with the name of a source');
    if (name === undefined) throw fail('This is neither a section nor an option', 'Write [source], or option: value');
    option = { name: name.toLowerCase(), indent };
    if (section.has(option.name)) throw fail(`The option ${name} stands here twice`, 'Remove one of them');
    section.set(option.name, value);
  }
  return sections;
}
