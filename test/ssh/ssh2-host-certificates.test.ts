// The private parts of ssh2 by which it is taught host certificates: they have to be what they were when that was written.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { certificateAlgorithms } from '#src/ssh/ssh2-host-certificates';

const require = createRequire(import.meta.url);

describe('ssh2, where host certificates change it', () => {
  it('reads the key that is shown in the order that was counted on: once to hash it, then to verify with it', () => {
    const source = readFileSync(require.resolve('ssh2/lib/protocol/kex.js'), 'utf8');
    const clientPart = source.slice(source.indexOf('finish(scOnly) {'), source.indexOf('class Curve25519Exchange'));

    const uses = clientPart.split('\n').filter((line) => /_hostKey\b|\.serverHostKey\b/.test(line));

    assert.deepEqual(
      uses.map((line) => line.trim()),
      [
        '? this._hostKey.getPublicSSH()',
        ': this._hostKey);',
        'if (sigType !== negotiated.serverHostKey) {',
        '+ `expected: ${negotiated.serverHostKey}`,',
        'bufferParser.init(this._hostKey, 0);',
        'const hostKey = this._hostKey.slice(bufferParser.pos());',
        'switch (this.negotiated.serverHostKey) {',
        // What follows is a server's, up to where a key is shown.
        'switch (this.negotiated.serverHostKey) {',
        'let signature = this._hostKey.sign(exchangeHash, hashAlgo);',
        '+ `${this._hostKey.type} host key: ${signature.message}`,',
        'signature = convertSignature(signature, this._hostKey.type);',
        '+ `${this._hostKey.type} host key`,',
        'const sigType = this.negotiated.serverHostKey;',
        'this._hostKey = undefined;',
        'this._protocol._hostKeys[this.negotiated.serverHostKey];',
        'this._hostKey = hostKey;',
        'if (hostPubKeyType !== this.negotiated.serverHostKey) {',
        'switch (this.negotiated.serverHostKey) {',
        'this._hostKey = hostPubKey;',
      ],
      'ssh2 reads the host key otherwise than before: look at src/ssh/ssh2-host-certificates.ts again',
    );
    assert.equal(source.split('self._kex = createKeyExchange(').length, 2);
  });

  it('has the list of what may be offered, to which the certificates are added once', () => {
    const { SUPPORTED_SERVER_HOST_KEY: supported } = require('ssh2/lib/protocol/constants.js') as {
      SUPPORTED_SERVER_HOST_KEY: readonly string[];
    };

    const names = [...certificateAlgorithms(), ...certificateAlgorithms()];

    assert.ok(names.every((name) => supported.filter((one) => one === name).length === 1));
  });
});
