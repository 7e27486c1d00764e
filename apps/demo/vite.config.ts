import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  resolve: { conditions: ["@curfew/source", ...defaultClientConditions] },
  build: {
    emptyOutDir: true,
    // The page's Content-Security-Policy allows no data: fonts or scripts.
    assetsInlineLimit: 0,
    // "use client" means nothing to a page that is rendered in the browser only.
    rolldownOptions: { checks: { moduleLevelDirective: false, pluginTimings: false } },
  },
});
