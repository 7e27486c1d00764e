import { defineConsoleElements } from "@curfew/client/element";

/** The page of examples/webpack with the element that its address names. */
const { name, url } = Object.fromEntries(new URLSearchParams(location.search));
const element = document.createElement(name);
element.authorize = () => ({ url });
element.setAttribute("autoconnect", "");
document.querySelector("#screen").append(element);
defineConsoleElements();
