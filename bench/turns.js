'use strict'
const { setTimeout: pause } = require('node:timers/promises')

/** Rounds in which everybody has a turn, in an order that changes each time, so that nobody always comes first or after the same one. */
exports.turns = async function turns (rounds, all, turn) {
  for (let round = 0; round < rounds; round++) {
    const order = all.map((_, i) => all[(i + (round >> 1)) % all.length])
    for (const one of round % 2 === 0 ? order : order.reverse()) await turn(one, round)
  }
}

/** Samples of some figures, by figure and contender. */
exports.Samples = class Samples {
  constructor () { this.figures = {} }
  add (name, told) { for (const figure in told) ((this.figures[figure] ??= {})[name] ??= []).push(told[figure]) }
}

/** After a block, until its last spans have been sent: more than the time between two batches. */
exports.settled = () => pause(300)
