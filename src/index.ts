// The library's public names, listed by hand. Nothing inside imports this file.
export { type ErrorDetails, Faults, FaultsError, InputError, SshoalError, type Where } from './base/errors.ts';
export { NodeSetError } from './base/node-set/errors.ts';
export { type FoldOptions, NodeSet } from './base/node-set/node-set.ts';
export { type AskForGroup, type GroupAnswer, type GroupQuestion, parseNodeSet, resolveNodeSet } from './base/node-set/read.ts';
export type { Position } from './base/position.ts';
export { Secrets } from './base/secrets.ts';
export { type Dict, dict, Float, fromJson, type Key, toJson, type Value } from './base/value.ts';
export {
  BecomeError,
  CancelledError,
  ConnectError,
  ConnectionLostError,
  ScriptInputError,
  TimedOutError,
  TransferError,
} from './connection/errors.ts';
export type { Become, ConnectionSpec, Exit, HostKeyQuestion, Questions } from './connection/seam.ts';
export { TargetError, UnexpectedError, UnknownHostError } from './fleet/errors.ts';
export type { Assignment, FleetEvent, Instruction, Outcome, OutcomeStatus } from './fleet/events.ts';
export { Fleet, type FleetOptions, type PerformOptions, type RunOptions } from './fleet/fleet.ts';
export { FleetRun } from './fleet/fleet-run.ts';
export { type Target, type TargetDefaults, targetOf } from './fleet/target.ts';
export { InventoryError, PatternError } from './inventory/errors.ts';
export type { Group, Host } from './inventory/host.ts';
export { Inventory, type InventoryOptions } from './inventory/inventory.ts';
export { type ClusterShellSources, clusterShellDirectories, readClusterShellSources } from './inventory/node-set/clustershell-config.ts';
export type { GroupSource } from './inventory/node-set/group-source.ts';
export { type GroupOrigins, type GroupShare, NodeGroups } from './inventory/node-set/node-groups.ts';
export { VaultError } from './inventory/vault/errors.ts';
export { VaultKeys, type VaultReader } from './inventory/vault/vault-keys.ts';
export type { VaultSecret } from './inventory/vault/vault-text.ts';
export { JinjaSyntaxError, TemplateError, UndefinedError } from './jinja/errors.ts';
export {
  defineModule,
  type ModuleDefinition,
  type ModuleTools,
  type PlainParamSpecs,
  type PlainParams,
} from './modules/library/define-module.ts';
export { libraryDirectories, ModuleSpace } from './modules/library/module-space.ts';
export type { ModuleContext, ParamSpec, ParamType, ReturnSpec, Step as ModuleStep } from './modules/seam.ts';
export type { Pause } from './playbook/actions/seam.ts';
export { PlaybookError, TaskError, UnsupportedError } from './playbook/errors.ts';
export type { PlayEvent, RecapCounts, TaskFinished, TaskLabel, TaskMemory, TaskRecord, TaskStatus } from './playbook/events.ts';
export { type Gap, type LintReport, lintPlaybooks } from './playbook/lint.ts';
export type { PlayPlan } from './playbook/plan.ts';
export { Playbook, type PlayOptions } from './playbook/playbook.ts';
export type { LoadOptions } from './playbook/read/project.ts';
export type { StepAnswer } from './playbook/run/execute.ts';
export { FactFiles } from './playbook/run/fact-files.ts';
export type { FactOptions, Gathering } from './playbook/run/known-facts.ts';
export type { VariableExplanation, VariablePlace } from './playbook/variables/explain.ts';
export type { VariableQuestions } from './playbook/variables/vars-prompt.ts';
export type { LoginQuestion } from './ssh/ask.ts';
export { Agent, AgentKey } from './ssh/auth/agent.ts';
export type { Identity } from './ssh/auth/identity.ts';
export { ECDSAKey, Ed25519Key, PKey, RSAKey } from './ssh/auth/pkey.ts';
export type { CommandExit, Execution, TerminalSize } from './ssh/channel/execution.ts';
export { type ClientOptions, SSHClient } from './ssh/client.ts';
export type { CommandOptions, Session, SessionOptions, ShellOptions, TerminalOptions } from './ssh/command.ts';
export type { CommandOutput, CommandResult, ResultOptions } from './ssh/command-result.ts';
export { type LookupOptions, SSHConfig } from './ssh/config/ssh-config.ts';
export {
  SshChannelError,
  SshCommandError,
  SshConnectError,
  SshConnectionLostError,
  SshForwardError,
  SshSettingsError,
} from './ssh/errors.ts';
export { parseForward } from './ssh/forward/parse.ts';
export type { Endpoint, Forward, ForwardingConnection } from './ssh/forward/seam.ts';
export type { Tunnel, TunnelCounts, TunnelEvent, TunnelOptions } from './ssh/forward/tunnel.ts';
export { type HostKey, HostKeys } from './ssh/host-keys/host-keys.ts';
export {
  AskPolicy,
  AutoAddPolicy,
  type MissingHostKeyPolicy,
  type PolicyAnswer,
  RejectPolicy,
  WarningPolicy,
} from './ssh/host-keys/policies.ts';
export type { ConnectionInfo } from './ssh/link.ts';
export type { ConnectOptions } from './ssh/settings.ts';
export type { FileAttributes } from './ssh/sftp/attributes.ts';
export { SFTPClient } from './ssh/sftp/client.ts';
export type { RemoteCopyOptions, RemoteCopyResult } from './ssh/sftp/copy.ts';
export type { DirectoryEntry } from './ssh/sftp/directory.ts';
export { SftpError, type SftpErrorCode } from './ssh/sftp/errors.ts';
export type { SFTPFile } from './ssh/sftp/sftp-file.ts';
export type { StreamTransferOptions } from './ssh/sftp/streams.ts';
export type { FileTransferOptions, FileTransferResult, HashMemo, Pace } from './ssh/sftp/transfer.ts';
export { LocalManifest, type ManifestOptions, type SharedFile } from './ssh/sftp/tree/manifest.ts';
export type {
  LinkPolicy,
  PlannedEntry,
  TreeFault,
  TreeOptions,
  TreeProgress,
  TreeResult,
} from './ssh/sftp/tree/options.ts';
export type { WalkEntry, Walked, WalkFault, WalkOptions } from './ssh/sftp/walk.ts';
export { type Place, Transport } from './ssh/transport.ts';
