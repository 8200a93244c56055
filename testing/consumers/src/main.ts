import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { check } from "./check.ts";
import { consumersWith } from "./consumers.ts";
import { nodeOf } from "./node-versions.ts";
import { packAll } from "./pack.ts";
import { followReadme } from "./readme.ts";
import { Servers } from "./servers.ts";
import { BUDGETS, sizeOf } from "./size.ts";
import { catalogVersions } from "./versions.ts";

// pnpm consumers                           every consumer, on this Node
// pnpm consumers --node 22.23.2,26.10.0    on these versions, from the registry
// pnpm consumers "core alone, sqlite"      only those with one of these words in their name
const { values, positionals } = parseArgs({
  options: { node: { type: "string", default: "current" } },
  allowPositionals: true,
});
const given = positionals.filter((each) => each !== "--").join(" ");
const words = given.split(",").map((word) => word.trim());

const folder = mkdtempSync(join(tmpdir(), "syntha-consumers-"));
const servers = new Servers();
let failures = 0;
try {
  const versions = values.node.split(",");
  const nodes = new Map<string, string>();
  for (const version of versions) nodes.set(version, await nodeOf(version));
  const tarballs = await packAll(folder);

  console.log("\nWhat each package adds to a program, minified and compressed");
  for (const name of tarballs.keys()) {
    const kib = (await sizeOf(name)) / 1_024;
    const budget = BUDGETS[name];
    const fits = budget !== undefined && kib <= budget;
    if (!fits) failures++;
    console.log(
      `${fits ? "✓" : "✗"} ${name.padEnd(18)} ${kib.toFixed(1).padStart(5)} of ${budget ?? "no budget:"} KiB`,
    );
  }

  console.log("\nInstalled into an empty project");
  for (const consumer of consumersWith(catalogVersions())) {
    if (!words.some((word) => consumer.name.includes(word))) continue;
    const finding = await check(consumer, { folder, tarballs, nodes, env: servers.env });
    const { installed, passed, failure } = finding;
    const libraries = `${installed} ${installed === 1 ? "library" : "libraries"}`;
    const mark = failure === undefined ? "✓" : "✗";
    console.log(
      `${mark} ${consumer.name.padEnd(18)} ${libraries.padEnd(13)} ${passed.join(" · ")}`,
    );
    if (failure === undefined) continue;
    failures++;
    console.log(failure);
  }

  const README = "core alone, as the README says";
  for (const [version, node] of nodes) {
    if (process.platform === "win32" || !words.some((word) => README.includes(word))) break;
    const failure = await followReadme(join(folder, `readme-${version}`), node).catch(String);
    console.log(`${failure === undefined ? "✓" : "✗"} ${README}, node ${version}`);
    if (failure === undefined) continue;
    failures++;
    console.log(failure);
  }
} finally {
  await servers.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;
