import { ERAS } from "./support/eras.ts";
import { ContextMesh } from "@syntha/core";
import { describe, expect, it } from "vitest";
import { ChangeBus } from "../src/changes/change-bus.ts";
import { itemUri, topicUri } from "../src/resources/resource-uri.ts";
import { connect } from "./support/connect.ts";
import { listen, type Notice, readJson } from "./support/resource-client.ts";
import { InterruptibleStorage } from "./support/interruptible-storage.ts";
import { until } from "./support/until.ts";

const CHANGES = "syntha://changes";

const urisOf = (notices: readonly Notice[]): (string | undefined)[] =>
  notices.filter(({ method }) => method === "updated").map(({ uri }) => uri);

interface ChangesPage {
  readonly changes: readonly {
    readonly type: string;
    readonly key?: string;
    readonly item?: { readonly key: string; readonly value: unknown };
  }[];
  readonly cursor: string;
  readonly next: string;
  readonly more: boolean;
}

describe.each(ERAS)("changes, to a %s client", (era) => {
  it("are announced for the item, its topics before and after, and the feed", async () => {
    const mesh = new ContextMesh();
    const ann = mesh.agent("Ann");
    const bob = mesh.agent("Bob");
    await bob.subscribe(["red", "blue"]);
    const connection = await connect(bob, era);
    const { notices, client } = connection;
    await listen(client, era, [itemUri("plan"), topicUri("red"), topicUri("blue"), CHANGES]);
    const announced = async (act: () => Promise<unknown>): Promise<unknown> => {
      const seen = notices.length;
      await act();
      await until(() => urisOf(notices.slice(seen)).includes(CHANGES));
      return urisOf(notices.slice(seen));
    };
    const [item, red, blue] = [itemUri("plan"), topicUri("red"), topicUri("blue")];
    expect(await announced(() => ann.push("plan", 1, { topics: ["red"] }))).toEqual([
      item,
      red,
      CHANGES,
    ]);
    expect(await announced(() => ann.push("plan", 2))).toEqual([item, red, CHANGES]);
    expect(await announced(() => ann.push("plan", 3, { topics: ["blue"] }))).toEqual([
      item,
      blue,
      red,
      CHANGES,
    ]);
    expect(await announced(() => ann.push("plan", 4, { topics: ["hidden"] }))).toEqual([
      item,
      blue,
      CHANGES,
    ]);
    expect(await announced(() => ann.push("plan", 5, { topics: ["red"] }))).toEqual([
      item,
      red,
      CHANGES,
    ]);
    expect(await announced(() => bob.unsubscribe(["red"]))).toEqual([item, red, CHANGES]);
    expect(await announced(() => bob.subscribe(["red"]))).toEqual([item, red, CHANGES]);
    expect(await announced(() => ann.delete("plan"))).toEqual([item, red, CHANGES]);
    expect(await announced(() => ann.publish("done", 1, { topics: ["red"] }))).toEqual([CHANGES]);
    // Appeared, hidden, appeared, hidden, appeared, deleted; the last one may be under way.
    const lists = () => notices.filter(({ method }) => method === "list_changed");
    await until(() => lists().length === 6);
    for (const { cursor } of notices) expect(cursor).toMatch(/^c1\./);
  });

  it("are announced when an item goes that was there before anybody listened", async () => {
    const mesh = new ContextMesh();
    const ann = mesh.agent("Ann");
    const bob = mesh.agent("Bob");
    await bob.subscribe(["red"]);
    for (const key of ["a", "b"]) await ann.push(key, 1, { topics: ["red", "blue"] });
    const connection = await connect(bob, era);
    await listen(connection.client, era, [topicUri("red"), topicUri("blue")]);
    await ann.delete("a");
    await until(() => new Set(urisOf(connection.notices)).size === 2);
    expect(new Set(urisOf(connection.notices))).toEqual(
      new Set([topicUri("red"), topicUri("blue")]),
    );
  });

  it("name an item in the spelling that the client uses", async () => {
    const mesh = new ContextMesh();
    const bob = await connect(mesh.agent("Bob"), era);
    const uris = [
      "syntha://item/task:42",
      "syntha://item/a!(b)",
      "syntha://item/a%2Fb",
      "syntha://item/c/d",
      "syntha://item/e%2ff",
      "syntha://item/%67",
      "syntha://changes?since=c",
    ];
    await listen(bob.client, era, uris);
    for (const key of ["task:42", "a!(b)", "a/b", "c/d", "e/f", "g"])
      await mesh.system.push(key, 1, { global: true });
    const items = uris.slice(0, -1);
    await until(() => urisOf(bob.notices).length === 2 * items.length);
    expect(urisOf(bob.notices).filter((uri) => !uri?.startsWith(CHANGES))).toEqual(items);
    expect(new Set(urisOf(bob.notices))).toEqual(new Set(uris));
  });

  it("that a client missed are read from the cursor of its last notification", async () => {
    const mesh = new ContextMesh();
    const ann = mesh.agent("Ann");
    const bob = mesh.agent("Bob");
    const push = (key: string) => ann.push(key, key, { subscribers: ["Bob"] });
    const broken = await connect(bob, era);
    await listen(broken.client, era, [CHANGES]);
    await push("first");
    await until(() => urisOf(broken.notices).length === 1);
    const cursor = broken.notices.find(({ method }) => method === "updated")?.cursor;
    await broken.client.close();
    await push("second");
    await ann.push("unseen", 1, { subscribers: ["Ann"] });
    await push("third");
    await ann.delete("first");
    const connection = await connect(bob, era);
    const page = (await readJson(connection.client, `${CHANGES}?since=${cursor}`)) as ChangesPage;
    expect(page.changes.map(({ type, item, key }) => [type, item?.key ?? key])).toEqual([
      ["put", "second"],
      ["put", "third"],
      ["delete", "first"],
    ]);
    expect(page.more).toBe(false);
  });

  it("of a batch that exceeds the buffer of a watch are all announced", async () => {
    const mesh = new ContextMesh();
    const bob = await connect(mesh.agent("Bob"), era);
    const keys = Array.from({ length: 5_000 }, (_, i) => `k${i}`);
    const uris = [0, 1_023, 1_024, 1_025, 2_500, 4_999].map((i) => itemUri(`k${i}`));
    await listen(bob.client, era, uris);
    await mesh.system.pushMany(keys.map((key) => ({ key, value: 1, global: true })));
    await mesh.system.push("last", 1, { global: true });
    await until(() => urisOf(bob.notices).length >= uris.length);
    expect(urisOf(bob.notices)).toEqual(uris);
    await until(() => bob.notices.at(-1)?.method === "list_changed");
    // Once for items that appear together.
    const lists = bob.notices.filter(({ method }) => method === "list_changed");
    expect(lists.length).toBeLessThan(1_000);
  });

  it("during an outage of the storage are announced after it", async () => {
    const storage = new InterruptibleStorage();
    const mesh = new ContextMesh({ storage });
    const bob = await connect(mesh.agent("Bob"), era);
    await listen(bob.client, era, [itemUri("during"), CHANGES]);
    await mesh.system.push("before", 1, { global: true });
    await until(() => bob.notices.some(({ method }) => method === "list_changed"));
    const seen = bob.notices.length;
    storage.isInterrupted = true;
    await mesh.system.push("during", 1, { global: true });
    await until(() => storage.rejectedReads > 1);
    expect(bob.notices.length).toBe(seen);
    storage.isInterrupted = false;
    await until(() => urisOf(bob.notices).includes(itemUri("during")));
    const after = bob.notices.slice(seen);
    expect(after.map(({ method }) => method)).toContain("list_changed");
    expect(urisOf(after)).toContain(CHANGES);
  });

  it("are announced to a client that starts to listen during an outage", async () => {
    const storage = new InterruptibleStorage();
    const mesh = new ContextMesh({ storage });
    const bob = mesh.agent("Bob");
    await bob.subscribe(["red"]);
    await mesh.system.push("plan", 1, { topics: ["red"] });
    const connection = await connect(bob, era);
    storage.isInterrupted = true;
    const uris = [itemUri("plan"), topicUri("red"), CHANGES];
    await listen(connection.client, era, uris);
    await mesh.system.push("plan", 2);
    await until(() => storage.rejectedReads > 1);
    storage.isInterrupted = false;
    await until(() => uris.every((uri) => urisOf(connection.notices).includes(uri)));
    await until(() => connection.notices.some(({ method }) => method === "list_changed"));
    const seen = connection.notices.length;
    await mesh.system.push("plan", 3);
    await until(() => urisOf(connection.notices.slice(seen)).includes(itemUri("plan")));
    expect(await readJson(connection.client, itemUri("plan"))).toMatchObject({ value: 3 });
  });

  it("that were compacted away during an outage are announced as changes of everything", async () => {
    const storage = new InterruptibleStorage();
    const mesh = new ContextMesh({ storage });
    const bob = mesh.agent("Bob");
    await bob.subscribe(["red"]);
    await mesh.system.push("plan", 1, { topics: ["red"] });
    const errors: Error[] = [];
    const connection = await connect(bob, era, { onError: (error) => errors.push(error) });
    const uris = [itemUri("plan"), topicUri("red"), CHANGES];
    await listen(connection.client, era, uris);
    await mesh.system.push("first", 1, { global: true });
    await until(() => connection.notices.some(({ method }) => method === "list_changed"));
    storage.isInterrupted = true;
    await mesh.system.push("plan", 2);
    await until(() => storage.rejectedReads > 1);
    for (let i = 0; i < 5; i++) await mesh.system.push("other", i, { topics: ["hidden"] });
    await mesh.compact({ log: { commits: 1 }, events: false, history: false });
    const seen = connection.notices.length;
    storage.isInterrupted = false;
    const after = () => connection.notices.slice(seen);
    await until(() => uris.every((uri) => urisOf(after()).includes(uri)));
    await until(() => after().some(({ method }) => method === "list_changed"));
    expect(errors).toMatchObject([{ code: "CURSOR_COMPACTED" }]);
    await mesh.system.push("plan", 3);
    const value = async () =>
      ((await readJson(connection.client, itemUri("plan"))) as { value: number }).value;
    expect(await value()).toBe(3);
    const cursor = after().at(-1)?.cursor;
    expect(await readJson(connection.client, `${CHANGES}?since=${cursor}`)).toMatchObject({
      cursor: expect.stringMatching(/^c1\./) as string,
    });
  });

  it("end with a notice when the mesh closes", async () => {
    const mesh = new ContextMesh();
    const bob = await connect(mesh.agent("Bob"), era);
    await listen(bob.client, era, [CHANGES]);
    await mesh.system.push("plan", 1, { global: true });
    await until(() => bob.notices.some(({ method }) => method === "list_changed"));
    const seen = bob.notices.length;
    await mesh.close();
    await until(() => bob.notices.length >= seen + 2);
    expect(bob.notices.slice(seen).map(({ method }) => method)).toEqual([
      "updated",
      "list_changed",
    ]);
  });
});

it("watches the mesh only while a client listens", async () => {
  let watches = 0;
  const mesh = new ContextMesh({
    interceptor: {
      intercept: ({ name }, next) => {
        if (name === "watch") watches++;
        return next();
      },
      onCommitQueued() {},
    },
  });
  const bob = await connect(mesh.agent("Bob"), "modern");
  await bob.client.listTools();
  expect(watches).toBe(0);
  const stops = [
    await listen(bob.client, "modern", [CHANGES]),
    await listen(bob.client, "modern", [itemUri("a")]),
  ];
  expect(watches).toBe(1);
  for (const stop of stops) await stop();
  await bob.client.listTools();
  await mesh.system.push("a", 1, { global: true });
  await listen(bob.client, "modern", []);
  expect(watches).toBe(2);
  await mesh.system.push("b", 1, { global: true });
  await until(() => bob.notices.length > 0);
  expect(urisOf(bob.notices)).toEqual([]);
});

it("does not watch for a client that listens to tools only", async () => {
  const mesh = new ContextMesh();
  const bob = await connect(mesh.agent("Bob"), "modern");
  const subscription = await bob.client.listen({ toolsListChanged: true });
  expect(subscription.honoredFilter).toEqual({});
  await subscription.close();
});

it("starts one watch with the first listener, and ends it with the last", async () => {
  let watches = 0;
  const mesh = new ContextMesh({
    interceptor: {
      intercept: ({ name }, next) => {
        if (name === "watch") watches++;
        return next();
      },
      onCommitQueued() {},
    },
  });
  const bus = new ChangeBus(mesh.agent("Bob"));
  const events: string[] = [];
  expect(bus.isActive).toBe(false);
  const stops = [
    bus.subscribe(({ kind }) => events.push(kind)),
    bus.subscribe(() => {
      throw new Error("A listener fails.");
    }),
    await bus.start(),
  ];
  expect(watches).toBe(1);
  await mesh.system.push("plan", 1, { global: true });
  await until(() => events.includes("resources_list_changed"));
  for (const stop of stops) {
    expect(bus.isActive).toBe(true);
    stop();
    stop();
  }
  expect(bus.isActive).toBe(false);
  const count = events.length;
  await mesh.system.push("plan", 2);
  const again = await bus.start();
  expect(watches).toBe(2);
  again();
  expect(events.length).toBe(count);
});

it("refuses subscriptions beyond a bound, and to what is no resource", async () => {
  const mesh = new ContextMesh();
  const bob = await connect(mesh.agent("Bob"), "legacy");
  await expect(bob.client.subscribeResource({ uri: "file:///a" })).rejects.toMatchObject({
    message: expect.stringContaining("file:///a") as string,
  });
  for (let i = 0; i < 1_000; i++) await bob.client.subscribeResource({ uri: itemUri(`k${i}`) });
  const one = { uri: itemUri("one more") };
  await expect(bob.client.subscribeResource(one)).rejects.toMatchObject({ code: -32602 });
  await bob.client.unsubscribeResource({ uri: itemUri("k0") });
  await bob.client.subscribeResource(one);
  for (const key of ["k0", "one more"]) await mesh.system.push(key, 1, { global: true });
  await until(() => urisOf(bob.notices).length > 0);
  expect(urisOf(bob.notices)).toEqual([one.uri]);
});
