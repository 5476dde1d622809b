// The frame of the page: where one is, the ways to elsewhere, and the view of this place.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { DriftView } from './drift-view.ts';
import { HelpDialog } from './help-view.ts';
import { HostView } from './host-view.ts';
import { html, type View } from './html.ts';
import { useKeys } from './keys.ts';
import { hashOf, navigate, type Route, routeOf } from './route.ts';
import { RunView } from './run-view.ts';
import { RunsView } from './runs-view.ts';
import { StartView } from './start-view.ts';
import { keptTheme, nextTheme, setTheme } from './theme.ts';
import { FaultCard } from './widgets.ts';
import { shown } from './words.ts';

const PLACES: readonly (readonly [string, Route, kinds: readonly Route['kind'][]])[] = [
  ['Runs', { kind: 'runs', filter: {} }, ['runs', 'run', 'host']],
  ['Drift', { kind: 'drift' }, ['drift']],
  ['Start', { kind: 'start' }, ['start']],
];
const THEME_SIGNS = { system: '◐', dark: '●', light: '○' } as const;

export function PageView(): View {
  const route = useRoute();
  const [theme, change] = useState(keptTheme());
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [isLineOpen, setLineOpen] = useState(true);
  const turn = (): void => {
    const next = nextTheme(theme);
    setTheme(next);
    change(next);
  };
  const keys = useMemo(
    () => ({
      '?': () => setHelpOpen(true),
      t: turn,
      ...Object.fromEntries(PLACES.map(([, place], index) => [String(index + 1), () => navigate(place)])),
    }),
    [theme],
  );
  useKeys(keys);
  useEffect(() => {
    document.title = `${titleOf(route)} · sshoal`;
    setLineOpen(true);
  }, [route]);
  return html`
    <header class="top"><a class="name" href="#/runs">sshoal</a>
      <nav aria-label="Places">${PLACES.map(
        ([name, place, kinds]) => html`<a key=${name} href=${hashOf(place)}
        aria-current=${kinds.includes(route.kind) ? 'page' : undefined}>${name}</a>`,
      )}</nav>
      <button class="plain" onClick=${turn} aria-label=${`Colours: ${theme}`} title=${`Colours: ${theme} (t)`}>${THEME_SIGNS[theme]}</button>
      <button class="plain" onClick=${() => setHelpOpen(true)} aria-label="Keys" title="Keys (?)">?</button>
    </header>
    ${!isLineOpen && html`<p class="banner" role="alert">sshoal ui does not answer: it has been ended, perhaps. The page asks again by itself.</p>`}
    <main>${viewOf(route, setLineOpen)}</main>
    ${isHelpOpen && html`<${HelpDialog} onClose=${() => setHelpOpen(false)} />`}`;
}

function viewOf(route: Route, onLine: (isOpen: boolean) => void): View {
  switch (route.kind) {
    case 'runs':
      return html`<${RunsView} filter=${route.filter} onLine=${onLine} />`;
    case 'run':
      return html`<${RunView} key=${route.id} route=${route} onLine=${onLine} />`;
    case 'host':
      return html`<${HostView} key=${route.host} host=${route.host} />`;
    case 'drift':
      return html`<${DriftView} route=${route} />`;
    case 'start':
      return html`<${StartView} />`;
    case 'lost':
      return html`<${FaultCard} fault=${{ code: 'NO_PLACE', message: 'There is no such place', where: shown(route.hash) }} />`;
  }
}

function titleOf(route: Route): string {
  if (route.kind === 'run') return `Run ${shown(route.id)}`;
  if (route.kind === 'host') return shown(route.host);
  return PLACES.find(([, place]) => place.kind === route.kind)?.[0] ?? 'Nowhere';
}

function useRoute(): Route {
  const [route, setRoute] = useState(routeOf(location.hash));
  useEffect(() => {
    const onHash = (): void => setRoute(routeOf(location.hash));
    addEventListener('hashchange', onHash);
    return () => removeEventListener('hashchange', onHash);
  }, []);
  return route;
}
