import { describe, expect, test } from "vitest";
import { contactHref, parseContact } from "./contact.ts";

describe("the contact URL", () => {
  test.each(["https://help.example/consoles", "http://help.example/", "mailto:ops@example.com", "tel:+49-30-1234"])(
    "may be %s",
    (address) => {
      expect(parseContact(address)?.href).toBe(address);
    },
  );

  test.each(["", "help", "//help.example", "javascript:alert(1)", "data:text/html,x", "ftp://help.example"])(
    "is not %j",
    (address) => {
      expect(parseContact(address)).toBeUndefined();
    },
  );

  test("becomes a mail with the details, unless the operator has specified its content", () => {
    const plain = new URL("mailto:ops@example.com");
    expect(contactHref(plain, "web-03: Access not allowed", "reason: forbidden\nclose code: 4003")).toBe(
      "mailto:ops@example.com?subject=web-03%3A%20Access%20not%20allowed&body=reason%3A%20forbidden%0Aclose%20code%3A%204003",
    );
    const written = new URL("mailto:ops@example.com?subject=Consoles");
    expect(contactHref(written, "x", "y")).toBe("mailto:ops@example.com?subject=Consoles");
    expect(contactHref(new URL("https://help.example/"), "x", "y")).toBe("https://help.example/");
  });
});
