import type { TicketRecord } from "../desk/records.ts";
import type { TicketSet } from "../tickets/ticket.ts";
import type { Accuracy } from "./report.ts";

const MOST_CONFUSIONS = 5;

/** Compares what triage found with what people said, which no agent ever saw. */
export class Grader {
  readonly #labels: TicketSet["labels"];
  readonly #confusions = new Map<string, Accuracy["confusions"][number]>();
  #graded = 0;
  #rightCategory = 0;
  #rightIntent = 0;

  constructor(labels: TicketSet["labels"]) {
    this.#labels = labels;
  }

  add({ id, category, intent }: TicketRecord): void {
    const label = this.#labels.get(id);
    if (label === undefined || category === undefined || intent === undefined) return;
    this.#graded += 1;
    if (label.category === category) this.#rightCategory += 1;
    if (label.intent === intent) this.#rightIntent += 1;
    else this.#confuse(label.intent, intent);
  }

  /** Null when there was nothing to compare with. */
  result(): Accuracy | null {
    if (this.#graded === 0) return null;
    const confusions = [...this.#confusions.values()]
      .toSorted((a, b) => b.count - a.count)
      .slice(0, MOST_CONFUSIONS);
    return {
      graded: this.#graded,
      rightCategory: this.#rightCategory,
      rightIntent: this.#rightIntent,
      confusions,
    };
  }

  #confuse(label: string, found: string): void {
    const pair = `${label}\n${found}`;
    const entry = this.#confusions.get(pair) ?? { label, found, count: 0 };
    entry.count += 1;
    this.#confusions.set(pair, entry);
  }
}
