import { addressWithoutSecrets } from "./link/address-bar.ts";
import { parseLocation } from "./link/parse-location.ts";
import { parseAllowedOrigins } from "./link/renew-url.ts";
import { startPage, startRefused } from "./session/page.ts";

const page = new URL(location.href);
// Before anything else, so that the token is in no history entry and no screenshot.
history.replaceState(null, "", addressWithoutSecrets(page));

const meta = document.querySelector<HTMLMetaElement>('meta[name="curfew-allowed-origins"]');
const link = parseLocation(page, parseAllowedOrigins(meta?.content ?? "", page.protocol));
if ("error" in link) startRefused(link);
else startPage(link);

// A new link pasted into the address bar changes only the fragment: it means a new console.
addEventListener("hashchange", () => {
  location.reload();
});
