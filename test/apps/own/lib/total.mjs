import { rounded } from './price.mjs'

export const early = rounded(1.6)
export const total = n => rounded(n * 1.1)
