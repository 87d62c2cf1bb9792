// CommonJS that exports a function, which has others.
module.exports = function whole (x) { return x }
module.exports.part = x => -x
