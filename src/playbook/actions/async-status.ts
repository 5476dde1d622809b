// async_status: how a job in the background of a host stands.
import { dict } from '../../base/value.ts';
import { str } from '../../jinja/printing.ts';
import { TaskError } from '../errors.ts';
import { askScript, cleanUpScript, jobDirectory, jobKey, jobResult, jobState } from '../run/background.ts';
import type { Action, ActionContext, ActionEnd } from './seam.ts';

export const asyncStatus: Action = {
  name: 'async_status',
  summary: 'ask after a job in the background',
  params: {
    jid: { type: 'str', required: true, description: 'The id of the job: `ansible_job_id` of the task that started it' },
    mode: { type: 'str', choices: ['status', 'cleanup'], default: 'status', description: 'cleanup takes the files of the job away' },
  },
  run: async (context) => await run(context),
};

async function run({ args, host, jobs, perform, variable }: ActionContext): Promise<ActionEnd> {
  const id = str(args.get('jid') ?? '');
  // It becomes part of a path on the host.
  if (!/^j\d+\.[0-9a-f]+$/.test(id))
    throw new TaskError('BAD_PARAMETER', `\`${id}\` is not the id of a job`, { fix: 'Give the ansible_job_id of a task with async' });
  const directory = jobDirectory(variable('ansible_async_dir'));
  const about = { ansible_job_id: id, results_file: `${directory}/${id}` };
  if (args.get('mode') === 'cleanup') {
    await perform({ kind: 'script', script: cleanUpScript(directory, id) });
    return { result: { changed: false, failed: false, values: dict({ ...about, erased: about.results_file }) } };
  }
  const outcome = await perform({ kind: 'script', script: askScript(directory, id) });
  if (outcome.error !== undefined) throw outcome.error;
  const state = jobState(outcome.stdout ?? new Uint8Array());
  if (state.kind === 'running') return { result: { changed: false, failed: false, values: dict({ ...about, started: 1, finished: 0 }) } };
  if (state.kind === 'done') {
    const result = jobResult(state.answer, jobs.get(jobKey(host, id)));
    return { result: { ...result, values: new Map([...result.values, ...dict({ ...about, started: 1, finished: 1 })]) } };
  }
  const msg = state.kind === 'late' ? 'The job was ended: it took longer than async allows' : 'could not find job';
  return { result: { changed: false, failed: true, msg, values: dict({ ...about, started: 1, finished: 1 }) } };
}
