import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "../../root.ts";

/** The folder of the Containerfile and the Compose file. */
export const CONTAINER: string = join(ROOT, "packaging/container");

/** The text of a file in {@link CONTAINER}. */
export function readContainerFile(name: string): string {
  return readFileSync(join(CONTAINER, name), "utf8");
}

/** What `compose.yaml` says of the gateway, as far as the tests use it. */
export interface ComposeService {
  readonly image: string;
  readonly build: { readonly context: string; readonly dockerfile: string };
  readonly volumes: readonly string[];
  readonly configs: readonly { readonly source: string; readonly target: string }[];
  readonly secrets: readonly string[];
  readonly ports: readonly string[];
  readonly command: readonly string[];
  readonly healthcheck: { readonly test: readonly [string, ...string[]] };
  readonly cap_drop: readonly string[];
  readonly read_only: boolean;
  readonly security_opt: readonly string[];
  readonly stop_grace_period: string;
  readonly tmpfs: readonly string[];
}

/** `compose.yaml`. */
export interface ComposeFile {
  readonly services: { readonly gateway: ComposeService };
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly configs: Readonly<Record<string, { readonly file: string }>>;
}

/** Reads `compose.yaml`. */
export function readCompose(): ComposeFile {
  return parse(readContainerFile("compose.yaml")) as ComposeFile;
}
