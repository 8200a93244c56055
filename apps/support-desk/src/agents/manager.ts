import { type EscalationRecord, idOf, keyOf, kinds, type StrategyRecord } from "../desk/records.ts";
import { RETENTION } from "../desk/roster.ts";
import type { Mind } from "../mind.ts";
import type { Colleague } from "./colleague.ts";
import { Inbox } from "./inbox.ts";

/** Decides what may be offered to those whose messages were escalated. */
export class Manager {
  readonly #who: Colleague;
  readonly #mind: Mind;

  constructor(who: Colleague, mind: Mind) {
    this.#who = who;
    this.#mind = mind;
  }

  async work(signal: AbortSignal): Promise<void> {
    const inbox = new Inbox(this.#who, kinds.escalation);
    for await (const letters of inbox.letters(signal)) {
      const ids = letters.map(({ key }) => idOf(key));
      const decided = await this.#who.read(ids.map((id) => keyOf("strategy", id)));
      const open = ids.filter((id) => !decided.has(keyOf("strategy", id)));
      const escalations = await this.#who.read(open.map((id) => keyOf("escalation", id)));
      await Promise.all(
        [...escalations.values()].map((value) => this.#decide(value as EscalationRecord)),
      );
    }
  }

  async #decide({ id, text, triage, specialists }: EscalationRecord): Promise<void> {
    const allowed = await this.#mind.authorise(triage);
    const value: StrategyRecord = { id, text, triage, allowed };
    const subscribers = [RETENTION, ...specialists];
    await this.#who.pushNew({ key: keyOf("strategy", id), value, subscribers });
  }
}
