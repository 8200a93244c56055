import { join } from "node:path";
import { expect, it } from "vitest";
import { linesOf, synthaOn } from "../support/syntha.ts";
import { teamStorage } from "../support/team.ts";
import { tempFolder } from "../support/temp-folder.ts";

it("pushes JSON or text, as the person", async () => {
  const on = synthaOn(`sqlite:${join(tempFolder(), "new.db")}`);
  const item = async (key: string) => linesOf((await on("get", key, "--json")).out)[0];
  const created = await on("push", "a", '{"n":1}', "--global");
  expect(created.out).toBe("✓ created a at revision 1 as user/ann, for everyone\n");
  expect(await item("a")).toMatchObject({ value: { n: 1 }, author: "user/ann", owner: "user/ann" });
  await on("push", "a", "007");
  expect(await item("a")).toMatchObject({ value: "007" });
  await on("push", "a", "12", "--text", "--ttl", "1h");
  expect(await item("a")).toMatchObject({ value: "12", expiresAt: expect.any(String) });
});

it("reads a value from standard input", async () => {
  const storage = `sqlite:${join(tempFolder(), "new.db")}`;
  await synthaOn(storage, { input: '{"from":"a pipe"}\n' })("push", "report", "-", "--global");
  expect((await synthaOn(storage)("get", "report", "--raw")).out).toBe('{"from":"a pipe"}\n');
});

it("refuses a value that begins like JSON and is none", async () => {
  const on = synthaOn(await teamStorage());
  const { code, err } = await on("push", "x", "{a: 1}", "--global");
  expect({ code, err }).toMatchObject({
    code: 2,
    err: expect.stringContaining("--text pushes it as a text"),
  });
});

it("says how to route a new item, and whom a route does not reach", async () => {
  const on = synthaOn(await teamStorage());
  expect(await on("push", "x", "1")).toMatchObject({
    code: 2,
    err: expect.stringContaining("--topic TOPIC, --to AGENT, or --global"),
  });
  const { out } = await on("push", "x", "1", "--topic", "nowhere", "--to", "Slaes");
  expect(out).toContain('! No agent is subscribed to "nowhere".');
  expect(out).toContain('! No agent is known as "Slaes". Did you mean "Sales"?');
});

it("writes only at a revision, and as another agent", async () => {
  const on = synthaOn(await teamStorage());
  expect(await on("push", "policy", "x", "--if-revision", "1")).toMatchObject({
    code: 1,
    err: expect.stringContaining("CONFLICT"),
  });
  await on("push", "policy", "new", "--as", "Manager");
  expect(linesOf((await on("get", "policy", "--json")).out)[0]).toMatchObject({
    author: "Manager",
    owner: "Triage",
  });
});

it("changes the route alone, and acts as the system where the rules refuse the person", async () => {
  const on = synthaOn(await teamStorage());
  const { out } = await on("push", "retention", "--to", "Manager");
  expect(out).toMatch(
    /^✓ re-routed retention at revision \d+ as the system, for user\/ann, for @Manager\n$/,
  );
  expect((await on("get", "retention", "--raw", "--as", "Manager")).out).toBe("true\n");
  expect(await on("push", "retention")).toMatchObject({ code: 2 });
  expect(await on("push", "retention", "1", "--as", "Visitor")).toMatchObject({
    code: 1,
    err: expect.stringContaining("KEY_TAKEN"),
  });
});

it("deletes all items or none, and records for whom the system did", async () => {
  const on = synthaOn(await teamStorage());
  expect(await on("rm", "policy", "none")).toMatchObject({
    code: 1,
    err: expect.stringContaining('no item "none"'),
  });
  expect(await on("get", "policy")).toMatchObject({ code: 0 });
  const { out } = await on("rm", "policy", "retention");
  expect(out).toBe("✓ deleted 2 items as the system, for user/ann: policy, retention\n");
  expect(linesOf((await on("events", "--type", "person.action", "--json")).out)[0]).toMatchObject({
    author: "user/ann",
    data: { action: "delete", keys: ["policy", "retention"] },
  });
  expect(await on("rm", "inquiry", "--as", "Manager")).toMatchObject({
    code: 1,
    err: expect.stringContaining("--as system"),
  });
});

it("retries failed tasks", async () => {
  const on = synthaOn(await teamStorage());
  expect((await on("retry", "--all")).out).toBe(
    "✓ task:3 is open again, as the system, for user/ann\n",
  );
  expect((await on("retry", "--all")).out).toBe("No failed tasks.\n");
  expect(await on("retry")).toMatchObject({ code: 2 });
});

it("takes a task from the agent that holds it", async () => {
  const on = synthaOn(await teamStorage());
  expect(await on("release", "task:1", "--agent", "Manager")).toMatchObject({
    code: 1,
    err: expect.stringContaining("claimed by Sales, not by Manager"),
  });
  expect((await on("release", "task:1", "--agent", "Sales", "--reason", "It hangs.")).out).toBe(
    "✓ task:1 is open again: Sales no longer holds it, by the system, for user/ann\n",
  );
  expect(linesOf((await on("get", "task:1", "--json")).out)[0]).toMatchObject({
    state: "open",
    lastFailure: { message: "It hangs.", agent: "Sales" },
  });
  const again = await on("release", "task:1", "--json");
  expect(again).toMatchObject({ code: 1, err: expect.stringContaining("CONFLICT") });
});

it("says in words of the command line why it can't push or release", async () => {
  const on = synthaOn(await teamStorage());
  const errorOf = async (...command: string[]) => (await on(...command)).err;
  expect(await errorOf("push", "new", "1", "--global", "--if-revision", "3")).toContain(
    "Push it with --if-revision 0 to create it.",
  );
  expect(await errorOf("push", "new", "1", "--global", "--not-before", "soon")).toContain(
    "--not-before must be a positive duration",
  );
  expect(await errorOf("release", "none")).toContain("syntha tasks shows the tasks");
  expect(await errorOf("release", "task:1", "--agent", "Manager")).toContain("Leave --agent out");
  expect(await errorOf("release", "task:1", "--retry-in", "soon")).toContain(
    "--retry-in must be a duration",
  );
});

it("records no release whose options are invalid", async () => {
  const on = synthaOn(await teamStorage());
  const before = (await on("stats", "--json")).out;
  expect(await on("release", "task:1", "--agent", "system")).toMatchObject({ code: 2 });
  expect(await on("release", "task:1", "--retry-in", "soon")).toMatchObject({ code: 2 });
  expect((await on("stats", "--json")).out).toBe(before);
});

it("restores the value of a revision", async () => {
  const on = synthaOn(await teamStorage());
  const [first] = linesOf((await on("history", "inquiry", "--json")).out) as [{ revision: number }];
  const { out } = await on("restore", "inquiry", `#${first.revision}`);
  expect(out).toContain(`inquiry has the value of revision ${first.revision} again`);
  expect((await on("get", "inquiry", "--raw")).out).toContain('"tier":"basic"');
  expect(await on("restore", "inquiry", "999")).toMatchObject({
    code: 1,
    err: expect.stringContaining("It has values at"),
  });
});

it("subscribes agents, which then see what is there", async () => {
  const on = synthaOn(await teamStorage());
  expect((await on("subscribe", "customers", "work", "--as", "Visitor")).out).toBe(
    "✓ Visitor is subscribed to customers, work\n",
  );
  expect((await on("get", "inquiry", "--as", "Visitor")).code).toBe(0);
  expect((await on("unsubscribe", "customers", "work", "--as", "Visitor")).out).toContain(
    "no topic",
  );
});

it("shows and sets permissions", async () => {
  const on = synthaOn(await teamStorage());
  expect((await on("permissions", "Sales")).out).toBe(
    "Sales is allowed: everything (no permissions are set)\n",
  );
  expect((await on("permissions", "Sales", "--post", "*", "--subscribe", "work")).out).toBe(
    "Sales is allowed: post *; subscribe work\n! Its subscriptions to customers have ended.\n",
  );
  expect((await on("why", "Sales", "inquiry")).out).toContain(
    "its permissions allow none of these topics",
  );
  expect((await on("permissions", "Sales", "--clear")).out).toContain("everything");
  expect((await on("permissions", "Sales", "--none", "--clear")).code).toBe(2);
});

it("sends a message to an agent", async () => {
  const on = synthaOn(await teamStorage());
  await on("say", "Sales", "BigCo called");
  const [item] = linesOf((await on("ls", "message:", "--as", "Sales", "--json")).out);
  expect(item).toMatchObject({ value: "BigCo called", author: "user/ann", subscribers: ["Sales"] });
  expect(await on("say", "Sales", "Ready?", "--ask", "--timeout", "10ms")).toMatchObject({
    code: 1,
    err: expect.stringContaining("TIMEOUT"),
  });
});

it("records who removed old entries, and what failed", async () => {
  const on = synthaOn(await teamStorage());
  await on("compact", "--events", "7d");
  await on("restore", "inquiry", "999");
  const records = linesOf((await on("events", "--type", "person.action", "--json")).out);
  expect(records.slice(0, 3)).toMatchObject([
    { author: "user/ann", data: { action: "compact", log: null, events: "7d" } },
    { author: "user/ann", data: { action: "restore", revision: 999 } },
    { author: "user/ann", data: { action: "restore", revision: 999, failed: "NOT_FOUND" } },
  ]);
});
