// The module yum_repository: that a repository of RPM packages is in a file of yum or dnf.
import { dict } from '../base/value.ts';
import { ATTRIBUTE_PARAMS, wantsAttributes } from './files/attributes.ts';
import { attributeDifferences } from './files/difference.ts';
import { contentDifference, editScript, lookAtFile } from './files/edit-file.ts';
import { textOf, textsOf } from './parameters/params.ts';
import { ask, finished, type Report } from './script/answer.ts';
import { decodeText, encodeText, scalarText } from './script/text.ts';
import type { FoundFile, Module, ModuleContext, ParamSpec, ParamSpecs, Params, Step } from './seam.ts';
import { hasSections, type IniOptions, readSection, writeSection } from './texts/ini-sections.ts';

const flag = (description: string, ...aliases: readonly string[]): ParamSpec => ({ type: 'bool', description, aliases });
const text = (description: string, ...aliases: readonly string[]): ParamSpec => ({ type: 'str', description, aliases });
const list = (description: string): ParamSpec => ({ type: 'list', elements: 'str', description });

/** Parameters that are options of the file, by the same name. */
const OPTIONS: ParamSpecs = {
  async: flag('download in the background'),
  bandwidth: text('the most to use, in bytes a second'),
  baseurl: list('where it is'),
  cost: text('of using it, compared with others'),
  deltarpm_metadata_percentage: text('how large metadata of deltas may be'),
  deltarpm_percentage: text('how large deltas may be'),
  enabled: flag('whether it is used'),
  enablegroups: flag('whether its groups are used'),
  exclude: list('packages that are not taken from it'),
  failovermethod: { type: 'str', choices: ['roundrobin', 'priority'], description: 'in which order its URLs are tried' },
  gpgcakey: text('the URL of a key that signs keys'),
  gpgcheck: flag('whether packages must be signed'),
  gpgkey: list('URLs of the keys'),
  http_caching: { type: 'str', choices: ['all', 'packages', 'none'], description: 'what proxies may keep' },
  include: text('the URL of another configuration'),
  includepkgs: list('the only packages taken from it'),
  ip_resolve: { type: 'str', choices: ['4', '6', 'IPv4', 'IPv6', 'whatever'], description: 'which addresses are used' },
  keepalive: flag('whether connections are kept'),
  keepcache: { type: 'str', choices: ['0', '1'], description: 'whether packages are kept' },
  metadata_expire: text('when its metadata is too old, in seconds'),
  metadata_expire_filter: {
    type: 'str',
    choices: ['never', 'read-only:past', 'read-only:present', 'read-only:future'],
    description: 'when that is not asked',
  },
  metalink: text('the URL of a metalink'),
  mirrorlist: text('the URL of a list of mirrors'),
  mirrorlist_expire: text('when that list is too old, in seconds'),
  module_hotfixes: flag('whether packages are taken for fixes of modules'),
  password: text('for basic authentication'),
  priority: text('1 to 99, 1 being tried first'),
  protect: flag('whether its packages are kept from those of others'),
  proxy: text('the URL of a proxy'),
  proxy_password: text('for the proxy'),
  proxy_username: text('for the proxy'),
  repo_gpgcheck: flag('whether its metadata must be signed'),
  retries: text('how often to try'),
  s3_enabled: flag('whether it is in S3'),
  skip_if_unavailable: flag('whether others are used when it does not answer'),
  ssl_check_cert_permissions: flag('whether certificates must be readable'),
  sslcacert: text('the file of the authorities', 'ca_cert'),
  sslclientcert: text('the file of a certificate to show', 'client_cert'),
  sslclientkey: text('the file of its key', 'client_key'),
  sslverify: flag('whether certificates are checked', 'validate_certs'),
  throttle: text('how fast, in bytes a second'),
  timeout: text('how long nothing may come, in seconds'),
  ui_repoid_vars: text('variables that are shown in its name'),
  username: text('for basic authentication'),
};

/** `yum_repository`: as ansible 2.14, but comments and other sections of the file stay. */
export const yumRepository: Module = {
  name: 'yum_repository',
  summary: 'Adds repositories to yum and dnf, or takes them out',
  params: {
    name: { type: 'str', required: true, description: 'its short name, the name of its section' },
    description: text('what people call it'),
    file: text('the file without .repo; default the short name'),
    reposdir: { type: 'path', default: '/etc/yum.repos.d', description: 'the directory of the file' },
    state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'whether it is there' },
    ...OPTIONS,
    ...ATTRIBUTE_PARAMS,
  },
  checkMode: 'inspects',
  check(params, templated) {
    const has = (name: string): boolean => params[name] !== undefined || templated.has(name);
    const faults: string[] = [];
    if (params.state === 'present') {
      if (!['baseurl', 'metalink', 'mirrorlist'].some(has)) faults.push("Parameter 'baseurl', 'metalink' or 'mirrorlist' is required.");
      if (!has('description')) faults.push("Parameter 'description' is required.");
    }
    if (/[\]\n]/.test(textOf(params, 'name') ?? '')) faults.push('`name` is no name of a section');
    for (const name of ['description', ...Object.keys(OPTIONS)]) {
      if (textOf(params, name)?.includes('\n') === true) faults.push(`\`${name}\` holds several lines`);
    }
    return faults;
  },
  compile(params, context) {
    const path = `${textOf(params, 'reposdir') ?? ''}/${textOf(params, 'file') ?? textOf(params, 'name') ?? ''}.repo`;
    return lookAtFile(params, context, (found) => decide(found, params, context), { path, looks: LOOK });
  },
};

const LOOK = `if [ ! -d "\${path%/*}" ]; then fail "Repo directory '\${path%/*}' does not exist."; fi`;

function decide(found: FoundFile, params: Params, context: ModuleContext): Step {
  const [name = '', state = ''] = [textOf(params, 'name'), textOf(params, 'state')];
  const before = decodeText(found.bytes);
  const wanted = state === 'present' ? optionsOf(params) : undefined;
  const old = readSection(before, name);
  const isEdited = !areSame(old, wanted);
  const textAfter = isEdited ? writeSection(before, name, wanted) : before;
  // A file without sections goes.
  const isGone = isEdited && wanted === undefined && !hasSections(textAfter);
  const after = Buffer.from(encodeText(isGone ? '' : textAfter));
  const end = (report?: Report): Step => {
    const diff = [...contentDifference(found, after), ...(report === undefined ? [] : attributeDifferences(report, found.path))];
    return finished({
      changed: isEdited || report?.values.get('changed') === 'true',
      failed: false,
      values: dict({ repo: name, state }),
      ...(context.diff ? { diff } : {}),
    });
  };
  if (!isEdited && (!wantsAttributes(params) || !found.exists)) return end();
  if (isGone && context.checkMode) return end();
  const remove = { after: 'rm -f "$path" || fail "Cannot remove empty repo file $path."' };
  return ask(editScript(found, isEdited && !isGone ? after : undefined, isGone ? {} : params, context, isGone ? remove : {}), context, end);
}

// Sorted by name, as there; `name` is what people call it.
function optionsOf(params: Params): IniOptions {
  const options = new Map<string, string>();
  for (const name of [...Object.keys(OPTIONS), 'name'].sort()) {
    const value = params[name === 'name' ? 'description' : name];
    const texts = textsOf(params, name);
    if (value === undefined) continue;
    if (texts !== undefined) options.set(name, texts.join(name === 'exclude' || name === 'includepkgs' ? ' ' : '\n'));
    else if (typeof value === 'boolean') options.set(name, value ? '1' : '0');
    else if (typeof value === 'string') options.set(name, scalarText(value));
  }
  return options;
}

function areSame(one: IniOptions | undefined, other: IniOptions | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.size === other.size && [...one].every(([name, value]) => other.get(name) === value);
}
