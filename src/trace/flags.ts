import type { Trace } from './span'

// Jaeger's flags, in its header, in its binary form and in its spans.
export const SAMPLED = 1
export const DEBUG = 2
export const FIREHOSE = 8
export const flagsOf = ({ sampled, debug, firehose }: Trace): number => (sampled ? SAMPLED : 0) | (debug ? DEBUG : 0) | (firehose ? FIREHOSE : 0)
