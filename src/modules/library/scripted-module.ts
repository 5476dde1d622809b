// A module from a file of JavaScript or TypeScript: imported, and looked at before it is believed. It does not know where such files are found.
import { pathToFileURL } from 'node:url';
import { Faults } from '../../base/errors.ts';
import { fromJson } from '../../base/value.ts';
import { LibraryError } from '../errors.ts';
import type { Module, ParamSpec, ParamSpecs } from '../seam.ts';
import { type ModuleDefinition, moduleOf } from './define-module.ts';
import { paramFaults, readDefault } from './spec-faults.ts';

/**
 * Imports a file, which runs its code on this machine, once for each process.
 *
 * @throws LibraryError `LIBRARY_TYPESCRIPT`, `LIBRARY_MODULE`; several as FaultsError.
 */
export async function scriptedModule(name: string, file: string): Promise<Module> {
  const { default: byDefault, module } = await importFile(file);
  // A CommonJS file is its own default.
  const exported = module ?? (byDefault as { readonly module?: unknown } | undefined)?.module ?? byDefault;
  const faults = new Faults();
  const fault = (message: string, fix: string): void => faults.add(new LibraryError('LIBRARY_MODULE', message, { where: file, fix }));
  if (!isDefinition(exported)) {
    fault(`${name} exports no module`, 'Export one as `module` or as the default: { summary, params, compile }');
    faults.throwIfAny();
  }
  const definition = exported as ModuleDefinition;
  const params: ParamSpecs = Object.fromEntries(
    Object.entries(definition.params).map(([key, given]) => {
      const spec = { ...given, ...('default' in given ? { default: fromJson(given.default) } : {}) };
      const found = paramFaults(key, spec as Readonly<Record<string, unknown>>, true);
      for (const { message, fix } of found) fault(message, fix);
      return [key, found.length > 0 ? (spec as ParamSpec) : readDefault(key, spec as ParamSpec)];
    }),
  );
  faults.throwIfAny();
  return moduleOf(name, definition, params);
}

function isDefinition(value: unknown): value is ModuleDefinition {
  if (typeof value !== 'object' || value === null) return false;
  const { summary, params, compile } = value as Readonly<Record<string, unknown>>;
  return typeof summary === 'string' && typeof params === 'object' && params !== null && typeof compile === 'function';
}

async function importFile(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ERR_UNKNOWN_FILE_EXTENSION' || code === 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING')
      throw new LibraryError('LIBRARY_TYPESCRIPT', 'This Node cannot run TypeScript as it is written', {
        where: file,
        fix: 'Use Node 22.18 or later, put the compiled .js beside it, or write .mjs with types in JSDoc comments',
        cause,
      });
    throw new LibraryError('LIBRARY_MODULE', `It cannot be imported: ${message}`, {
      where: file,
      fix: 'Mend the file: node --check says more',
      cause,
    });
  }
}
