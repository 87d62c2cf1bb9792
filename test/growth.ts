const cpu = (work: () => void): number => {
  const { user, system } = process.cpuUsage()
  work()
  const after = process.cpuUsage()
  return after.user + after.system - user - system
}
// What a clock of CPU may be wrong by, in microseconds.
const GRAIN = 100
const TRIES = 10

/**
 * Whether `work` takes at most `most` times the CPU time for a text of `large` characters that it takes for one of `small`: the least of several tries, so that
 * it is no matter what else the machine does. A text is `piece` again and again.
 */
export function growsBy (most: number, piece: string, small: number, large: number, work: (text: string) => void): boolean {
  const texts = [small, large].map(length => piece.repeat(Math.ceil(length / piece.length)))
  const least = [Infinity, Infinity]
  for (let i = 0; i < TRIES; i++) {
    texts.forEach((text, i) => { least[i] = Math.min(least[i], cpu(() => work(text))) })
    if (i > 0 && least[1] <= (least[0] + GRAIN) * most) return true
  }
  return false
}
