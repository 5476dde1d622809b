// The verbs there are, in the order of the help. To add one: a file in commands/, a line here, a test. It loads those that are asked for.
import type { Verb } from './verb.ts';

const loaders: Readonly<Record<string, () => Promise<Verb>>> = {
  run: async () => (await import('./commands/run.ts')).runVerb,
  shell: async () => (await import('./commands/shell.ts')).shellVerb,
  put: async () => (await import('./commands/put.ts')).putVerb,
  get: async () => (await import('./commands/get.ts')).getVerb,
  play: async () => (await import('./commands/play.ts')).playVerb,
  lint: async () => (await import('./commands/lint.ts')).lintVerb,
  ping: async () => (await import('./commands/ping.ts')).pingVerb,
  tunnel: async () => (await import('./commands/tunnel.ts')).tunnelVerb,
  worker: async () => (await import('./commands/worker.ts')).workerVerb,
  attach: async () => (await import('./commands/attach.ts')).attachVerb,
  runs: async () => (await import('./commands/runs.ts')).runsVerb,
  show: async () => (await import('./commands/show.ts')).showVerb,
  diff: async () => (await import('./commands/diff.ts')).diffVerb,
  ui: async () => (await import('./commands/ui.ts')).uiVerb,
  inventory: async () => (await import('./commands/inventory.ts')).inventoryVerb,
  'explain-var': async () => (await import('./commands/explain-var.ts')).explainVarVerb,
  vault: async () => (await import('./commands/vault.ts')).vaultVerb,
  nodes: async () => (await import('./commands/nodes.ts')).nodesVerb,
  doc: async () => (await import('./commands/doc.ts')).docVerb,
  config: async () => (await import('./commands/config.ts')).configVerb,
  completion: async () => (await import('./commands/completion.ts')).completionVerb,
  demo: async () => (await import('./commands/demo.ts')).demoVerb,
  complete: async () => (await import('./commands/complete.ts')).completeVerb,
};

/** The verb of this name alone: a call needs no other, and does not wait for them. */
export async function verbNamed(name: string): Promise<Verb | undefined> {
  return Object.hasOwn(loaders, name) ? await loaders[name]?.() : undefined;
}

/** All of them, as the help shows them. */
export async function allVerbs(): Promise<readonly Verb[]> {
  return await Promise.all(Object.values(loaders).map((load) => load()));
}
