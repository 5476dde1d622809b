// The verb nodes: node sets folded, expanded and compared, as ClusterShell's nodeset does. It reaches no host.
import { EXIT } from '../exit-code.ts';
import type { Verb } from '../verb.ts';

export const nodesVerb: Verb = {
  name: 'nodes',
  summary: "fold, expand and compare node sets, as ClusterShell's nodeset",
  notes: [
    'What to do: fold, expand, count; intersect, diff and xor of the first set with each that follows; split and pick with a number first, slice with positions from 0 first; contiguous; regroup with the groups that are whole; list-groups of all or of some nodes, -v with their nodes; list-sources of groups.',
    'A node set is written node[1-5,09-11]-rack[1-3], with , for and, ! for without, & for in both and ^ for in one of both, read from left to right. @group is a group of the inventory, where there is one, else of the groups.conf of ClusterShell; @source:group names its source, @* is every node, and * and ? stand for any text.',
    'Without sets, and for -, they are read from what is piped in.',
  ],
  usage: '<what> [sets...] [flags]',
  words: [
    {
      form: '<what>',
      meaning: 'fold, expand, count, intersect, diff, xor, split, pick, slice, contiguous, regroup, list-groups, list-sources',
    },
    { form: '[sets...]', meaning: 'node sets; more than one are taken together' },
  ],
  flags: ['inventory', 'groupsource', 'excludeNodes', 'separator', 'outputFormat', 'autostep', 'axis', 'output', 'verbose'],
  examples: [
    { line: 'sshoal nodes fold web1 web2 web3 db1', meaning: 'db1,web[1-3]' },
    { line: "sshoal nodes expand 'node[09-11]' -S '\\n'", meaning: 'one name a line' },
    { line: "sshoal nodes count '@web!web07'", meaning: 'how many hosts of a group are left without one' },
    { line: "sshoal nodes diff 'n[1-10]' 'n[3-4]'", meaning: 'n[1-2,5-10]' },
    { line: "sshoal nodes split 3 'n[1-10]'", meaning: 'three parts, one a line' },
    { line: 'sshoal nodes fold - < names.txt', meaning: 'what a file names' },
  ],
  run: async ({ words, flags }, context) => {
    const [what = '', ...sets] = words;
    const [{ performNodes }, { nodeGroupsOf }, { inventorySourcesIfAny }] = await Promise.all([
      import('../nodes-work.ts'),
      import('../node-sets.ts'),
      import('../inventory-sources.ts'),
    ]);
    const inventory = async () => {
      const sources = inventorySourcesIfAny(flags.inventory, context);
      const { Inventory } = await import('../../inventory/inventory.ts');
      return sources.length === 0 ? undefined : await Inventory.load(sources, { cwd: context.cwd });
    };
    const answers = await performNodes(what, sets, nodeGroupsOf(inventory, context, flags.groupsource), flags, context);
    if (flags.output === 'text') context.stdout.write(answers.map(({ text }) => `${text}\n`).join(''));
    else if (flags.output === 'json')
      context.stdout.write(
        `${JSON.stringify(
          answers.map(({ data }) => data),
          null,
          2,
        )}\n`,
      );
    else context.stdout.write(answers.map(({ data }) => `${JSON.stringify(data)}\n`).join(''));
    return EXIT.ok;
  },
};
