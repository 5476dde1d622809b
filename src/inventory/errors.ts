// What inventories and patterns throw.
import { InputError } from '../base/errors.ts';

/**
 * An inventory source that cannot be read or makes no sense. Codes: INVENTORY_NOT_FOUND, INVENTORY_SYNTAX, INVENTORY_RANGE,
 * INVENTORY_GROUP, INVENTORY_SCRIPT, INVENTORY_PLUGIN.
 */
export class InventoryError extends InputError {}

/** A host pattern that cannot be read, or names nobody. Codes PATTERN_SYNTAX, PATTERN_NO_MATCH, PATTERN_OUT_OF_RANGE. */
export class PatternError extends InputError {}
