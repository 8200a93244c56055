import { startBurners } from "./burners.ts";
import type { Figures, Program } from "./program.ts";
import { type Progress, SILENT } from "./progress.ts";
import { Random } from "./random.ts";
import { makeSite, type Site, type StorageKind } from "./site.ts";

/** Told once each; a promise broken a million times is broken once. */
const MOST_BREACHES = 10;

export interface RunOptions {
  readonly storage: StorageKind;
  readonly count?: number | undefined;
  readonly seed: number;
  readonly minutes?: number | undefined;
  readonly burners?: number | undefined;
  /** A PostgreSQL server to run on. */
  readonly postgresUrl?: string | undefined;
}

/** What came of running a program. */
export interface Result {
  readonly name: string;
  readonly storage: StorageKind;
  readonly unit: string;
  readonly count: number;
  readonly done: number;
  readonly seed: number;
  readonly seconds: number;
  readonly figures: Figures;
  /** How the promise was broken; empty when it holds. */
  readonly breaches: readonly string[];
}

/** What a program is given to work with. */
export class Run {
  readonly kind: StorageKind;
  readonly count: number;
  readonly seed: number;
  readonly random: Random;
  readonly site: Site;
  readonly breaches: string[] = [];
  readonly #unit: string;
  readonly #progress: Progress;
  readonly #deadline: number;
  readonly #postgresUrl: string | undefined;

  constructor(program: Program, options: RunOptions, site: Site, progress: Progress) {
    this.kind = options.storage;
    this.count = options.count ?? program.count;
    this.seed = options.seed;
    this.random = new Random(options.seed);
    this.site = site;
    this.#unit = program.unit;
    this.#progress = progress;
    this.#postgresUrl = options.postgresUrl;
    this.#deadline = performance.now() + (options.minutes ?? Infinity) * 60_000;
  }

  get isBroken(): boolean {
    return this.breaches.length > 0;
  }

  /** Whether to stop: its time is up, or the promise is broken. */
  get isOver(): boolean {
    return this.isBroken || performance.now() > this.#deadline;
  }

  /** Another place of the same kind, with nothing in it; the program removes it. */
  anotherSite(): Promise<Site> {
    return makeSite(this.kind, this.#postgresUrl);
  }

  /** Says how far it is. */
  progress(done: number): void {
    this.#progress.show(done, this.count, this.#unit);
  }

  /** The promise is broken, and how. */
  breach(what: string): void {
    if (this.breaches.length < MOST_BREACHES) this.breaches.push(what);
  }

  /** A breach unless it is so. */
  expect(isSo: boolean, otherwise: () => string): void {
    if (!isSo) this.breach(otherwise());
  }
}

/** Runs a program on a storage of its own, unless it is given one. Whatever goes wrong is a breach. */
export async function execute(
  program: Program,
  options: RunOptions,
  progress: Progress = SILENT,
  given?: Site,
): Promise<Result> {
  const site = given ?? (await makeSite(options.storage, options.postgresUrl));
  const stopBurners = startBurners(options.burners ?? 0);
  const started = performance.now();
  const run = new Run(program, options, site, progress);
  let findings: { done: number; figures: Figures } = { done: 0, figures: {} };
  try {
    findings = await program.run(run);
  } catch (error) {
    run.breach(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    stopBurners();
    await site.remove();
    progress.clear();
  }
  return {
    name: program.name,
    storage: options.storage,
    unit: program.unit,
    count: run.count,
    seed: options.seed,
    seconds: (performance.now() - started) / 1_000,
    breaches: run.breaches,
    ...findings,
  };
}
