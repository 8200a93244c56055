import { expect, it } from "vitest";
import { linesOf, synthaOn } from "../support/syntha.ts";
import { teamStorage } from "../support/team.ts";

it("lists items in a table that fits the terminal", async () => {
  const on = synthaOn(await teamStorage());
  const { out } = await on("ls");
  expect(out).toMatch(/^KEY +STATE +FOR +BY +AGE +VALUE\n/);
  expect(out).toMatch(/inquiry +○ open +customers, @Manager +Triage +\d+s +\{"customer":/);
  for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  const narrow = await synthaOn(await teamStorage(), { terminal: 50, env: { NO_COLOR: "1" } })(
    "ls",
  );
  for (const line of narrow.out.split("\n")) expect(line.length).toBeLessThanOrEqual(50);
});

it("lists what one agent sees, by prefix, topic and state", async () => {
  const on = synthaOn(await teamStorage());
  const keys = async (...args: string[]) =>
    linesOf((await on("ls", "--json", ...args)).out).map((item) => (item as { key: string }).key);
  expect(await keys("--as", "Visitor")).toEqual(["policy"]);
  expect((await on("ls", "--as", "Visitor")).out).toContain("5 items Visitor does not see.");
  expect(await keys("task:", "--state", "claimed")).toEqual(["task:1"]);
  expect(await keys("--topic", "customers", "--topic", "escalations")).toEqual([
    "inquiry",
    "retention",
  ]);
  expect(await keys("--limit", "2")).toEqual(["inquiry", "policy"]);
  expect((await on("ls", "--limit", "2")).out).toContain("The first 2. --all lists all");
  expect((await on("ls", "--as", "Visitor", "--topic", "work")).out).toContain(
    "No such items that Visitor sees.",
  );
});

it("shows an item, and its value alone for other programs", async () => {
  const on = synthaOn(await teamStorage());
  const { out } = await on("get", "inquiry");
  expect(out).toMatch(/owner +Triage/);
  expect(out).toContain('"customer": "BigCo"');
  expect((await on("get", "policy", "--raw")).out).toBe("Refunds within 30 days\n");
  expect((await on("get", "inquiry", "--raw")).out).toBe(
    '{"customer":"BigCo","tier":"gold","tags":["a","x","b"]}\n',
  );
});

it("names the nearest key of one that does not exist", async () => {
  const on = synthaOn(await teamStorage());
  const { code, err } = await on("get", "inqiry");
  expect({ code, err }).toMatchObject({
    code: 1,
    err: expect.stringContaining('Did you mean "inquiry"?'),
  });
  const hidden = await on("get", "inquiry", "--as", "Visitor");
  expect(hidden.err).toContain("syntha why Visitor inquiry");
});

it("explains why an agent sees an item, or does not, and what would change it", async () => {
  const on = synthaOn(await teamStorage());
  const unseen = await on("why", "Visitor", "inquiry");
  expect(unseen.out).toMatch(/^✗ Visitor does not see "inquiry"\.\n/);
  expect(unseen.out).toContain('The item is on "customers", to which Visitor is not subscribed.');
  expect(unseen.out).toContain("What would change it:\n  syntha subscribe customers --as Visitor");
  const seen = await on("why", "Manager", "inquiry");
  expect(seen.out).toBe('✓ Manager sees "inquiry".\n  · The item names it.\n');
  expect((await on("why", "system", "inquiry")).out).toContain("The system sees everything.");
});

it("explains an item to every agent", async () => {
  const on = synthaOn(await teamStorage());
  const { out } = await on("why", "inquiry");
  expect(out).toContain('3 of 4 known agents see "inquiry".');
  expect(out).toMatch(/✗ +Visitor +Subscribing to "customers" would show it\./);
});

it("guesses at slips of a question for why", async () => {
  const on = synthaOn(await teamStorage());
  expect((await on("why", "inquiry", "Visitor")).out).toContain("syntha why Visitor inquiry");
  expect((await on("why", "Vistor", "inquiry")).out).toContain("syntha why Visitor inquiry");
});

it("shows how an item changed", async () => {
  const on = synthaOn(await teamStorage());
  const { out } = await on("history", "inquiry");
  expect(out).toContain("→ customers, @Manager");
  expect(out).toContain('~ tier: "basic" → "gold"');
  expect(out).toContain('+ tags[1]: "x"');
  expect(out).not.toContain("customer: ");
  expect(linesOf((await on("history", "inquiry", "--json")).out)).toMatchObject([
    { type: "put", value: { tier: "basic" } },
    { type: "put", value: { tier: "gold" } },
  ]);
});

it("lists tasks by state, with holder, time left, attempts, failure and dependencies", async () => {
  const { out } = await synthaOn(await teamStorage())("tasks");
  expect(out).toMatch(/✗ failed \(1\)[^]*◐ claimed \(1\)[^]*○ open \(1\)/);
  expect(out).toMatch(/task:3 .*1× +failed: SMTP is down/);
  expect(out).toMatch(/task:1 +work +Sales +59m .*priority 5/);
  expect(out).toMatch(/task:2 .*waits for task:1/);
});

it("marks topics that no agent is subscribed to", async () => {
  const { out } = await synthaOn(await teamStorage())("topics");
  expect(out).toMatch(/escalations +1 +0 +! no subscribers/);
  expect(out).toContain("syntha subscribe escalations --as AGENT");
});

it("lists agents and events, and counts what there is", async () => {
  const on = synthaOn(await teamStorage());
  expect((await on("agents")).out).toMatch(/Sales +\d+s +1 +customers, work/);
  expect((await on("events")).out).toMatch(/order_created +customers +Triage +\{"id":7\}/);
  expect((await on("stats")).out).toMatch(/items +6 +1 for everyone, 5 routed/);
});

it("shows the log, an entry a line", async () => {
  const { out } = await synthaOn(await teamStorage())("tail", "--once");
  expect(out).toMatch(/#\d+ [\d:]{8} Triage put inquiry → customers, @Manager {2}\{"customer"/);
  expect(out).toMatch(/Sales claimed task:1 for 1h/);
  expect(out).toMatch(/Triage published order_created → customers {2}\{"id":7\}/);
});

it("resumes the log after a cursor", async () => {
  const on = synthaOn(await teamStorage());
  const all = linesOf((await on("tail", "--once", "--json")).out) as { cursor: string }[];
  const since = all.at(-3)?.cursor as string;
  const rest = linesOf((await on("tail", "--once", "--json", "--since", since)).out);
  expect(rest).toEqual(all.slice(-2));
});

it("selects entries of the log, and shows one agent only what it sees", async () => {
  const on = synthaOn(await teamStorage());
  const lines = async (...args: string[]) =>
    (await on("tail", "--once", ...args)).out.trim().split("\n");
  expect(await lines("--topic", "escalations")).toHaveLength(1);
  expect((await lines("--key", "task:3")).length).toBeGreaterThan(2);
  const seen = await lines("--as", "Visitor", "--last", "100");
  expect(seen).toEqual([expect.stringContaining("Triage put policy → everyone")]);
});

it("follows changes as they happen, until a limit", async () => {
  const storage = await teamStorage();
  const on = synthaOn(storage);
  const started = Promise.withResolvers<void>();
  const following = synthaOn(storage, { onOutput: () => started.resolve() })(
    "tail",
    "--last",
    "1",
    "--limit",
    "3",
  );
  await started.promise;
  await on("push", "news", "1", "--global");
  await on("push", "news", "2");
  const { out, code } = await following;
  expect(code).toBe(0);
  expect(out).toMatch(
    /user\/ann put new news → everyone {2}1\n.*user\/ann put news → everyone {2}2\n$/,
  );
});

it("waits until something that an agent sees changes", async () => {
  const storage = await teamStorage();
  const on = synthaOn(storage);
  const since = (linesOf((await on("tail", "--once", "--json")).out).at(-1) as { cursor: string })
    .cursor;
  await on("push", "secret", "1", "--to", "Manager");
  await on("push", "news", "2", "--global");
  const { out, code } = await on("wait", "--as", "Visitor", "--since", since);
  expect({ out, code }).toMatchObject({
    code: 0,
    out: expect.stringContaining("put news → everyone"),
  });
  const late = await on("wait", "--as", "Visitor", "--key", "none", "--timeout", "10ms");
  expect(late).toMatchObject({ code: 1, err: "Nothing changed within 10ms.\n" });
});

// A timer of more than 24.8 days fires at once, and one of more than 49.7 days is refused by Node.
it.each(["30d", "60d", "36500d"])("still waits after it has begun to wait for %s", async (time) => {
  const storage = await teamStorage();
  const waiting = synthaOn(storage)("wait", "--as", "Visitor", "--timeout", time);
  let isOver = false;
  void waiting.then(() => (isOver = true));
  while (!isOver) await synthaOn(storage)("push", "news", "1", "--global");
  expect(await waiting).toMatchObject({
    code: 0,
    err: "",
    out: expect.stringContaining("put news → everyone"),
  });
});

it("looks at the mesh as it was at a position of the log", async () => {
  const on = synthaOn(await teamStorage());
  const [first] = linesOf((await on("history", "inquiry", "--json")).out) as [{ revision: number }];
  const at = ["--at", `#${first.revision}`];
  expect((await on("get", "inquiry", "--raw", ...at)).out).toContain('"tier":"basic"');
  expect((await on("ls", ...at)).out.trim().split("\n")).toHaveLength(2);
  expect((await on("why", "Sales", "inquiry", ...at)).out).toContain("Sales does not see");
  expect((await on("why", "Sales", "inquiry")).out).toContain("Sales sees");
  expect(await on("ls", "--at", "9999")).toMatchObject({
    code: 2,
    err: expect.stringContaining("INVALID_CURSOR"),
  });
});

it("explains to an agent that is not known yet how it would see an item", async () => {
  const on = synthaOn(await teamStorage());
  expect((await on("why", "Newcomer", "inquiry")).out).toMatch(
    /· No agent is known as "Newcomer"\.\n\nWhat would change it:\n {2}syntha subscribe customers --as Newcomer\n/,
  );
  expect((await on("why", "Vistor", "inquiry")).out).toMatch(
    /· No agent is known as "Vistor"\.\n\nDid you mean:\n {2}syntha why Visitor inquiry\n/,
  );
});
