type Numbers = Float64Array | Uint32Array | Int32Array | Uint16Array | Uint8Array;

/** The same numbers in an array of at least `places`, and at least twice as long as before; the new places are 0. */
export function grown<T extends Numbers>(old: T, places: number): T {
  const bigger = new (old.constructor as new (length: number) => T)(Math.max(places, old.length * 2));
  bigger.set(old);
  return bigger;
}
