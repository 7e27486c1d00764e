import { readFileSync } from "node:fs";
import { defaultClientConditions, defineConfig, type Plugin } from "vite";

/** Adds the licenses of the typeface and of parts bundled in dependencies: `build.license` covers scripts only. */
function furtherTerms(): Plugin {
  const files = {
    "licenses-fonts.txt": new URL("node_modules/@fontsource-variable/geist/LICENSE", import.meta.url),
    "third-party-notices.md": new URL("../../THIRD_PARTY_NOTICES.md", import.meta.url),
  };
  return {
    name: "further-terms",
    apply: "build",
    generateBundle() {
      for (const [fileName, source] of Object.entries(files)) {
        this.emitFile({ type: "asset", fileName, source: readFileSync(source) });
      }
    },
  };
}

/** Puts styles before scripts: nothing is painted before the styles have loaded, and scripts run later anyway. */
function stylesFirst(): Plugin {
  return {
    name: "styles-first",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (html) => {
        const [styles = ""] = /\s*<link rel="stylesheet"[^>]*>/.exec(html) ?? [];
        return html.replace(styles, "").replace(/(?=\s*<script )/, styles);
      },
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the page also works below a path prefix that a reverse proxy strips.
  base: "./",
  plugins: [furtherTerms(), stylesFirst()],
  resolve: { conditions: ["@curfew/source", ...defaultClientConditions] },
  build: {
    outDir: "../../packages/proxy/page",
    emptyOutDir: true,
    // The page's Content-Security-Policy allows no data: fonts or scripts.
    assetsInlineLimit: 0,
    license: { fileName: "licenses.md" },
    rolldownOptions: {
      // A slow machine is no news for someone who starts the demo.
      checks: { pluginTimings: false },
      // One script for everything that the page needs at the start, instead of one per part that is shared with later chunks.
      output: {
        // A file that replaces spice-html5's has to export its names.
        minifyInternalExports: false,
        codeSplitting: {
          groups: [
            { name: "page", tags: ["$initial"] },
            // Its terms require that users can replace it: a file that contains nothing else.
            { name: "spice-html5", test: /@spice-project/ },
          ],
        },
      },
    },
  },
});
