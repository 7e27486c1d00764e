import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundlePages } from "./servers/bundled-pages.ts";

/** Does what all tests of a run share: bundles the pages. Playwright calls the returned function at the end of the run. */
async function globalSetup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "curfew-e2e-pages-"));
  await bundlePages(folder);
  return () => rm(folder, { recursive: true, force: true });
}

// oxlint-disable-next-line import/no-default-export -- Playwright calls the default export
export { globalSetup as default };
