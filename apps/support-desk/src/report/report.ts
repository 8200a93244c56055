import type { Explanation } from "@syntha/core";

import type { JoiningRecord, Kind } from "../desk/records.ts";
import type { CallFigures } from "../measure/call-meter.ts";

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
    interrupted: boolean;
  };
  calls: { total: CallFigures; byName: CallFigures[] };
  categories: CategoryCounts[];
  states: { kind: Kind; counts: StateCounts }[];
  answers: { agent: string; answers: number }[];
  sight: Sight[];
  privacy: Privacy;
  accuracy: Accuracy | null;
  newcomer: JoiningRecord | null;
  explanations: Pick<Explanation, "agent" | "key" | "visible" | "text">[];
  storage: {
    file: string;
    durability: string;
    bytes: number;
    items: number;
    events: number;
    commits: number;
  };
};
