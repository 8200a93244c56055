import { setTimeout as sleep } from "node:timers/promises";
import { compareTenants, ContextMesh, copyTenant, MemoryStorage } from "@syntha/core";
import { decide } from "@syntha/core/storage";
import { expect, it } from "vitest";
import { openStorage } from "./support/open-storage.ts";
import { bySystem, put } from "./support/operations.ts";
import { startWriter } from "./support/start-writer.ts";
import { tempFile } from "./support/temp-file.ts";

const isFull = process.env["SYNTHA_TESTS"] === "full";

it("resumes a copy after repeated kills under load", async () => {
  const [path, target] = [tempFile(), tempFile()];
  const from = await openStorage({ path });
  const puts = Array.from({ length: 1_000 }, (_, i) => put(`item ${i}`, i));
  await from.commit("acme", [bySystem(...puts)], decide);
  const writer = startWriter("write", path, "w");
  await writer.firstLine;
  for (let kills = 0; kills < (isFull ? 5 : 2); kills++) {
    const copier = startWriter("copy", path, target, "until killed");
    await copier.firstLine;
    await sleep(kills * 7);
    copier.child.kill("SIGKILL");
    await copier.ended;
    const to = await openStorage({ path: target });
    expect((await to.stats("acme")).head).toBe(0);
    await to.close();
  }
  writer.child.kill("SIGKILL");
  await writer.ended;
  const copier = startWriter("copy", path, target);
  expect(await copier.ended).toBe(0);
  expect(copier.lines()).toContain("resumed");
  const to = await openStorage({ path: target });
  expect(await compareTenants({ left: from, right: to, tenantId: "acme" })).toEqual({
    equal: true,
  });
});

it("closes storages after a copy unless a mesh uses them", async () => {
  const [from, to] = [new MemoryStorage(), await openStorage({ path: tempFile() })];
  const mesh = new ContextMesh({ storage: from, tenantId: "acme", sweepEvery: false });
  await mesh.agent("Ann").push("it", 1, { global: true });
  await copyTenant({ from, to, tenantId: "acme" });
  await expect(to.stats("acme")).rejects.toMatchObject({ code: "CLOSED" });
  expect(await mesh.agent("Ann").get("it")).toBe(1);
  await mesh.close();
  await expect(from.stats("acme")).rejects.toMatchObject({ code: "CLOSED" });
});
