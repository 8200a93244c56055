import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
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
  const isWanted = (name: string) => words.some((word) => name.includes(word));
  const report = (name: string, text: string, failure: string | void) => {
    console.log(`${failure === undefined ? "✓" : "✗"} ${name.padEnd(18)} ${text}`);
    if (failure === undefined) return;
    failures++;
    console.log(failure);
  };
  const checks: (() => Promise<void>)[] = [];
  for (const consumer of consumersWith(catalogVersions())) {
    if (!isWanted(consumer.name)) continue;
    checks.push(async () => {
      const finding = await check(consumer, { folder, tarballs, nodes, env: servers.env });
      const { installed, passed, failure } = finding;
      const libraries = `${installed} ${installed === 1 ? "library" : "libraries"}`;
      report(consumer.name, `${libraries.padEnd(13)} ${passed.join(" · ")}`, failure);
    });
  }
  const README = "core alone, as the README says";
  for (const [version, node] of nodes) {
    if (process.platform === "win32" || !isWanted(README)) break;
    checks.push(async () => {
      const failure = await followReadme(join(folder, `readme-${version}`), node).catch(String);
      report(README, `node ${version}`, failure);
    });
  }
  const atOnce = Array.from({ length: availableParallelism() }, async () => {
    for (let next = checks.shift(); next !== undefined; next = checks.shift()) await next();
  });
  await Promise.all(atOnce);
} finally {
  await servers.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;
