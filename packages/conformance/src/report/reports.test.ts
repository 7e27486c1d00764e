import { expect, test } from "vitest";
import type { Check } from "../check.ts";
import type { CheckResult } from "../run.ts";
import { formatJunit } from "./junit.ts";
import { formatTable } from "./table.ts";

const check: Check = {
  id: "B0",
  title: 'Says "<&>"',
  nova: "does not",
  novaPasses: false,
  unobservable: "why",
};

const RESULTS: readonly CheckResult[] = [
  { check, outcome: "pass", reason: undefined, ms: 1500 },
  { check, outcome: "fail", reason: "got <a>\n\u001b[2J\0&\ufffe", ms: 20 },
  { check, outcome: "skipped", reason: "why", ms: 0 },
];

test("JUnit's XML has each result, with everything escaped that XML does not allow", () => {
  expect(formatJunit('a "suite"', RESULTS)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="a &quot;suite&quot;" tests="3" failures="1" skipped="1" time="1.520">
  <testcase classname="a &quot;suite&quot;" name="B0: Says &quot;&lt;&amp;&gt;&quot;" time="1.500"/>
  <testcase classname="a &quot;suite&quot;" name="B0: Says &quot;&lt;&amp;&gt;&quot;" time="0.020"><failure message="got &lt;a&gt;&#10;\ufffd[2J\ufffd&amp;\ufffd"/></testcase>
  <testcase classname="a &quot;suite&quot;" name="B0: Says &quot;&lt;&amp;&gt;&quot;" time="0.000"><skipped message="why"/></testcase>
</testsuite>
`);
});

test("the table says why a check failed and what Nova does, and controls no terminal", () => {
  expect(formatTable(RESULTS)).toBe(
    `pass  B0   1500 ms  Says "<&>"
FAIL  B0     20 ms  Says "<&>"
                    got <a> | \ufffd[2J\ufffd&\ufffe (a known fault of Nova's proxies: does not)
-     B0            why

1 passed, 1 failed, 1 skipped`,
  );
});
