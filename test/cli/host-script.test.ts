// What lines have in common, as a real sh understands it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { directoryFrom, scriptOf } from '#src/cli/host-script';

const sh = (script: string): { stdout: string; status: number | null } =>
  spawnSync('sh', ['-c', script], { encoding: 'utf8', env: { HOME: tmpdir(), PATH: '/usr/bin:/bin' } });

describe('the setting of lines', () => {
  it('is there when a line begins', () => {
    const script = scriptOf('pwd; echo "$GREETING"', { directory: '/', variables: new Map([['GREETING', "it's  $HOME"]]) });

    assert.equal(sh(script).stdout, "/\nit's  $HOME\n");
  });

  it('keeps a line from running where the directory is not there', () => {
    const { stdout, status } = sh(scriptOf('echo ran', { directory: '/no/such', variables: new Map() }));

    assert.equal(stdout, '');
    assert.notEqual(status, 0);
  });

  it('hands values over exactly', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (value) => {
        assert.equal(sh(scriptOf('printf %s "$V"', { directory: undefined, variables: new Map([['V', value]]) })).stdout, value);
      }),
      { numRuns: 20 },
    );
  });

  it('changes directory as cd does', () => {
    assert.equal(directoryFrom(undefined, 'logs'), '~/logs');
    assert.equal(directoryFrom('/var', 'log'), '/var/log');
    assert.equal(directoryFrom('/var', '..'), '/var/..');
    assert.equal(directoryFrom('/var', '/etc'), '/etc');
    assert.equal(directoryFrom('/var', '~/x'), '~/x');
    assert.equal(directoryFrom('/var', '~'), undefined);
    assert.equal(directoryFrom('/var', ''), undefined);
    assert.equal(sh(scriptOf('pwd', { directory: '~/..', variables: new Map() })).stdout, '/\n');
  });
});
