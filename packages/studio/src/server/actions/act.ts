import { type AgentContext, isSynthaError, type JsonValue } from "@syntha/core";
import type { ActionScope } from "./action.ts";

/** The type of the events that name the person for whom the system acted. */
const RECORD_TYPE = "person.action";

/** What the rules answer an agent that is neither the owner of an item nor sees it. */
const REFUSALS = ["NOT_OWNER", "KEY_TAKEN", "NOT_FOUND"] as const;

export interface Act<T> {
  /** As it is recorded, such as "delete". */
  readonly action: string;
  /** What is recorded besides. */
  readonly about: Readonly<Record<string, JsonValue>>;
  readonly run: (actor: AgentContext) => Promise<T>;
}

/** Acts as the person where the rules let it, else as the system, with an event that names the person. */
export async function act<T>(
  scope: ActionScope,
  given: Act<T>,
): Promise<T & { readonly actor: string }> {
  const { mesh, person } = scope;
  try {
    return { ...(await given.run(mesh.agent(person))), actor: person };
  } catch (error) {
    if (!REFUSALS.some((code) => isSynthaError(error, code))) throw error;
  }
  return actAsSystem(scope, given);
}

/** The record precedes the act, so that none is without. */
export async function actAsSystem<T>(
  scope: ActionScope,
  { action, about, run }: Act<T>,
): Promise<T & { readonly actor: string }> {
  await record(scope, action, about);
  return { ...(await run(scope.mesh.system)), actor: scope.mesh.system.name };
}

/** Publishes, to the person alone, what is done in its name. @throws FORBIDDEN if its permissions do not allow that */
export async function record(
  { mesh, person }: ActionScope,
  action: string,
  about: Act<unknown>["about"],
): Promise<void> {
  const data = { action, person, ...about };
  await mesh.agent(person).publish(RECORD_TYPE, data, { subscribers: [person] });
}
