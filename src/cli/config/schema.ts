// The JSON Schema of sshoal.yml, made of the table of settings. docs/sshoal.schema.json is its output.
import { optionMeaning } from '../flag-options.ts';
import { SETTINGS } from './settings.ts';

/** The schema, draft 2020-12, as editors read it. */
export function configSchema(): Readonly<Record<string, unknown>> {
  const properties = [...SETTINGS.values()].map(({ key, kind, choices, option }) => {
    const described = { description: `${optionMeaning(option)} (${option.long ?? option.flags})`, ...kind.schema(choices) };
    return [key, option.defaultValue === undefined ? described : { ...described, default: option.defaultValue as unknown }] as const;
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:sshoal:sshoal.yml',
    title: 'sshoal.yml',
    description: 'The configuration of sshoal: what its flags are when nobody gives them.',
    type: ['object', 'null'],
    additionalProperties: false,
    properties: Object.fromEntries(properties),
  };
}
