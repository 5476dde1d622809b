// The playbooks for whole hosts, played twice as root over the real sshd of a host with files, processes and network of its own.
// It has no systemd and no packages to get: services are init scripts, and installing is left out by its tag.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, it } from 'node:test';
import { needs } from '../support/real.ts';
import { PROJECT, playTwice, privateHost, VAULT_PASSWORD_FILE } from './private-host.ts';

describe('base.yml, over sshd, without packages and sysctl', privateHost(), () => {
  it('makes sshd strict, and changes nothing the second time', () => {
    const played = playTwice({
      playbook: 'base.yml',
      as: 'web01.example.com',
      flags: ['--skip-tags', 'packages', '-e', '{base_apply_sysctl: false}'],
      after: 'sshd -T | grep -x -e "passwordauthentication no" -e "maxauthtries 3"; grep ^UMASK /etc/login.defs; stat -c %a /etc/cron.d',
    });

    assert.ok(played.first.changed > 0);
    assert.equal(played.again.changed, 0);
    assert.deepEqual(played.after.split('\n').sort(), ['700', 'UMASK 027', 'maxauthtries 3', 'passwordauthentication no']);
  });
});

describe('users.yml, over sshd, all of it', needsAll(privateHost(), 'visudo', 'useradd'), () => {
  it('makes accounts with keys and sudo, removes one, and changes nothing the second time', () => {
    const played = playTwice({
      playbook: 'users.yml',
      as: 'web01.example.com',
      before: 'useradd --create-home mallory',
      after: `id -nG ada; id -nG grace; passwd -S ada | cut -d' ' -f2; id mallory 2>&1 | sed 's/.*: //'; ls -d /home/mallory
stat -c '%U %a' /home/ada/.ssh /home/ada/.ssh/authorized_keys; grep -c ^ssh- /home/grace/.ssh/authorized_keys; sudo -u ada sudo -n id -un`,
    });

    assert.ok(played.first.changed > 0);
    assert.equal(played.again.changed, 0);
    assert.equal(
      played.after,
      ['ada people people-admins', 'grace people', 'L', 'no such user', '/home/mallory', 'ada 700', 'ada 600', '1', 'root'].join('\n'),
    );
  });

  it('takes a key away that is no longer in the list', () => {
    const played = playTwice({
      playbook: 'users.yml',
      as: 'web01.example.com',
      between: 'echo ssh-ed25519 STRANGER >>/home/ada/.ssh/authorized_keys',
      after: 'grep -c STRANGER /home/ada/.ssh/authorized_keys || true',
    });

    assert.equal(played.again.changed, 1);
    assert.equal(played.after, '0');
  });
});

describe('nginx.yml, over sshd, with a stand-in for nginx and without its package', needsAll(privateHost(), 'openssl'), () => {
  it('writes a site with a certificate, reloads once, and changes nothing the second time', () => {
    const played = playTwice({
      playbook: 'nginx.yml',
      as: 'web01.example.com',
      flags: ['--skip-tags', 'packages'],
      files: { 'usr/sbin/nginx': NGINX, 'etc/init.d/nginx': NGINX_INIT, 'etc/nginx/sites-available/default': '# the package\n' },
      before: 'mkdir -p /etc/nginx/sites-enabled; ln -s ../sites-available/default /etc/nginx/sites-enabled/default',
      after: `cat /lab/nginx-calls; ls /etc/nginx/sites-enabled; cd /etc/nginx/tls; stat -c %a ./*.key
openssl x509 -in harbour.example.com.crt -noout -ext subjectAltName | tail -n 1; cat /srv/www/harbour.example.com/index.html | tail -n 1`,
    });

    assert.ok(played.first.changed > 0);
    assert.equal(played.again.changed, 0);
    assert.deepEqual(
      played.after.split('\n').map((line) => line.trim()),
      [
        ...['start', 'checked', 'reload', 'harbour.example.com.conf', '600'],
        'DNS:harbour.example.com, DNS:www.harbour.example.com',
        '<p>harbour.example.com, served by web01.example.com.</p>',
      ],
    );
  });
});

describe(
  'postgresql.yml, over sshd, with the real PostgreSQL 15 and without its package',
  needsAll(privateHost(), 'pg_createcluster'),
  () => {
    it('makes databases whose owners get in with their vaulted passwords, and changes nothing the second time', () => {
      const played = playTwice({
        playbook: 'postgresql.yml',
        as: 'db01.example.com',
        flags: ['--skip-tags', 'packages', '--vault-password-file', VAULT_PASSWORD_FILE],
        before: 'rm -rf /etc/postgresql/15/main /var/lib/postgresql/15/main; pg_createcluster 15 main',
        after: `export PGPASSWORD
for name in orders customers; do PGPASSWORD=not-a-secret-$name psql -h 127.0.0.1 -U "$name" "$name" -tAc 'SELECT current_user, current_database()'; done
su postgres -c 'psql -tAc "SHOW log_min_duration_statement"'; grep -c 10.0.0.0/8 /etc/postgresql/15/main/pg_hba.conf`,
      });

      assert.ok(played.first.changed > 0);
      assert.equal(played.again.changed, 0);
      assert.equal(played.after, ['orders|orders', 'customers|customers', '500ms', '1'].join('\n'));
    });
  },
);

describe('reboot.yml, over sshd, with a stand-in for the restart', privateHost(), () => {
  it('restarts a host that asks for it and waits until it is another start, and leaves it alone the second time', () => {
    const played = playTwice({
      playbook: 'reboot.yml',
      as: 'web02.example.com',
      flags: [
        '-e',
        JSON.stringify({
          reboot_asked_by: '/lab/asked',
          reboot_command: 'sh /lab/restart',
          reboot_boot_id: 'cat /lab/boot',
          reboot_pause: 0,
        }),
      ],
      files: { 'lab/asked': '', 'lab/boot': 'one\n', 'lab/restart': RESTART },
      after: 'cat /lab/boot; ls /lab/asked 2>&1 | sed "s/.*: //"',
    });

    assert.equal(played.first.changed, 1);
    assert.equal(played.again.changed, 0);
    assert.equal(played.after, 'two\nNo such file or directory');
  });
});

describe('the playbooks beside ansible', needs('ansible-playbook'), () => {
  it('are Ansible YAML that ansible-playbook reads too', () => {
    const files = ['base', 'users', 'nginx', 'postgresql', 'rolling-deploy', 'reboot', 'collect-logs'].map((name) =>
      path.join(PROJECT, 'playbooks', `${name}.yml`),
    );

    const done = spawnSync('ansible-playbook', ['--syntax-check', '-i', path.join(PROJECT, 'inventories/example'), ...files], {
      encoding: 'utf8',
      env: { ...process.env, ANSIBLE_CONFIG: '/none.cfg' },
      timeout: 60_000,
    });

    assert.equal(done.status, 0, done.stderr);
    assert.doesNotMatch(done.stderr, /WARNING|DEPRECATION/);
  });
});

/** Both, and the first reason not to. */
function needsAll(first: { skip: string | false }, ...programs: string[]): { skip: string | false } {
  return first.skip === false ? needs(...programs) : first;
}

const NGINX = `#!/bin/sh
[ "$1" = -t ] || exit 2
for site in /etc/nginx/sites-enabled/*; do
  for word in ssl_certificate ssl_certificate_key; do
    file=$(sed -n "s/^ *$word \\(.*\\);/\\1/p" "$site")
    [ -s "$file" ] || { echo "no $word in $site" >&2; exit 1; }
  done
done
echo checked >>/lab/nginx-calls
`;
const NGINX_INIT = `#!/bin/sh
### BEGIN INIT INFO
# Provides: nginx
# Required-Start: $network
# Required-Stop: $network
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
# Short-Description: a stand-in
### END INIT INFO
case $1 in
status) [ -e /lab/nginx-runs ] || exit 3; echo nginx is running ;;
start) : >/lab/nginx-runs; echo start >>/lab/nginx-calls ;;
*) echo "$1" >>/lab/nginx-calls ;;
esac
`;
// The host is away for a second: it lets nobody in, and has another boot id afterwards.
const RESTART = `rm -f /lab/asked
sessions=$(ps -o pid= --ppid "$(cat /run/sshd.pid)")
(sleep 0.3; service ssh stop; kill $sessions; sleep 0.7; echo two >/lab/boot; service ssh start) >/dev/null 2>&1 </dev/null &
`;
