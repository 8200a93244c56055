import { ContextThread, renderChanges, renderContext, type ThreadStep } from "@syntha/prompts";
import { o200kTokens } from "@syntha/prompts/tokenizer";
import { expect, it } from "vitest";
import { readBlock } from "./support/block.ts";
import { fill, freshMesh, freshThread } from "./support/mesh.ts";

const KEEP_ONE_EVENT = { log: { commits: 1 }, events: { count: 1 } };

it("delivers events that outlive the log, in one full block", async () => {
  const { mesh, clock, thread } = freshThread({ events: true });
  const ann = mesh.agent("Ann");
  await ann.push("a", 1, { global: true });
  await thread.next();
  for (let n = 0; n < 3; n++) await ann.publish("made", n, { global: true });
  await ann.push("a", 2);
  clock.advance("10d");
  await ann.push("a", 3);
  await mesh.compact();
  const step = await thread.next();
  expect(step).toMatchObject({ kind: "full", reason: "CURSOR_COMPACTED" });
  expect(step.events).toHaveLength(3);
  expect(dataIn(step)).toEqual([0, 1, 2]);
  expect((await thread.next()).kind).toBe("none");
});

it("delivers events with the full block of a new selection", async () => {
  const { mesh, worker, thread } = freshThread({ events: true });
  await thread.next();
  await mesh.system.publish("made", 1, { global: true });
  const next = new ContextThread(worker, { events: true, prefix: "x" }, thread.state);
  const step = await next.next();
  expect(step).toMatchObject({ kind: "full", reason: "SELECTION_CHANGED" });
  expect(dataIn(step)).toEqual([1]);
});

it("says that events were removed, and delivers those that are retained", async () => {
  const { mesh, thread } = freshThread({ events: true });
  await mesh.system.publish("made", 0, { global: true });
  await thread.next();
  await mesh.system.publish("made", 1, { global: true });
  await mesh.system.publish("made", 2, { global: true });
  await mesh.compact(KEEP_ONE_EVENT);
  const step = await thread.next();
  expect(step).toMatchObject({ kind: "full", reason: "EVENTS_COMPACTED" });
  expect(dataIn(step)).toEqual([2]);
  expect((await thread.next()).kind).toBe("none");
});

it("delivers events although every block is full of items", async () => {
  const options = { events: true, maxChanges: 2, budget: { tokens: 500, count: o200kTokens } };
  const { mesh, thread } = freshThread(options);
  await thread.next();
  for (let n = 0; n < 20; n++) await mesh.system.publish("made", n, { global: true });
  const steps: ThreadStep[] = [];
  for (let turn = 0; turn < 8; turn++) {
    await fill(mesh, [`Ann ${turn}`], 40);
    steps.push(await thread.next());
  }
  expect(new Set(steps.map(({ reason }) => reason))).toEqual(new Set(["TOO_MANY_CHANGES"]));
  expect(Math.max(...steps.map(({ tokens }) => tokens))).toBeLessThanOrEqual(500);
  expect(steps.flatMap(dataIn)).toEqual(Array.from({ length: 20 }, (_, n) => n));
});

it("starts with the events after the first block, also without a listing of events before", async () => {
  const { mesh } = freshMesh();
  const worker = mesh.agent("Worker");
  await mesh.system.publish("made", 0, { global: true });
  const { state } = await renderContext(worker);
  await mesh.system.publish("made", 1, { global: true });
  const second = await renderChanges(worker, state);
  await mesh.system.publish("made", 2, { global: true });
  await mesh.compact({ log: { commits: 1 } });
  const third = await renderChanges(worker, second.state, { events: true });
  expect(dataIn(third)).toEqual([1, 2]);
});

it("resumes states that hold a cursor of the log for events", async () => {
  const { mesh } = freshMesh();
  const worker = mesh.agent("Worker");
  await mesh.system.publish("made", 0, { global: true });
  const { state } = await renderContext(worker);
  const stored = { ...state, events: state.cursor };
  await mesh.system.publish("made", 1, { global: true });
  expect(dataIn(await renderChanges(worker, stored, { events: true }))).toEqual([1]);
  await mesh.system.publish("made", 2, { global: true });
  await mesh.compact({ log: { commits: 1 } });
  // Which of the retained events follow such a cursor is no longer known.
  const step = await renderChanges(worker, stored, { events: true });
  expect(step).toMatchObject({ kind: "full", reason: "EVENTS_COMPACTED", events: [] });
  await mesh.system.publish("made", 3, { global: true });
  expect(dataIn(await renderChanges(worker, step.state, { events: true }))).toEqual([3]);
});

/** The data of the events in a step's text. */
function dataIn({ text }: { readonly text: string }): unknown[] {
  if (text === "") return [];
  return readBlock(text).lines.flatMap(({ event, data }) => (event === undefined ? [] : [data]));
}
