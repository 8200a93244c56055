import { SynthaError } from "@syntha/core";
import * as z from "zod";
import { cappedFields, field } from "../schema/field.ts";
import { parameter } from "../schema/parameter.ts";
import { cappedList } from "../answer/result-budget.ts";
import { defineTool } from "../tool.ts";

export const manageSubscriptions = defineTool({
  name: "manage_subscriptions",
  toolset: "admin",
  effect: "write",
  description: "Change another agent's subscriptions.",
  input: z.strictObject({
    agent: parameter.name,
    add: parameter.optionalNames,
    remove: parameter.optionalNames,
  }),
  output: z.object({
    agent: field.text,
    ...cappedFields("subscribed"),
    ...cappedFields("unsubscribed"),
  }),
  example: { agent: "Triage", add: ["support"], remove: ["sales"] },
  async run({ agent: self, maxResultBytes }, { agent: name, add, remove }) {
    checkTopics(name, add ?? [], remove ?? []);
    const agent = self.mesh.agent(name);
    // Read first, so that only existing subscriptions are removed and only adding can be refused.
    const current = remove ? await agent.subscriptions() : [];
    const ending = (remove ?? []).filter((topic) => current.includes(topic));
    const subscribed = add ? await agent.subscribe(add) : [];
    const unsubscribed =
      ending.length > 0 ? await unsubscribeAfter(() => agent.unsubscribe(ending), subscribed) : [];
    return {
      agent: name,
      ...cappedList("subscribed", subscribed, maxResultBytes / 4),
      ...cappedList("unsubscribed", unsubscribed, maxResultBytes / 4),
    };
  },
});

/** If the second of two writes fails, the first one stands: the answer must not say that nothing changed. */
async function unsubscribeAfter(
  unsubscribe: () => Promise<readonly string[]>,
  subscribed: readonly string[],
): Promise<readonly string[]> {
  try {
    return await unsubscribe();
  } catch (cause) {
    if (subscribed.length === 0) throw cause;
    throw new SynthaError("UNKNOWN_OUTCOME", "Topics were added, but none was removed.", { cause });
  }
}

function checkTopics(agent: string, add: readonly string[], remove: readonly string[]): void {
  const [both] = add.filter((topic) => remove.includes(topic));
  const details = { path: "add" };
  if (both !== undefined)
    throw new SynthaError("INVALID_ARGUMENTS", "A topic is either added or removed.", {
      hint: `Leave ${JSON.stringify(both)} out of \`add\` or of \`remove\`.`,
      details,
    });
  if (add.length + remove.length === 0)
    throw new SynthaError("INVALID_ARGUMENTS", "No topic to add or to remove was given.", {
      hint: `Add \`add\`, \`remove\` or both, each a list of topics of ${agent}.`,
      details,
    });
}
