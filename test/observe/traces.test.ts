// A run as spans, taken by the SDK of OpenTelemetry.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { dict } from '#src/base/value';
import { ConnectError } from '#src/connection/errors';
import { type TraceOptions, Traces } from '#src/observe/traces';
import { finished, outcomeOf, START_MS, taskFinished, taskOf, taskStarted } from '../report/samples.js';
import { endOf, runOf } from './samples.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

const create = async (more: Partial<TraceOptions> = {}): Promise<Traces> =>
  await Traces.create({ version: '1.2.3', mask: (text) => text.replaceAll('hunter2', '***'), now: () => START_MS + 1_000, ...more });

describe('traces without an SDK', () => {
  it('are nothing, and lead nowhere', async () => {
    const traces = await create();

    traces.start(runOf());
    traces.playEvent({ kind: 'play-started', play: 'web', hosts: ['web01'], atMs: START_MS });
    traces.end(endOf());

    assert.equal(traces.traceparent, undefined);
  });
});

describe('traces', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  before(() => trace.setGlobalTracerProvider(provider));
  afterEach(() => exporter.reset());
  after(async () => {
    trace.disable();
    await provider.shutdown();
  });
  const named = (name: string): ReadableSpan[] => exporter.getFinishedSpans().filter((span) => span.name === name);
  const only = (name: string, host?: string): ReadableSpan => {
    const [span, ...more] = named(name).filter(({ attributes }) => attributes['host.name'] === host);
    assert.ok(
      span !== undefined && more.length === 0,
      `${name} ${host}: ${exporter
        .getFinishedSpans()
        .map((one) => one.name)
        .join()}`,
    );
    return span;
  };

  it('hold the run, its plays, their tasks and each host, one in the other', async () => {
    const traces = await create();
    const copy = taskOf(1, 'Write', { module: 'copy' });

    traces.start(runOf());
    traces.playEvent({ kind: 'play-started', play: 'web', hosts: ['web01', 'web02'], atMs: START_MS });
    traces.playEvent(taskStarted(copy, ['web01', 'web02']));
    traces.playEvent(taskFinished(copy, 'web01', 'ok'));
    traces.playEvent(taskFinished(copy, 'web02', 'changed'));
    traces.playEvent({ kind: 'play-finished', play: 'web', atMs: START_MS + 1_500 });
    traces.end(endOf());

    const [run, play, task, host] = [only('sshoal play'), only('web'), only('Write'), only('Write', 'web02')];
    assert.equal(run.parentSpanContext, undefined);
    assert.equal(play.parentSpanContext?.spanId, run.spanContext().spanId);
    assert.equal(task.parentSpanContext?.spanId, play.spanContext().spanId);
    assert.equal(host.parentSpanContext?.spanId, task.spanContext().spanId);
    assert.equal(exporter.getFinishedSpans().length, 5);
    assert.deepEqual(
      ['sshoal.task', 'sshoal.module', 'sshoal.outcome', 'code.file.path'].map((name) => host.attributes[name]),
      ['Write', 'copy', 'changed', 'site.yml'],
    );
    assert.deepEqual([run.attributes['sshoal.run'], run.attributes['sshoal.exit_code']], [runOf().id, 0]);
    assert.deepEqual([run.duration[0], run.status.code], [2, SpanStatusCode.UNSET]);
    assert.equal(traces.traceparent, `00-${run.spanContext().traceId}-${run.spanContext().spanId}-01`);
  });

  it('say why a host failed, without secrets', async () => {
    const traces = await create();
    const task = taskOf(1, 'Login with hunter2');

    traces.start(runOf({ subject: 'hunter2.yml' }));
    traces.playEvent(taskStarted(task, ['web01', 'web02']));
    traces.playEvent(taskFinished(task, 'web01', 'failed', dict({ msg: 'wrong: hunter2' })));
    traces.playEvent(taskFinished(task, 'web02', 'unreachable', dict(), { error: new ConnectError('UNREACHABLE', 'No hunter2 there') }));
    traces.end(endOf({ outcome: 'unreachable', exitCode: 4 }));

    const [failed, unreachable] = [only('Login with ***', 'web01'), only('Login with ***', 'web02')];
    assert.deepEqual(failed.status, { code: SpanStatusCode.ERROR, message: 'wrong: ***' });
    assert.deepEqual(unreachable.status, { code: SpanStatusCode.ERROR, message: 'No *** there' });
    assert.equal(unreachable.attributes['error.type'], 'UNREACHABLE');
    assert.equal(only('sshoal play').status.code, SpanStatusCode.ERROR);
    assert.doesNotMatch(
      JSON.stringify(exporter.getFinishedSpans().map(({ name, attributes, status }) => [name, attributes, status])),
      /hunter2/,
    );
  });

  it('hold the hosts of other verbs, with the times of their outcomes', async () => {
    const traces = await create();

    traces.start(runOf({ verb: 'run', subject: 'uptime' }));
    traces.fleetEvent(finished(outcomeOf('web01', { startedAtMs: START_MS, endedAtMs: START_MS + 3_000 })));
    traces.fleetEvent(finished(outcomeOf('web02', { status: 'failed', exit: { kind: 'code', code: 3 } })));
    traces.end(endOf({ outcome: 'failed', exitCode: 2 }));

    assert.equal(only('host', 'web01').duration[0], 3);
    assert.equal(only('host', 'web02').attributes['sshoal.exit_code'], 3);
    assert.equal(only('host', 'web02').parentSpanContext?.spanId, only('sshoal run').spanContext().spanId);
  });

  it('end what an interruption left open', async () => {
    const traces = await create();

    traces.start(runOf());
    traces.playEvent({ kind: 'play-started', play: 'web', hosts: ['web01'], atMs: START_MS });
    traces.playEvent(taskStarted(taskOf(1, 'Long'), ['web01']));
    traces.end(endOf({ outcome: 'interrupted', exitCode: 130, hosts: { unfinished: ['web01'] } }));

    assert.deepEqual(
      exporter.getFinishedSpans().map(({ name }) => name),
      ['Long', 'web', 'sshoal play'],
    );
  });

  for (const [what, traceparent, expected] of [
    ['go on with the trace that they are given', `00-${TRACE}-${SPAN}-01`, TRACE],
    ['read a version to come', `01-${TRACE}-${SPAN}-01-more`, TRACE],
    ['begin their own where that is malformed', `00-${TRACE}-${SPAN}`, undefined],
    ['begin their own where that is all zeros', `00-${'0'.repeat(32)}-${SPAN}-01`, undefined],
    ['begin their own where that is of no version', `ff-${TRACE}-${SPAN}-01`, undefined],
    ['begin their own where version 00 has more', `00-${TRACE}-${SPAN}-01-more`, undefined],
  ] as const) {
    it(what, async () => {
      const traces = await create({ parent: { traceparent, tracestate: 'vendor=1' } });

      traces.start(runOf());
      traces.end(endOf());

      const run = only('sshoal play');
      assert.equal(run.parentSpanContext?.traceId, expected);
      if (expected === undefined) assert.notEqual(run.spanContext().traceId, TRACE);
      else assert.deepEqual([run.parentSpanContext?.spanId, run.spanContext().traceState?.get('vendor')], [SPAN, '1']);
    });
  }
});
