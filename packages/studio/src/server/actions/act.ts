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

export async function actAsSystem<T>(
  scope: ActionScope,
  { action, about, run }: Act<T>,
): Promise<T & { readonly actor: string }> {
  const { system } = scope.mesh;
  const result = await recorded(scope, { action, about, run: () => run(system) });
  return { ...result, actor: system.name };
}

/**
 * Publishes, to the person alone, what is done in its name. The record precedes the act, so that none is without; a second
 * one follows an act that failed.
 * @throws FORBIDDEN if its permissions do not allow that
 */
export async function recorded<T>(
  { mesh, person }: ActionScope,
  { action, about, run }: Omit<Act<T>, "run"> & { readonly run: () => Promise<T> },
): Promise<T> {
  const agent = mesh.agent(person);
  const data = { action, person, ...about };
  await publish(agent, data);
  try {
    return await run();
  } catch (error) {
    // Otherwise the record says that it was done.
    if (isSynthaError(error)) await publishFailure(agent, { ...data, failed: error.code });
    throw error;
  }
}

type RecordData = Readonly<Record<string, JsonValue>>;

async function publish(person: AgentContext, data: RecordData): Promise<void> {
  await person.publish(RECORD_TYPE, data, { subscribers: [person.name] });
}

/** The act's own error says more than one of this. */
async function publishFailure(person: AgentContext, data: RecordData): Promise<void> {
  try {
    await publish(person, data);
  } catch (error) {
    if (!isSynthaError(error)) throw error;
  }
}
