// The files a browser needs, found by following imports from the page's first module. It does not know what is in them.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PageError } from './errors.ts';

/** The packages that the page imports, and which file of each a browser reads. */
const PACKAGES: Readonly<Record<string, string>> = {
  preact: 'preact',
  'preact/hooks': 'preact/hooks',
  htm: 'htm',
  uplot: 'uplot/dist/uPlot.esm.js',
};
const CHART_STYLE = 'uplot/dist/uPlot.min.css';
const FIRST = 'ui/page/main.js';
/** Where what was compiled stands; below it everything keeps its place, so that relative imports hold in a browser too. */
const ROOT = path.resolve(import.meta.dirname, '..');
const IMPORT = /(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s*['"]([^'"]+)['"]/g;

export interface PageFiles {
  /** The first module. */
  readonly entry: string;
  /** The texts of all modules, by where a browser finds them. */
  readonly modules: ReadonlyMap<string, string>;
  /** Where a browser finds packages, as an import map. */
  readonly importMap: string;
  readonly chartStyle: string;
}

/** @throws PageError `UI_FILE_MISSING`. */
export async function loadPageFiles(): Promise<PageFiles> {
  const modules = new Map<string, string>();
  const packages = new Map<string, string>();
  const waiting = [FIRST];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const address = `/modules/${name}`;
    if (modules.has(address)) continue;
    const text = await read(pathToFileURL(path.join(ROOT, name)));
    modules.set(address, text);
    for (const [, specifier = ''] of text.matchAll(IMPORT)) {
      if (specifier.startsWith('.')) waiting.push(path.posix.join(path.posix.dirname(name), specifier));
      else packages.set(specifier, `/packages/${specifier}.js`);
    }
  }
  for (const [name, address] of packages) modules.set(address, await read(packageFile(PACKAGES[name] ?? name)));
  const chartStyle = await read(packageFile(CHART_STYLE));
  return { entry: `/modules/${FIRST}`, modules, importMap: JSON.stringify({ imports: Object.fromEntries(packages) }), chartStyle };
}

function packageFile(name: string): URL {
  try {
    return new URL(import.meta.resolve(name));
  } catch (error) {
    throw missing(name, error);
  }
}

async function read(url: URL): Promise<string> {
  try {
    return await readFile(url, 'utf8');
  } catch (error) {
    throw missing(fileURLToPath(url), error);
  }
}

function missing(where: string, cause: unknown): PageError {
  return new PageError('UI_FILE_MISSING', 'A file of the page is not there', { where, fix: 'Install sshoal again', cause });
}
