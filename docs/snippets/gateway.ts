import { createConsoleProxy } from "@curfew/proxy";

const proxy = createConsoleProxy({ config: { consoleauth: { enforce_session_timeout: true } } });
const { url, adminUrl } = await proxy.listen();
console.log(`consoles at ${url}, operator's API at ${adminUrl} with the key ${proxy.adminKey}`);
process.once("SIGTERM", () => void proxy.drain());
