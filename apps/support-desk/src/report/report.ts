import type { Explanation } from "@syntha/core";

import type { JoiningRecord, Kind } from "../desk/records.ts";
import type { ModelFigures } from "../measure/model-meter.ts";
import type { CallFigures } from "../measure/work-meter.ts";
import type { Distribution } from "./distribution.ts";
import type { TimelinePoint } from "./timeline.ts";

export type StateCounts = { open: number; claimed: number; done: number; failed: number };

export type CategoryCounts = {
  category: string;
  tickets: number;
  answeredBySpecialists: number;
  answeredByRetention: number;
  unanswered: number;
};

export type Accuracy = {
  graded: number;
  rightCategory: number;
  rightIntent: number;
  /** The most frequent first. */
  confusions: { label: string; found: string; count: number }[];
};

export type Privacy = {
  /** Items that name the agents that they are for. */
  items: number;
  agents: number;
  /** How often an agent asked for one of them by its key. */
  asked: number;
  seenByNamed: number;
  /** What agents got that neither pushed the item nor are named on it: none, or the mesh leaks. */
  leaks: { agent: string; key: string }[];
};

export type Sight = { agent: string; sees: Record<Kind, number>; topics: number };

/** What one process did in this run; of one that was killed, as far as it had told. */
export type ProcessFigures = {
  name: string;
  pid: number;
  triaged: number;
  answered: number;
  /** Claims of work that somebody had claimed before. */
  takenOver: number;
  calls: CallFigures;
  /** What ended it before it was asked to end: a signal's name or an exit code. Null when nothing did. */
  death: string | null;
};

/** All that the report tells, before it is laid out. */
export type Report = {
  run: {
    tickets: number;
    answered: number;
    /** Those of them that an earlier run had answered. */
    answeredBefore: number;
    seconds: number;
    perSecond: number;
    /** How long each decision was made to take. */
    thinkingMs: number;
    /** Who decided; null: rules. */
    model: string | null;
    interrupted: boolean;
    /** As an ISO date. */
    endedAt: string;
  };
  timeline: TimelinePoint[];
  /** From a ticket's push to its answer; null when none is answered. */
  timeToAnswer: Distribution | null;
  /** Of all processes together. */
  calls: { total: CallFigures; byName: CallFigures[] };
  /** What models were asked, in all processes together; null when rules decided. */
  model: { total: ModelFigures; byAgent: ModelFigures[] } | null;
  /** The first is the desk itself, the others its workers, if it has any. */
  processes: ProcessFigures[];
  categories: CategoryCounts[];
  states: { kind: Kind; counts: StateCounts }[];
  answers: { agent: string; answers: number }[];
  sight: Sight[];
  privacy: Privacy;
  accuracy: Accuracy | null;
  newcomer: JoiningRecord | null;
  explanations: Pick<Explanation, "agent" | "key" | "visible" | "text">[];
  storage: {
    /** As `--storage` takes it, without a password. */
    name: string;
    durability: string;
    /** Of the file; null where there is none. */
    bytes: number | null;
    items: number;
    events: number;
    commits: number;
  };
};

/** Items of a kind, in whatever state. */
export function amountOf(states: Report["states"], kind: Kind): number {
  const counts = states.find((each) => each.kind === kind)?.counts;
  return Object.values(counts ?? {}).reduce((a, b) => a + b, 0);
}
