import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme";
import { Mermaid } from "./mermaid.ts";
import { RoutingPicture } from "./routing-picture.ts";
import "./style.css";
import "./front-page.css";

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => {
    app.component("Mermaid", Mermaid);
    app.component("RoutingPicture", RoutingPicture);
  },
} satisfies Theme;
