import type { JsonValue } from "../json/json.ts";
import type { KeyOf, MeshSchema, Untyped, ValueOf } from "../schema/mesh-schema.ts";
import type { AgentRecord } from "../storage/query.ts";
import { refuseOptions } from "../options/known-options.ts";
import { checkAgentName } from "../text/agent-name.ts";
import { AgentContext } from "./agent-context.ts";
import { explainFor, explainGone, type Explanation } from "./explanation.ts";
import { historyOf, lastEntry, type HistoryEntry } from "./history.ts";

/** The mesh's own view: the same calls as an agent's, sees and may do all. */
export class SystemContext<S extends MeshSchema = Untyped> extends AgentContext<S> {
  /** Why an agent sees an item, or what stands in its way. With a key alone: why the system does. */
  override explain(key: KeyOf<S>): Promise<Explanation>;
  override explain(agent: string, key: KeyOf<S>): Promise<Explanation>;
  override async explain(agentOrKey: string, key?: KeyOf<S>): Promise<Explanation> {
    refuseOptions("explain", arguments[2]);
    if (key === undefined) return super.explain(agentOrKey as KeyOf<S>);
    checkAgentName(agentOrKey, "Call explain(key) alone for the system's own view.");
    this.session.checkKey(key);
    const storage = await this.session.ready();
    for (;;) {
      const { items, head } = await storage.get(this.session.tenantId, null, [key]);
      const page = await storage.agents(this.session.tenantId, { name: agentOrKey });
      // Two reads of one moment: when something was written between them, once more.
      if (page.head !== head) continue;
      if (items[0] === undefined)
        return explainGone(agentOrKey, key, await lastEntry(this.session, key));
      return explainFor(page.agents[0] as AgentRecord, key, items[0]);
    }
  }

  /** What happened to a key, oldest first, as far back as the mesh's retention keeps it. */
  async history<T = JsonValue, K extends KeyOf<S> = KeyOf<S>>(
    key: K,
  ): Promise<HistoryEntry<ValueOf<S, K, T>>[]> {
    refuseOptions("history", arguments[1]);
    this.session.checkKey(key);
    return historyOf(this.session, key);
  }
}
