import { join } from "node:path";
import { build, defaultClientConditions } from "vite";
import { cache, root } from "./root.ts";

/** The viewers are the application's own dependencies, loaded when a console opens. */
const viewers = [/^@novnc\//u, /^@xterm\//u];

/** What to measure: an entry point, and what it shares with others and is not counted. */
const bundles: readonly { name: string; entry: string; external: RegExp[] }[] = [
  { name: "protocol", entry: "protocol/src/index.ts", external: viewers },
  { name: "client", entry: "client/src/index.ts", external: viewers },
  { name: "messages", entry: "client/src/messages.ts", external: viewers },
  {
    name: "element",
    entry: "client/src/element.ts",
    external: [...viewers, /\/(errors|report|vnc-console|serial-console)\.ts$/u],
  },
  { name: "react", entry: "react/src/index.ts", external: [...viewers, /^react($|\/)/u, /^@curfew\/client/u] },
];

/** Bundles each as an application would, for measuring alone: `.size-limit.json` holds the limits. */
for (const { name, entry, external } of bundles) {
  await build({
    configFile: false,
    root,
    logLevel: "warn",
    resolve: { conditions: ["@curfew/source", ...defaultClientConditions] },
    build: {
      // As a library: an application's helpers for its chunks are not counted.
      lib: { entry: join(root, "packages", entry), formats: ["es"] },
      outDir: join(cache, "sizes", name),
      emptyOutDir: true,
      copyPublicDir: false,
      rolldownOptions: {
        external,
        onwarn(warning, warn) {
          // "use client" has done its work before a bundle is made.
          if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
        },
        output: { minify: true, entryFileNames: "index.js", chunkFileNames: "[name].js" },
      },
    },
  });
}
