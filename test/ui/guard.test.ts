// Who may see the page, asked over a real socket on the loopback address.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { describe, it } from 'node:test';
import { finished, written } from '../journal/sample-runs.ts';
import { enter, pageFor } from './served-page.ts';

interface Raw {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** fetch() lets nobody choose the Host. */
async function raw(url: string, headers: Readonly<Record<string, string>>): Promise<Raw> {
  return await new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    })
      .on('error', reject)
      .end();
  });
}

describe('the door of the page', () => {
  it('lets in by the token, once and for all requests after it', async (t) => {
    const { page, origin } = await pageFor(t);

    const first = await fetch(page.url, { redirect: 'manual' });
    const cookie = first.headers.get('set-cookie') ?? '';
    const second = await fetch(`${origin}/`, { headers: { cookie: cookie.split(';')[0] ?? '' } });

    assert.equal(first.status, 303);
    assert.equal(first.headers.get('location'), '/');
    assert.match(cookie, /; HttpOnly/i);
    assert.match(cookie, /; SameSite=Strict/i);
    assert.ok(!cookie.includes(new URL(page.url).searchParams.get('token') ?? 'none'));
    assert.equal(second.status, 200);
  });

  it('says what to do to whoever has no token, or the wrong one, and tells nothing else', async (t) => {
    const { origin } = await pageFor(t);
    const addresses = ['/', '/?token=wrong', '/api/runs', '/style.css', '/modules/ui/page/main.js', '/nowhere'];

    const answers = await Promise.all(
      addresses.map(async (address) => {
        const response = await fetch(origin + address);
        return { status: response.status, text: await response.text() };
      }),
    );

    assert.deepEqual(
      answers.map(({ status }) => status),
      addresses.map(() => 401),
    );
    const [noToken, wrongToken, data] = answers.map(({ text }) => text);
    assert.match(noToken ?? '', /Open the address that <code>sshoal ui<\/code> has printed/);
    assert.match(wrongToken ?? '', /Each start has a new one/);
    assert.match(data ?? '', /"code":"UI_NO_TOKEN"/);
  });

  it('does not answer to another name, as after DNS rebinding', async (t) => {
    const { origin, cookie, port } = await enter(t);

    const foreign = await raw(`${origin}/api/runs`, { cookie, host: `evil.example:${port}` });
    const local = await raw(`${origin}/api/runs`, { cookie, host: `localhost:${port}` });

    assert.equal(foreign.status, 421);
    assert.equal(local.status, 200);
  });

  it('answers no request that another page has made, cookie or not', async (t) => {
    const { origin, cookie, port } = await enter(t);

    const bySite = await raw(`${origin}/api/runs`, { cookie, 'sec-fetch-site': 'same-site' });
    const byOrigin = await raw(`${origin}/api/runs`, { cookie, origin: `http://127.0.0.1:${port + 1}` });
    const own = await raw(`${origin}/api/runs`, { cookie, 'sec-fetch-site': 'same-origin', origin });
    const form = await fetch(`${origin}/api/start`, { method: 'POST', headers: { cookie }, body: 'verb=run' });

    assert.deepEqual([bySite.status, byOrigin.status, own.status, form.status], [403, 403, 200, 403]);
  });

  it('closes every answer against frames, guesses, keeping and foreign scripts', async (t) => {
    const { origin, cookie, directory } = await enter(t);
    await written(directory, [finished('web01')]);

    const answers = await Promise.all(
      ['/', '/api/runs', '/nowhere'].map(async (path) => await fetch(origin + path, { headers: { cookie } })),
    );
    answers.push(await fetch(`${origin}/`));

    for (const { headers } of answers) {
      const policy = headers.get('content-security-policy') ?? '';
      assert.match(policy, /default-src 'none'/);
      assert.match(policy, /frame-ancestors 'none'/);
      assert.doesNotMatch(policy, /unsafe|https?:|\*/);
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.equal(headers.get('access-control-allow-origin'), null);
      assert.equal(headers.get('referrer-policy'), 'no-referrer');
    }
  });

  it('behind a proxy answers to its name alone, and gives a cookie for https', async (t) => {
    const { page, origin } = await pageFor(t, { behindProxy: 'runs.example.org' });
    const token = new URL(page.url).searchParams.get('token') ?? '';

    const direct = await raw(`${origin}/?token=${token}`, {});
    const proxied = await raw(`${origin}/?token=${token}`, { host: 'runs.example.org' });

    assert.match(page.url, /^https:\/\/runs\.example\.org\/\?token=/);
    assert.equal(direct.status, 421);
    assert.equal(proxied.status, 303);
    assert.match(String(proxied.headers['set-cookie']), /; Secure/i);
  });
});
