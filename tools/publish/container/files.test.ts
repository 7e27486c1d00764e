import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { DCLinter } from "dclint";
import { DockerfileParser, type From } from "dockerfile-ast";
import { validate } from "dockerfile-utils";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { VERSION } from "../../../packages/proxy/src/version.ts";
import { ROOT } from "../../root.ts";
import { CONTAINER, readCompose, readContainerFile } from "./packaged.ts";

/** Its declarations do not resolve. */
interface LintResult {
  readonly messages: readonly { readonly rule: string; readonly message: string }[];
}

const text = readContainerFile("Containerfile");

/** What the instructions of a stage do, such as `["USER", "10001:10001"]`. */
function stages(): { readonly image: string; readonly instructions: readonly (readonly [string, string])[] }[] {
  const all = DockerfileParser.parse(text).getInstructions();
  const starts = all.flatMap((each, index) => (each.getKeyword() === "FROM" ? [index] : []));
  return starts.map((start, index) => ({
    image: (all[start] as From).getImage() ?? "",
    instructions: all
      .slice(start + 1, starts[index + 1])
      .map((each) => [each.getKeyword(), each.getArgumentsContent() ?? ""] as const),
  }));
}

describe("the Containerfile", () => {
  const [build, final] = stages();

  test("has no mistake that its linter knows", () => {
    expect(validate(text).map(({ message, range }) => ({ line: range.start.line + 1, message }))).toEqual([]);
  });

  test("takes Node in the version that the tests run on", () => {
    const { catalog } = parse(readFileSync(join(ROOT, "pnpm-workspace.yaml"), "utf8")) as {
      readonly catalog: { readonly node: string };
    };
    expect(text).toContain(`\nARG NODE_VERSION=${catalog.node}\n`);
    for (const stage of [build, final]) {
      expect(stage?.image).toMatch(/^docker\.io\/library\/node:\$\{NODE_VERSION\}-[a-z]+-slim$/u);
    }
    expect(stages()).toHaveLength(2);
  });

  test("runs nothing in the stage that is kept, and copies to it only what exists", () => {
    const kept = final?.instructions ?? [];
    expect(kept.filter(([keyword]) => keyword === "RUN" || keyword === "ADD")).toEqual([]);
    const commands = build?.instructions.find(([keyword]) => keyword === "RUN")?.[1] ?? "";
    const copied = [...text.matchAll(/^COPY --from=build .*?(\S+) \S+$/gmu)].map(([, source]) => source);
    expect(copied).toHaveLength(2);
    for (const source of copied) expect(commands).toMatch(new RegExp(` ${source} |${source}$`, "u"));
  });

  test("is built without the key of the admin API, which the documents write into a file", () => {
    const { secrets } = readCompose();
    const keys = Object.values(secrets).map(({ file }) => relative(ROOT, join(CONTAINER, file)));
    expect(keys).toHaveLength(1);
    const ignored = readFileSync(join(ROOT, ".dockerignore"), "utf8").split("\n");
    expect(ignored).toEqual(expect.arrayContaining(keys));
    for (const key of keys) expect(readFileSync(join(ROOT, "docs/install.md"), "utf8")).toContain(`> ${key}\n`);
  });

  test("has the version of the gateway, as its document does", () => {
    expect(text).toContain(`version="${VERSION}"`);
    const document = readFileSync(join(ROOT, "docs/install.md"), "utf8");
    const versions = `${text}${document}`.match(/(?<=localhost\/curfew:)\S+/gu);
    expect(versions).toEqual([VERSION, VERSION, VERSION]);
  });
});

describe("the Compose file", () => {
  const { gateway } = readCompose().services;

  test("is one by the Compose specification, without what its linter advises against", () => {
    const rules = {
      // The image is built here, and has a name.
      "no-build-and-image": 0,
      "require-quotes-in-ports": 0,
    } as const;
    const linter = new DCLinter({ rules, exclude: [], quiet: true, debug: false });
    const [result] = linter.lintFiles([join(CONTAINER, "compose.yaml")], false) as readonly LintResult[];
    expect(result?.messages.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
  });

  test("gives the gateway no rights, and does not publish the admin API", () => {
    expect(gateway).toMatchObject({ read_only: true, cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"] });
    expect(gateway.ports).toEqual(["127.0.0.1:6080:6080"]);
    expect(gateway.volumes).toEqual(["state:/var/lib/curfew"]);
  });

  test("has the version of the gateway, and builds it from the repository", () => {
    expect(gateway.image).toBe(`localhost/curfew:${VERSION}`);
    expect(join(CONTAINER, gateway.build.context)).toBe(ROOT);
    expect(readFileSync(join(ROOT, gateway.build.dockerfile), "utf8")).toBe(text);
  });
});
