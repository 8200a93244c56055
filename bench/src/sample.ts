/** A small object, as agents push it. */
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

/** Sequential keys: consecutive writes are usually adjacent in the index. */
export function sampleKey(i: number): string {
  return `item:${i}`;
}

/** The worst order for an index: consecutive writes are far apart. */
export function scatteredKey(i: number): string {
  return `item:${((i * 7_919_317) % 9_999_991).toString().padStart(7, "0")}`;
}
