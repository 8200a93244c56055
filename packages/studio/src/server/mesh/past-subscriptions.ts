import type { MeshLogEntry } from "@syntha/core";
import { MAX_PAGE } from "../limits.ts";
import type { Moment } from "./moment.ts";

/** The topics of an agent around a commit. */
interface Around {
  readonly before: ReadonlySet<string>;
  readonly after: ReadonlySet<string>;
}

const CHANGES = ["subscribe", "unsubscribe", "topicDeleted"] as const;

/** What an agent was subscribed to, at each position of a part of the log. */
export class PastSubscriptions {
  readonly #first: ReadonlySet<string>;
  /** Commits that changed something, in order. */
  readonly #changes: readonly (Around & { readonly position: number })[];

  private constructor(agent: string, first: readonly string[], entries: readonly MeshLogEntry[]) {
    this.#first = new Set(first);
    const changes: (Around & { position: number })[] = [];
    let now = this.#first;
    for (const entry of entries) {
      const after = topicsAfter(agent, now, entry);
      if (after === now) continue;
      const last = changes.at(-1);
      if (last?.position === entry.position) Object.assign(last, { after });
      else changes.push({ position: entry.position, before: now, after });
      now = after;
    }
    this.#changes = changes;
  }

  /**
   * @param isWhole whether the entries are all of the log between the first and the last
   * @throws CURSOR_COMPACTED; MISCONFIGURED if the storage does not support past subscriptions
   */
  static async read(
    mesh: Moment,
    agent: string,
    entries: readonly MeshLogEntry[],
    isWhole: boolean,
  ): Promise<PastSubscriptions> {
    const [first, last] = [entries[0], entries.at(-1)];
    if (first === undefined || last === undefined) return new PastSubscriptions(agent, [], []);
    const at = first.position - 1;
    const topics = await mesh.agent(agent).subscriptions({ at });
    const changes = isWhole ? entries : await readChanges(mesh.system, at, last.position);
    return new PastSubscriptions(agent, topics, changes);
  }

  around(position: number): Around {
    const last = this.#changes.findLast((change) => change.position <= position);
    if (last?.position === position) return last;
    const topics = last?.after ?? this.#first;
    return { before: topics, after: topics };
  }
}

async function readChanges(
  system: Moment["system"],
  after: number,
  end: number,
): Promise<readonly MeshLogEntry[]> {
  const filter = { types: CHANGES, before: end + 1, limit: MAX_PAGE, values: false } as const;
  let page = await system.log({ ...filter, after });
  const entries = [...page.entries];
  while (page.more) {
    page = await system.log({ ...filter, after: page.cursor });
    entries.push(...page.entries);
  }
  return entries;
}

function topicsAfter(
  agent: string,
  before: ReadonlySet<string>,
  entry: MeshLogEntry,
): ReadonlySet<string> {
  if (entry.type === "topicDeleted") {
    if (!before.has(entry.topic)) return before;
    return new Set([...before].filter((topic) => topic !== entry.topic));
  }
  if ((entry.type !== "subscribe" && entry.type !== "unsubscribe") || entry.agent !== agent)
    return before;
  const after = new Set(before);
  for (const topic of entry.topics) after[entry.type === "subscribe" ? "add" : "delete"](topic);
  return after;
}
