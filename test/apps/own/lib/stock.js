'use strict'
// CommonJS, as esbuild makes it of an ES module: getters that nobody can replace.
const shared = { count: 0 }
const target = {}
for (const [name, get] of Object.entries({ take: () => take, left: () => shared.count, default: () => main })) Object.defineProperty(target, name, { get, enumerable: true })
module.exports = Object.defineProperty(target, '__esModule', { value: true })
function take (n) { shared.count += n; return shared.count }
function main () { return 'main' }
0 && (module.exports = { left, take })
