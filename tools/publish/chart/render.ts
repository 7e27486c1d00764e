import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";
import { ROOT } from "../../root.ts";
import { findHelm } from "../../setup/helm.ts";

/** The folder of the chart. */
export const CHART: string = join(ROOT, "packaging/helm/curfew");

/** The values of the chart for several gateways. */
export const VALUES_HA: string = join(CHART, "values-ha.yaml");

/** An object of Kubernetes. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly [field: string]: unknown;
}

/** Runs Helm and returns what it prints. @throws Error with what it says, when it fails. */
export async function helm(...args: readonly string[]): Promise<string> {
  const program = findHelm();
  if (program === undefined) throw new Error("Helm is missing: node tools/setup.ts helm");
  const { stdout } = await promisify(execFile)(program, args);
  return stdout;
}

/** What the chart makes of values, in JSON, on top of those in a file. */
export async function render(values: object = {}, file?: string): Promise<readonly Manifest[]> {
  const files = file === undefined ? [] : ["--values", file];
  const sets = Object.entries(values).flatMap(([path, value]) => ["--set-json", `${path}=${JSON.stringify(value)}`]);
  const text = await helm("template", "curfew", CHART, ...files, ...sets);
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest);
}

/** The only manifest of a kind. @throws Error where there is none, or several. */
export function only(manifests: readonly Manifest[], kind: string): Manifest {
  const [found, second] = manifests.filter((manifest) => manifest.kind === kind);
  if (found === undefined || second !== undefined) throw new Error(`expected one ${kind}`);
  return found;
}
