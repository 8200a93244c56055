import { nearest } from "@syntha/core/storage";
import { MAX_PAGE } from "../limits.ts";
import type { Moment } from "./moment.ts";

/** The names of known agents: one page of them; others are looked up one by one. */
export class KnownAgents {
  readonly names: readonly string[];
  readonly isComplete: boolean;
  readonly #moment: Moment;
  readonly #known: Set<string>;

  private constructor(moment: Moment, names: readonly string[], isComplete: boolean) {
    this.#moment = moment;
    this.names = names;
    this.isComplete = isComplete;
    this.#known = new Set(names);
  }

  static async read(moment: Moment): Promise<KnownAgents> {
    const { agents, corrupt, nextPage } = await moment.agents({ limit: MAX_PAGE });
    const names = [...agents, ...corrupt].map(({ name }) => name);
    return new KnownAgents(moment, names, nextPage === undefined);
  }

  async has(name: string): Promise<boolean> {
    if (this.#known.has(name) || this.isComplete) return this.#known.has(name);
    // The first name that begins with it, by code point, is the name itself.
    const { agents, corrupt } = await this.#moment.agents({ prefix: name, limit: 1 });
    return [...agents, ...corrupt].some((agent) => agent.name === name);
  }

  nearest(name: string): readonly string[] {
    return nearest(name, this.names);
  }
}
