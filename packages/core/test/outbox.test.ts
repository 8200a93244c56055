import { expect, it } from "vitest";
import type { Item } from "../src/view/item.ts";
import { Outbox } from "../src/watch/outbox.ts";
import type { WatchChange } from "../src/watch/watch-change.ts";

const put = (position: number): WatchChange => ({
  type: "put",
  item: { key: `item ${position}` } as Item,
  cursor: `cursor ${position}`,
});

const at = (position: number) => ({ epoch: "e", position, done: "all", commitId: 1 }) as const;

it("reports one gap to a reader that keeps up", async () => {
  const outbox = new Outbox(2);
  let position = 0;
  outbox.start(at(0));
  const offer = (): void => outbox.offer(put(++position), at(position));
  const taken: WatchChange[] = [];
  for (let i = 0; i < 5; i++) offer();
  for (let i = 0; i < 12; i++) {
    const { value } = await outbox.take();
    taken.push(value as WatchChange);
    offer();
  }
  const gaps = taken.filter((change) => change.type === "lagged");
  const dropped = gaps.reduce((sum, gap) => sum + gap.dropped, 0);
  const puts = taken.flatMap((change) => (change.type === "put" ? [change.item.key] : []));
  expect(gaps).toHaveLength(1);
  // What came, less what is still waiting, is what was given and what was dropped.
  expect(puts.at(-1)).toBe(`item ${puts.length + dropped}`);
});

it("ends with the error if a change can't be made", async () => {
  const outbox = new Outbox(2);
  outbox.start(at(0));
  outbox.offer(() => {
    throw new Error("It is damaged.");
  }, at(1));
  outbox.offer(put(2), at(2));
  const room = outbox.room();
  await expect(outbox.take()).rejects.toThrow("It is damaged.");
  await room;
  expect(await outbox.take()).toEqual({ done: true, value: undefined });
});

it("makes a change when it is taken, and none that is dropped", async () => {
  const outbox = new Outbox(1);
  const made: number[] = [];
  const offer = (position: number): void =>
    outbox.offer(() => {
      made.push(position);
      return put(position);
    }, at(position));
  outbox.start(at(0));
  offer(1);
  offer(2);
  expect(made).toEqual([]);
  await outbox.take();
  expect(made).toEqual([1]);
  expect(await outbox.take()).toMatchObject({ value: { type: "lagged", dropped: 1 } });
  const taken = outbox.take();
  offer(3);
  expect(await taken).toMatchObject({ value: { item: { key: "item 3" } } });
  expect(made).toEqual([1, 3]);
});
