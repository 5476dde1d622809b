// File modes as people write them, octal or symbolic, and the shell arithmetic that applies them. It does not know which file.

/** `preserve` is no mode of its own: whoever knows the source replaces it. */
export const PRESERVE = 'preserve';

const CLAUSE = /^([ugoa]*)((?:[-+=](?:[ugo]|[rwxXst]*))+)$/;

/** Whether a text is a mode: octal (`0644`, `1777`), symbolic (`u=rw,g+r,o=`), or `preserve`. */
export function isMode(text: string): boolean {
  return text === PRESERVE || /^[0-7]{1,5}$/.test(text) || text.split(',').every((clause) => CLAUSE.test(clause));
}

const BITS: Readonly<Record<string, number>> = { r: 4, w: 2, x: 1 };
const SHIFT = { u: 6, g: 3, o: 0 } as const;
/** The special bit that each class owns: setuid, setgid, sticky. `=` clears it too, as in ansible 2.14. */
const SPECIAL = { u: 0o4000, g: 0o2000, o: 0o1000 } as const;
type Class = keyof typeof SHIFT;

/**
 * The shell function `wanted_mode`, which sets `new_mode` from `st_mode`, both decimal.
 *
 * Symbolic clauses work on the file's mode before any of them, as in ansible 2.14 (chmod works on the mode so far, which
 * differs for `X` and for copies such as `g=u`). Constants are decimal: shells disagree about octal ones.
 *
 * @param mode - {@link isMode} holds; undefined leaves every mode as it is.
 */
export function wantedMode(mode: string | undefined): string {
  if (mode === undefined) return 'wanted_mode() { new_mode=$((st_mode & 4095)); }';
  if (/^[0-7]+$/.test(mode)) return `wanted_mode() { new_mode=${Number.parseInt(mode, 8) & 0o7777}; }`;
  const lines = mode.split(',').flatMap(compileClause);
  return `wanted_mode() {
  old_mode=$((st_mode & 4095)) new_mode=$((st_mode & 4095)) x_bits=0; know_umask
  if [ $((st_mode & 61440)) -eq 16384 ] || [ $((st_mode & 73)) -ne 0 ]; then x_bits=1; fi
${lines.map((line) => `  ${line}`).join('\n')}
}`;
}

function compileClause(clause: string): string[] {
  const [, who = '', actions = ''] = CLAUSE.exec(clause) ?? [];
  const classes: readonly Class[] = who === '' || who.includes('a') ? ['u', 'g', 'o'] : (who.split('') as Class[]);
  return [...actions.matchAll(/([-+=])([^-+=]*)/g)].flatMap(([, operator = '', permissions = '']) =>
    classes.map((one) => {
      const bits = permissionBits(one, permissions, who === '');
      if (operator === '+') return `new_mode=$((new_mode | (${bits})))`;
      if (operator === '-') return `new_mode=$((new_mode & ~(${bits})))`;
      return `new_mode=$((new_mode & ${0o7777 & ~((7 << SHIFT[one]) | SPECIAL[one])} | (${bits})))`;
    }),
  );
}

// The bits of one class as an arithmetic expression: constants, plus what depends on the file or on the umask.
function permissionBits(one: Class, permissions: string, obeysUmask: boolean): string {
  const terms: string[] = [];
  let constant = 0;
  let special = 0;
  for (const letter of permissions) {
    if (letter in BITS) constant |= (BITS[letter] ?? 0) << SHIFT[one];
    else if (letter in SHIFT) terms.push(`(old_mode >> ${SHIFT[letter as Class]} & 7) << ${SHIFT[one]}`);
    else if (letter === 'X') terms.push(`x_bits << ${SHIFT[one]}`);
    else if (letter === 's' && one !== 'o') special |= SPECIAL[one];
    else if (letter === 't' && one === 'o') special |= SPECIAL.o;
  }
  if (constant !== 0) terms.push(obeysUmask ? `${constant} & ~umask_bits` : String(constant));
  if (special !== 0) terms.push(String(special));
  if (terms.length === 0) return '0';
  return terms.length === 1 ? terms.join('') : terms.map((term) => `(${term})`).join(' | ');
}
