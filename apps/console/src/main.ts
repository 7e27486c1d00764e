import { watchPolicy } from "./browser/gateway-probe.ts";
import { followVisibleHeight } from "./browser/visible-height.ts";
import { parseAllowedOrigins } from "./console-url/allowed-origins.ts";
import { parseClipboardPolicy } from "./console-url/clipboard-policy.ts";
import { parseContact } from "./console-url/contact.ts";
import { parseConsoleUrl } from "./console-url/parse-console-url.ts";
import { logUnusedParameters } from "./console-url/log-unused-parameters.ts";
import { addressWithoutSecrets } from "./console-url/strip-secrets.ts";
import { UrlParameters } from "./console-url/url-parameters.ts";
import { EmbeddingParent } from "./embedding/embedding-parent.ts";
import { loadTexts } from "./locales/load-texts.ts";
import { setTexts } from "./locales/texts.ts";
import { ConsolePage } from "./page/console-page.ts";
import { showRefusedPage } from "./page/refused-page.ts";
import { keptToken } from "./session/kept-token.ts";
import { settings } from "./settings/settings-store.ts";

const address = new URL(location.href);
// Before anything else, so that the token appears in no history entry and no screenshot.
history.replaceState(history.state, "", addressWithoutSecrets(address));

/** A value that the gateway has written into the page. */
function metaContent(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";
}
const metaOrigins = (name: string): string[] => parseAllowedOrigins(metaContent(name), address.protocol);

// A new console URL that is pasted into the address bar changes only the fragment.
addEventListener("hashchange", () => {
  const clean = addressWithoutSecrets(new URL(location.href));
  // Not in Firefox ESR 140.
  if (!("navigation" in window)) return location.reload();
  // If the user chooses to stay, the open console goes on, without the new token in the address bar.
  navigation.reload().committed?.catch(() => {
    history.replaceState(history.state, "", clean);
  });
});

const texts = await loadTexts([
  new UrlParameters(address).get("lang") ?? "",
  settings.current.language,
  ...navigator.languages,
]);
setTexts(texts);
document.documentElement.lang = texts.sdk.language;

settings.follow(({ theme }) => {
  document.documentElement.dataset["theme"] = theme;
});
addEventListener("storage", (event) => {
  settings.takeOver(event.key);
});

watchPolicy();
followVisibleHeight(window.visualViewport, document.documentElement);
const parent = EmbeddingParent.find(metaOrigins("curfew-frame-ancestors"));
const url = parseConsoleUrl(address, {
  pagePath: metaContent("curfew-page-path"),
  allowedOrigins: metaOrigins("curfew-allowed-origins"),
  renewPaths: metaContent("curfew-renew-paths").match(/\S+/g) ?? [],
  clipboard: parseClipboardPolicy(metaContent("curfew-clipboard")),
});
logUnusedParameters(url);
if ("error" in url) showRefusedPage(url.error, parent);
else
  new ConsolePage(
    { ...url, token: url.token ?? keptToken() },
    parent,
    parseContact(metaContent("curfew-contact-url")),
  ).start();
