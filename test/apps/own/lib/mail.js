// CommonJS, as somebody writes it by hand.
exports.send = async function send (to) { await null; return `sent to ${to}` }
exports.bounce = () => { throw Object.assign(new Error('no such box'), { code: 'NO_BOX' }) }
exports.letters = function * letters (n) { for (let i = 0; i < n; i++) yield i }
exports.limit = 3
exports.Box = class Box {}
