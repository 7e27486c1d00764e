import { expect, test, vi } from "vitest";
import type { LoadedConfig } from "../config/load.ts";
import { parseConfig } from "../config/schema.ts";
import { createLogger } from "../telemetry/log.ts";
import { GatewayStopping } from "../tokens/replace-sources.ts";
import { createReload } from "./reload.ts";

test.each([
  [new GatewayStopping(), "info", "SIGHUP: the configuration is not read again: the gateway stops"],
  [new Error("no such file"), "error", "SIGHUP: the configuration cannot be used; the old one stays"],
])("after SIGHUP, %s is logged as %s", async (failure, level, message) => {
  const lines: string[] = [];
  const log = createLogger("info", { write: (line: string) => void lines.push(line) });
  const gateway = { log, reopenFiles: vi.fn<() => void>(), reload: async () => await Promise.reject(failure) };
  const load = async (): Promise<LoadedConfig> => ({ config: parseConfig({}), warnings: [] });
  const ready = Promise.withResolvers<void>();
  const onHangup = createReload(gateway, load, { tell: (state) => void (state === "ready" && ready.resolve()) });
  onHangup();
  await ready.promise;
  expect(gateway.reopenFiles).toHaveBeenCalledTimes(1);
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([{ level, msg: message }]);
});
