import { merge, type Source } from "@syntha/core/storage";
import fc from "fast-check";
import { expect, it } from "vitest";
import { SortedList } from "../src/memory/sorted-list.ts";

const byNumber = (a: number, b: number): number => a - b;
const inOrder = (numbers: Iterable<number>): number[] => [...new Set(numbers)].sort(byNumber);

const deed = fc.oneof(
  { weight: 3, arbitrary: fc.nat(2_000).map((element) => ({ add: element })) },
  { weight: 1, arbitrary: fc.nat(2_000).map((element) => ({ delete: element })) },
  // A whole run at once, so that blocks fill, split and empty.
  { weight: 1, arbitrary: fc.nat(1_500).map((from) => ({ addFrom: from })) },
  { weight: 1, arbitrary: fc.nat(1_500).map((from) => ({ deleteFrom: from })) },
);

it("keeps a list sorted and free of duplicates", () => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 60 }), fc.nat(2_000), (deeds, from) => {
      const list = new SortedList<number>(byNumber);
      const plain = new Set<number>();
      const add = (element: number): void => void (list.add(element), plain.add(element));
      const remove = (element: number): void => void (list.delete(element), plain.delete(element));
      const run = (start: number): number[] => Array.from({ length: 400 }, (_, i) => start + i);
      for (const each of deeds) {
        if ("add" in each) add(each.add);
        else if ("delete" in each) remove(each.delete);
        else if ("addFrom" in each) run(each.addFrom).forEach(add);
        else run(each.deleteFrom).forEach(remove);
      }
      expect(list.size).toBe(plain.size);
      expect([...list.from()]).toEqual(inOrder(plain));
      expect([...list.from(from)]).toEqual(inOrder(plain).filter((element) => element >= from));
    }),
  );
});

it("merges sorted buckets without duplicates, from any position", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.nat(300), { maxLength: 120 }), { maxLength: 8 }),
      fc.option(fc.nat(300), { nil: undefined }),
      fc.integer({ min: 1, max: 50 }),
      (buckets, after, limit) => {
        const sources = buckets.map(inOrder).map(
          (bucket): Source<number> =>
            (last, most) =>
              bucket.filter((element) => last === undefined || element > last).slice(0, most),
        );
        const merged = [...merge(sources, byNumber, after, limit)];
        const all = inOrder(buckets.flat());
        expect(merged).toEqual(all.filter((element) => after === undefined || element > after));
      },
    ),
    { numRuns: 500 },
  );
});

it("reads of each bucket about as much as is taken", () => {
  let read = 0;
  const bucket: Source<number> = (last = 0, most) => {
    read += most;
    return Array.from({ length: most }, (_, i) => last + i + 1);
  };
  const taken: number[] = [];
  for (const element of merge([bucket, bucket], byNumber, undefined, 10)) {
    if (taken.push(element) === 10) break;
  }
  expect(taken).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(read).toBeLessThan(100);
});
