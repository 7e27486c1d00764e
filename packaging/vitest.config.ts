import { defineConfig } from "vitest/config";

/** Checks of what is published; they need the packages and the pages built. */
export default defineConfig({
  test: {
    name: "packaging",
    root: import.meta.dirname,
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxConcurrency: 2,
  },
});
