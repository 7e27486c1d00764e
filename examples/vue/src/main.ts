import { messagesFor } from "@curfew/client/messages";
import { createApp } from "vue";
import App from "./App.vue";

const words = await messagesFor(navigator.languages);
document.documentElement.lang = words.language;
createApp(App, { words }).mount("#app");
