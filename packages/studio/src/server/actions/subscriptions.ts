import { z } from "zod";
import type { StudioActions } from "../../api/index.ts";
import { recorded } from "./act.ts";
import type { Action, ActionScope } from "./action.ts";
import { body } from "./body-parts.ts";

type SubscriptionBody = StudioActions["api/subscribe"]["body"];

const subscription = z.strictObject({ ...body.TENANT, agent: body.text, topics: body.names });

/** The subscriptions of an agent, which the log records as that agent's. */
export const subscribe: Action<"api/subscribe"> = {
  body: subscription,
  answer: (scope, given) => change(scope, "subscribe", given),
};

export const unsubscribe: Action<"api/unsubscribe"> = {
  body: subscription,
  answer: (scope, given) => change(scope, "unsubscribe", given),
};

async function change(
  scope: ActionScope,
  action: "subscribe" | "unsubscribe",
  { agent, topics }: SubscriptionBody,
): Promise<StudioActions["api/subscribe"]["answer"]> {
  const subject = scope.mesh.agent(agent);
  const run = (): Promise<readonly string[]> => subject[action](topics);
  const about = { agent, topics: [...topics] };
  const changed = agent === scope.person ? run() : recorded(scope, { action, about, run });
  return { topics: await changed, actor: agent };
}
