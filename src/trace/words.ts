import { redacted } from '../secret'

/** An error in words. What it has none for is undefined. */
export interface Words { name: string | undefined, code: string | undefined, message: string | undefined, stack: string | undefined }

// Characters that are told of each, at most.
const NAME = 255
const MESSAGE = 4096
const STACK = 16_384

const retold = new WeakMap<object, { from: string, to: string }>()

/**
 * On whatever span this error comes to be, `message` is told in the place of the one that it has now, which quotes what is nobody's business. What the
 * application does to its message after this (it may put a query in front) is not told, either. The error itself stays as it is.
 */
export function retell (error: unknown, message: string): void {
  if (typeof error === 'object' && error !== null) retold.set(error, { from: (error as Error).message, to: message })
}

/** An error in words, or whatever else was thrown: without the secrets of URLs, and not without end. Never throws, whatever an error does when it is looked at. */
export function wordsOf (error: unknown): Words {
  if (typeof error !== 'object' && typeof error !== 'function') return { name: undefined, code: undefined, message: told(String(error), MESSAGE), stack: undefined }
  const known = retold.get(error!)
  const message = textOf(error, 'message')
  let stack = textOf(error, 'stack')
  // Node writes the stack when it is first read, with the message of then.
  if (known !== undefined) for (const quoting of [message, known.from]) if (quoting) stack = stack?.replaceAll(quoting, () => known.to)
  return {
    name: told(textOf(error, 'name'), NAME),
    code: told(textOf(error, 'code'), NAME),
    message: told(known?.to ?? message ?? firstOf(error), MESSAGE),
    stack: told(stack, STACK)
  }
}

/** What a failure is told as that is no error: its `error.type`. */
export const typeOf = (text: string): string | undefined => told(text, NAME)

/** A text that is to be told, whole or its beginning. */
const told = (text: string | undefined, length: number): string | undefined => text === undefined ? undefined : redacted(text).slice(0, length)

/** A connection that was tried at several addresses fails with several errors, and without a word of its own. */
function firstOf (error: unknown): string | undefined {
  try { return textOf((error as AggregateError).errors[0], 'message') } catch { return undefined }
}

/** A property that is a text, and not an empty one. */
function textOf (error: unknown, key: string): string | undefined {
  try {
    const value = (error as any)[key]
    return typeof value === 'string' && value !== '' ? value : undefined
  } catch { return undefined }
}
