// Runs first in every command, also on a Node too old for the rest: keep its syntax at Node 18.
import { existsSync } from "node:fs";

// 22.18 is the first 22 that runs TypeScript sources as they are.
const needed = [22, 18];
const [major, minor] = process.versions.node.split(".").map(Number);

if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  fail(
    `This repository needs Node ${needed.join(".")} or newer, and this is Node ${process.versions.node}.`,
    "The install normally brings a newer Node along (the optional dependency \"node\"), but that one is missing here.",
    "Install Node 24 from https://nodejs.org, or try the download again: npx -y pnpm@12.21.0 install --force",
  );
}
if (!existsSync(new URL("../node_modules/typescript/package.json", import.meta.url))) {
  fail(
    "The dependencies are not installed.",
    "See the messages of the install above; then run: npx -y pnpm@12.21.0 install",
  );
}

function fail(...lines) {
  console.error(lines.join("\n"));
  process.exit(1);
}
