// Places on the page as addresses: what stands behind the # and back. A browser never sends that part anywhere.

/** Which runs a list is narrowed to; texts as they were typed. */
export interface ListFilter {
  readonly task?: string | undefined;
  readonly host?: string | undefined;
  readonly outcome?: string | undefined;
  readonly verb?: string | undefined;
  /** Days back. */
  readonly days?: string | undefined;
}

export type Route =
  | { readonly kind: 'runs'; readonly filter: ListFilter }
  | {
      readonly kind: 'run';
      readonly id: string;
      readonly view: 'grid' | 'tasks';
      /** Whose answers are shown: of a task, of a host, or of both; undefined and undefined for nobody's. */
      readonly task?: number | undefined;
      readonly host?: string | undefined;
    }
  | { readonly kind: 'host'; readonly host: string }
  | { readonly kind: 'drift'; readonly host?: string | undefined; readonly subject?: string | undefined }
  | { readonly kind: 'start' }
  | { readonly kind: 'lost'; readonly hash: string };

const FILTER_NAMES = ['task', 'host', 'outcome', 'verb', 'days'] as const satisfies readonly (keyof ListFilter)[];

/** @param hash - With its #, as a browser has it. */
export function routeOf(hash: string): Route {
  const [path = '', query = ''] = splitOnce(hash.replace(/^#/, '') || '/runs', '?');
  const asked = new URLSearchParams(query);
  const [, kind, ...rest] = path.split('/');
  const name = decoded(rest.join('/'));
  if (name === undefined) return { kind: 'lost', hash };
  const value = (key: string): string | undefined => asked.get(key) || undefined;
  switch (kind) {
    case 'runs':
      return { kind, filter: Object.fromEntries(FILTER_NAMES.map((key) => [key, value(key)])) };
    case 'run': {
      const task = value('task');
      if (name === '' || (task !== undefined && !/^\d{1,9}$/.test(task))) return { kind: 'lost', hash };
      const view = value('view') === 'tasks' ? 'tasks' : 'grid';
      return { kind, id: name, view, task: task === undefined ? undefined : Number(task), host: value('host') };
    }
    case 'host':
      return name === '' ? { kind: 'lost', hash } : { kind, host: name };
    case 'drift':
      return { kind, host: value('host'), subject: value('subject') };
    case 'start':
      return { kind };
    default:
      return { kind: 'lost', hash };
  }
}

/** The address of a place, as a link has it. */
export function hashOf(route: Route): string {
  switch (route.kind) {
    case 'runs':
      return `#/runs${queryOf({ ...route.filter })}`;
    case 'run': {
      const { id, view, task, host } = route;
      return `#/run/${encodeURIComponent(id)}${queryOf({ view: view === 'grid' ? undefined : view, task: task?.toString(), host })}`;
    }
    case 'host':
      return `#/host/${encodeURIComponent(route.host)}`;
    case 'drift':
      return `#/drift${queryOf({ host: route.host, subject: route.subject })}`;
    case 'start':
      return '#/start';
    case 'lost':
      return route.hash;
  }
}

/** `?a=1&b=2`, or nothing. */
export function queryOf(values: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined && value !== '') query.set(name, value);
  return query.size === 0 ? '' : `?${query}`;
}

export function navigate(route: Route): void {
  location.hash = hashOf(route);
}

function splitOnce(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
