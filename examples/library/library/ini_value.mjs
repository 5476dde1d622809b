// A module in JavaScript: one key of an ini file. The file is read on the host, changed here, and written there.
// @ts-check

/** @type {<const S extends import('sshoal').PlainParamSpecs>(definition: import('sshoal').ModuleDefinition<S>) => typeof definition} */
const define = (definition) => definition;

export const module = define({
  summary: 'Keeps one key of a section of an ini file',
  notes: ['Comments and the order of lines stay as they are.'],
  params: {
    path: { type: 'path', required: true, description: 'the file; made when it is not there' },
    section: { type: 'str', required: true, description: 'the section, without brackets' },
    key: { type: 'str', required: true, description: 'the key' },
    value: { type: 'str', required: true, description: 'what it is to be' },
  },
  checkMode: 'inspects',
  diff: true,
  returns: { previous: { type: 'str', description: 'what it was before' } },
  examples: '- ini_value: {path: /etc/app.ini, section: server, key: port, value: "8080"}',
  compile: ({ section, key, value }, _context, { sh, done, quote }) =>
    sh('if [ -e "$path" ]; then text=$(cat "$path") || failed "Could not read $path"; result text "$text"; fi', ({ values }) => {
      const before = /** @type {string} */ (values.text ?? '');
      const { after, previous } = withKey(before, section, key, value);
      if (after === before) return done(false, { previous });
      return sh(
        `difference ${quote(before)} ${quote(after)} "$path"
        save() { printf '%s\\n' ${quote(after)} >"$path"; }
        change "Could not write $path" save
        result previous ${quote(previous)}`,
      );
    }),
});

/**
 * @param {string} text
 * @param {string} section
 * @param {string} key
 * @param {string} value
 */
function withKey(text, section, key, value) {
  const lines = text === '' ? [] : text.split('\n');
  const start = lines.indexOf(`[${section}]`);
  if (start < 0) return { after: [...lines, `[${section}]`, `${key} = ${value}`].join('\n'), previous: '' };
  const next = lines.findIndex((line, index) => index > start && line.startsWith('['));
  const end = next < 0 ? lines.length : next;
  const at = lines.findIndex((line, index) => index > start && index < end && line.split('=')[0]?.trim() === key);
  if (at < 0) return { after: lines.toSpliced(start + 1, 0, `${key} = ${value}`).join('\n'), previous: '' };
  const previous = (lines[at] ?? '').split('=').slice(1).join('=').trim();
  return { after: previous === value ? text : lines.with(at, `${key} = ${value}`).join('\n'), previous };
}
