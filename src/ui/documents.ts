// The few documents of HTML there are. Everything else on the page is made of text nodes by its modules.
import { createHash } from 'node:crypto';
import type { PageFiles } from './page-files.ts';

/** The style of a notice, which is shown to those who may not have any other file. */
const NOTICE_STYLE =
  ':root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;max-width:34rem;margin:18vh auto 0;padding:0 1.5rem}h1{font-size:1.3rem;font-weight:600}code{font:0.92em ui-monospace,monospace}';

export const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0a58a6"/><path d="M3 5h6M3 8h10M3 11h4" stroke="#fff" stroke-width="1.6" stroke-linecap="round"/></svg>';

/** The page itself: a head, and a place for its modules to fill. */
export function pageDocument({ entry, modules, importMap }: PageFiles): string {
  const preloads = [...modules.keys()].map((address) => `<link rel="modulepreload" href="${address}">`).join('');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>sshoal</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/style.css">
<script type="importmap">${importMap}</script>
${preloads}
<script type="module" src="${entry}"></script>
</head>
<body><div id="page"><noscript>This page is made by a script of its own: let it run.</noscript></div></body>
</html>
`;
}

/** A page that says one thing. @param lines - Texts of the program's own; text between backticks is code. */
export function noticeDocument(title: string, lines: readonly string[]): string {
  const paragraphs = lines.map((line) => `<p>${escaped(line).replace(/`([^`]*)`/g, '<code>$1</code>')}</p>`).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · sshoal</title>
<style>${NOTICE_STYLE}</style>
</head>
<body><main><h1>${escaped(title)}</h1>
${paragraphs}
</main></body>
</html>
`;
}

/**
 * What a browser may do with any of it: load our own files, and nothing else; the two inline texts there are, by their hashes.
 * Trusted types without a policy: no script can make markup of text, whatever it was told.
 */
export function contentPolicy({ importMap }: PageFiles): string {
  return [
    "default-src 'none'",
    `script-src 'self' ${hashOf(importMap)}`,
    `style-src 'self' ${hashOf(NOTICE_STYLE)}`,
    "connect-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
