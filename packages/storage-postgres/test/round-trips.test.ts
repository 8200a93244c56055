import { type ItemRow, type Operation, decide } from "@syntha/core/storage";
import { manualClock } from "@syntha/core/testing";
import { expect, it, onTestFinished, vi } from "vitest";
import { PgConnection } from "../src/connection/pg-connection.ts";
import { openStorage, ownSchema } from "./support/open-storage.ts";
import { by, bySystem, onTopics, put } from "./support/operations.ts";

const ROUTE = onTopics("work");
const QUEUES = ["twork", "tother", "sAnn"] as const;

async function scene() {
  const clock = manualClock();
  const storage = await openStorage({ ...(await ownSchema()), clock });
  const commit = async (...ops: Operation[]) => {
    const [outcome] = await storage.commit("acme", [by("Ann", ...ops)], decide);
    if (outcome?.ok !== true) throw outcome?.error ?? new Error("There is no outcome.");
    return { ...outcome, result: outcome.results[0] };
  };
  const subscribe = { type: "subscribe", agent: "Ann", topics: ["work", "other"] } as const;
  await storage.commit("acme", [bySystem(subscribe)], decide);
  return { clock, commit };
}

type Scene = Awaited<ReturnType<typeof scene>>;

function claim(): Operation {
  return {
    type: "claim",
    from: { queues: QUEUES },
    leaseMs: 1_000,
    leaseId: 1,
    maxAttempts: undefined,
  };
}

async function completion({ commit }: Scene): Promise<Operation> {
  const { result, epoch } = await commit(claim());
  const { key, lease } = (result as { row: ItemRow }).row;
  const { position, leaseId } = lease as NonNullable<ItemRow["lease"]>;
  const token = { key, epoch, position, leaseId };
  return { type: "complete", ...token, result: "1", route: undefined, expiry: undefined };
}

const task = { priority: undefined, notBefore: undefined, dependsOn: ["a"] };
const pushed = put("a", 1, { route: ROUTE });
const expiring = put("a", 1, { route: ROUTE, expiry: 10 });

/** What a commit does, and the operations before it. */
const CASES: [string, Operation[], (scene: Scene) => Operation | Promise<Operation>][] = [
  ["creates an item", [], () => pushed],
  ["replaces an item", [pushed], () => pushed],
  [
    "creates an item that depends on another one",
    [pushed],
    () => put("b", 1, { route: ROUTE, task }),
  ],
  ["claims from several queues", [pushed, put("b", 1, { route: ROUTE })], claim],
  ["claims from empty queues", [], claim],
  [
    "completes an item on which others depend",
    [pushed, put("b", 1, { route: ROUTE, task })],
    completion,
  ],
  [
    "replaces an expired item",
    [expiring],
    ({ clock }) => {
      clock.advance(20);
      return pushed;
    },
  ],
];

it.for(CASES)("needs two round trips for a commit that %s", async ([, before, prepare]) => {
  const each = await scene();
  for (const op of before) await each.commit(op);
  const op = await prepare(each);
  const run = vi.spyOn(PgConnection.prototype, "run");
  onTestFinished(() => run.mockRestore());

  const { results } = await each.commit(op);
  expect(results).toMatchObject([{ type: op.type }]);
  const trips = run.mock.calls.filter(([[first]]) => !first?.statement.text.includes("pg_notify"));
  expect(trips).toHaveLength(2);
});

it("sends the notification of a commit along with it", async () => {
  const { commit } = await scene();
  const runWith = vi.spyOn(PgConnection.prototype, "runWith");
  onTestFinished(() => runWith.mockRestore());
  await commit(pushed);
  const sent = runWith.mock.calls.map(([, { statement }]) => statement.text);
  expect(sent).toEqual([expect.stringContaining("pg_notify")]);
});

it.for([
  ["of one item", 1, (name) => name.repeat(10_000)],
  ["of many items", 64, (name) => name.repeat(200)],
  [
    "of one item, a list of numbers",
    1,
    (name) => Array.from(name.repeat(9_000), () => (name === "y" ? 1.5 : 2.5)),
  ],
] as const satisfies [string, number, (name: string) => unknown][])(
  "sends the value %s once for the row and the log",
  async ([, count, valueOf]) => {
    const storage = await openStorage(await ownSchema());
    const write = (name: string) => {
      const ops = Array.from({ length: count }, (_, n) => put(`item ${n}`, valueOf(name)));
      return storage.commit("acme", [by("Ann", ...ops)], decide);
    };
    await write("x");
    const run = vi.spyOn(PgConnection.prototype, "run");
    onTestFinished(() => run.mockRestore());
    for (const name of ["y", "z"]) await write(name);
    const sent = run.mock.calls.flatMap(([calls]) => calls.flatMap(({ values }) => values)).join();
    for (const name of ["y", "z"]) {
      const value = JSON.stringify(valueOf(name));
      const text = count === 1 ? value : value.slice(1, -1);
      expect(sent.split(text).length - 1).toBe(count);
    }
    const { entries } = await storage.log("acme", { after: "start", limit: 1_000 });
    const logged = entries.map(({ change }) => change.type === "put" && change.after.value);
    const last = JSON.stringify(valueOf("z"));
    expect(logged.slice(-count)).toEqual(Array.from({ length: count }, () => last));
  },
);
