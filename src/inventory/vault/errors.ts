// What vaults throw.
import { InputError } from '../../base/errors.ts';

/**
 * Something encrypted, or its password, cannot be used. Codes VAULT_NO_PASSWORD (none was given), VAULT_WRONG_PASSWORD (none of
 * those given opens it), VAULT_FORMAT (damaged, or of a kind that is not known), VAULT_PASSWORD_SOURCE (a file, script or id that
 * gives no password), VAULT_ID (the password to encrypt with is not clear), VAULT_NOT_ENCRYPTED, VAULT_ENCRYPTED.
 */
export class VaultError extends InputError {}
