import { decide } from "@syntha/core/storage";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { DurableObjectStorage } from "../src/index.ts";
import { Directory } from "../src/object/directory.ts";
import { openDatabase, SimulatedObjects } from "./support/simulated-objects.ts";

const IDS = ["acme", "globex"] as const;
const runs = process.env["SYNTHA_TESTS"] === "full" ? 5_000 : 300;

type Action = "create" | "drop" | "list";

/** What a process does, one after another, and after how many messages it crashes, if it does. */
interface Caller {
  readonly actions: readonly { readonly action: Action; readonly id: string }[];
  readonly crashesAfter: number | undefined;
}

const callers: fc.Arbitrary<readonly Caller[]> = fc.array(
  fc.record({
    actions: fc.array(
      fc.record({
        action: fc.constantFrom<Action>("create", "drop", "create", "drop", "list"),
        id: fc.constantFrom(...IDS),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    crashesAfter: fc.option(fc.nat({ max: 12 }), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 4 },
);

/** Minutes that pass while a message travels: mostly none, sometimes too many for its registration. */
const delays = fc.infiniteStream(fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 11, 70));

async function run(storage: DurableObjectStorage, { actions }: Caller): Promise<void> {
  await storage.open();
  for (const { action, id } of actions) {
    if (action === "create") await storage.commit(id, [{ actor: null, ops: [] }], decide);
    else if (action === "drop") await storage.dropTenant({ tenantId: id });
    else await storage.listTenants({ limit: 10 });
  }
}

async function listed(objects: SimulatedObjects): Promise<readonly string[]> {
  const storage = objects.open(async () => undefined);
  await storage.open();
  return (await storage.listTenants({ limit: 10 })).tenantIds;
}

it(
  "lists exactly the tenants that exist, whatever crashes and however late messages arrive",
  { timeout: 600_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), callers, delays, async (scheduler, all, late) => {
        const objects = new SimulatedObjects();
        const minutes = late[Symbol.iterator]();
        for (const caller of all) {
          let messages = 0;
          const storage = objects.open(
            async (label) => {
              await scheduler.schedule(Promise.resolve(), label);
              objects.now += (minutes.next().value ?? 0) * 60_000;
              messages++;
            },
            () => messages > (caller.crashesAfter ?? Infinity),
          );
          // A caller whose registrations are all too old gives up; one that crashed never ends.
          void run(storage, caller).catch(() => undefined);
        }
        await scheduler.waitIdle();
        const expected = [...objects.tenants].toSorted();
        expect(await listed(objects)).toEqual(expected);
        objects.now += 2 * 60 * 60_000;
        expect(await listed(objects)).toEqual(expected);
        // What was wrong is removed by now.
        expect(await listed(objects)).toEqual(expected);
      }),
      { numRuns: runs },
    );
  },
);

it("says what to look at if every registration is too old when it arrives", async () => {
  const objects = new SimulatedObjects();
  const storage = objects.open(async (label) => {
    if (label === "commit acme arrives") objects.now += 11 * 60_000;
  });
  await storage.open();
  await expect(storage.commit("acme", [{ actor: null, ops: [] }], decide)).rejects.toMatchObject({
    code: "UNAVAILABLE",
    retryable: true,
    hint: expect.stringContaining("clocks"),
  });
  expect([...objects.tenants]).toEqual([]);
  expect(await listed(objects)).toEqual([]);
});

it("works again after its first write found no space", () => {
  const database = openDatabase();
  const directory = new Directory(database, () => 0);
  database.exec("PRAGMA max_page_count = 6");
  expect(() => directory.beginOperation("x".repeat(100_000))).toThrow("full");
  database.exec("PRAGMA max_page_count = 1000");
  directory.beginOperation("acme");
  expect(directory.listEntries({ after: "", limit: 5 }).entries).toMatchObject([
    { tenantId: "acme" },
  ]);
});
