import { ContextMesh } from "@syntha/core";
import { expect, it } from "vitest";
import { newStorage, ownSchema } from "./support/open-storage.ts";

/** Topics with 1 to 81 items, spread over the same range of keys. */
const TOPICS = ["a", "b", "c", "d", "e"];

it("lists the items of topics of different sizes in order, at every page size", async () => {
  await using mesh = new ContextMesh({ storage: newStorage(await ownSchema()) });
  const reader = mesh.agent("Reader");
  await reader.subscribe(TOPICS);
  const items = TOPICS.flatMap((topic, at) =>
    Array.from({ length: 3 ** at }, (_, i) => ({
      key: `${String((i * 243) / 3 ** at).padStart(3, "0")} ${topic}`,
      value: i,
      topics: i % 5 === 4 ? [topic, "a"] : [topic],
    })),
  );
  await mesh.system.pushMany(items);
  const keys = items.map(({ key }) => key).sort();
  for (const limit of [1, 7, 10, 25, 39, 40, 120, 121, 122, 1_000]) {
    const listed: string[] = [];
    let page: Awaited<ReturnType<typeof reader.list>>["nextPage"];
    do {
      const listing = await reader.list({ limit, page });
      listed.push(...listing.items.map(({ key }) => key));
      page = listing.nextPage;
    } while (page !== undefined);
    expect(listed).toEqual(keys);
  }
  expect(await reader.keys()).toEqual(keys);
  expect(await reader.keys({ prefix: "07" })).toEqual(keys.filter((key) => key.startsWith("07")));
});
