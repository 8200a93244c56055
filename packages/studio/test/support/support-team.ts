import { ContextMesh, type Duration, type Lease } from "@syntha/core";
import { manualClock } from "@syntha/core/testing";
import { SqliteStorage } from "@syntha/storage-sqlite";

const CUSTOMERS = [
  "BigCo",
  "Acme Labs",
  "Northwind",
  "Globex",
  "Initech",
  "Umbrella",
  "Hooli",
  "Soylent",
  "Stark",
  "Wayne",
];
const SUBJECTS = [
  "API returns 503 during exports",
  "Invoice shows the wrong VAT rate",
  "Wants 40 more seats from January",
  "SSO loop after the certificate changed",
  "Refund for a duplicate charge",
  "Webhook deliveries are late",
  "Asks for a data processing agreement",
  "Threatens to cancel: third outage",
];
const HOURS = 3_600_000;

/**
 * Fills a file with a support desk of nine agents: topics, tasks in every state with dependencies and failures, events,
 * topics without subscribers, and an item for an agent whose name is misspelt. The last write is of now.
 */
export async function fillSupportDesk(path: string, tenantId = "acme"): Promise<void> {
  const clock = manualClock(Date.now() - 6 * HOURS);
  const storage = new SqliteStorage({ path, clock });
  await using mesh = new ContextMesh({ tenantId, storage });
  await team(mesh);
  clock.advance("5m");
  await knowledge(mesh);
  for (let index = 0; index < 36; index++) {
    clock.advance("6m");
    await inquiry(mesh, index);
  }
  clock.advance("20m");
  await tasks(mesh, (by) => clock.advance(by));
  await misrouted(mesh);
  clock.set(Date.now());
  await lastMinutes(mesh, (time) => clock.set(time));
}

async function team(mesh: ContextMesh): Promise<void> {
  const cards = [
    ["Triage", "Sorts inquiries by subject and urgency", ["classify", "route"], ["customers"]],
    [
      "TierOne",
      "Answers common questions from the knowledge base",
      ["answer"],
      ["support", "work", "knowledge"],
    ],
    [
      "TierTwo",
      "Reproduces and explains technical faults",
      ["debug", "explain"],
      ["support", "work", "incidents", "knowledge"],
    ],
    ["Billing", "Corrects invoices and refunds", ["refund", "invoice"], ["billing", "work"]],
    ["Sales", "Quotes seats and plans", ["quote"], ["sales", "customers"]],
    ["Manager", "Decides on escalations", ["approve"], ["escalations", "results"]],
    ["Writer", "Drafts replies in the customer's tone", ["write"], ["drafts", "knowledge"]],
    ["Critic", "Reviews drafts before they are sent", ["review"], ["drafts", "results"]],
    ["Monitor", "Watches service levels", ["observe"], ["incidents"]],
  ] as const;
  for (const [name, description, capabilities, topics] of cards) {
    const agent = mesh.agent(name);
    await agent.announce({ description, capabilities: [...capabilities] });
    await agent.subscribe([...topics]);
  }
  await mesh.setPermissions("Monitor", {
    post: ["incidents"],
    subscribe: "*",
    global: false,
    direct: false,
  });
}

async function knowledge(mesh: ContextMesh): Promise<void> {
  const push = (key: string, value: unknown): Promise<unknown> =>
    mesh.agent("TierTwo").push(key, value, { topics: ["knowledge"] });
  await push("kb:sso/certificates", {
    title: "Rotating the SSO certificate",
    steps: ["Upload the new certificate", "Keep both for 24 hours", "Remove the old one"],
    verified: true,
  });
  await push("kb:exports/limits", { title: "Export limits", rowsPerMinute: 20_000, burst: null });
  await push("kb:webhooks/retries", {
    title: "Webhook retries",
    attempts: 12,
    backoff: "exponential",
  });
  await mesh.system.push("policy:tone", "Friendly, brief, no promises about dates.", {
    global: true,
  });
  await mesh.system.push(
    "policy:refunds",
    { upTo: 500, currency: "EUR", approver: "Manager" },
    { global: true },
  );
}

async function inquiry(mesh: ContextMesh, index: number): Promise<void> {
  const customer = CUSTOMERS[index % CUSTOMERS.length] ?? "";
  const subject = SUBJECTS[(index * 5) % SUBJECTS.length] ?? "";
  const number = 4100 + index;
  const key = `inquiry:${number}`;
  const triage = mesh.agent("Triage");
  await triage.push(
    key,
    { customer, subject, priority: index % 4 === 0 ? "high" : "normal" },
    { topics: ["customers"] },
  );
  await triage.publish("inquiry_received", { key, customer }, { topics: ["customers"] });
  if (index % 3 === 0)
    await mesh.agent("TierOne").push(
      `ticket:${number}/details`,
      {
        inquiry: key,
        latency: `${2 + (index % 5)} s`,
        errorRate: (index % 7) / 100,
        region: "eu-west",
      },
      { topics: ["support"] },
    );
  if (index % 4 === 1)
    await mesh.agent("Billing").push(
      `invoice:${customer.toLowerCase().replace(" ", "-")}/${number}`,
      {
        total: Math.round(12_990 * (1 + (index % 6))) / 100,
        currency: "EUR",
        status: "disputed",
      },
      { topics: ["billing"] },
    );
  if (index % 5 === 2)
    await mesh.agent("Writer").push(
      `draft:${number}`,
      {
        to: customer,
        text: `Thank you for writing about “${subject}”. We have found the cause and …`,
      },
      { topics: ["drafts"] },
    );
  if (index % 9 === 4) {
    await mesh
      .agent("Triage")
      .push(
        `escalation:${number}`,
        { customer, reason: subject },
        { topics: ["escalations"], subscribers: ["Manager"] },
      );
    await mesh
      .agent("Monitor")
      .publish("sla_breached", { inquiry: key, minutes: 20 + index }, { topics: ["incidents"] });
  }
  if (index % 6 === 3)
    await mesh
      .agent("Sales")
      .push(
        `quote:${number}`,
        { customer, seats: 10 * index, discount: 0.1 },
        { topics: ["sales"] },
      );
}

async function tasks(mesh: ContextMesh, advance: (by: Duration) => void): Promise<void> {
  const manager = mesh.agent("Manager");
  const steps = [
    ["task:reproduce", { do: "Reproduce the 503 of exports" }, [], 5],
    ["task:fix-exports", { do: "Raise the pool of export workers" }, ["task:reproduce"], 5],
    ["task:tell-bigco", { do: "Tell BigCo when the fix is out" }, ["task:fix-exports"], 2],
    ["task:postmortem", { do: "Write the postmortem" }, ["task:fix-exports", "task:reproduce"], 0],
    ["task:refund-globex", { amount: 259.8, to: "Globex" }, [], 3],
    ["task:refund-initech", { amount: 129.9, to: "Initech" }, [], 0],
    ["task:quote-hooli", { seats: 40 }, [], 0],
    ["task:translate-reply", { language: "de" }, [], -2],
    ["task:renew-certificate", { host: "sso.example.com" }, [], 8],
    ["task:archive-2025", { months: 12 }, [], -5],
  ] as const;
  for (const [key, value, dependsOn, priority] of steps)
    await manager.push(key, value, {
      topics: ["work"],
      priority,
      ...(dependsOn.length > 0 ? { dependsOn: [...dependsOn] } : {}),
    });
  advance("3m");
  await claim(mesh, "TierTwo", "task:reproduce", (lease) =>
    lease.complete(
      { cause: "20 workers for 400 exports", at: "09:40" },
      { events: [{ type: "fault_found", data: { key: "task:reproduce" }, topics: ["incidents"] }] },
    ),
  );
  advance("2m");
  await claim(mesh, "TierTwo", "task:renew-certificate", (lease) =>
    lease.release({ error: "The registrar refused: 2-factor code needed", maxAttempts: 1 }),
  );
  await claim(mesh, "Billing", "task:refund-initech", (lease) =>
    lease.release({
      error: new Error("Payment provider timed out after 30 s"),
      maxAttempts: 5,
      retryIn: "0s",
    }),
  );
  await claim(mesh, "Billing", "task:refund-initech", (lease) =>
    lease.release({
      error: new Error("Payment provider answered 409: already refunded"),
      maxAttempts: 2,
    }),
  );
  await claim(mesh, "TierOne", "task:translate-reply", (lease) =>
    lease.complete({ text: "Vielen Dank für Ihre Nachricht …" }),
  );
}

async function claim(
  mesh: ContextMesh,
  agent: string,
  key: string,
  settle: (lease: Lease) => Promise<unknown>,
): Promise<void> {
  const lease = await mesh.agent(agent).claim({ key }, { lease: "10m" });
  if (lease !== undefined) await settle(lease);
}

async function misrouted(mesh: ContextMesh): Promise<void> {
  await mesh
    .agent("Triage")
    .push(
      "retention:wayne",
      { customer: "Wayne", risk: "high", reason: "third outage" },
      { topics: ["retention"] },
    );
  await mesh
    .agent("Sales")
    .push("retention:hooli", { customer: "Hooli", risk: "low" }, { topics: ["retention"] });
  await mesh.agent("Billing").push("contract:umbrella", { dpa: "missing" }, { topics: ["legal"] });
  await mesh
    .agent("TierOne")
    .push("note:for-the-manager", "Please call Wayne today.", { subscribers: ["Manger"] });
}

async function lastMinutes(mesh: ContextMesh, setTime: (time: number) => void): Promise<void> {
  const now = Date.now();
  const triage = mesh.agent("Triage");
  const plan = (step: number, state: string): Promise<unknown> =>
    triage.push(
      "plan:today",
      {
        goal: "Answer all before 18:00",
        step,
        state,
        owner: "Triage",
        open: ["task:fix-exports", "task:quote-hooli"].slice(0, 3 - step),
      },
      { topics: ["support", "escalations"] },
    );
  setTime(now - 900_000);
  await plan(1, "sorting");
  setTime(now - 500_000);
  await plan(2, "answering");
  setTime(now - 100_000);
  await mesh.agent("TierTwo").claim({ key: "task:fix-exports" }, { lease: "12m" });
  setTime(now - 60_000);
  await mesh.agent("Billing").claim({ key: "task:refund-globex" }, { lease: "90s" });
  setTime(now - 42_000);
  await mesh
    .agent("Critic")
    .push(
      "review:4127",
      { draft: "draft:4127", verdict: "too long", keep: 0.6 },
      { topics: ["drafts"], subscribers: ["Writer"] },
    );
  setTime(now - 12_000);
  await plan(3, "closing");
  setTime(now - 5000);
  await triage.publish(
    "shift_note",
    { text: "Two escalations are open" },
    { topics: ["escalations"] },
  );
  setTime(now - 2000);
  await mesh
    .agent("TierOne")
    .push(
      "ticket:4135/details",
      { inquiry: "inquiry:4135", latency: "5 s", errorRate: 0.001, region: "eu-west" },
      { topics: ["support"] },
    );
}
