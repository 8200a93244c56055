import { ContextMesh } from "@syntha/core";
import { describe, expect, it } from "vitest";
import { ToolHandler } from "../src/index.ts";
import { failureOf, fullHandler, resultOf } from "./support.ts";

describe("admin tools", () => {
  it("lets a moderator manage other agents' subscriptions", async () => {
    const mesh = new ContextMesh();
    const moderator = new ToolHandler(mesh.agent("Moderator"), { role: "moderator" });
    await mesh.system.push("ticket", "help", { topics: ["support"] });
    const worker = mesh.agent("Worker");
    await worker.subscribe(["sales"]);
    const manage = (args: object) =>
      resultOf(moderator, "manage_subscriptions", { agent: "Worker", ...args });
    const changed = await manage({ add: ["support", "sales"], remove: ["never"] });
    const done = { success: true, agent: "Worker" };
    expect(changed).toEqual({ ...done, subscribed: ["support"], unsubscribed: [] });
    expect(await worker.get("ticket")).toBe("help");
    expect((await manage({ remove: ["support"] })).unsubscribed).toEqual(["support"]);
    expect(await worker.get("ticket")).toBeUndefined();
    expect(await worker.subscriptions()).toEqual(["sales"]);
  });

  it("changes nothing if one topic is refused", async () => {
    const mesh = new ContextMesh();
    const moderator = new ToolHandler(mesh.agent("Moderator"), { role: "moderator" });
    await mesh.agent("Worker").subscribe(["sales"]);
    await mesh.setPermissions("Worker", { subscribe: ["sales"] });
    const before = (await mesh.stats()).revision;
    const calls = [
      { agent: "Worker", add: ["support"], remove: ["sales"] },
      { agent: "Worker", add: ["sales"], remove: ["sales"] },
      { agent: "Worker" },
      { agent: "Worker", add: [], remove: [] },
      { agent: "", add: ["sales"] },
      { agent: "Worker", add: ["a\u0000"] },
      { agent: "Worker", add: ["sales"], remove: ["\ud800"] },
    ];
    const codes = [];
    for (const call of calls)
      codes.push((await failureOf(moderator, "manage_subscriptions", call)).code);
    const bad = "INVALID_ARGUMENTS";
    expect(codes).toEqual(["FORBIDDEN", bad, bad, bad, bad, "INVALID_TEXT", "INVALID_TEXT"]);
    expect((await mesh.stats()).revision).toBe(before);
  });

  it("deletes a topic and returns the counts", async () => {
    const mesh = new ContextMesh();
    const admin = fullHandler(mesh, "Admin");
    const worker = mesh.agent("Worker");
    await worker.subscribe(["old"]);
    await mesh.agent("Writer").push("a", 1, { topics: ["old"] });
    await mesh.agent("Writer").push("b", 1, { topics: ["old"], subscribers: ["Worker"] });
    expect(await resultOf(admin, "delete_topic", { topic: "old" })).toEqual({
      success: true,
      topic: "old",
      items_deleted: 1,
      items_kept: 1,
      subscriptions_ended: 1,
    });
    const hint = "Call discover_topics for all topics.";
    const again = await failureOf(admin, "delete_topic", { topic: "old" });
    expect(again).toMatchObject({ code: "NOT_FOUND", hint });
  });
});
