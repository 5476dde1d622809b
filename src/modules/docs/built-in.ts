// Examples and registered values of the modules that are built in, for documentation. It does not know what the modules do.
import type { ModuleDocs, ReturnSpecs } from '../seam.ts';

const COMMAND: ReturnSpecs = {
  rc: { type: 'int', description: 'the exit code; minus the number of the signal that ended it' },
  stdout: { description: 'what it wrote to its output' },
  stdout_lines: { type: 'list', description: 'its lines' },
  stderr: { description: 'what it wrote about errors' },
  stderr_lines: { type: 'list', description: 'its lines' },
  cmd: { description: 'the command, as text or as a list of words' },
  start: { description: 'when it began' },
  end: { description: 'when it ended' },
  delta: { description: 'how long that took' },
};
const PERMISSIONS: ReturnSpecs = {
  mode: { description: "permission bits, such as '0644'" },
  uid: { type: 'int', description: 'the number of the owner' },
  gid: { type: 'int', description: 'the number of the group' },
  owner: { description: 'the name of the owner' },
  group: { description: 'the name of the group' },
  size: { type: 'int', description: 'bytes' },
  state: { description: 'file, directory, link, hard or absent' },
};
const INSTALLED: ReturnSpecs = {
  dest: { description: 'the path on the host' },
  src: { description: 'where the new content was put first' },
  checksum: { description: 'SHA-1 of the content' },
  md5sum: { description: 'MD5 of the content, where it was sent' },
  backup_file: { description: 'the old file, when a copy was kept' },
  ...PERMISSIONS,
};
const EDITED: ReturnSpecs = {
  msg: { description: 'what was done' },
  backup: { description: 'the old file, when a copy was kept' },
  rc: { type: 'int', description: 'given when the file is not there: 257' },
};
const PACKAGES: ReturnSpecs = {
  msg: { description: 'why it failed, or what was done' },
  rc: { type: 'int', description: 'the exit code of the tool' },
  results: { type: 'list', description: 'what was done, a line for each package' },
};

const UNIT: ReturnSpecs = {
  name: { description: 'its name' },
  state: { description: 'started or stopped' },
  enabled: { type: 'bool', description: 'whether it starts with the host' },
  status: { type: 'dict', description: 'what systemctl show says, where there is systemd' },
};

/** By the name of the module or action; those without a line have an example made of what they require. */
export const BUILT_IN_DOCS: Readonly<Record<string, ModuleDocs>> = {
  alternatives: {
    examples: `
- alternatives: {name: editor, path: /usr/bin/vim.basic}`,
  },
  apt: {
    diff: true,
    returns: {
      stdout: { description: 'what apt-get wrote' },
      stderr: { description: 'what apt-get wrote about errors' },
      cache_updated: { type: 'bool', description: 'whether the lists of packages were got' },
      cache_update_time: { type: 'int', description: 'when they last were, in seconds since 1970' },
    },
    examples: `
- apt: {name: [nginx, curl], update_cache: true, cache_valid_time: 3600}
- apt: {name: telnet, state: absent, purge: true}`,
  },
  apt_key: {
    examples: `
- apt_key: {url: 'https://example.org/key.asc', keyring: /etc/apt/trusted.gpg.d/example.gpg}`,
  },
  apt_repository: {
    diff: true,
    examples: `
- apt_repository: {repo: 'deb http://deb.debian.org/debian bookworm-backports main', filename: backports}`,
  },
  assemble: {
    returns: INSTALLED,
    examples: `
- assemble: {src: /etc/app/conf.d, dest: /etc/app/app.conf, mode: '0644'}`,
  },
  assert: {
    examples: `
- assert:
    that: [ansible_facts.memtotal_mb > 1000, "'web' in group_names"]
    fail_msg: This host is too small`,
  },
  authorized_key: {
    examples: `
- authorized_key:
    user: deploy
    key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF1Vw3lb2AzmTNHZLR4I5QwO3uvXbDsYKhtR9X0z2oDh ada@example.org`,
  },
  blockinfile: {
    diff: true,
    returns: EDITED,
    examples: `
- blockinfile:
    path: /etc/hosts
    marker: '# {mark} the cluster'
    block: |
      10.0.0.1 db01
      10.0.0.2 db02`,
  },
  command: {
    returns: COMMAND,
    examples: `
- command: make install
  args: {chdir: /usr/src/app, creates: /usr/local/bin/app}
- command: {argv: [printf, '%s', 'a b']}`,
  },
  copy: {
    diff: true,
    returns: INSTALLED,
    examples: `
- copy: {src: app.conf, dest: /etc/app.conf, owner: root, mode: '0640', backup: true}
- copy:
    content: "{{ settings | to_nice_json }}"
    dest: /etc/app.json`,
  },
  cron: {
    diff: true,
    returns: {
      jobs: { type: 'list', description: 'names of all jobs' },
      envs: { type: 'list', description: 'names of all variables' },
    },
    examples: `
- cron: {name: backup, minute: '0', hour: '3', job: /usr/local/bin/backup}`,
  },
  debconf: {
    examples: `
- debconf: {name: tzdata, question: tzdata/Areas, vtype: select, value: Europe}`,
  },
  debug: {
    examples: `
- debug: {msg: "{{ inventory_hostname }} has {{ ansible_facts.processor_vcpus }} cores"}
- debug: {var: result.stdout_lines}`,
  },
  dnf: {
    returns: PACKAGES,
    examples: `
- dnf: {name: [nginx, '@Development Tools'], state: present}`,
  },
  fail: {
    examples: `
- fail: {msg: No more than one host at a time}
  when: ansible_play_hosts | length > 1`,
  },
  file: {
    diff: true,
    returns: {
      path: { description: 'the path' },
      dest: { description: 'the path, of links and with touch' },
      src: { description: 'where a link leads' },
      diff: { type: 'dict', description: 'what is different, before and after' },
      ...PERMISSIONS,
    },
    examples: `
- file: {path: /srv/app, state: directory, owner: app, mode: '0750'}
- file: {path: /srv/app/current, src: releases/7, state: link}
- file: {path: /srv/old, state: absent}`,
  },
  find: {
    returns: {
      files: { type: 'list', description: 'a map for each: path, mode, size, mtime and what stat says besides' },
      matched: { type: 'int', description: 'how many they are' },
      examined: { type: 'int', description: 'how many were looked at' },
      skipped_paths: { type: 'dict', description: 'directories that could not be looked into, and why' },
      msg: { description: 'whether all of them could' },
    },
    examples: `
- find: {paths: /var/log, patterns: '*.log', age: 30d, size: 10m, recurse: true}
  register: old`,
  },
  get_url: {
    returns: {
      url: { description: 'what was asked for' },
      status_code: { type: 'int', description: 'what the server answered' },
      checksum_src: { description: 'SHA-1 of what came' },
      checksum_dest: { description: 'SHA-1 of the file before' },
      ...INSTALLED,
    },
    examples: `
- get_url:
    url: https://example.org/app.tar.gz
    dest: /opt/app.tar.gz
    checksum: sha256:https://example.org/app.tar.gz.sha256`,
  },
  getent: {
    returns: { ansible_facts: { type: 'dict', description: 'getent_DATABASE: the fields of each key' } },
    examples: `
- getent: {database: passwd, key: www-data}`,
  },
  git: {
    diff: true,
    returns: {
      before: { description: 'the commit that was there' },
      after: { description: 'the commit that is there' },
      remote_url_changed: { type: 'bool', description: 'whether the repository was another' },
    },
    examples: `
- git: {repo: 'https://example.org/app.git', dest: /srv/app, version: v1.4, depth: 1}`,
  },
  group: {
    returns: {
      name: { description: 'its name' },
      gid: { type: 'int', description: 'its number' },
      state: { description: 'present or absent' },
      system: { type: 'bool', description: 'as it was given' },
    },
    examples: `
- group: {name: app, system: true}`,
  },
  hostname: {
    examples: `
- hostname: {name: web01}`,
  },
  ini_file: {
    examples: `
- ini_file: {path: /etc/app.ini, section: server, option: port, value: '8080'}`,
  },
  known_hosts: {
    examples: `
- known_hosts:
    name: git.example.org
    key: git.example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF1Vw3lb2AzmTNHZLR4I5QwO3uvXbDsYKhtR9X0z2oDh`,
  },
  lineinfile: {
    diff: true,
    returns: { ...EDITED, found: { type: 'int', description: 'how many lines were removed' } },
    examples: `
- lineinfile:
    path: /etc/ssh/sshd_config
    regexp: '^#?PermitRootLogin'
    line: PermitRootLogin no
    validate: sshd -t -f %s`,
  },
  locale_gen: {
    examples: `
- locale_gen: {name: de_DE.UTF-8}`,
  },
  meta: {
    examples: `
- meta: flush_handlers`,
  },
  modprobe: {
    examples: `
- modprobe: {name: br_netfilter, persistent: present}`,
  },
  mount: {
    examples: `
- mount: {path: /srv, src: /dev/vdb1, fstype: ext4, state: mounted}`,
  },
  package: {
    returns: PACKAGES,
    examples: `
- package: {name: rsync, state: present}`,
  },
  ping: {
    returns: { ping: { description: 'pong, or what was given' } },
    examples: `
- ping:`,
  },
  pip: {
    examples: `
- pip: {name: [flask, gunicorn], virtualenv: /opt/app/venv, virtualenv_command: python3 -m venv}`,
  },
  raw: {
    returns: Object.fromEntries(Object.entries(COMMAND).filter(([name]) => /^(?:rc|std)/.test(name))),
    examples: `
- raw: uptime`,
  },
  replace: {
    diff: true,
    returns: EDITED,
    examples: `
- replace: {path: /etc/app.conf, regexp: 'old\\.example\\.(\\w+)', replace: 'new.example.\\1'}`,
  },
  iptables: {
    examples: `
- iptables: {chain: INPUT, protocol: tcp, destination_port: "22", ctstate: [NEW], jump: ACCEPT}
- iptables: {chain: INPUT, policy: DROP}`,
    returns: {
      rule: { description: 'the rule as words of iptables' },
      chain: { description: 'the chain' },
      table: { description: 'the table' },
      ip_version: { description: 'ipv4 or ipv6' },
      state: { description: 'present or absent' },
      flush: { type: 'bool', description: 'whether rules were removed' },
      chain_management: { type: 'bool', description: 'whether the chain is made and removed too' },
    },
  },
  seboolean: {
    examples: `
- seboolean: {name: httpd_can_network_connect, state: true, persistent: true}`,
  },
  service: {
    returns: UNIT,
    examples: `
- service: {name: nginx, state: started, enabled: true}`,
  },
  set_fact: {
    examples: `
- set_fact:
    release: "{{ lookup('pipe', 'git describe') }}"`,
  },
  setup: {
    returns: { ansible_facts: { type: 'dict', description: 'all that is known of the host' } },
    examples: `
- setup:
    filter: [ansible_distribution*]`,
  },
  shell: {
    returns: COMMAND,
    examples: `
- shell: set -o pipefail; zcat dump.gz | mysql app
  args: {executable: /bin/bash, chdir: /var/backups}`,
  },
  slurp: {
    returns: {
      content: { description: 'the content in base64' },
      encoding: { description: 'base64' },
      source: { description: 'the path' },
    },
    examples: `
- slurp: {src: /etc/machine-id}
  register: id
- debug: {msg: "{{ id.content | b64decode }}"}`,
  },
  stat: {
    returns: { stat: { type: 'dict', description: 'exists, and when it does: mode, size, isdir, checksum, pw_name...' } },
    examples: `
- stat: {path: /etc/app.conf}
  register: conf
- debug: {msg: There is none}
  when: not conf.stat.exists`,
  },
  sysctl: {
    examples: `
- sysctl: {name: net.ipv4.ip_forward, value: '1', sysctl_set: true}`,
  },
  systemd: {
    returns: UNIT,
    examples: `
- systemd: {name: app, state: restarted, enabled: true, daemon_reload: true}`,
  },
  systemd_service: {
    returns: UNIT,
    examples: `
- systemd_service: {name: app, state: reloaded}`,
  },
  tempfile: {
    returns: { path: { description: 'the path' }, ...PERMISSIONS },
    examples: `
- tempfile: {state: directory, suffix: build}
  register: work`,
  },
  template: {
    diff: true,
    returns: INSTALLED,
    examples: `
- template: {src: nginx.conf.j2, dest: /etc/nginx/nginx.conf, validate: nginx -t -c %s}`,
  },
  timezone: {
    examples: `
- timezone: {name: Europe/Berlin}`,
  },
  unarchive: {
    returns: {
      dest: { description: 'the directory' },
      src: { description: 'the archive' },
      handler: { description: 'the kind of archive' },
      files: { type: 'list', description: 'what is in it, with list_files' },
      ...PERMISSIONS,
    },
    examples: `
- unarchive: {src: app.tar.gz, dest: /srv/app, owner: app}
- unarchive: {src: /opt/app.zip, dest: /srv/app, remote_src: true, creates: /srv/app/bin}`,
  },
  uri: {
    returns: {
      status: { type: 'int', description: 'what the server answered' },
      url: { description: 'where it came from in the end' },
      content: { description: 'the body, with return_content' },
      json: { type: 'dict', description: 'the body, where it is JSON' },
      elapsed: { type: 'int', description: 'seconds' },
      redirected: { type: 'bool', description: 'whether the server sent on' },
    },
    examples: `
- uri: {url: 'http://localhost:8080/health', status_code: [200, 204], return_content: true}
  register: health
  until: health.status == 200
  retries: 10`,
  },
  user: {
    returns: {
      name: { description: 'the name' },
      uid: { type: 'int', description: 'the number' },
      group: { type: 'int', description: 'the number of the group' },
      home: { description: 'the home directory' },
      shell: { description: 'the shell' },
      state: { description: 'present or absent' },
    },
    examples: `
- user: {name: app, system: true, shell: /usr/sbin/nologin, groups: [www-data], append: true}`,
  },
  yum_repository: {
    examples: `
- yum_repository: {name: epel, description: Extra packages, baseurl: 'https://example.org/epel/$releasever/$basearch/'}`,
  },
  wait_for: {
    returns: {
      elapsed: { type: 'int', description: 'seconds' },
      state: { description: 'what was waited for' },
      port: { type: 'int', description: 'the port' },
      path: { description: 'the path' },
    },
    examples: `
- wait_for: {port: 8080, delay: 2, timeout: 60}
- wait_for: {path: /run/app.pid, state: absent}`,
  },
};
