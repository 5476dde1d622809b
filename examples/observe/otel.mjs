// Registers an SDK of OpenTelemetry, so that a run of sshoal becomes a trace:
//
//   node --import ./otel.mjs "$(command -v sshoal)" play site.yml
//
// This one writes each span as a line to stderr. In its place give BatchSpanProcessor an OTLPTraceExporter of
// @opentelemetry/exporter-trace-otlp-http, and the spans go to your collector.
import process from 'node:process';
import { trace } from '@opentelemetry/api';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

/** @type {import('@opentelemetry/sdk-trace-base').SpanExporter} */
const lines = {
  export: (spans, done) => {
    for (const span of spans) {
      const { name, attributes, status, parentSpanContext } = span;
      const { traceId, spanId } = span.spanContext();
      process.stderr.write(`span ${JSON.stringify({ traceId, spanId, parent: parentSpanContext?.spanId, name, attributes, status })}\n`);
    }
    done({ code: 0 });
  },
  shutdown: async () => {},
};

const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(lines)] });
trace.setGlobalTracerProvider(provider);
// What is still in the batch when the run is over must not be lost.
process.once('beforeExit', () => void provider.shutdown());
