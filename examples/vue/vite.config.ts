import vue from "@vitejs/plugin-vue";
import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  plugins: [vue()],
  // The SDK's sources, which this repository has beside the example. A project of your own needs no such line.
  resolve: { conditions: ["@curfew/source", ...defaultClientConditions] },
});
