/**
 * The Standard Schema interface, version 1 (https://standardschema.dev), which Zod, Valibot, ArkType and others
 * speak. Types only, so that core depends on none of them.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

type TypesOf<T extends StandardSchema> = NonNullable<T["~standard"]["types"]>;

/** What may be written where this schema checks. */
export type InputOf<T extends StandardSchema> = TypesOf<T>["input"];

/** What is then stored, and read back. */
export type OutputOf<T extends StandardSchema> = TypesOf<T>["output"];
