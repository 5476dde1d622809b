// The verbs there are, in the order of the help. To add one: a file in commands/, a line here, a test.
import { attachVerb } from './commands/attach.ts';
import { completeVerb } from './commands/complete.ts';
import { completionVerb } from './commands/completion.ts';
import { configVerb } from './commands/config.ts';
import { demoVerb } from './commands/demo.ts';
import { diffVerb } from './commands/diff.ts';
import { docVerb } from './commands/doc.ts';
import { explainVarVerb } from './commands/explain-var.ts';
import { getVerb } from './commands/get.ts';
import { inventoryVerb } from './commands/inventory.ts';
import { lintVerb } from './commands/lint.ts';
import { nodesVerb } from './commands/nodes.ts';
import { pingVerb } from './commands/ping.ts';
import { playVerb } from './commands/play.ts';
import { putVerb } from './commands/put.ts';
import { runVerb } from './commands/run.ts';
import { runsVerb } from './commands/runs.ts';
import { shellVerb } from './commands/shell.ts';
import { showVerb } from './commands/show.ts';
import { tunnelVerb } from './commands/tunnel.ts';
import { vaultVerb } from './commands/vault.ts';
import { workerVerb } from './commands/worker.ts';
import type { Verb } from './verb.ts';

export const verbs: readonly Verb[] = [
  runVerb,
  shellVerb,
  putVerb,
  getVerb,
  playVerb,
  lintVerb,
  pingVerb,
  tunnelVerb,
  workerVerb,
  attachVerb,
  runsVerb,
  showVerb,
  diffVerb,
  inventoryVerb,
  explainVarVerb,
  vaultVerb,
  nodesVerb,
  docVerb,
  configVerb,
  completionVerb,
  demoVerb,
  completeVerb,
];
