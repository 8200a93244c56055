import { setTimeout as wait } from "node:timers/promises";

import { DeskError } from "../desk/desk-error.ts";
import { type EscalationRecord, idOf, keyOf, kinds, type StrategyRecord } from "../desk/records.ts";
import { RETENTION } from "../desk/roster.ts";
import type { Mind } from "../mind.ts";
import type { Authorisation } from "../rules/authorisation.ts";
import type { Colleague } from "./colleague.ts";
import { Inbox } from "./inbox.ts";
import { Slots } from "./slots.ts";
import { failedTooOften } from "./task.ts";

/** Escalations that are thought about at the same time. */
const CONCURRENCY = 8;
const MOST_TRIES = 3;
const RETRY_MS = 1_000;

/** Decides what may be offered to those whose messages were escalated. */
export class Manager {
  readonly #who: Colleague;
  readonly #mind: Mind;

  constructor(who: Colleague, mind: Mind) {
    this.#who = who;
    this.#mind = mind;
  }

  async work(signal: AbortSignal): Promise<void> {
    const failed = new AbortController();
    const over = AbortSignal.any([signal, failed.signal]);
    const slots = new Slots(CONCURRENCY, () => failed.abort());
    const inbox = new Inbox(this.#who, kinds.escalation);
    for await (const letters of inbox.letters(over)) {
      const ids = letters.map(({ key }) => idOf(key));
      const decided = await this.#who.read(ids.map((id) => keyOf("strategy", id)));
      const open = ids.filter((id) => !decided.has(keyOf("strategy", id)));
      const escalations = await this.#who.read(open.map((id) => keyOf("escalation", id)));
      for (const value of escalations.values()) {
        await slots.room();
        slots.run(() => this.#decide(value as EscalationRecord, over));
      }
    }
    await slots.idle();
  }

  async #decide(escalation: EscalationRecord, signal: AbortSignal): Promise<void> {
    const { id, text, triage, specialists } = escalation;
    const allowed = await this.#authorise(escalation, signal);
    // What nobody decided any more is decided by the next run, which finds the escalation without a strategy.
    if (allowed === undefined) return;
    const value: StrategyRecord = { id, text, triage, allowed };
    const subscribers = [RETENTION, ...specialists];
    await this.#who.pushNew({ key: keyOf("strategy", id), value, subscribers });
  }

  /** Undefined when the signal came first. */
  async #authorise(
    { id, triage }: EscalationRecord,
    signal: AbortSignal,
  ): Promise<Authorisation | undefined> {
    const at = { who: this.#who, key: keyOf("escalation", id), signal };
    for (let tries = 1; !signal.aborted; tries++) {
      try {
        return await this.#mind.authorise(triage, at);
      } catch (cause) {
        if (signal.aborted) break;
        if (cause instanceof DeskError) throw cause;
        if (tries === MOST_TRIES) throw failedTooOften(at, tries, cause);
        await wait(RETRY_MS, undefined, { signal }).catch(() => {});
      }
    }
    return undefined;
  }
}
