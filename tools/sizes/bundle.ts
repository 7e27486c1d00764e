import { basename, isAbsolute, join } from "node:path";
import { build, defaultClientConditions, type Rolldown } from "vite";
import { CACHE, ROOT } from "../root.ts";

/** The viewers are the application's own dependencies, loaded when a console opens; React is there already. */
const PROVIDED = /^(@novnc\/|@spice-project\/|@xterm\/|react($|\/))/u;

/**
 * Bundles an entry point as an application would, for measuring alone: `.size-limit.json` holds the limits.
 * `without` says which modules another bundle has already. Resolves to the modules of this one.
 */
async function bundle(
  name: string,
  entry: string,
  without: (id: string) => boolean = () => false,
): Promise<ReadonlySet<string>> {
  const built = await build({
    configFile: false,
    root: ROOT,
    logLevel: "warn",
    resolve: { conditions: ["@curfew/source", ...defaultClientConditions] },
    build: {
      // As a library, without the helpers that load an application's chunks.
      lib: { entry: join(ROOT, "packages", entry), formats: ["es"] },
      outDir: join(CACHE, "sizes", name),
      emptyOutDir: true,
      copyPublicDir: false,
      rolldownOptions: {
        external: (id) => PROVIDED.test(id) || without(id),
        onwarn(warning, warn) {
          // "use client" has no effect in a bundle.
          if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
        },
        output: {
          minify: true,
          entryFileNames: "index.js",
          chunkFileNames: "[name].js",
          // Where the checkout is must not change the size.
          paths: (id) => (isAbsolute(id) ? `./${basename(id)}` : id),
        },
      },
    },
  });
  const outputs = [built].flat() as Rolldown.RolldownOutput[];
  return new Set(
    outputs.flatMap(({ output }) => output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []))),
  );
}

/** Bundles everything that is measured into `.cache/sizes`. */
export async function bundleForSizes(): Promise<void> {
  const protocol = await bundle("protocol", "protocol/src/index.ts");
  const client = await bundle("client", "client/src/index.ts", (id) => protocol.has(id));
  const both = new Set([...protocol, ...client]);
  await bundle("vnc", "client/src/views/vnc/index.ts", (id) => both.has(id));
  await bundle("serial", "client/src/views/serial/index.ts", (id) => both.has(id));
  await bundle("spice", "client/src/views/spice/index.ts", (id) => both.has(id));
  await bundle("messages", "client/src/locales/index.ts");
  await bundle("element", "client/src/element/index.ts", (id) =>
    /\/(errors|report-error|vnc-console|serial-console)\.ts$/u.test(id),
  );
  await bundle("toolbar", "client/src/toolbar/index.ts", (id) => both.has(id));
  await bundle("react", "react/src/index.ts", (id) => id.startsWith("@curfew/client"));
}
