// The table of settings: each is a flag, and everything published is made of it.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import { configSchema } from '#src/cli/config/schema';
import { SECRET_VARIABLES, SETTINGS } from '#src/cli/config/settings';
import { readSshoalYml } from '#src/cli/config/sshoal-yml';
import { configTemplate } from '#src/cli/config/template';
import { FLAG_NAMES } from '#src/cli/flag-options';
import { verbs } from '#src/cli/verbs';

const SCHEMA = path.resolve(import.meta.dirname, '../../../../docs/sshoal.schema.json');

describe('the settings', () => {
  it('are flags each, under the same name, that some verb takes', () => {
    for (const { flag, key, option } of SETTINGS.values()) {
      assert.ok(FLAG_NAMES.includes(flag), flag);
      assert.equal(option.long, `--${option.negate ? 'no-' : ''}${key.replaceAll('_', '-')}`);
      assert.ok(
        verbs.some((verb) => verb.flags.includes(flag)),
        flag,
      );
    }
  });

  it('share no variable with the passwords', () => {
    const variables = [...[...SETTINGS.values()].map(({ variable }) => variable), ...SECRET_VARIABLES.values()];

    assert.equal(new Set(variables).size, variables.length);
  });

  it('read text as the flag does, where the flag has a parser of its own', () => {
    const texts = {
      forks: '20',
      connection: 'openssh',
      port: '2222',
      connectTimeout: '1.5m',
      timeout: '30',
      hostKey: 'ask',
      output: 'json',
    };
    const around = { directory: undefined, home: undefined };

    for (const [flag, text] of Object.entries(texts)) {
      const setting = SETTINGS.get(flag as keyof typeof texts);
      assert.ok(setting);
      const read = setting.kind.fromText(text, { ...around, choices: setting.choices });
      assert.deepEqual(read, setting.option.parseArg?.(text, undefined), flag);
    }
  });

  it('are in the published schema (UPDATE_DOCS=1 writes it anew)', () => {
    const schema = `${JSON.stringify(configSchema(), null, 2)}\n`;
    if (process.env.UPDATE_DOCS === '1') writeFileSync(SCHEMA, schema);

    assert.equal(readFileSync(SCHEMA, 'utf8'), schema);
  });

  it('are all in what `config init` prints, commented out, and valid without the comment signs', () => {
    const template = configTemplate();
    const uncommented = template.replace(/^# (\w+: .*)$/gm, '$1');

    const none = readSshoalYml(template, '/etc/sshoal.yml', '/home/ada');
    const all = readSshoalYml(uncommented, '/etc/sshoal.yml', '/home/ada');

    assert.equal(none.size, 0);
    assert.deepEqual([...all.keys()], [...SETTINGS.keys()]);
    assert.match(template, /^# yaml-language-server: \$schema=file:\/\/\/.*\/docs\/sshoal\.schema\.json\n/);
  });
});
