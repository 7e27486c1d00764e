import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  plugins: [svelte()],
  // The SDK's sources, which this repository has beside the example. A project of your own needs no such line.
  resolve: { conditions: ["@curfew/source", ...defaultClientConditions] },
});
