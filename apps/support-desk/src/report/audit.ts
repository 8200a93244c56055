import type { ContextMesh } from "@syntha/core";

import type { Colleague } from "../agents/colleague.ts";
import { itemsOf } from "../desk/items-of.ts";
import { type Kind, kinds, privateKinds } from "../desk/records.ts";
import type { Privacy, Sight } from "./report.ts";

/** What an agent sees, by its own word: it lists its keys of each kind. */
export async function sightOf(who: Colleague): Promise<Sight> {
  const sees: Record<Kind, number> = {
    ticket: 0,
    case: 0,
    escalation: 0,
    strategy: 0,
    joining: 0,
  };
  for (const kind of Object.keys(kinds) as Kind[]) {
    for await (const keys of who.keys(kinds[kind])) sees[kind] += keys.length;
  }
  const { topics_subscribed } = await who.call("list_context", { prefix: kinds.joining });
  return { agent: who.name, sees, topics: topics_subscribed.length };
}

/** As many items are asked for together as fit into a call. */
const TOGETHER = 100;

/**
 * Lets every agent ask for every private item by its key, and compares who got it with whom it names. The names are
 * taken from the items' routes, so this does not trust the rule that it checks.
 */
export async function auditPrivacy(
  mesh: ContextMesh,
  agents: readonly Colleague[],
): Promise<Privacy> {
  const privacy: Privacy = { items: 0, agents: agents.length, asked: 0, seenByNamed: 0, leaks: [] };
  const ask = async (audiences: ReadonlyMap<string, ReadonlySet<string>>): Promise<void> => {
    privacy.items += audiences.size;
    for (const who of agents) {
      privacy.asked += audiences.size;
      for (const key of (await who.read([...audiences.keys()])).keys()) {
        if (audiences.get(key)?.has(who.name)) privacy.seenByNamed += 1;
        else privacy.leaks.push({ agent: who.name, key });
      }
    }
  };
  for (const kind of privateKinds) {
    let audiences = new Map<string, ReadonlySet<string>>();
    for await (const { key, subscribers, owner } of itemsOf(mesh, kind)) {
      audiences.set(key, new Set(owner === undefined ? subscribers : [...subscribers, owner]));
      if (audiences.size < TOGETHER) continue;
      await ask(audiences);
      audiences = new Map();
    }
    await ask(audiences);
  }
  return privacy;
}
