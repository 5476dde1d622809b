// Which Node has an SQLite that it does not warn of.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hasSqlite } from '#src/journal/index/node-sqlite';

it('SQLite is taken from Node only where that says nothing of it on stderr', () => {
  for (const version of ['24.15.0', '24.20.1', '25.7.0', '26.0.0', '30.1.2']) assert.equal(hasSqlite(version), true, version);
  for (const version of ['20.19.0', '22.22.0', '23.11.0', '24.14.9', '25.6.1']) assert.equal(hasSqlite(version), false, version);
});
