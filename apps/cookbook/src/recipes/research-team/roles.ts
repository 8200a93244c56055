import type { AgentContext } from "@syntha/core";

/** A question, and the parts that are researched one by one. */
type Question = { readonly question: string; readonly parts: readonly string[] };
type Finding = {
  readonly part: string;
  readonly text?: string;
  readonly approved?: boolean;
};
export type Report = { readonly text: string; readonly verdict: string };

type Role = (agent: AgentContext, signal: AbortSignal) => Promise<unknown>;

const findingKey = (part: string): string => `finding:${part}`;

/** Turns a question into tasks: one for each part, and a report that depends on them. Retries those that fail. */
async function planner(agent: AgentContext, signal: AbortSignal): Promise<void> {
  const working = agent.work<Question>(
    { inbox: true },
    async ({ value: { question, parts } }, lease) => {
      const findings = parts.map(findingKey);
      // The plan and its tasks are one commit.
      await lease.complete([...findings, "report"], {
        push: [
          ...parts.map((part) => ({
            key: findingKey(part),
            value: { part },
            topics: ["research"],
          })),
          { key: "report", value: { question, parts }, topics: ["writing"], dependsOn: findings },
        ],
      });
    },
    { signal },
  );
  for await (const change of agent.watch({ initial: true, signal })) {
    if (change.type !== "put" || change.item.state !== "failed") continue;
    await agent.push("archive", "unlocked", { global: true });
    await agent.retry(change.item.key);
  }
  await working;
}

/** Researches a part, and hands it off to the critic. */
async function researcher(agent: AgentContext, signal: AbortSignal): Promise<void> {
  await agent.subscribe(["research"]);
  await agent.work<Finding>(
    "research",
    async ({ value: { part } }, lease) => {
      if (part === "costs" && (await agent.get("archive")) !== "unlocked")
        throw new Error("The archive is locked.");
      await lease.handOff({ part, text: `All about ${part}.` }, { topics: ["review"] });
    },
    { maxAttempts: 2, retryIn: 20, signal },
  );
}

/** Approves findings, and answers questions about a draft from its inbox. */
async function critic(agent: AgentContext, signal: AbortSignal): Promise<void> {
  await agent.subscribe(["review"]);
  await agent.work<Finding | { draft: string }>(
    { topics: ["review"], inbox: true },
    ({ value }) =>
      "draft" in value ? `${value.draft.length} characters, good.` : { ...value, approved: true },
    { signal },
  );
}

/** Writes the report once all findings are approved, and asks the critic about it. */
async function writer(agent: AgentContext, signal: AbortSignal): Promise<void> {
  await agent.subscribe(["writing", "review"]);
  await agent.work<Question>(
    "writing",
    async ({ value: { question, parts } }, lease) => {
      const findings = await agent.getMany<Finding>(parts.map(findingKey));
      const text = [question, ...Object.values(findings).map((finding) => finding?.text)].join(" ");
      const verdict = await agent.ask<string>("Critic", { draft: text }, { signal: lease.signal });
      await lease.complete({ text, verdict }, { topics: ["reports"] });
    },
    { signal },
  );
}

/** The members of the team, each in its own process. */
export const TEAM: Readonly<Record<string, Role>> = {
  Planner: planner,
  Ada: researcher,
  Ben: researcher,
  Cem: researcher,
  Critic: critic,
  Writer: writer,
};
