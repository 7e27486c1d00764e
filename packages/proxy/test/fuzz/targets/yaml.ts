import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../../src/config/load.ts";
import { ConfigError } from "../../../src/config/schema.ts";
import type { FuzzTarget } from "../target.ts";

/** How long a file of a few kilobytes may take, in milliseconds; one that expands without bound takes far longer. */
const MAX_MS = 5000;

/** The configuration file: a configuration, or a `ConfigError` that says what is wrong. */
export const yaml: FuzzTarget = {
  name: "yaml",
  seeds: [
    "listen: 127.0.0.1:6080\nconsoleauth:\n  enforce_session_timeout: true\n",
    "targets: { allow: [10.0.0.0/8, 'unix:/run/consoles/'] }\nsessions:\n  warn_before: [60, 10]\n",
    "tokens:\n  sources:\n    - type: http\n      url: https://tokens.example/{token}\n",
    "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n",
    "admin:\n  key: !!binary c2VjcmV0\n? complex\n: |\n  text\n",
  ],
  start: async () => {
    const folder = mkdtempSync(join(tmpdir(), "curfew-fuzz-"));
    const file = join(folder, "curfew.yaml");
    return {
      run: async (input) => {
        writeFileSync(file, input);
        const start = performance.now();
        try {
          await loadConfig({ file });
          return "configuration";
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
          if (performance.now() - start > MAX_MS) throw new Error("the file took too long", { cause: error });
          return error.problems.map((problem) => problem.replaceAll(/".*"|[^a-z_. ]/gi, "").slice(-30)).join();
        }
      },
      async [Symbol.asyncDispose]() {
        rmSync(folder, { recursive: true });
      },
    };
  },
};
