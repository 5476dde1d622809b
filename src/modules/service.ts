// The modules service, systemd and systemd_service: whether a service runs, now and at boot. They know no service.
import { shellJoin } from '../base/quote.ts';
import { splitWords } from '../base/shlex.ts';
import { dict, type Value } from '../base/value.ts';
import { isOn, textOf } from './parameters/params.ts';
import { ask, finished, type Report, type Script } from './script/answer.ts';
import { assign, flag, reportingScript } from './script/script.ts';
import type { Module, ModuleContext, ParamSpecs, Params, Step } from './seam.ts';
import { SYSTEMD, UNITS } from './services/service-tools.ts';

const STATES: ParamSpecs = {
  state: {
    type: 'str',
    choices: ['reloaded', 'restarted', 'started', 'stopped'],
    description: 'started and stopped act only where needed, the others always',
  },
  enabled: { type: 'bool', description: 'whether it starts at boot' },
};

/** What only systemd has. */
const OF_SYSTEMD: ParamSpecs = {
  masked: { type: 'bool', description: 'whether it can be started at all' },
  daemon_reload: { type: 'bool', default: false, aliases: ['daemon-reload'], description: 'read changed unit files first' },
  daemon_reexec: { type: 'bool', default: false, aliases: ['daemon-reexec'], description: 'start systemd itself anew first' },
  scope: { type: 'str', default: 'system', choices: ['system', 'user', 'global'], description: 'whose units' },
  no_block: { type: 'bool', default: false, description: 'do not wait until it is done' },
  force: { type: 'bool', description: 'overwrite links' },
};

/** `service`: systemd, OpenRC, SysV or BSD rc, whichever the host runs. As ansible 2.14. */
export const service: Module = {
  name: 'service',
  summary: 'Starts, stops, restarts and enables services',
  params: {
    name: { type: 'str', required: true, description: 'the service' },
    ...STATES,
    sleep: { type: 'int', description: 'seconds between stop and start of a restart, where the host has init scripts' },
    arguments: { type: 'str', aliases: ['args'], description: 'further words for an init script' },
    use: { type: 'str', default: 'auto', choices: ['auto', 'systemd', 'service', 'openrc'], description: 'which of the host is asked' },
    pattern: { type: 'str', description: 'what to look for in ps', unsupported: 'The service is asked for its status; leave it out' },
    runlevel: { type: 'str', default: 'default', description: 'of OpenRC' },
    ...OF_SYSTEMD,
  },
  checkMode: 'inspects',
  check: (params, templated) => {
    const has = (name: string): boolean => params[name] !== undefined || templated.has(name);
    return ['state', 'enabled', 'masked'].some(has) || isOn(params, 'daemon_reload') || isOn(params, 'daemon_reexec') || templated.size > 0
      ? []
      : ['`state` or `enabled` is needed'];
  },
  compile: compileService,
};

/** `systemd`: as ansible 2.14. */
export const systemd: Module = {
  name: 'systemd',
  summary: 'Starts, stops, restarts, enables and masks units of systemd',
  params: {
    name: { type: 'str', aliases: ['service', 'unit'], description: 'the unit' },
    ...STATES,
    ...OF_SYSTEMD,
  },
  checkMode: 'inspects',
  check(params, templated) {
    const has = (name: string): boolean => params[name] !== undefined || templated.has(name);
    const faults: string[] = [];
    if (['state', 'enabled', 'masked'].some(has) && !has('name')) faults.push('`name` is needed with `state`, `enabled` and `masked`');
    if (/[*?[]/.test(textOf(params, 'name') ?? '')) faults.push('`name` is one unit, and holds a glob');
    return faults;
  },
  compile: compileService,
};

/** `systemd_service`: the newer name of `systemd`. */
export const systemdService: Module = { ...systemd, name: 'systemd_service' };

function compileService(params: Params, context: ModuleContext): Step {
  return ask(serviceScript(params, context), context, (report) => result(report, params));
}

function serviceScript(params: Params, context: ModuleContext): Script {
  const text = (name: string): string => assign(name, textOf(params, name));
  // Three answers: yes, no, and not asked.
  const asked = (name: string): string => assign(name, params[name] === undefined ? '' : isOn(params, name) ? 'yes' : 'no');
  const isService = params.use !== undefined;
  const options = [
    ...(textOf(params, 'scope') === 'user' || textOf(params, 'scope') === 'global' ? [`--${textOf(params, 'scope')}`] : []),
    ...(isOn(params, 'no_block') ? ['--no-block'] : []),
    ...(isOn(params, 'force') ? ['--force'] : []),
  ];
  const sleep = params.sleep;
  return reportingScript(
    context,
    {},
    'PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin',
    ...['name', 'state', 'runlevel'].map(text),
    ...['enabled', 'masked'].map(asked),
    ...['daemon_reload', 'daemon_reexec'].map((name) => flag(name, isOn(params, name))),
    flag('for_users', options.length > 0 && textOf(params, 'scope') !== 'system'),
    assign(
      'for_systemd',
      Object.keys(OF_SYSTEMD).find((name) => isGiven(params, name)),
    ),
    assign('use', isService ? textOf(params, 'use') : 'systemd'),
    assign('sleep', typeof sleep === 'number' ? String(sleep) : '0'),
    `do_with_words() { service_do ${['"$1"', shellJoin(splitWords(textOf(params, 'arguments') ?? ''))].join(' ').trim()}; }`,
    `systemctl() { command systemctl ${[...options, '"$@"'].join(' ')}; }`,
    SYSTEMD,
    ...(isService ? [UNITS] : ['ensure_systemd']),
  );
}

/** Whether something only systemd has is asked for. */
function isGiven(params: Params, name: string): boolean {
  return name === 'scope' ? textOf(params, name) !== 'system' : name === 'masked' ? params[name] !== undefined : isOn(params, name);
}

function result(report: Report, params: Params): Step {
  const { values } = report;
  const status = parseStatus(values.get('status'));
  return finished({
    changed: values.get('changed') === 'true',
    failed: false,
    values: dict({
      name: textOf(params, 'name') ?? null,
      state: values.get('state'),
      enabled: values.has('enabled') ? values.get('enabled') === 'yes' : undefined,
      // systemd's own modules always say it.
      ...(status === undefined && params.use !== undefined ? {} : { status: status ?? dict() }),
    }),
  });
}

// `systemctl show`: NAME=value lines; only Exec... values in braces go over several.
function parseStatus(text: string | undefined): Value | undefined {
  if (text === undefined) return undefined;
  const found: Record<string, Value> = {};
  for (const [, name = '', value = ''] of text.matchAll(/^(\w+)=((?<=^Exec\w*=)\s*\{[\s\S]*?\}\s*$|.*)/gm)) found[name] = value.trim();
  return dict(found);
}
