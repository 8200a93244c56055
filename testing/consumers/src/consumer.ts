/** An empty project that installs some of the packages and runs the first program of a README. */
export interface Consumer {
  /** A description of the use case. */
  readonly name: string;
  /** The package whose first README program is run, without `@syntha/`. */
  readonly of: string;
  /** The heading whose first program is run instead. */
  readonly under?: string;
  /** Packages of Syntha that it installs. */
  readonly packages: readonly string[];
  /** Further packages that the README lists, as arguments of npm. */
  readonly others: readonly string[];
  /** The packages that may be installed. Default: all dependencies. */
  readonly nothingBut?: readonly string[];
  /** Whether declarations of libraries are checked too; those of some SDKs have errors. */
  readonly checksLibraries?: boolean;
  /** The server that its program needs. */
  readonly needs?: "database" | "model";
  /** Whether the program also runs bundled in an edge runtime. */
  readonly edge?: boolean;
  /** A command of the packages, which is run as npx runs it. */
  readonly command?: Command;
}

/** A command line, what is written to its standard input, and a part of what it prints. */
export interface Command {
  readonly line: readonly string[];
  readonly input: string;
  readonly prints: string;
}
