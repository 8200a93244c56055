import { ContextMesh } from "@syntha/core";
import { describe, expect, it } from "vitest";
import { bytesOf, failureOf, fullHandler, resultOf } from "./support.ts";

const setUp = async () => {
  const mesh = new ContextMesh();
  const shop = fullHandler(mesh, "Shop");
  const clerk = fullHandler(mesh, "Clerk");
  await resultOf(clerk, "subscribe_to_topics", { topics: ["orders"] });
  const publish = (type: string, data: {} | null) =>
    resultOf(shop, "publish_event", { type, data, topics: ["orders"] });
  return { mesh, shop, clerk, publish };
};

describe("event tools", () => {
  it("reads events oldest first and resumes at the cursor", async () => {
    const { clerk, publish } = await setUp();
    await publish("order_created", '{"order":"00123842"}');
    await publish("order_paid", "00123842");
    const { events, cursor } = await resultOf(clerk, "read_events");
    expect(events).toMatchObject([
      { type: "order_created", data: { order: "00123842" }, author: "Shop", topics: ["orders"] },
      { type: "order_paid", data: "00123842" },
    ]);
    await publish("order_created", "2");
    const later = await resultOf(clerk, "read_events", { since: cursor, types: ["order_created"] });
    expect(later.events.map(({ data }) => data)).toEqual(["2"]);
  });

  it("reports topics without subscribers", async () => {
    const { shop } = await setUp();
    const published = await resultOf(shop, "publish_event", {
      type: "t",
      data: "",
      topics: ["orders", "void"],
    });
    expect(published).toMatchObject({
      topics_without_subscribers: ["void"],
      hint: expect.stringContaining("discover_topics"),
    });
  });

  it("publishes to named agents or to all", async () => {
    const { mesh, shop, clerk } = await setUp();
    const event = { data: "1" };
    await resultOf(shop, "publish_event", { ...event, type: "named", subscribers: ["Clerk"] });
    await resultOf(shop, "publish_event", { ...event, type: "other", subscribers: ["Boss"] });
    await resultOf(shop, "publish_event", { ...event, type: "all", global: true });
    const typesOf = async (handler: typeof clerk) =>
      (await resultOf(handler, "read_events")).events.map(({ type }) => type);
    expect(await typesOf(clerk)).toEqual(["named", "all"]);
    expect(await typesOf(fullHandler(mesh, "Boss"))).toEqual(["other", "all"]);
  });

  it("never publishes to the default audience by an empty one", async () => {
    const mesh = new ContextMesh({ defaultRoute: { global: true } });
    const shop = fullHandler(mesh, "Shop");
    for (const audience of [{ topics: [] }, { subscribers: [], topics: null }, { global: false }])
      expect(
        await failureOf(shop, "publish_event", { type: "t", data: "", ...audience }),
      ).toMatchObject({ code: "ROUTE_REQUIRED" });
    expect((await mesh.system.events()).events).toEqual([]);
  });

  it("pages by size with no gaps or duplicates", async () => {
    const { clerk, publish } = await setUp();
    const sizes = [3_000, 9_000, 9_000, 40_000, 50_000, 10, 20_000, 15_000];
    for (const [i, size] of sizes.entries()) await publish(`e${i}`, "x".repeat(size));
    const read = (since: string | null) => resultOf(clerk, "read_events", { since });
    const seen: string[] = [];
    for (let since: string | null = null, more = true; more;) {
      const result: Awaited<ReturnType<typeof read>> = await read(since);
      expect(bytesOf(result)).toBeLessThanOrEqual(16 * 1_024);
      expect(result.hint ?? "limit 1").toContain("limit 1");
      for (const id of result.too_large ?? []) {
        const [alone] = (await resultOf(clerk, "read_events", { since, limit: 1 })).events;
        expect(alone?.id).toBe(id);
        seen.push(alone?.type ?? "none");
      }
      seen.push(...result.events.map(({ type }) => type));
      ({ cursor: since, more } = result);
    }
    expect(seen).toEqual(sizes.map((_, i) => `e${i}`));
  });

  it("refuses invalid cursors with a hint", async () => {
    const { clerk } = await setUp();
    for (const since of ["c1", "c1.x", "p1.abc", "%", "c1.zzzzzzzz.5..1"]) {
      const refused = await failureOf(clerk, "read_events", { since });
      expect(refused).toMatchObject({
        code: "INVALID_CURSOR",
        hint: "Start over: call read_events with since null.",
      });
    }
  });
});
