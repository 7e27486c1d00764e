import { EmbeddingParent } from "./embedding/embedding-parent.ts";
import { addressWithoutSecrets } from "./link/address-bar.ts";
import { parseContact } from "./link/contact.ts";
import { LinkParameters } from "./link/parameters.ts";
import { parseLocation } from "./link/parse-location.ts";
import { parseAllowedOrigins } from "./link/renew-url.ts";
import { startPage, startRefused } from "./session/page.ts";
import { settings } from "./settings/settings-store.ts";
import { loadWords } from "./words/load-words.ts";
import { useWords } from "./words/words.ts";

const page = new URL(location.href);
// Before anything else, so that the token is in no history entry and no screenshot.
history.replaceState(null, "", addressWithoutSecrets(page));

/** What the gateway wrote into the page. */
function written(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";
}
const listed = (name: string): string[] => parseAllowedOrigins(written(name), page.protocol);

// A new link pasted into the address bar changes only the fragment: it means a new console.
addEventListener("hashchange", () => {
  const clean = addressWithoutSecrets(new URL(location.href));
  // Not in Firefox ESR 140.
  if (!("navigation" in window)) return location.reload();
  // Who stays, being asked, goes on with the open console, and without that link's token in the address.
  navigation.reload().committed?.catch(() => {
    history.replaceState(null, "", clean);
  });
});

const wanted = [new LinkParameters(page).get("lang") ?? "", settings.current.language, ...navigator.languages];
const words = await loadWords(wanted);
useWords(words);
document.documentElement.lang = words.sdk.language;

settings.follow(({ theme }) => {
  document.documentElement.dataset["theme"] = theme;
});
addEventListener("storage", (event) => {
  settings.takeOver(event.key);
});

const parent = EmbeddingParent.find(listed("curfew-frame-ancestors"));
const link = parseLocation(page, listed("curfew-allowed-origins"), written("curfew-renew-paths").match(/\S+/g) ?? []);
if ("error" in link) startRefused(link, parent);
else startPage(link, parent, parseContact(written("curfew-contact-url")));
