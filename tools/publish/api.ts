import { writeApiReports } from "./api/reports.ts";
import { publishedPackages } from "./published.ts";

/** Writes the API reports of all packages: `npx pnpm@12 api`, which builds their declarations before. */
for (const published of await publishedPackages()) {
  const problems = await writeApiReports(published);
  if (problems.length > 0) process.exitCode = 1;
  for (const problem of problems) console.error(`${published.manifest.name}: ${problem}`);
}
