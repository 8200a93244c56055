import { z } from "zod";

/** Parameters that many queries have. Names and keys are checked by the mesh itself. */
const text = z.string().min(1).max(4_096);

/** Text of the query as a whole number. */
function wholeNumber(minimum: number, maximum: number): z.ZodType<number> {
  const digits = z
    .string()
    .regex(/^\d{1,16}$/, `Expected a whole number from ${minimum} to ${maximum}.`);
  return digits.transform(Number).pipe(z.int().min(minimum).max(maximum)) as z.ZodType<number>;
}

const position = wholeNumber(0, Number.MAX_SAFE_INTEGER);
const TENANT = { tenant: text.optional() };
const MOMENT = { ...TENANT, at: position.optional() };

export const parts = {
  text,
  wholeNumber,
  position,
  TENANT,
  MOMENT,
  VIEW: { ...MOMENT, as: text.optional() },
  PAGE: { limit: wholeNumber(1, 500).optional(), page: text.optional() },
  state: z.enum(["open", "claimed", "done", "failed"]),
  time: z.iso.datetime({ offset: true }),
};
