import { ContextMesh } from "@syntha/core";
import { ContextThread, fillPrompt, renderContext } from "@syntha/prompts";
import { expect, it, onTestFinished } from "vitest";
import { readBlock } from "./support/block.ts";
import { DamagedStorage } from "./support/damaged-storage.ts";

/** A mesh with two items, of which "b" is damaged. */
async function damagedMesh(): Promise<{ mesh: ContextMesh; storage: DamagedStorage }> {
  const storage = new DamagedStorage();
  const mesh = new ContextMesh({ storage, sweepEvery: false, compactEvery: false });
  onTestFinished(() => mesh.close());
  for (const key of ["a", "b"]) await mesh.system.push(key, { text: key }, { global: true });
  storage.damaged.add("b");
  return { mesh, storage };
}

const UNREADABLE = { key: "b", reason: "unreadable", tokens: undefined };

it("omits a damaged item from a block, and names it", async () => {
  const { mesh } = await damagedMesh();
  const { text, included, omitted } = await renderContext(mesh.agent("Worker"));
  expect(included.map(({ key }) => key)).toEqual(["a"]);
  expect(omitted).toEqual([UNREADABLE]);
  expect(readBlock(text).lines).toMatchObject([
    { key: "b", omitted: "unreadable" },
    { key: "a", value: { text: "a" } },
    { omitted: { unreadable: 1 } },
  ]);
});

it("omits a damaged item from changes once, until it is written again", async () => {
  const { mesh, storage } = await damagedMesh();
  storage.damaged.delete("b");
  const thread = new ContextThread(mesh.agent("Worker"));
  await thread.next();
  storage.damaged.add("b");
  await mesh.system.push("b", { text: "damaged" });
  const step = await thread.next();
  expect(step).toMatchObject({ kind: "changes", included: [], omitted: [UNREADABLE] });
  expect(readBlock(step.text).lines).toMatchObject([
    { key: "b", change: "updated", omitted: "unreadable" },
    { omitted: { unreadable: 1 } },
  ]);
  expect((await thread.next()).kind).toBe("none");
  storage.damaged.delete("b");
  await mesh.system.push("b", { text: "repaired" });
  expect((await thread.next()).included).toMatchObject([{ key: "b", change: "updated" }]);
});

it("keeps a damaged item pending that does not fit beside others", async () => {
  const { mesh, storage } = await damagedMesh();
  const thread = new ContextThread(mesh.agent("Worker"), { budget: { tokens: 400 } });
  await thread.next();
  for (let n = 0; n < 12; n++)
    await mesh.system.push(`c ${n}`, "word ".repeat(8), { global: true });
  await mesh.system.push("d", 1, { global: true });
  for (let n = 0; n < 12; n++) storage.damaged.add(`c ${n}`);
  const named: string[] = [];
  for (let turn = 0; turn < 12; turn++) {
    const { kind, text, tokens } = await thread.next();
    if (kind === "none") break;
    expect(tokens).toBeLessThanOrEqual(400);
    for (const { key, omitted } of readBlock(text).lines)
      if (key !== undefined && omitted === "unreadable") named.push(key);
  }
  expect(named.sort()).toEqual(Array.from({ length: 12 }, (_, n) => `c ${n}`).sort());
});

it("omits a damaged item from a filled prompt", async () => {
  const { mesh } = await damagedMesh();
  const { text, omitted } = await fillPrompt(mesh.agent("Worker"), "{{b}}", { fallback: "none" });
  expect([text, omitted]).toEqual(["none", [UNREADABLE]]);
});
