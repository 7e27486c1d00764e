import { expect, test } from "vitest";
import { withSizes } from "./table.ts";

const place = "<!-- Written by `npx pnpm@12 size`. -->\nold\n<!-- End of what `npx pnpm@12 size` writes. -->";

test("sizes take the place of the table that a document has, and nothing else of it", () => {
  const sizes = [
    { name: "@curfew/protocol", passed: true, size: 1_406, sizeLimit: 2_000 },
    { name: "@curfew/client, above the protocol", passed: true, size: 12_674, sizeLimit: 18_000 },
  ];
  expect(withSizes(`# Title\n\n${place}\n\nEnd\n`, sizes)).toBe(`# Title

<!-- Written by \`npx pnpm@12 size\`. -->

| what                                 | gzip    | limit   |
| ------------------------------------ | ------- | ------- |
| \`@curfew/protocol\`                   | 1.4 kB  | 2.0 kB  |
| \`@curfew/client\`, above the protocol | 12.7 kB | 18.0 kB |

<!-- End of what \`npx pnpm@12 size\` writes. -->

End
`);
});

test("a document without a place for sizes is refused", () => {
  expect(() => withSizes("# Title\n", [])).toThrow(/expected a place for sizes/u);
});
