// Runs first in every command, also on a Node too old for the rest: its syntax stays at Node 18.
import { existsSync } from "node:fs";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

// 22.18 is the first Node 22 that runs TypeScript sources as they are.
if (major < 22 || (major === 22 && minor < 18)) {
  fail([
    `This repository runs on Node 22.18 or newer, and this is Node ${process.versions.node}.`,
    'The install normally brings a newer one along (the optional dependency "node"), but it is missing here.',
    "Install Node 24 from https://nodejs.org, or try that download again: npx -y pnpm@12.21.0 install --force",
  ]);
}
if (!existsSync(new URL("../node_modules/typescript/package.json", import.meta.url))) {
  fail([
    "The dependencies are not installed.",
    "The messages of the install above say why. To try again: npx -y pnpm@12.21.0 install",
  ]);
}

/** @param {string[]} lines */
function fail(lines) {
  console.error(lines.join("\n"));
  process.exit(1);
}
