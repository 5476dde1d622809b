// A host's processors, memory and maker. Mounts are in mounts.ts. On Linux it reads what the kernel says; on BSD and macOS sysctl.
import { dict, type Value } from '../../base/value.ts';
import { fieldsOf, lines, words } from './found.ts';
import { MOUNTS_FILES, MOUNTS_PART, mountFacts } from './mounts.ts';
import type { Collector, Facts, Found } from './seam.ts';
import { VOLUMES_PART, volumeFacts } from './volumes.ts';

const DMI = '/sys/devices/virtual/dmi/id';
/** Facts whose files are called otherwise. */
const DMI_OTHERWISE: Readonly<Record<string, string>> = { form_factor: 'chassis_type', system_vendor: 'sys_vendor' };
const DMI_FACTS = [
  ...['date', 'vendor', 'version'].map((name) => `bios_${name}`),
  ...['asset_tag', 'name', 'serial', 'vendor', 'version'].map((name) => `board_${name}`),
  ...['asset_tag', 'serial', 'vendor', 'version'].map((name) => `chassis_${name}`),
  'form_factor',
  ...['name', 'serial', 'uuid', 'version'].map((name) => `product_${name}`),
  'system_vendor',
];
const dmiFile = (fact: string): string => `${DMI}/${DMI_OTHERWISE[fact] ?? fact}`;

/** By the number that the firmware gives; of DMTF DSP0134, in Ansible's spelling. */
const FORM_FACTORS =
  'Unknown|Other|Unknown|Desktop|Low Profile Desktop|Pizza Box|Mini Tower|Tower|Portable|Laptop|Notebook|Hand Held|Docking Station|All In One|Sub Notebook|Space-saving|Lunch Box|Main Server Chassis|Expansion Chassis|Sub Chassis|Bus Expansion Chassis|Peripheral Chassis|RAID Chassis|Rack Mount Chassis|Sealed-case PC|Multi-system|CompactPCI|AdvancedTCA|Blade|Blade Enclosure|Tablet|Convertible|Detachable|IoT Gateway|Embedded PC|Mini PC|Stick PC'.split(
    '|',
  );

const BSD_SYSCTL =
  'hw.ncpu hw.model hw.physmem hw.memsize hw.logicalcpu hw.physicalcpu kern.osversion kern.osrevision kern.boottime machdep.cpu.brand_string machdep.cpu.core_count vm.stats.vm.v_page_size vm.stats.vm.v_page_count vm.stats.vm.v_free_count';

export const hardware: Collector = {
  name: 'hardware',
  factIds: ['processor', 'processor_cores', 'processor_count', 'mounts', 'devices'],
  needs: ['platform'],
  files: [
    '/proc/meminfo',
    '/proc/uptime',
    '/proc/self/status',
    '/sys/devices/system/cpu/online',
    '/sys/hypervisor/type',
    ...DMI_FACTS.map(dmiFile),
    ...MOUNTS_FILES,
  ],
  paths: ['/proc/xen', `${DMI}/product_name`],
  // Without the flags, which would be most of what comes back; Xen's paravirtual guests lack one.
  script: `stream cpuinfo grep -s -E -e '^(processor|Processor|model name|vendor_id|cpu|Vendor|physical id|core id|cpu cores|siblings|# processors|ncpus active)[[:space:]]*:' /proc/cpuinfo
if [ -e /proc/xen ] || [ -e /sys/hypervisor/type ]; then stream vme grep -s -c -e '^flags.* vme' /proc/cpuinfo; fi
if [ "$system" != Linux ]; then
  stream sysctl sysctl ${BSD_SYSCTL}
  stream swap swapinfo -k
  stream vm_stat vm_stat
  stream dmesg grep -s -e 'CPU:' -e 'Logical CPUs per core' /var/run/dmesg.boot
  report clock "$(date +%s)"
fi`,
  slow: [MOUNTS_PART, VOLUMES_PART],
  read: (found, earlier) => {
    if (found.system === 'Linux') {
      return {
        ...processorFacts(found, earlier),
        ...memoryFacts(found),
        ...makerFacts(found),
        ...uptimeFacts(found),
        ...volumeFacts(found),
        ...mountFacts(found),
      };
    }
    const values = fieldsOf(found.record('sysctl'));
    const own = found.system === 'Darwin' ? darwinFacts(found, values) : found.system === 'FreeBSD' ? freeBsdFacts(found, values) : {};
    return { ...own, ...bootFacts(found, values) };
  },
};

// A walk over cpuinfo's fields in their order, as ansible 2.14: kernels and architectures say different ones.
function processorFacts(found: Found, { architecture }: Facts): Facts {
  const processor: string[] = [];
  const [sockets, cores] = [new Map<string, number>(), new Map<string, number>()];
  const times = new Map<string, number>();
  let [count, physicalId, coreId] = [0, 'none', 'none'];
  for (const line of lines(found.record('cpuinfo'))) {
    const [, name = '', value = ''] = /^([^:]*?)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    times.set(name, (times.get(name) ?? 0) + 1);
    if (/^(model name|Processor|vendor_id|cpu|Vendor|processor)$/.test(name)) {
      processor.push(value);
      count++;
    } else if (name === 'physical id') {
      physicalId = value;
      if (!sockets.has(value)) sockets.set(value, 1);
    } else if (name === 'core id') {
      coreId = value;
      if (!sockets.has(value)) cores.set(value, 1);
    } else if (name === 'cpu cores') {
      sockets.set(physicalId, Number(value));
    } else if (name === 'siblings') {
      cores.set(coreId, Number(value));
    } else if (name === 'ncpus active') {
      count = Number(value);
    }
  }
  const [vendors = 0, processors = 0] = [times.get('vendor_id'), times.get('processor')];
  if (vendors > 0 && vendors === times.get('model name')) count = vendors;
  if (typeof architecture === 'string' && /^(armv|aarch|ppc)/.test(architecture)) count = processors;
  if (architecture === 's390x') return { processor };
  if (isXenParavirtual(found)) {
    return { processor, processor_count: count, processor_cores: count, processor_threads_per_core: 1, processor_vcpus: count };
  }
  const perSocket = [...sockets.values()][0] || 1;
  const threads = Math.floor(([...cores.values()][0] ?? 1) / perSocket);
  const processor_count = sockets.size || count;
  return {
    processor,
    processor_count,
    processor_cores: perSocket,
    processor_threads_per_core: threads,
    processor_vcpus: threads * processor_count * perSocket,
    processor_nproc: allowedProcessors(found) ?? processors,
  };
}

function isXenParavirtual(found: Found): boolean {
  const isXen = found.exists('/proc/xen') || found.file('/sys/hypervisor/type') === 'xen';
  return isXen && found.record('vme').trim() === '0';
}

// What this process may run on, of those that are there.
function allowedProcessors(found: Found): number | undefined {
  const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(found.file('/proc/self/status') ?? '')?.[1];
  if (allowed === undefined) return undefined;
  const online = found.file('/sys/devices/system/cpu/online');
  const there = online === undefined ? undefined : new Set(numbersOf(online));
  return numbersOf(allowed).filter((number) => there?.has(number) ?? true).length;
}

/** `0-3,8` -> 0, 1, 2, 3, 8. */
function numbersOf(text: string): number[] {
  return text.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

function memoryFacts(found: Found): Facts {
  const values = fieldsOf(found.file('/proc/meminfo') ?? '');
  if (values.size === 0) return {};
  const megabytes = (name: string): number => Math.floor(Number.parseInt(values.get(name) ?? '0', 10) / 1024);
  const [total, free, swap, swapFree] = [megabytes('MemTotal'), megabytes('MemFree'), megabytes('SwapTotal'), megabytes('SwapFree')];
  const free_without_cache = megabytes('Cached') + free + megabytes('Buffers');
  return {
    memtotal_mb: total,
    memfree_mb: free,
    swaptotal_mb: swap,
    swapfree_mb: swapFree,
    memory_mb: dict({
      real: dict({ total, used: total - free, free }),
      nocache: dict({ free: free_without_cache, used: total - free_without_cache }),
      swap: dict({ total: swap, free: swapFree, used: swap - swapFree, cached: megabytes('SwapCached') }),
    }),
  };
}

function makerFacts(found: Found): Facts {
  const isThere = found.exists(`${DMI}/product_name`);
  return Object.fromEntries(
    DMI_FACTS.map((fact) => {
      const said = isThere ? found.file(dmiFile(fact)) : undefined;
      if (said === undefined || fact !== 'form_factor') return [fact, said ?? 'NA'];
      return [fact, FORM_FACTORS[Number(said)] ?? `unknown (${said})`];
    }),
  );
}

function uptimeFacts(found: Found): Facts {
  const said = found.file('/proc/uptime');
  return said === undefined ? {} : { uptime_seconds: Math.floor(Number(said.split(' ')[0])) };
}

// `{ sec = 1700000000, usec = 0 } Tue Nov 14 ...`
function bootFacts(found: Found, values: ReadonlyMap<string, string>): Facts {
  const boot = /\bsec = (\d+)/.exec(values.get('kern.boottime') ?? '')?.[1];
  return boot === undefined ? {} : { uptime_seconds: Number(found.record('clock')) - Number(boot) };
}

function freeBsdFacts(found: Found, values: ReadonlyMap<string, string>): Facts {
  const pages = (name: string): number =>
    Number(values.get(`vm.stats.vm.v_${name}_count`) ?? 0) * Number(values.get('vm.stats.vm.v_page_size') ?? 0);
  const megabytes = (bytes: number): number => Math.floor(bytes / 1024 / 1024);
  const boot = lines(found.record('dmesg'));
  const swap = words(lines(found.record('swap')).at(-1) ?? '');
  const hasSwap = swap.length > 3 && swap[0] !== 'Device';
  return {
    processor: boot.filter((line) => line.includes('CPU:')).map((line) => line.replace(/CPU:\s+/, '').trim()),
    processor_count: values.get('hw.ncpu'),
    processor_cores: boot.find((line) => line.includes('Logical CPUs per core'))?.split(/\s+/)[4],
    memtotal_mb: megabytes(pages('page')),
    memfree_mb: megabytes(pages('free')),
    ...(hasSwap ? { swaptotal_mb: Math.floor(Number(swap[1]) / 1024), swapfree_mb: Math.floor(Number(swap[3]) / 1024) } : {}),
    ...mountFacts(found),
  };
}

function darwinFacts(found: Found, values: ReadonlyMap<string, string>): Facts {
  const memory = fieldsOf(found.record('vm_stat'));
  const pages = ['Pages wired down', 'Pages active', 'Pages inactive'].map((name) => Number.parseInt(memory.get(name) ?? '0', 10));
  const total = Math.floor(Number(values.get('hw.memsize') ?? 0) / 1024 / 1024);
  // Ansible counts in pages of 4096 bytes, whatever they are.
  const used = Math.floor((pages.reduce((sum, count) => sum + count, 0) * 4096) / 1024 / 1024);
  const model: Value | undefined = values.get('hw.model');
  return {
    model,
    product_name: model,
    osversion: values.get('kern.osversion'),
    osrevision: values.get('kern.osrevision'),
    processor: values.get('machdep.cpu.brand_string'),
    processor_cores: values.get('machdep.cpu.core_count') ?? values.get('hw.physicalcpu'),
    processor_vcpus: values.get('hw.logicalcpu') ?? values.get('hw.ncpu'),
    memtotal_mb: total,
    memfree_mb: memory.size === 0 ? 0 : total - used,
  };
}
