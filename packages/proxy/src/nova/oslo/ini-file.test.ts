import { describe, expect, test } from "vitest";
import { parseIniFile } from "./ini-file.ts";

/** The assignments of a file as `[group] name = value`. */
function parsed(text: string): string[] {
  return parseIniFile(text, "nova.conf").map(
    ({ group, name, value }) => `[${group}] ${name} = ${JSON.stringify(value)}`,
  );
}

describe("assignments", () => {
  test.each([
    ["[DEFAULT]\na=1", '[DEFAULT] a = "1"'],
    ["[DEFAULT]\na : 1", '[DEFAULT] a = "1"'],
    ["[DEFAULT]\na = b=c", '[DEFAULT] a = "b=c"'],
    ["[DEFAULT]\na: b=c", '[DEFAULT] a = "b=c"'],
    ["[DEFAULT]\r\na = 1 \r\n", '[DEFAULT] a = "1"'],
    ["[VNC]\na =", '[vnc] a = ""'],
    ["[default]\na = 1", '[default] a = "1"'],
    ["[DEFAULT]\na = 1 # no comment", '[DEFAULT] a = "1 # no comment"'],
    ["# c\n; c\n[DEFAULT]\n#a = 1\na = 2", '[DEFAULT] a = "2"'],
    ["[DEFAULT]\na = ' 1 '", '[DEFAULT] a = " 1 "'],
    ['[DEFAULT]\na = "', '[DEFAULT] a = ""'],
    ["[DEFAULT]\na = \"1'", '[DEFAULT] a = "\\"1\'"'],
    ["[DEFAULT]\na = 1\n  2\n\t# 3\n", '[DEFAULT] a = "1\\n2\\n# 3"'],
    ["[DEFAULT]\na =\n  1,\n  2", '[DEFAULT] a = "\\n1,\\n2"'],
    ["[DEFAULT]\na = \u{1F}1\u{85}", '[DEFAULT] a = "1"'],
  ])("%j", (text, expected) => {
    expect(parsed(text)).toEqual([expected]);
  });

  test("a name that is set twice stands twice, with the line of each", () => {
    const found = parseIniFile("[DEFAULT]\na = 1\n 2\n\n[vnc]\na = 2\n[DEFAULT]\na = 3", "nova.conf");
    expect(found.map(({ value, line }) => [value, line])).toEqual([
      ["1\n2", 2],
      ["2", 6],
      ["3", 8],
    ]);
  });
});

describe("refused, with the file and the line, and without the line's text", () => {
  test.each([
    ["a = 1", "nova.conf:1: expected a section, such as [DEFAULT], before it"],
    ["[DEFAULT\n", 'nova.conf:1: expected "]" at the end of the section\'s line'],
    ["[DEFAULT] # all\n", 'nova.conf:1: expected "]" at the end of the section\'s line'],
    ["[]\n", "nova.conf:1: expected the name of a section between the brackets"],
    ["[DEFAULT]\nsecret", 'nova.conf:2: expected "name = value", "[section]" or a comment'],
    ["[DEFAULT]\n= secret", 'nova.conf:2: expected a name before the "="'],
    ["[DEFAULT]\n secret", "nova.conf:2: expected an assignment above this indented line"],
    ["[DEFAULT]\na = 1\n\n secret", "nova.conf:4: expected an assignment above this indented line"],
    ["[DEFAULT]\na = 1\n# c\n secret", "nova.conf:4: expected an assignment above this indented line"],
    ["\u{FEFF}[DEFAULT]\na = 1", "nova.conf:1: expected no byte order mark"],
  ])("%j", (text, message) => {
    expect(() => parsed(text)).toThrow(message);
  });
});
