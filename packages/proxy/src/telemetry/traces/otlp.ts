import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { logError, type Logger } from "../log.ts";
import { BUILD } from "../../version.ts";
import { SessionTraces } from "./session-traces.ts";
import type { Traces } from "./traces.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** How long the end of a gateway waits for a collector, in milliseconds. */
const CLOSE_MS = 1000;

/** How long a text of a span may be, in characters. */
const MAX_TEXT = 256;

/** The only protocol of OTLP that is spoken. */
const PROTOCOL = "http/protobuf";

/**
 * Traces that are sent in batches; of those that a collector does not take in time, the queue holds a bounded number.
 *
 * @param env - of this process: the exporter reads the variables with its address from there.
 * @param closeMs - how long {@link Traces.close} waits for a collector, in milliseconds. Test seam.
 * @throws Error naming the variable that is wrong.
 */
export function createTraces(env: Environment, log: Logger, closeMs: number = CLOSE_MS): Traces {
  const protocol = env["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] ?? env["OTEL_EXPORTER_OTLP_PROTOCOL"] ?? PROTOCOL;
  if (protocol !== PROTOCOL) {
    throw new Error(`OTEL_EXPORTER_OTLP_PROTOCOL: expected ${PROTOCOL}, but got ${JSON.stringify(protocol)}`);
  }
  const processor = new BatchSpanProcessor({
    exporter: reportFailures(new OTLPTraceExporter(), log),
    maxQueueSize: numberOf(env, "OTEL_BSP_MAX_QUEUE_SIZE", 2048),
    maxExportBatchSize: numberOf(env, "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512),
    scheduledDelayMillis: numberOf(env, "OTEL_BSP_SCHEDULE_DELAY", 5000),
    exportTimeoutMillis: numberOf(env, "OTEL_BSP_EXPORT_TIMEOUT", 30_000),
  });
  const own = resourceFromAttributes({ "service.name": "curfew", "service.version": BUILD.version });
  const provider = new TracerProvider({
    sampler: samplerOf(env),
    resource: defaultResource()
      .merge(own)
      .merge(detectResources({ detectors: [envDetector, serviceNameEnvDetector] })),
    spanLimits: { attributeValueLengthLimit: MAX_TEXT },
    spanProcessors: [processor],
  });
  const sessions = new SessionTraces(provider.getTracer("@curfew/proxy", BUILD.version));
  return {
    observer: sessions.observer,
    enter: (...step) => sessions.enter(...step),
    close: async () => {
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, closeMs);
      await Promise.race([provider.shutdown().catch(() => {}), late.promise]);
      clearTimeout(timer);
    },
  };
}

/** Logs when a collector begins to fail, and when it takes traces again. */
function reportFailures(exporter: SpanExporter, log: Logger): SpanExporter {
  let fails = false;
  return {
    export: (spans, done) => {
      exporter.export(spans, (result) => {
        // `ExportResultCode`, which a package of its own exports, is 0 for success.
        const code: number = result.code;
        const failed = code !== 0;
        if (failed && !fails) {
          const error = result.error ?? new Error("the export failed");
          logError(log, { level: "warn", error }, "the OpenTelemetry collector takes no traces; they are dropped");
        } else if (!failed && fails) log.info("the OpenTelemetry collector takes traces again");
        fails = failed;
        done(result);
      });
    },
    shutdown: async () => await exporter.shutdown(),
  };
}

/** OpenTelemetry's own meaning of `OTEL_TRACES_SAMPLER`, which its SDK leaves to programs. */
function samplerOf(env: Environment): Sampler {
  const ratio = (): Sampler => new TraceIdRatioBasedSampler(ratioOf(env));
  const samplers: Readonly<Record<string, () => Sampler>> = {
    always_on: () => new AlwaysOnSampler(),
    always_off: () => new AlwaysOffSampler(),
    traceidratio: ratio,
    parentbased_always_on: () => new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    parentbased_always_off: () => new ParentBasedSampler({ root: new AlwaysOffSampler() }),
    parentbased_traceidratio: () => new ParentBasedSampler({ root: ratio() }),
  };
  const name = env["OTEL_TRACES_SAMPLER"] ?? "parentbased_always_on";
  const sampler = Object.hasOwn(samplers, name) ? samplers[name] : undefined;
  if (sampler !== undefined) return sampler();
  const known = Object.keys(samplers).join(", ");
  throw new Error(`OTEL_TRACES_SAMPLER: expected one of ${known}, but got ${JSON.stringify(name)}`);
}

function ratioOf({ OTEL_TRACES_SAMPLER_ARG: text = "1" }: Environment): number {
  const ratio = text.trim() === "" ? Number.NaN : Number(text);
  if (ratio >= 0 && ratio <= 1) return ratio;
  throw new Error(`OTEL_TRACES_SAMPLER_ARG: expected a number from 0 to 1, but got ${JSON.stringify(text)}`);
}

function numberOf(env: Environment, name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined) return fallback;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`${name}: expected a whole number of 1 or more, but got ${JSON.stringify(text)}`);
}
