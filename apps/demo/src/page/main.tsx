import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { Feed } from "./api/feed.ts";

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no element #root");
const feed = new Feed();
feed.start();
createRoot(root).render(
  <StrictMode>
    <App feed={feed} />
  </StrictMode>,
);
