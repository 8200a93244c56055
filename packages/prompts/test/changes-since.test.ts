import { estimateTokens, renderChangesSince } from "@syntha/prompts";
import { expect, it } from "vitest";
import { type Line, readBlock } from "./support/block.ts";
import { fill, freshMesh } from "./support/mesh.ts";

it("renders what changed after a cursor, each key once with its current value", async () => {
  const { mesh, clock } = freshMesh();
  const worker = mesh.agent("Worker");
  await mesh.system.push("old", 1, { global: true });
  await mesh.system.push("plan", 1, { global: true });
  const { cursor } = await worker.changes();
  clock.advance(1_000);
  await mesh.agent("Ann").push("plan", 2);
  await mesh.agent("Ann").push("note", "</context-changes>", { global: true });
  await mesh.agent("Ann").push("hidden", 1, { subscribers: ["Bob"] });
  await mesh.system.delete("old");
  await mesh.agent("Ann").publish("shipped", { to: "BigCo" }, { global: true });
  await mesh.agent("Ann").push("plan", 3);
  const { text, more, ...rest } = await renderChangesSince(worker, cursor);
  expect(readBlock(text).lines).toMatchObject([
    { key: "note", change: "new", author: "Ann", value: "</context-changes>" },
    { key: "old", change: "removed" },
    { event: "shipped", author: "Ann", data: { to: "BigCo" } },
    { key: "plan", change: "updated", author: "Ann", value: 3 },
  ]);
  expect(text.match(/<\/context-changes/g)).toHaveLength(1);
  expect(more).toBe(false);
  expect(await renderChangesSince(worker, rest.cursor)).toEqual({
    text: "",
    tokens: 0,
    cursor: rest.cursor,
    more: false,
  });
});

it("leaves out what the agent wrote itself, however much that is", async () => {
  const { mesh } = freshMesh();
  const worker = mesh.agent("Worker");
  await mesh.agent("Ann").push("plan", 1, { global: true });
  const { cursor } = await worker.changes();
  for (let n = 0; n < 300; n++) await worker.push(`own ${n}`, n, { global: true });
  await worker.publish("done", 1, { global: true });
  await mesh.agent("Ann").push("plan", 2);
  await mesh.agent("Ann").push("note", 1, { global: true });
  await mesh.agent("Ann").publish("done", 2, { global: true });
  await worker.push("plan", 3);
  const { text, more } = await renderChangesSince(worker, cursor, { ofOthers: true });
  expect(readBlock(text).lines).toMatchObject([
    { key: "note", author: "Ann" },
    { event: "done", data: 2 },
  ]);
  expect(more).toBe(false);
});

it("leaves out what the system wrote itself, but no removal", async () => {
  const { mesh } = freshMesh();
  await mesh.agent("Ann").push("old", 1, { global: true });
  const { cursor } = await mesh.system.changes();
  await mesh.system.push("own", 1, { global: true });
  await mesh.system.publish("done", 1, { global: true });
  await mesh.agent("Ann").push("note", 1, { global: true });
  await mesh.agent("Ann").delete("old");
  const { text } = await renderChangesSince(mesh.system, cursor, { ofOthers: true });
  expect(readBlock(text).lines).toMatchObject([
    { key: "note", author: "Ann" },
    { key: "old", change: "removed" },
  ]);
});

it("loses no change that does not fit", async () => {
  const { mesh } = freshMesh();
  const worker = mesh.agent("Worker");
  let { cursor } = await worker.changes();
  await fill(mesh, ["Ann", "Bob"], 100);
  await mesh.system.push("large", "word ".repeat(10_000), { global: true });
  await mesh.system.push("last", 1, { global: true });
  const seen: Line[] = [];
  for (let more = true; more;) {
    const block = await renderChangesSince(worker, cursor, { budget: { tokens: 600 } });
    expect(block.tokens).toBeLessThanOrEqual(600);
    expect(estimateTokens(block.text)).toBe(block.tokens);
    seen.push(...readBlock(block.text).lines);
    ({ cursor, more } = block);
  }
  const keys = seen.map(({ key }) => key);
  expect(keys).toHaveLength(202);
  expect(new Set(keys)).toEqual(new Set(await worker.keys()));
  expect(seen.at(-2)).toMatchObject({ key: "large", omitted: "too_large" });
});

it("reports an item that left the selected topics as removed", async () => {
  const { mesh } = freshMesh();
  const worker = mesh.agent("Worker");
  await worker.subscribe(["work", "done"]);
  await mesh.system.push("task", 1, { topics: ["work"] });
  const { cursor } = await worker.changes();
  await mesh.system.push("task", 1, { topics: ["done"] });
  const { text } = await renderChangesSince(worker, cursor, { topics: ["work"] });
  expect(readBlock(text).lines).toEqual([{ key: "task", change: "removed" }]);
});

it("throws for a cursor of another log, and for a budget that no line fits into", async () => {
  const { mesh } = freshMesh();
  const worker = mesh.agent("Worker");
  await expect(renderChangesSince(worker, "nonsense")).rejects.toMatchObject({
    code: "INVALID_CURSOR",
  });
  const { cursor } = await worker.changes();
  const tiny = renderChangesSince(worker, cursor, { budget: { tokens: 5 } });
  await expect(tiny).rejects.toMatchObject({
    code: "INVALID_ARGUMENTS",
    details: { path: "budget.tokens" },
  });
});
