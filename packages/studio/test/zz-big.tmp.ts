import { rmSync } from "node:fs";
import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { serveStudio } from "../src/node.ts";
import { launchBrowser } from "@syntha/testing-browser";
import { fillLargeMesh } from "./support/large-mesh.ts";
const path = "/tmp/sa/big.db"; for (const x of ["", "-wal", "-shm"]) rmSync(path + x, { force: true });
await fillLargeMesh(path, { items: 100_000, agents: 200 } as never);
const mesh = new ContextMesh({ tenantId: "acme", storage: new SqliteStorage({ path }) });
console.log((await mesh.stats()).items);
const other = new ContextMesh({ tenantId: "acme", storage: new SqliteStorage({ path }) });
const studio = await serveStudio({ mesh }); const b = await launchBrowser();
const times: number[] = [], live: number[] = [];
for (let n = 0; n < 4; n++) {
  const c = await b.newContext({ viewport: { width: 1280, height: 800 } }); const p = await c.newPage(); const t = Date.now();
  await p.goto(studio.url); await p.locator(".card").first().waitFor(); times.push(Date.now() - t);
  await p.getByText("live", { exact: true }).waitFor(); await p.waitForTimeout(1500);
  for (let k = 0; k < 3; k++) { await p.waitForTimeout(1200); const name = `topic-00`; const t1 = Date.now(); await other.system.push(`!live-${n}-${k}`, t1, { topics: [name] }); await p.getByText(`!live-${n}-${k}`).first().waitFor(); live.push(Date.now() - t1); }
  for (const h of ["items", "routing", "tasks", "timeline", "events", "agents", "board?as=agent-007", "prompt?as=agent-007", "board?at=150"]) { const t2 = Date.now(); await p.evaluate(`void (location.hash = '#/${h}')`); await p.waitForFunction("!document.querySelector('.skeleton') && document.querySelector('.main')").catch(() => 0); await p.waitForTimeout(20); if (n === 1) console.log(h, Date.now() - t2); }
  await c.close();
}
console.log("first cards ms", times, "live ms", live); await b.close(); await studio.close(); await mesh.close(); await other.close();
