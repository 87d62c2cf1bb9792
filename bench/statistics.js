'use strict'

function quantile (numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const at = (sorted.length - 1) * share
  return sorted[Math.floor(at)] + (sorted[Math.ceil(at)] - sorted[Math.floor(at)]) * (at % 1)
}
const median = numbers => quantile(numbers, 0.5)

/** What each round has on top of the same round of the base. */
const paired = (numbers, base) => numbers.map((number, round) => number - base[round])

/**
 * Where the true median is with a probability of at least 95 %, whatever the distribution: between two of the sorted samples, by the binomial distribution.
 * Fewer than six samples do not tell, unless they are all the same.
 */
function interval (numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  if (sorted.length > 1 && sorted[0] === sorted[sorted.length - 1]) return [sorted[0], sorted[0]]
  let outside = 0
  let chance = 0.5 ** sorted.length
  let from = -1
  for (let k = 0; outside + chance <= 0.025; k++) {
    outside += chance
    chance *= (sorted.length - k) / (k + 1)
    from = k
  }
  return from < 0 ? [-Infinity, Infinity] : [sorted[from], sorted[sorted.length - 1 - from]]
}

/** Whether the median of some differences is below zero: true, false, or undefined, if their spread is too big to tell. */
function below (differences) {
  const [low, high] = interval(differences)
  return high <= 0 ? true : low > 0 ? false : undefined
}

module.exports = { quantile, median, paired, interval, below }
