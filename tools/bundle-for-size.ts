import { join } from "node:path";
import { build, defaultClientConditions, type Rolldown } from "vite";
import { cache, root } from "./root.ts";

/**
 * Bundles each browser package as an application would, for measuring alone: `.size-limit.json` holds the limits.
 * The viewers are the application's own dependencies, loaded when a console opens. `without` are modules that
 * another bundle has already. Resolves to the modules of this one.
 */
async function bundle(name: string, entry: string, without: ReadonlySet<string> = new Set()): Promise<Set<string>> {
  const { output } = (await build({
    configFile: false,
    root,
    logLevel: "warn",
    resolve: { conditions: ["@curfew/source", ...defaultClientConditions] },
    build: {
      outDir: join(cache, "sizes", name),
      emptyOutDir: true,
      copyPublicDir: false,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: join(root, "packages", entry),
        preserveEntrySignatures: "strict",
        external: (id) => /^@(novnc|xterm)\//u.test(id) || without.has(id),
        output: { entryFileNames: "[name].js", chunkFileNames: "[name].js" },
      },
    },
  })) as Rolldown.RolldownOutput;
  return new Set(output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : [])));
}

const protocol = await bundle("protocol", "protocol/src/index.ts");
const client = await bundle("client", "client/src/index.ts", protocol);
const both = new Set([...protocol, ...client]);
await bundle("vnc", "client/src/vnc.ts", both);
await bundle("serial", "client/src/serial.ts", both);
