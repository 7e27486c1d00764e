import { expect, test } from "vitest";
import * as v from "valibot";
import { describe, describeIssue, group, option, options, secret } from "./option-schema.ts";
import * as value from "./value-schemas.ts";

const member = <const Type extends string, const E extends v.ObjectEntries>(type: Type, entries: E) =>
  options({ type: v.literal(type), ...entries });

const schema = options({
  name: option(v.nullable(value.text), null, "Text without a default."),
  mode: option(v.picklist(["a", "b"], "expected a or b"), "a", "One of several words."),
  outer: group({
    inner: group({
      seconds: option(value.timerSeconds, 5, "Nested twice."),
      password: option(v.nullable(secret(value.text)), null, "Secret."),
    }),
  }),
  list: option(
    v.array(
      v.variant(
        "type",
        [
          member("one", { url: value.httpUrl, wait: option(value.timerSeconds, 1, "Wait.") }),
          member("two", { key: secret(value.text) }),
        ],
        "expected one of one, two",
      ),
      "expected a list",
    ),
    [],
    "A list of groups.",
  ),
});

function problems(input: unknown): readonly string[] {
  return v.safeParse(schema, input).issues?.map((issue) => describeIssue(schema, issue)) ?? [];
}

test("options are described at any depth, in order, and say themselves whether they are text or secret", () => {
  expect(describe(schema).map(({ path, isText, isSecret }) => [path, isText, isSecret])).toEqual([
    ["name", true, false],
    ["mode", true, false],
    ["outer.inner.seconds", false, false],
    ["outer.inner.password", true, true],
    ["list", false, true],
  ]);
});

test("absent and empty groups take all their defaults, at any depth", () => {
  const defaults = v.parse(schema, {});
  expect(defaults.outer).toEqual({ inner: { seconds: 5, password: null } });
  expect(v.parse(schema, { outer: null })).toEqual(defaults);
  expect(v.parse(schema, { outer: { inner: null } })).toEqual(defaults);
});

test.each<[input: unknown, problem: string]>([
  [{ outer: { inner: { seconds: 0 } } }, "outer.inner.seconds: expected more than 0 seconds, but got 0"],
  [
    { outer: { inner: { second: 1 } } },
    "outer.inner.second: there is no such option; did you mean outer.inner.seconds?",
  ],
  [{ outer: 5 }, "outer: expected a group of options"],
  [{ outer: [5] }, "outer: expected a group of options, but got a list"],
  [{ outer: [] }, "outer: expected a group of options, but got a list"],
  [{ name: { first: 1 } }, "name: expected a string, but got a group of options"],
  [{ list: [{ type: "one", url: "ftp://host" }] }, 'list.0.url: expected an http or https URL, but got "ftp://host"'],
  [{ list: [{ type: "one", url: "http://host", wait: -1 }] }, "list.0.wait: expected more than 0 seconds, but got -1"],
  [{ list: [{ type: "one" }] }, "list.0.url: expected a value"],
  [{ list: [{ type: "one", url: "http://host", key: "k" }] }, "list.0.key: there is no such option"],
  [{ list: [{ type: "three" }] }, 'list.0.type: expected one of one, two, but got "three"'],
  [{ list: [{ url: "http://host" }] }, "list.0.type: expected one of one, two, but got undefined"],
])("%j is refused with its path, what was expected and what was found", (input, problem) => {
  expect(problems(input)).toEqual([problem]);
});

test("an error quotes no secret: neither in its place nor where its group or list belongs", () => {
  const marker = "very-secret";
  for (const input of [
    { outer: { inner: { password: "" } } },
    { outer: { inner: { password: 12345 } } },
    { outer: { inner: { password: [marker] } } },
    { outer: { inner: marker } },
    { outer: marker },
    { list: marker },
    { list: [marker] },
    { list: [{ type: "two", key: [marker] }] },
    { list: [{ type: "two", key: 12345 }] },
    { list: [{ type: "one", url: `ftp://user:${marker}@host` }] },
    marker,
  ]) {
    const [problem, ...more] = problems(input);
    expect(more).toEqual([]);
    expect(problem).toContain("expected");
    expect(problem).not.toContain(marker);
    expect(problem).not.toContain("12345");
  }
});
