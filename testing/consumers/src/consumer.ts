/** An empty project that installs some of the packages and runs the first program of a README. */
export interface Consumer {
  /** What its user wants. */
  readonly name: string;
  /** The package whose README's first program it runs; without `@syntha/`. */
  readonly of: string;
  /** Packages of ours that it installs. */
  readonly packages: readonly string[];
  /** What it installs besides, as npm's arguments: what the README tells to install. */
  readonly others: readonly string[];
  /** All that may be in node_modules then; where it is not named, all may that the packages ask for. */
  readonly nothingBut?: readonly string[];
  /** Whether the declarations of all libraries are checked too: those of some SDKs fail by themselves. */
  readonly checksLibraries?: boolean;
  /** What its program needs to be there. */
  readonly needs?: "database" | "model";
  /** Whether the program also runs bundled in an edge runtime. */
  readonly edge?: boolean;
}
