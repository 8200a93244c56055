/** A small object, as agents push them. */
export interface Sample {
  readonly id: number;
  readonly customer: string;
  readonly urgent: boolean;
  readonly tags: readonly string[];
  readonly amount: number;
}

export function sample(id: number): Sample {
  return { id, customer: "BigCo", urgent: id % 2 === 0, tags: ["billing", "eu"], amount: 12.5 };
}

/** Keys as programs number them: neighbours in time are mostly neighbours by key. */
export function sampleKey(i: number): string {
  return `item:${i}`;
}

/** The hardest order for an index: neighbours in time are far apart by key. */
export function scatteredKey(i: number): string {
  return `item:${((i * 7_919_317) % 9_999_991).toString().padStart(7, "0")}`;
}
