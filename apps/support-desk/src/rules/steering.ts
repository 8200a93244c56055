const orders: readonly RegExp[] = [
  /\b(ignore|disregard|forget|override)\b.{0,30}\b(instructions?|rules?|prompts?|guidelines|policies)\b/i,
  /\byou are (now|no longer)\b/i,
  /\b(system|developer) (prompt|message|override|mode)\b/i,
  /^\W*(system|assistant|admin(istrator)?)\W*:/i,
  /\b(act|respond|behave) as (an?|the|if you)\b/i,
];

/**
 * Whether a sentence gives orders to whoever reads the message, instead of asking for something. A
 * customer has no say over the desk, so such a sentence counts neither as a request nor as a fact.
 */
export function isSteering(sentence: string): boolean {
  return orders.some((order) => order.test(sentence));
}
