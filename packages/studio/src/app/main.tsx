import { render } from "preact";
import { App } from "./shell/app.tsx";
import { listenToKeys } from "./shell/keyboard.ts";
import { followDirectory } from "./state/directory.ts";
import { followLive } from "./state/live.ts";
import { showTitle } from "./shell/title.ts";
import { loadSession } from "./state/session.ts";
import "./state/theme.ts";
import "./style/index.css";

const root = document.getElementById("app");
if (root !== null) render(<App />, root);
listenToKeys();
followLive();
followDirectory();
showTitle();
void loadSession();
