import { readFileSync } from "node:fs";
import { defaultClientConditions, defineConfig, type Plugin } from "vite";

/** `build.license` knows scripts only; the typeface's licence must go with it too. */
function fontLicense(): Plugin {
  const source = new URL("node_modules/@fontsource-variable/geist/LICENSE", import.meta.url);
  return {
    name: "font-license",
    apply: "build",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "licenses-fonts.txt", source: readFileSync(source) });
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the page also works below a path prefix that a reverse proxy strips.
  base: "./",
  plugins: [fontLicense()],
  resolve: { conditions: ["@curfew/source", ...defaultClientConditions] },
  build: {
    outDir: "../../packages/proxy/page",
    emptyOutDir: true,
    // The page's Content-Security-Policy allows no data: fonts or scripts.
    assetsInlineLimit: 0,
    license: { fileName: "licenses.md" },
  },
});
