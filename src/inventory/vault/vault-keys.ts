// The passwords of a run, and what they open. It does not know where they come from.
import type { Where } from '../../base/errors.ts';
import { SEALED_KEY, Sealed } from '../../base/value.ts';
import type { YamlEntry, YamlNode, YamlScalar } from '../../base/yaml.ts';
import { VaultError } from './errors.ts';
import { DEFAULT_VAULT_ID, isVault, openVault, parseVault, sealVault, type VaultSecret } from './vault-text.ts';

/** How whoever reads files of variables treats what is encrypted in them. */
export interface VaultReader {
  /** The text of a file, opened if it is a vault. @throws VaultError. */
  readonly file: (bytes: Uint8Array, file: string) => string;
  /** The same for what need not be text. @throws VaultError. */
  readonly bytes: (bytes: Uint8Array, file: string) => Uint8Array;
  /** A tree whose `!vault` scalars are sealed, or are whatever else the reader makes of them. Opening one throws VaultError with its place. */
  readonly tree: (node: YamlNode) => YamlNode;
}

/**
 * Passwords, the best first.
 *
 * @example
 * ```ts
 * const keys = new VaultKeys([{ id: 'prod', password: Buffer.from('open sesame') }]);
 * const inventory = await Inventory.load(['hosts.ini'], { vault: keys });
 * ```
 */
export class VaultKeys implements VaultReader {
  readonly #secrets: readonly VaultSecret[];
  readonly #onOpened: (text: string) => void;

  /** @param options.onOpened - Told each text that was encrypted, so that it can be masked in what is shown. */
  constructor(secrets: readonly VaultSecret[], options: { readonly onOpened?: ((text: string) => void) | undefined } = {}) {
    this.#secrets = secrets;
    this.#onOpened = options.onOpened ?? (() => {});
  }

  /** For whoever opens the same elsewhere. */
  get secrets(): readonly VaultSecret[] {
    return this.#secrets;
  }

  get ids(): readonly string[] {
    return this.#secrets.map(({ id }) => id);
  }

  /**
   * Opens a vault: with the passwords of the id it names, then with all others, as ansible 2.14.
   *
   * @returns What is inside, the id the vault names, and the secret that opened it.
   * @throws VaultError VAULT_NO_PASSWORD, VAULT_WRONG_PASSWORD, VAULT_NOT_ENCRYPTED, VAULT_FORMAT.
   */
  open(text: string, where: Where): { readonly plain: Buffer; readonly id: string | undefined; readonly secret: VaultSecret } {
    const sealed = parseVault(text, where);
    if (this.#secrets.length === 0) {
      const named = sealed.id === undefined ? '' : ` (id ${sealed.id})`;
      throw new VaultError('VAULT_NO_PASSWORD', `This is encrypted${named}, and no vault password was given`, {
        where,
        fix: `Give one: --vault-id ${sealed.id ?? DEFAULT_VAULT_ID}@prompt, --vault-password-file <file> or --ask-vault-pass`,
      });
    }
    const fits = ({ id }: VaultSecret): boolean => id === sealed.id;
    for (const secret of [...this.#secrets.filter(fits), ...this.#secrets.filter((one) => !fits(one))]) {
      const plain = openVault(sealed, secret.password);
      if (plain !== undefined) return { plain, id: sealed.id, secret };
    }
    const named = sealed.id === undefined ? 'It names no id' : `It names the id ${sealed.id}`;
    throw new VaultError('VAULT_WRONG_PASSWORD', `None of the vault passwords opens this; tried: ${this.ids.join(', ')}`, {
      where,
      fix: `${named}; check its password, or give another with --vault-id ${sealed.id ?? DEFAULT_VAULT_ID}@<file>`,
    });
  }

  /**
   * The secret to encrypt with.
   *
   * @param id - The one asked for; without it there must be no choice.
   * @throws VaultError VAULT_NO_PASSWORD, VAULT_ID.
   */
  secretFor(id: string | undefined): VaultSecret {
    const [first] = this.#secrets;
    if (first === undefined)
      throw new VaultError('VAULT_NO_PASSWORD', 'There is no vault password to encrypt with', {
        fix: 'Give one: --vault-id <id>@<file or prompt>, --vault-password-file <file> or --ask-vault-pass',
      });
    const found = id === undefined && this.#secrets.length === 1 ? first : this.#secrets.find((secret) => secret.id === id);
    if (found !== undefined) return found;
    const known = this.ids.join(', ');
    const message =
      id === undefined ? `There are several vault passwords to encrypt with: ${known}` : `There is no vault password with the id ${id}`;
    throw new VaultError('VAULT_ID', message, { where: '--encrypt-vault-id', fix: `Give --encrypt-vault-id with one of: ${known}` });
  }

  readonly file = (bytes: Uint8Array, file: string): string => Buffer.from(this.bytes(bytes, file)).toString('utf8');

  readonly bytes = (bytes: Uint8Array, file: string): Uint8Array => {
    if (!isVault(bytes)) return bytes;
    const { plain } = this.open(Buffer.from(bytes).toString('utf8'), file);
    for (const value of valuesIn(plain.toString('utf8'))) this.#onOpened(value);
    return plain;
  };

  readonly tree = (node: YamlNode): YamlNode =>
    withoutVaults(node, (scalar) => {
      const text = sealedText(scalar);
      const open = (): string => {
        const plain = this.open(text.trim(), scalar.position).plain.toString('utf8');
        this.#onOpened(plain);
        return plain;
      };
      return { kind: 'scalar', value: new Sealed(text, open), position: scalar.position };
    });
}

/**
 * Leaves `!vault` values closed, as `ansible-inventory --list` shows them: `{"__ansible_vault": "$ANSIBLE_VAULT;..."}`. Files that
 * are encrypted as a whole are still opened.
 */
export function keepValuesSealed(keys: VaultKeys): VaultReader {
  return {
    file: keys.file,
    bytes: keys.bytes,
    tree: (node) =>
      withoutVaults(node, (scalar) => {
        const { position } = scalar;
        const text: YamlScalar = { kind: 'scalar', value: sealedText(scalar), position };
        return { kind: 'map', entries: [{ key: SEALED_KEY, keyPosition: position, node: text }], position };
      }),
  };
}

// Trees are large and vaults few: what holds none is kept as it is.
function withoutVaults(node: YamlNode, replaced: (scalar: YamlScalar) => YamlNode): YamlNode {
  switch (node.kind) {
    case 'scalar':
      return node.tag === '!vault' ? replaced(node) : node;
    case 'list': {
      const items = node.items.map((item) => withoutVaults(item, replaced));
      return items.every((item, i) => item === node.items[i]) ? node : { ...node, items };
    }
    case 'map': {
      const entries = node.entries.map((entry): YamlEntry => {
        const value = withoutVaults(entry.node, replaced);
        return value === entry.node ? entry : { ...entry, node: value };
      });
      return entries.every((entry, i) => entry === node.entries[i]) ? node : { ...node, entries };
    }
  }
}

/** @throws VaultError VAULT_ENCRYPTED on what is a vault already: nobody means to encrypt twice. */
export function encrypt(plain: Uint8Array, secret: VaultSecret, where: Where): string {
  if (!isVault(plain)) return sealVault(plain, secret);
  throw new VaultError('VAULT_ENCRYPTED', 'This is encrypted already', { where, fix: 'To change its password: sshoal vault rekey' });
}

// A tag makes text of any scalar.
function sealedText({ value }: YamlScalar): string {
  return typeof value === 'string' ? value : '';
}

/** Masking these would blot out half of any output. */
const EVERYDAY = /^(?:true|false|null|none|yes|no|on|off)$/i;

// What stands behind names, without knowing the format: a masked secret is never worth an error of its own.
function valuesIn(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const value = line
      .replace(/^\s*(?:-\s+)*(?:#.*|[^\s:=][^:=]*(?::(?:\s|$)|=))?/, '')
      .trim()
      .replace(/^(["'])(.*)\1$/, '$2');
    return value === '' || EVERYDAY.test(value) ? [] : [value];
  });
}
