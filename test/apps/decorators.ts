// Compiled as it stands, with standard decorators and with TypeScript's legacy ones; what is wrong is wrong for the compiler.
import { active, disable, enable, flush, setSampling, span, status, traced, type Span, type Status } from 'autospan'

class Shop {
  private readonly discount = 1
  static #open = 0

  @traced()
  price (pieces: number): number { return pieces * 10 - this.discount }

  @traced({ attributes: (sku: string) => ({ 'shop.sku': sku }), kind: 'client' })
  async reserve (sku: string, pieces: number): Promise<string> { await null; return `${sku} ${this.price(pieces)}` }

  @traced({ name: 'all pieces' })
  * pieces (): Generator<number> { yield this.discount; yield 2 }

  @traced()
  async * pages (): AsyncGenerator<number> { yield this.discount }

  @traced()
  static open (): number { return ++Shop.#open }

  @traced({ level: 'debug' })
  quiet (): string { return 'quiet' }

  // @ts-expect-error: attributes are made of a text, the method has a number
  @traced({ attributes: (sku: string) => ({ 'shop.sku': sku }) })
  mistaken (pieces: number): number { return pieces }
}
class Branch extends Shop {
  @traced()
  override price (pieces: number): number { return super.price(pieces) + 1 }
}

// @ts-expect-error: a kind that there is not
traced(() => 1, { kind: 'servant' })
// @ts-expect-error: no attribute
traced(() => 1, { attributes: { a: Symbol('a') } })
// @ts-expect-error: no such option
traced(() => 1, { nam: 'a' })
// @ts-expect-error: the function takes a text
traced((a: string) => a, { attributes: (a: number) => ({ a }) })
// @ts-expect-error: it takes a number still
void (() => traced((a: number) => a)('a'))
// @ts-expect-error: a share is a number
const mistaken = (): void => setSampling({ ratio: 'all' })
const typed: [number, Promise<string>, Span | undefined, Status | undefined, Promise<void>] =
  [span('typed', () => 1), span('typed', { kind: 'client' }, async s => s.spanContext().traceId), active(), status(), flush()]
void [enable, disable, mistaken, typed]

async function main (): Promise<void> {
  const shop = new Shop()
  console.log(await shop.reserve('tea', 3), [...shop.pieces()], Shop.open(), shop.quiet(), new Branch().price(1), shop.mistaken(2))
  for await (const page of shop.pages()) console.log(page)
  console.log(shop.price.name, shop.price.length, Object.keys(Shop.prototype))
}
void main()
