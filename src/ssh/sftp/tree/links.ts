// Which links of a host may be made here: those that stay in their tree, whatever else the tree holds. It makes none.
import { SftpError } from '../errors.ts';
import type { TreeFault } from './options.ts';
import type { TreeLink, TreePlan } from './plan.ts';

/**
 * Whether a link leads out of its tree, through other links of the tree too.
 *
 * `..` counts only at the beginning of a target: there it goes up from a directory that is known to be none but itself. After a name it
 * could go up from wherever a link of that name leads.
 */
export function leadsOut({ path, target }: TreeLink): boolean {
  if (target === '' || target.startsWith('/') || target.includes('\\')) return true;
  const names = target.split('/').filter((name) => name !== '' && name !== '.');
  const depth = path.split('/').length - 1;
  const firstName = names.findIndex((name) => name !== '..');
  const ups = firstName < 0 ? names.length : firstName;
  return ups > depth || names.slice(ups).includes('..');
}

/** The plan without the links that lead out of the tree: those are faults. */
export function checkLinks(plan: TreePlan): TreePlan {
  const unsafe = plan.links.filter(leadsOut);
  if (unsafe.length === 0) return plan;
  const faults = unsafe.map((link): TreeFault => ({ path: link.path, error: unsafeLink(link) }));
  return { ...plan, links: plan.links.filter((link) => !leadsOut(link)), faults: [...plan.faults, ...faults] };
}

export function unsafeLink({ path, target }: TreeLink): SftpError {
  return new SftpError('UNSAFE_LINK', `${path} is a link that leads out of the tree: ${JSON.stringify(target.slice(0, 200))}`, {
    where: path,
    fix: 'Leave links out, follow them, or allow such links if you trust the host',
  });
}
