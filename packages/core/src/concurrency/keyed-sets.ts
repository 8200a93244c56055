/** Adds an element to the set of a key, which is made for its first one. */
export function addTo<K, E>(sets: Map<K, Set<E>>, key: K, element: E): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([element]));
  else set.add(element);
}

/** Removes an element from the set of a key, and the set with its last one. */
export function removeFrom<K, E>(sets: Map<K, Set<E>>, key: K, element: E): void {
  const set = sets.get(key);
  set?.delete(element);
  if (set?.size === 0) sets.delete(key);
}
