// The first module of the page: it puts the rest into the document.
import { h, render } from 'preact';
import { PageView } from './page-view.ts';
import { keptTheme, setTheme } from './theme.ts';

setTheme(keptTheme());
const place = document.getElementById('page');
if (place !== null) {
  place.replaceChildren();
  render(h(PageView, {}), place);
}
