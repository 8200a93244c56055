import { Random } from "@syntha/testing-random";
import { startBurners } from "./burners.ts";
import type { Child } from "./child.ts";
import { createDatabase, type Database, type StorageKind } from "./database.ts";
import type { ShowProgress } from "./progress.ts";

/** Breaches to report; more would not add information. */
const MAX_BREACHES = 10;

/** Numbers and measurements by label. */
export type Figures = Readonly<Record<string, number | string>>;

/** The measurements of a run, and how much of its count it completed. */
export interface Findings {
  readonly done: number;
  readonly figures: Figures;
}

/** A program that tries to break one guarantee. */
export interface Program {
  readonly name: string;
  /** The guarantee, for docs/reliability.md. */
  readonly guarantee: string;
  readonly storages: readonly StorageKind[];
  /** The unit of `count`. */
  readonly unit: string;
  /** The size of a full run. */
  readonly count: number;
  /** Returns what is missing on this machine to run it; undefined, as by default, if it can run. */
  unavailable?(): string | undefined;
  run(run: Run): Promise<Findings>;
}

export interface RunOptions {
  readonly storage: StorageKind;
  readonly count?: number | undefined;
  readonly seed: number;
  readonly minutes?: number | undefined;
  readonly burners?: number | undefined;
  /** A PostgreSQL server to run on. */
  readonly postgresUrl?: string | undefined;
}

/** The result of running a program. */
export interface Result {
  readonly name: string;
  readonly storage: StorageKind;
  readonly unit: string;
  readonly count: number;
  readonly done: number;
  readonly seed: number;
  readonly seconds: number;
  readonly figures: Figures;
  /** How the guarantee was broken; empty when it holds. */
  readonly breaches: readonly string[];
}

/** The input of a program, and the breaches that it reports. */
export class Run {
  readonly kind: StorageKind;
  readonly count: number;
  readonly seed: number;
  readonly random: Random;
  readonly database: Database;
  readonly breaches: string[] = [];
  readonly #show: ShowProgress;
  readonly #deadline: number;
  readonly #postgresUrl: string | undefined;

  constructor(program: Program, options: RunOptions, database: Database, show: ShowProgress) {
    this.kind = options.storage;
    this.count = options.count ?? program.count;
    this.seed = options.seed;
    this.random = new Random(options.seed);
    this.database = database;
    this.#show = show;
    this.#postgresUrl = options.postgresUrl;
    this.#deadline = performance.now() + (options.minutes ?? Infinity) * 60_000;
  }

  get isBroken(): boolean {
    return this.breaches.length > 0;
  }

  /** Whether to stop: the time limit is reached, or the guarantee is broken. */
  get isOver(): boolean {
    return this.isBroken || performance.now() > this.#deadline;
  }

  /** Creates another empty database of the same kind; the program removes it. */
  createDatabase(): Promise<Database> {
    return createDatabase(this.kind, this.#postgresUrl);
  }

  /** Reports progress. */
  progress(done: number): void {
    this.#show(done, this.count);
  }

  /** Reports progress; returns whether to go on. */
  continues(done: number): boolean {
    this.progress(done);
    return done < this.count && !this.isOver;
  }

  /** Waits for the processes, which must exit by themselves. */
  async expectExits(children: readonly Pick<Child, "ended">[]): Promise<void> {
    const ends = await Promise.all(children.map(({ ended }) => ended));
    for (const [i, end] of ends.entries())
      this.expect(end === 0, () => `process ${i} ended with ${end}`);
  }

  /** Records how the guarantee is broken. */
  breach(what: string): void {
    if (this.breaches.length < MAX_BREACHES) this.breaches.push(what);
  }

  /** Records a breach unless the condition holds. */
  expect(condition: boolean, message: () => string): void {
    if (!condition) this.breach(message());
  }
}

/** Runs a program on a new database, unless one is given. An error that it throws is a breach. */
export async function execute(
  program: Program,
  options: RunOptions,
  show: ShowProgress = () => undefined,
  given?: Database,
): Promise<Result> {
  const database = given ?? (await createDatabase(options.storage, options.postgresUrl));
  const stopBurners = startBurners(options.burners ?? 0);
  const started = performance.now();
  const run = new Run(program, options, database, show);
  let findings: Findings = { done: 0, figures: {} };
  try {
    findings = await program.run(run);
  } catch (error) {
    run.breach(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    stopBurners();
    await database.remove();
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
