import { messagesFor } from "@curfew/client/messages";
import { mount } from "svelte";
import App from "./App.svelte";

const words = await messagesFor(navigator.languages);
document.documentElement.lang = words.language;
mount(App, { target: document.querySelector("#app")!, props: { words } });
