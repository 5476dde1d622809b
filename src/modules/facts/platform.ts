// What machine and kernel a host has, and what it is called. It resolves no name itself.
import { dict, type Value } from '../../base/value.ts';
import { lines, words } from './found.ts';
import { KERNEL_FILES, KERNEL_SCRIPT, kernelText } from './kernel.ts';
import type { Collector, Facts, Found, SlowPart } from './seam.ts';

const NAMES: SlowPart = {
  call: 'ask_names',
  script: `ask_names() {
  node=$(uname -n)
  if has getent; then
    address=$(ask getent ahosts "$node"); address=\${address%%[!0-9a-fA-F.:%]*}
    if [ "$address" ]; then say name "$(ask getent hosts "$address")"; fi
  else say name "- $(ask hostname -f)"; fi
}`,
};

// Without site-packages and without the user's own: half the time, and nobody's code runs.
const PYTHON: SlowPart = {
  call: 'ask_python',
  script: `ask_python() {
  old=/usr/libexec/platform-python
  if [ -x "\${old}3.6" ]; then set -- "$old"; else set --; fi
  for python in "$@" /usr/bin/python3 python3.11 python3.10 python3.9 python3.8 python3.7 python3.6 python3.5 python3 "$old" python2.7 /usr/bin/python python; do
    if has "$python"; then ask "$python" -E -s -S -c "$python_says"; return; fi
  done
}
python_says='
import sys
v = sys.version_info
try:
    tls = "_ssl" in sys.builtin_module_names or any(f.find_spec("_ssl", sys.path[1:]) for f in sys.meta_path)
    kind = sys.implementation.name
except AttributeError:
    tls, kind = v[:3] >= (2, 7, 9), sys.subversion[0]
print("python %d %d %d %s %d %d %s %d %s" % (tuple(v) + (bool(tls), kind, sys.maxsize > 2 ** 32, sys.executable)))
'`,
};

/** kernel, machine, names of the host: `platform` as ansible 2.14. */
export const platform: Collector = {
  name: 'platform',
  factIds: ['system', 'kernel', 'kernel_version', 'machine', 'python_version', 'architecture', 'machine_id'],
  files: [...KERNEL_FILES, '/var/lib/dbus/machine-id', '/etc/machine-id'],
  script: `report machine "$(uname -m)"
${KERNEL_SCRIPT}
if [ "$system" = OpenBSD ]; then report processor "$(uname -p)"; fi`,
  slow: [NAMES, PYTHON],
  read: (found) => {
    const nodename = kernelText(found, 'hostname');
    const fqdn = qualifiedName(found.slow('name')[0] ?? '') ?? nodename;
    return {
      system: found.system,
      kernel: kernelText(found, 'osrelease'),
      kernel_version: kernelText(found, 'version'),
      python_version: pythonOf(found)?.version.join('.'),
      nodename,
      hostname: nodename.split('.')[0],
      fqdn,
      domain: fqdn.split('.').slice(1).join('.'),
      machine_id: lines(found.file('/var/lib/dbus/machine-id') ?? found.file('/etc/machine-id') ?? '')[0],
      ...architecture(found),
    };
  },
};

// As CPython 3.11's socket.getfqdn: the first name with a dot among those of the host's address, or the first of them.
function qualifiedName(entry: string): string | undefined {
  const names = words(entry).slice(1);
  return names.find((name) => name.includes('.')) ?? names[0];
}

function architecture(found: Found): Facts {
  const machine = found.record('machine');
  const is64 = pythonOf(found)?.is64 ?? /64|s390x|alpha/.test(machine);
  const shared = { machine, userspace_bits: is64 ? '64' : '32' };
  const isIntel = machine === 'x86_64' || /i([3456]86|86pc)/.test(machine);
  if (!isIntel) return { ...shared, architecture: found.record('processor') || machine };
  return { ...shared, architecture: machine === 'x86_64' ? machine : 'i386', userspace_architecture: is64 ? 'x86_64' : 'i386' };
}

/** python: the interpreter that Ansible would find, without its site-packages. */
export const python: Collector = {
  name: 'python',
  slow: [PYTHON],
  read: (found) => {
    const python = pythonOf(found);
    if (python === undefined) return {};
    const [major, minor, micro] = python.version;
    const version = { major, minor, micro, releaselevel: python.level, serial: python.serial };
    return {
      python: dict({
        version: dict(version),
        version_info: Object.values(version).filter((part): part is number | string => part !== undefined) satisfies Value[],
        executable: python.executable,
        has_sslcontext: python.hasTls,
        type: python.kind,
      }),
    };
  },
};

function pythonOf(found: Found) {
  const [major, minor, micro, level = '', serial, tls, kind = '', is64, ...executable] = words(found.slow('python')[0] ?? '');
  if (executable.length === 0) return undefined;
  return {
    version: [Number(major), Number(minor), Number(micro)] as const,
    level,
    serial: Number(serial),
    hasTls: tls === '1',
    kind,
    is64: is64 === '1',
    executable: executable.join(' '),
  };
}
