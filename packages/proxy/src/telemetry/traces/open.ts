import type { Logger } from "../log.ts";
import type { Traces } from "./traces.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The packages that send traces, which a gateway without them does not need. */
const PACKAGES =
  "@opentelemetry/api @opentelemetry/resources @opentelemetry/sdk-trace @opentelemetry/exporter-trace-otlp-proto";

/**
 * Opens what sends traces to an OpenTelemetry collector, if the environment names one
 * (`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`). Only then is OpenTelemetry loaded.
 *
 * @throws Error naming the variable that is wrong, or the packages that are not installed.
 */
export async function openTraces(env: Environment, log: Logger): Promise<Traces | undefined> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT } = env;
  if ((OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? OTEL_EXPORTER_OTLP_ENDPOINT ?? "") === "") return undefined;
  if (/^true$/i.test(env["OTEL_SDK_DISABLED"] ?? "") || env["OTEL_TRACES_EXPORTER"] === "none") return undefined;
  const { createTraces } = await import("./otlp.ts").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new Error(
      `OTEL_EXPORTER_OTLP_ENDPOINT is set, but OpenTelemetry is not in a folder node_modules above ${import.meta.dirname}: npm install ${PACKAGES} ("Traces" in docs/operating.md has the commands)`,
      { cause },
    );
  });
  return createTraces(env, log);
}
