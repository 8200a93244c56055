import { ContextMesh } from "@syntha/core";
import { expect, it } from "vitest";
import { newStorage, ownSchema } from "./support/open-storage.ts";

/** The kinds of rows in the answer that has a commit's facts. */
const KINDS = ["clock", "subscription", "topic", "agent"];

it.each(KINDS)('accepts "%s" as a key', async (key) => {
  const mesh = new ContextMesh({ storage: newStorage(await ownSchema()) });
  const ann = mesh.agent("Ann");
  await ann.subscribe(["a"]);
  await ann.push(key, 1, { topics: ["a"] });
  await ann.push("other", 1, { topics: ["a"] });

  await ann.push(key, 2);
  expect(await ann.get(key)).toBe(2);
  await mesh.system.push(key, 3);
  expect(await ann.get(key)).toBe(3);
  const { topics } = await mesh.topics();
  expect(topics).toEqual([{ name: "a", items: 2, subscribers: 1 }]);
});
