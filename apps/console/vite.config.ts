import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the page also works below a path prefix that a reverse proxy strips.
  base: "./",
  resolve: { conditions: ["@curfew/source", ...defaultClientConditions] },
  build: {
    outDir: "../../packages/proxy/page",
    emptyOutDir: true,
    // The page's Content-Security-Policy allows no data: fonts or scripts.
    assetsInlineLimit: 0,
    license: { fileName: "licenses.md" },
  },
});
