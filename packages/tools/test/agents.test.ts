import { ContextMesh } from "@syntha/core";
import { describe, expect, it } from "vitest";
import { bytesOf, failureOf, fullHandler, resultOf } from "./support.ts";

describe("discover_agents", () => {
  it("lists names, cards, topics and tasks, and names the caller", async () => {
    const mesh = new ContextMesh();
    const critic = mesh.agent("Critic");
    await critic.announce({ description: "Reviews drafts.", capabilities: ["review"] });
    await critic.subscribe(["drafts"]);
    await critic.push("draft", "v1", { topics: ["drafts"] });
    await critic.claim({ topic: "drafts" });
    const reader = fullHandler(mesh, "Reader");
    const { agents, ...rest } = await resultOf(reader, "discover_agents");
    expect(rest).toEqual({ success: true, you: "Reader", next_page: null });
    expect(agents).toEqual({
      Critic: {
        description: "Reviews drafts.",
        capabilities: ["review"],
        topics: ["drafts"],
        last_seen: expect.any(String),
        tasks_claimed: 1,
      },
    });
  });

  it("pages by size, and by prefix", async () => {
    const mesh = new ContextMesh();
    const names = Array.from({ length: 30 }, (_, i) => `Agent ${String(i).padStart(2, "0")}`);
    for (const name of names)
      await mesh
        .agent(name)
        .announce({ description: "x".repeat(200), capabilities: ["__proto__"] });
    await mesh.agent("Large").announce({ description: "\u0001".repeat(900) });
    const reader = fullHandler(mesh, "Reader", { maxResultBytes: 2_048 });
    const seen: string[] = [];
    let page: string | null = null;
    do {
      const result: Awaited<ReturnType<typeof read>> = await read(page);
      expect(bytesOf(result)).toBeLessThanOrEqual(2_048);
      seen.push(...Object.keys(result.agents));
      page = result.next_page;
    } while (page !== null);
    expect(seen).toEqual([...names, "Large"]);
    const large = await resultOf(reader, "discover_agents", { prefix: "L" });
    expect(large.agents).toMatchObject({ Large: { too_large: true, topics: [] } });

    function read(from: string | null) {
      return resultOf(reader, "discover_agents", { page: from });
    }
  });

  it("is named in the hint of an unknown subscriber", async () => {
    const mesh = new ContextMesh({ strictRecipients: true });
    await mesh.agent("Critic").announce({});
    const writer = fullHandler(mesh, "Writer");
    const call = { key: "draft", value: "v1", subscribers: ["Crtic"] };
    expect(await failureOf(writer, "push_context", call)).toMatchObject({
      code: "UNKNOWN_AGENT",
      hint: "Call discover_agents for the agents by name.",
      retry: "corrected_call",
    });
  });
});
