import { describe, expect, test } from "vitest";
import { keptApiReference, keptApiReports, makeApiReports } from "./reports.ts";
import { publishedPackages } from "../published.ts";

describe.each(await publishedPackages())("the API of $manifest.name", async (published) => {
  const made = makeApiReports(published);

  test("exports and documents all that it consists of", async () => {
    expect((await made).problems).toEqual([]);
  });

  test("is what the reports in etc/ say; after a change that is meant, run `npx pnpm@12 api`", async () => {
    const { reports } = await made;
    const kept = await keptApiReports(published);
    expect([...kept.keys()], "run `npx pnpm@12 api`").toEqual([...reports.keys()]);
    for (const [name, report] of reports) expect(kept.get(name), `${name}: run \`npx pnpm@12 api\``).toBe(report);
  });

  test("is what docs/api describes", async () => {
    expect(await keptApiReference(published), "run `npx pnpm@12 api`").toBe((await made).reference);
  });
});
