import { join } from "node:path";
import { build, defaultClientConditions } from "vite";
import { cache, root } from "./root.ts";

/**
 * Bundles each browser package as an application would, for measuring alone: `.size-limit.json` holds the limits.
 * The viewers are the application's own dependencies, loaded when a console opens.
 */
for (const name of ["protocol", "client"]) {
  await build({
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
        input: join(root, "packages", name, "src", "index.ts"),
        preserveEntrySignatures: "strict",
        external: [/^@novnc\//u, /^@xterm\//u],
        output: { entryFileNames: "[name].js", chunkFileNames: "[name].js" },
      },
    },
  });
}
