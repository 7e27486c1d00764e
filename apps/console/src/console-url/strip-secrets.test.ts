import { expect, test } from "vitest";
import { addressWithoutSecrets } from "./strip-secrets.ts";

test.each([
  ["/console/?type=vnc&name=web-03#token=S", "/console/?type=vnc&name=web-03"],
  ["/console/#token=S&name=web-03", "/console/#name=web-03"],
  ["/vnc_lite.html?path=%3Ftoken%3DS", "/vnc_lite.html"],
  ["/vnc_lite.html?path=websockify%3Ftoken%3DS&title=a", "/vnc_lite.html?path=websockify&title=a"],
  ["/vnc.html?path=ws%3Fa%3D1%26token%3DS", "/vnc.html?path=ws%3Fa%3D1"],
  ["/vnc_lite.html?path=websockify%253Ftoken%253DS", "/vnc_lite.html?path=websockify"],
  ["/vnc_auto.html?token=S&token=S", "/vnc_auto.html"],
  ["/vnc.html?password=S&token=S", "/vnc.html"],
  ["/vnc.html#path=%3Ftoken%3DS", "/vnc.html"],
])("%s becomes %s", (before, after) => {
  expect(addressWithoutSecrets(new URL(before, "https://gw.example"))).toBe(after);
});
