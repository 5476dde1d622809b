// The filters about IP addresses: a table of what the collection ansible.utils says, and numbers against their text.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Environment } from '#src/jinja/environment';
import { formatIp, parseIp } from '#src/jinja/ip-address';

const evaluate = (text: string) => new Environment().compileExpression(text).evaluate({ get: () => undefined });

describe('ipaddr', () => {
  const cases: readonly [expression: string, value: unknown][] = [
    ['"192.168.1.5" | ipaddr', '192.168.1.5'],
    ['"192.168.1.5/24" | ipaddr', '192.168.1.5/24'],
    ['"nothing" | ipaddr', false],
    ['"" | ipaddr', false],
    ['true | ipaddr', false],
    ['["10.0.0.1", "x", "fe80::1/64", ""] | ipaddr', ['10.0.0.1', 'fe80::1/64']],
    ['["10.0.0.1", "x", "fe80::1/64"] | ipv4', ['10.0.0.1']],
    ['["10.0.0.1", "x", "fe80::1/64"] | ansible.utils.ipv6', ['fe80::1/64']],
    ['"192.168.1.5/24" | ipaddr("address")', '192.168.1.5'],
    ['"192.168.1.0/24" | ipaddr("address")', null],
    ['"192.168.1.5/24" | ipaddr("network")', '192.168.1.0'],
    ['"192.168.1.5/24" | ipaddr("netmask")', '255.255.255.0'],
    ['"192.168.1.5/24" | ipaddr("hostmask")', '0.0.0.255'],
    ['"192.168.1.5/24" | ipaddr("broadcast")', '192.168.1.255'],
    ['"192.168.1.5/24" | ipaddr("prefix")', 24],
    ['"192.168.1.5/255.255.255.0" | ipaddr("prefix")', 24],
    ['"192.168.1.5/24" | ipaddr("subnet")', '192.168.1.0/24'],
    ['"192.168.1.5/24" | ipaddr("network/prefix")', '192.168.1.0/24'],
    ['"192.168.1.5/24" | ipaddr("host/prefix")', '192.168.1.5/24'],
    ['"192.168.1.0/24" | ipaddr("host/prefix")', false],
    ['"192.168.1.0/24" | ipaddr("net")', '192.168.1.0/24'],
    ['"192.168.1.5/24" | ipaddr("net")', null],
    ['"192.168.1.5/24" | ipaddr("size")', 256],
    ['"192.168.1.5/24" | ipaddr("size_usable")', 254],
    ['"192.168.1.0/24" | ipaddr("first_usable")', '192.168.1.1'],
    ['"192.168.1.0/24" | ipaddr("last_usable")', '192.168.1.254'],
    ['"192.168.1.0/31" | ipaddr("range_usable")', '192.168.1.0-192.168.1.1'],
    ['"192.168.1.5/24" | ipaddr("next_usable")', '192.168.1.6'],
    ['"192.168.1.1/24" | ipaddr("previous_usable")', null],
    ['"192.168.1.1/30" | ipaddr("peer")', '192.168.1.2'],
    ['"192.168.1.0/24" | ipaddr(1)', '192.168.1.1/24'],
    ['"192.168.1.0/24" | ipaddr("-1")', '192.168.1.255/24'],
    ['"192.168.1.0/24" | ipaddr(300)', false],
    ['"192.168.1.5" | ipaddr("192.168.0.0/16")', '192.168.1.5'],
    ['"10.1.1.5" | ipaddr("192.168.0.0/16")', null],
    ['["192.168.1.5", "10.0.0.1"] | ipaddr("192.168.0.0/16")', ['192.168.1.5']],
    ['"192.168.1.5/24" | ipaddr("type")', 'address'],
    ['"192.168.1.0/24" | ipaddr("type")', 'network'],
    ['"192.168.1.5" | ipaddr("int")', 3232235781],
    ['3232235781 | ipaddr', '192.168.1.5'],
    ['"192.168.1.5" | ipaddr("revdns")', '5.1.168.192.in-addr.arpa.'],
    ['"192.168.1.5" | ipaddr("private")', '192.168.1.5'],
    ['"192.168.1.5" | ipaddr("public")', null],
    ['"8.8.8.8" | ipaddr("public")', '8.8.8.8'],
    ['"::1" | ipaddr("loopback")', '::1'],
    ['"fe80::1" | ipaddr("link-local")', 'fe80::1'],
    ['"2001:db8::5/32" | ipaddr("network")', '2001:db8::'],
    ['"2001:DB8:0:0:1:0:0:1" | ipaddr', '2001:db8::1:0:0:1'],
    ['"::ffff:10.0.0.1" | ipaddr', '::ffff:10.0.0.1'],
    ['"fe80::1" | ipwrap', '[fe80::1]'],
    ['"fe80::1/64" | ipwrap', '[fe80::1]/64'],
    ['"10.0.0.1" | ipwrap', '10.0.0.1'],
    ['"host" | ipwrap', 'host'],
    ['["fe80::1", "host"] | ipwrap', ['[fe80::1]', 'host']],
  ];
  for (const [expression, value] of cases) {
    it(`makes ${JSON.stringify(value)} of ${expression}`, () => {
      assert.deepEqual(evaluate(expression), value);
    });
  }

  it('refuses a question that it does not know, and suggests one that it does', () => {
    assert.throws(() => evaluate('"10.0.0.1" | ipaddr("netmsk")'), { code: 'TEMPLATE_FAILED', fix: /netmask/ });
    assert.throws(() => evaluate('"10.0.0.1" | ipaddr("first_usable")'), { message: /Not a network address/ });
  });
});

describe('the text of an address', () => {
  it('is read back as the same number', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, (1n << 128n) - 1n), fc.constantFrom<4 | 6>(4, 6), fc.nat(128), (number, version, shift) => {
        const address = (version === 4 ? number & 0xffffffffn : number) >> BigInt(shift);

        assert.equal(parseIp(formatIp(address, version))?.address, address);
      }),
    );
  });

  it('is refused when it is none', () => {
    for (const text of [
      '1.2.3',
      '1.2.3.256',
      '1.2.3.4/33',
      '1::2::3',
      ':1',
      '12345::',
      '1:2:3:4:5:6:7:8:9',
      '1.2.3.4/1/2',
      '::/129',
      '1.2.3.4/255.0.255.0',
      'a.b.c.d',
    ])
      assert.equal(parseIp(text), undefined, text);
  });
});
