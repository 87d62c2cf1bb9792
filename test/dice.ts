/** Dice that fall the same way at every run: `roll(sides)` is 0 to sides - 1 (mulberry32). */
export function dice (seed: number): (sides: number) => number {
  return sides => {
    seed = seed + 0x6d2b79f5 | 0
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed)
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t
    return Math.floor(((t ^ t >>> 14) >>> 0) / 2 ** 32 * sides)
  }
}
